/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_LANG_H
#define OUT_LANG_H

#include <stdbool.h>

#include "base/buf.h"
#include "out/facts.h"
#include "text/text.h"

enum language lang_parse(const char *word);
enum language lang_of(const struct scope *scope, enum language asked);
const struct snippet_text *lang_snippet(enum fix_id fix, enum language *lang, const struct scope *scope);
bool lang_fix_text(struct buf *out, enum fix_id fix, bool now, enum language lang, const struct scope *scope);

#endif
