/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_LADDER_H
#define OUT_LADDER_H

#include "base/buf.h"
#include "out/facts.h"

void ladder(struct buf *out, const struct scope *scope);
void ladder_general(struct buf *out, const struct ladder_line *lines, size_t n, const char *state,
                    const struct style *style);

#endif
