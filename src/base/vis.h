/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_VIS_H
#define BASE_VIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

size_t utf8_decode(const char *s, size_t len, unsigned int *code);
bool utf8_valid(const char *s, size_t len);
void utf8_sanitize(struct buf *out, const char *s, size_t len);
void vis(struct buf *out, const char *s, size_t len, bool ascii);

#endif
