/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judgement of a unix name.  What is at a path decides alone what bind()
 * gets, and who has it is for the words; an abstract name is like a port.
 */
#include "judge/judge_unix.h"

#include <errno.h>
#include <string.h>

#include "judge/conflict_unix.h"
#include "judge/facets.h"
#include "judge/remedy.h"
#include "judge/rows.h"
#include "base/xalloc.h"

static const struct target *target_of(const struct report *r)
{
	return &r->request->target;
}

static bool is_abstract(const struct report *r)
{
	return unix_is_abstract(target_of(r)->path);
}

static enum tri holds(const struct report *r, size_t i)
{
	return conflict_unix(target_of(r), &r->seen->file, &r->seen->socks[i], &r->seen->names[i]);
}

/* Of an abstract name those of another type have nothing to do with it. */
static bool is_row(const struct report *r, size_t i)
{
	return !is_abstract(r) || r->seen->names[i].type == target_of(r)->type;
}

/* Those that hold it first, then those that may. */
static void make_rows(struct report *r)
{
	static const enum tri order[] = {YES, UNKNOWN, NO};

	for (size_t pass = 0; pass < sizeof order / sizeof *order; pass++)
		for (size_t i = 0; i < r->seen->nsocks; i++) {
			if (!is_row(r, i) || holds(r, i) != order[pass])
				continue;
			row_add(r, i)->blocks = (uint8_t)order[pass];
		}
}

/* The rows that are certain to hold it, or for want of them (if asked for) those that may. */
static void list_holders(const struct report *r, struct bind *b, bool guess)
{
	enum tri least = r->nrows && r->rows[0].blocks == YES ? YES : UNKNOWN;

	for (size_t i = 0; i < r->nrows; i++)
		if (r->rows[i].blocks == least && (least == YES || guess))
			rows_add(&b->blocked_by, i);
}

/* Where the kernel was asked, it has said it all. */
static void judge_abstract(struct report *r, struct bind *b)
{
	const struct probe *p = snapshot_probe(r->seen, &b->addr, b->mix);
	bool open = r->nrows && r->rows[0].blocks == UNKNOWN;

	list_holders(r, b, p && p->err == EADDRINUSE);
	if (strlen(target_of(r)->path) > UNIX_NAME_MAX + 1)
		b->result = ENAMETOOLONG;
	else if (p)
		b->result = p->err;
	else if (b->blocked_by.n)
		b->result = EADDRINUSE;
	else if (open || gap_hides_sockets(&r->seen->gaps))
		b->doubt = open ? DOUBT_ACCEPTED : DOUBT_HIDDEN;
	if (b->doubt)
		b->result = RESULT_UNKNOWN;
	if (b->result != EADDRINUSE)
		rows_free(&b->blocked_by);
	b->by_probe = p != NULL;
}

static void judge_path(struct report *r, struct bind *b)
{
	b->result = r->seen->file.asked ? r->seen->file.err : RESULT_UNKNOWN;
	if (b->result == RESULT_UNKNOWN)
		b->doubt = r->seen->file.asked ? DOUBT_PERMISSION : DOUBT_HIDDEN;
	if (b->result == EADDRINUSE)
		list_holders(r, b, true);
}

/* The rows that stand in the way are those that are listed. */
static void decide(struct report *r, const struct bind *b)
{
	r->verdict = b->result == RESULT_OK           ? FREE
	             : b->result == RESULT_UNKNOWN    ? UNSURE
	             : b->result == EADDRINUSE        ? TAKEN
	                                              : REFUSED;
	r->err = b->result > 0 ? b->result : 0;
	r->clears = r->verdict == FREE ? CLEARS_NOW : r->verdict == UNSURE ? CLEARS_UNKNOWN : CLEARS_NEVER;
	r->clears_in_ms = r->verdict == FREE ? 0 : -1;
	r->late_ms = -1;
	for (size_t i = 0; i < r->nrows; i++)
		r->rows[i].blocks = rows_have(&b->blocked_by, i) ? YES : r->verdict == UNSURE ? r->rows[i].blocks : NO;
}

/* Where no socket is listed that holds the path. */
static enum cause_id cause_of_file(const struct unix_file *f)
{
	if (f->kind != FILE_SOCKET)
		return CAUSE_UNIX_NOT_A_SOCKET;
	return f->alive == YES ? CAUSE_UNIX_ELSEWHERE : CAUSE_UNIX_STALE_PATH;
}

/* Of several that may hold it one does; a name alone proves nothing. */
static bool is_guess(const struct report *r, const struct bind *b)
{
	size_t place = r->rows[rows_first(&b->blocked_by)].place;

	if (holds(r, place) == YES)
		return false;
	return b->blocked_by.n > 1 || !(is_abstract(r) || unix_has_file(&r->seen->file, &r->seen->names[place]));
}

static enum cause_id cause_of_holder(const struct report *r, const struct sock *s)
{
	if (is_abstract(r))
		return CAUSE_UNIX_ABSTRACT;
	return s->state == STATE_LISTEN ? CAUSE_UNIX_LISTENER : CAUSE_UNIX_BOUND;
}

/* A refused path needs no cause: the first line says why. */
static bool find_cause(const struct report *r, const struct bind *b, struct cause *c)
{
	if (b->result == EADDRINUSE && b->blocked_by.n) {
		struct sock first = row_sock(r, rows_first(&b->blocked_by));

		c->id = cause_of_holder(r, &first);
		c->inferred = is_guess(r, b);
	} else if (b->result == EADDRINUSE) {
		c->id = is_abstract(r) ? CAUSE_INVISIBLE_HOLDER : cause_of_file(&r->seen->file);
		c->inferred = c->id == CAUSE_UNIX_STALE_PATH && r->seen->file.alive != NO;
	} else if (is_abstract(r) && r->verdict == REFUSED && b->result != ENAMETOOLONG) {
		c->id = CAUSE_BIND_DENIED;
	} else {
		return false;
	}
	return true;
}

static void explain(struct report *r, const struct bind *b)
{
	struct cause c = {0}, *to = &r->causes[0];

	if (!find_cause(r, b, &c))
		return;
	for (size_t i = 0; rows_next(&b->blocked_by, &i); i++) {
		cause_add(r, &c, i);
		r->rows[i].cause = 0;
	}
	*to = c;
	r->ncauses = 1;
	for (size_t i = 0; rows_next(&to->socks, &i); i++) {
		struct sock s = row_sock(r, i);

		facets_of_socket(r, to, &s);
	}
	remedy(r, to);
}

/* A socket whose file is gone, or is another one now, is still there under that name. */
static void find_notes(struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (unix_is_unlinked(&r->seen->file, snapshot_name(r->seen, &s)) && r->rows[i].blocks == NO &&
		    s.state != STATE_ESTABLISHED)
			r->notes |= 1U << NOTE_UNLINKED_SOCKET;
	}
}

static bool wants_trial(const struct report *r, const struct bind *b)
{
	bool open = b->result == RESULT_OK || b->result == RESULT_UNKNOWN;

	if (!is_abstract(r) || b->by_probe || r->request->probe == PROBE_NEVER || gap_has(&r->seen->gaps, GAP_PROBE))
		return false;
	return b->result != ENAMETOOLONG && (open || r->request->probe == PROBE_ALWAYS);
}

/* First what tells a left-over file from a live one, then who holds it, then the trial. */
static void find_wants(const struct report *r, bool details, const struct bind *b, struct want *want)
{
	const struct unix_file *f = &r->seen->file;
	bool certain = r->nrows && holds(r, r->rows[0].place) == YES;

	want->alive = details && f->kind == FILE_SOCKET && !certain && !f->alive_asked && r->request->probe != PROBE_NEVER;
	want->owners = details && r->nrows && !r->seen->owners_read;
	if (details && r->seen->owners_read)
		rows_want_told(r, want);
	if (wants_trial(r, b))
		want->probes[want->nprobes++] = (struct wanted_probe){.addr = b->addr, .mix = b->mix};
}

/* Fills r, whose request is for a unix name and which is empty but for that and the snapshot, and want. */
void judge_unix(struct report *r, bool details, struct want *want)
{
	struct bind *b = &r->binds[r->nbinds++];

	make_rows(r);
	if (is_abstract(r))
		judge_abstract(r, b);
	else
		judge_path(r, b);
	decide(r, b);
	explain(r, b);
	find_notes(r);
	find_wants(r, details, b, want);
}
