/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_COLOR_H
#define OUT_COLOR_H

#include "base/buf.h"
#include "out/style.h"

/* What a piece of the report is; color.c says how each looks. */
enum role { ROLE_FREE, ROLE_TAKEN, ROLE_UNSURE, ROLE_HEADING, ROLE_ID, ROLE_HERE, ROLE_CODE, ROLES };

void color_span(struct buf *out, size_t start, size_t end, enum role role, const struct style *style);
void color_from(struct buf *out, size_t start, enum role role, const struct style *style);

#endif
