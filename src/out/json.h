/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_H
#define OUT_JSON_H

#include "base/buf.h"
#include "model/report.h"
#include "text/text.h"

/* What a run found: reports in order, and of its ranges the ports that are counted only. */
struct document {
	const struct report *const *reports;
	size_t n;
	const struct range *ranges;
	size_t nranges;
	const struct host *host;
	enum verdict verdict;
	enum language lang; /* of the code in a fix */
};

void json_document(struct buf *out, const struct document *d);
const char *json_verdict(enum verdict v);

#endif
