/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_MATCH_H
#define JUDGE_MATCH_H

#include "base/buf.h"
#include "model/idset.h"
#include "model/report.h"

/* Which sockets "check" looks for. */
struct match {
	bool blocking;             /* those that make bind() fail */
	uint32_t states;           /* and those in one of these states, bits 1 << enum shown_state */
	const struct idset *known; /* but none with such a cookie; NULL: no matter which */
	uint64_t since;            /* nor one whose holders all started before that, in clock ticks since the boot; 0: no matter when */
};

bool match_parse(struct match *m, const char *list, struct buf *bad);
void match_report(struct report *r, const struct match *m);

#endif
