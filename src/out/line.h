/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_LINE_H
#define OUT_LINE_H

#include "base/buf.h"
#include "model/report.h"

void line_row(struct buf *out, const struct report *r, size_t row, const char *netns);
void line_alone(struct buf *out, const struct report *r, const char *netns);

#endif
