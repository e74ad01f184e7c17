/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/report.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Whether people are shown that row: it is a cause, or may be one where the answer is open. */
bool row_is_told(const struct report *r, size_t row)
{
	return r->rows[row].cause >= 0 || (r->verdict == UNSURE && r->rows[row].blocks != NO);
}

/* Whether of several TCP ports, all below 1024 (rresvport(3) takes no other), each has a socket in the way. */
bool range_is_exhausted(const struct range *range)
{
	for (size_t i = 0; i < range->n; i++) {
		const struct report *r = range->reports[i];

		if (r->verdict != TAKEN || r->request->target.port >= RESERVED_END || r->request->target.proto != PROTO_TCP)
			return false;
	}
	return range->ports > 1 && range->n == range->ports;
}

void rows_add(struct rows *r, size_t i)
{
	r->v = xgrow(r->v, r->n, sizeof *r->v);
	r->v[r->n++] = i;
}

bool rows_have(const struct rows *r, size_t i)
{
	for (size_t k = 0; k < r->n; k++)
		if (r->v[k] == i)
			return true;
	return false;
}

/* Releases what the report owns; request and snapshot stay. */
void report_free(struct report *r)
{
	for (size_t i = 0; i < r->nbinds; i++)
		free(r->binds[i].blocked_by.v);
	free(r->connect.blocked_by.v);
	for (size_t i = 0; i < r->ncauses; i++)
		free(r->causes[i].socks.v);
	free(r->others.v);
	free(r->rows);
	*r = (struct report){0};
}
