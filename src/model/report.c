/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/report.h"

#include <stdlib.h>
#include <string.h>

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

/* Adds the row of the socket at that place of the snapshot; returns it, until the next. */
struct row *row_add(struct report *r, size_t place)
{
	struct row *row;

	r->rows = xgrow(r->rows, r->nrows, sizeof *r->rows);
	row = &r->rows[r->nrows++];
	*row = (struct row){.place = (uint32_t)place, .cause = -1};
	row_teach(row, &r->seen->socks[place]);
	return row;
}

/* What is known of the socket of that row is from now on as s says. */
void row_teach(struct row *row, const struct sock *s)
{
	row->any_device = !s->ifindex;
	row->gives_up_ms = s->gives_up_ms;
	row->v6only = s->v6only;
	row->reuseaddr = s->reuseaddr;
	row->reuseport = s->reuseport;
}

/* Adds a row of the report to the sockets of c; the first that comes must be the first of all. */
void cause_add(const struct report *r, struct cause *c, size_t row)
{
	if (!c->first) {
		c->first = xcalloc(1, sizeof *c->first);
		*c->first = row_sock(r, row);
	}
	rows_add(&c->socks, row);
}

enum { WORD = 64 };

void rows_add(struct rows *r, size_t i)
{
	if (i / WORD >= r->words) {
		size_t words = i / WORD + 1;

		r->bits = xrealloc(r->bits, words, sizeof *r->bits);
		memset(r->bits + r->words, 0, (words - r->words) * sizeof *r->bits);
		r->words = words;
	}
	r->n += !rows_have(r, i);
	r->bits[i / WORD] |= UINT64_C(1) << i % WORD;
}

bool rows_have(const struct rows *r, size_t i)
{
	return i / WORD < r->words && r->bits[i / WORD] >> i % WORD & 1;
}

/*
 * Moves *i on to the next index in the set, itself included; false where none
 * follows.  All of them: for (size_t i = 0; rows_next(r, &i); i++).
 */
bool rows_next(const struct rows *r, size_t *i)
{
	while (*i / WORD < r->words) {
		uint64_t left = r->bits[*i / WORD] >> *i % WORD;

		if (left) {
			*i += (size_t)__builtin_ctzll(left);
			return true;
		}
		*i += WORD - *i % WORD;
	}
	return false;
}

/* The least index of a set that is not empty. */
size_t rows_first(const struct rows *r)
{
	size_t i = 0;

	rows_next(r, &i);
	return i;
}

/* Releases the memory; the set is then empty and may be used again. */
void rows_free(struct rows *r)
{
	free(r->bits);
	*r = (struct rows){0};
}

/* Releases what the report owns; request and snapshot stay. */
void report_free(struct report *r)
{
	for (size_t i = 0; i < r->nbinds; i++)
		rows_free(&r->binds[i].blocked_by);
	rows_free(&r->connect.blocked_by);
	for (size_t i = 0; i < r->ncauses; i++) {
		rows_free(&r->causes[i].socks);
		free(r->causes[i].first);
	}
	rows_free(&r->others);
	free(r->rows);
	free(r->rests);
	*r = (struct report){0};
}
