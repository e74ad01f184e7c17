/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_EXPLAIN_H
#define OUT_EXPLAIN_H

#include "base/buf.h"
#include "out/style.h"
#include "text/explain.h"

/* One id, and what the judgement knows of it. */
struct explained {
	enum explain_kind kind;
	const struct explain_text *text;
	struct fix fixes[FIXES];  /* that a cause can have */
	size_t nfixes;
	unsigned int causes;      /* that a fix is for: bits 1 << enum cause_id */
};

void explain_list(struct buf *out, const struct style *style);
void explain_term(struct buf *out, const struct explained *e, const struct style *style);
void explain_json(struct buf *out, const struct explained *v, size_t n, enum language lang);
void explain_general(struct buf *out, const char *text);

#endif
