/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_H
#define OUT_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "model/report.h"
#include "out/json_stream.h"
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

void json_document(struct json_stream *st, const struct document *d);
json_t *json_head(const struct host *host);
json_t *json_gaps(const struct report *r);
json_t *json_netns(uint64_t inode, const struct netns *ns);
const char *json_verdict(enum verdict v);

#endif
