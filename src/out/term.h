/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_TERM_H
#define OUT_TERM_H

#include "base/buf.h"
#include "model/report.h"
#include "out/facts.h"
#include "out/style.h"

void term_paragraph(struct buf *out, const char *lead, const char *text, const struct scope *scope, size_t indent,
                    const char *tag);
void term_gaps(struct buf *out, struct scope *scope);
void term_range(struct buf *out, const struct range *range, const struct style *style);
void term_report(struct buf *out, const struct report *r, const struct style *style);

#endif
