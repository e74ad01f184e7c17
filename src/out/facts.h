/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_FACTS_H
#define OUT_FACTS_H

#include "base/buf.h"
#include "model/report.h"
#include "out/style.h"

/* What a text is about: the report, and where it has one the cause or gap. */
struct scope {
	const struct report *report;
	const struct cause *cause;
	const struct gap *gap;
	const struct elsewhere *elsewhere; /* one of several; NULL: the first stands for all */
	const struct overview *overview; /* of all ports, likewise */
	const struct range *range; /* of several ports, the report is then its about */
	const struct style *style; /* NULL: plain text for JSON */
};

/* One {name}. */
struct fact {
	const char *name;
	void (*put)(struct buf *out, const struct scope *scope);
};

extern const struct fact facts_who[], facts_starter[], facts_look[];
extern const struct fact facts_connection[], facts_to[], facts_netns[], facts_unix[], facts_overview[];

void facts_put_netns(struct buf *out, const struct scope *scope);
void facts_raw(struct buf *out, const char *s, const struct scope *scope);
void facts_quote(struct buf *out, const char *s);
void facts_duration(struct buf *out, int64_t ms);
const struct sock *facts_sock(const struct scope *scope);
void facts_expand(struct buf *out, const char *text, const struct scope *scope);
const char *facts_errno(int err);
const struct process *facts_holder(const struct report *r, const struct sock *s, size_t *others);
void facts_left(struct buf *out, const struct sock *s, bool ascii);

#endif
