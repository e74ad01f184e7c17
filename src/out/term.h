/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_TERM_H
#define OUT_TERM_H

#include "base/buf.h"
#include "model/report.h"
#include "out/style.h"

void term_range(struct buf *out, const struct range *range, const struct style *style);
void term_report(struct buf *out, const struct report *r, const struct style *style);

#endif
