/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks that failed: findings like any other, kept with the snapshot and printed in every output. */
#include "model/gap.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* A machine has hundreds of processes that may not be read: those are one finding with a count. */
static bool is_counted(enum gap_kind kind)
{
	return kind == GAP_FD_TABLE || kind == GAP_BOUND_ONLY || kind == GAP_OTHER_NETNS;
}

static bool is_same(const struct gap *g, enum gap_kind kind, int err, const char *object)
{
	if (g->kind != kind || g->err != err)
		return false;
	return is_counted(kind) || (!g->object && !object) || (g->object && object && !strcmp(g->object, object));
}

/*
 * Records that a look failed with errno err (0 for none) at object (copied; may
 * be NULL).  The same failure is kept once; unreadable descriptor tables, and what
 * may hide bound-only sockets, are counted.
 */
void gap_add(struct gaps *gaps, enum gap_kind kind, int err, const char *object)
{
	gap_copy(gaps, &(struct gap){kind, err, (char *)object, 1});
}

/* Adds a copy of that one, which may stand for many. */
void gap_copy(struct gaps *to, const struct gap *gap)
{
	for (size_t i = 0; i < to->n; i++) {
		if (!is_same(&to->v[i], gap->kind, gap->err, gap->object))
			continue;
		to->v[i].count += is_counted(gap->kind) ? gap->count : 0;
		return;
	}
	to->v = xgrow(to->v, to->n, sizeof *to->v);
	to->v[to->n] = *gap;
	to->v[to->n++].object = xstrdup(gap->object);
}

/* Adds what from has of that kind. */
void gap_copy_kind(struct gaps *to, const struct gaps *from, enum gap_kind kind)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->v[i].kind == kind)
			gap_copy(to, &from->v[i]);
}

/* Takes those of that kind away: another look has filled them. */
void gap_close(struct gaps *gaps, enum gap_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < gaps->n; i++) {
		if (gaps->v[i].kind == kind)
			free(gaps->v[i].object);
		else
			gaps->v[n++] = gaps->v[i];
	}
	gaps->n = n;
}

/* Whether a socket may exist that the snapshot does not show: then nothing proves "free" but a bind(). */
bool gap_hides_sockets(const struct gaps *gaps)
{
	return gap_has(gaps, GAP_BOUND_ONLY) || gap_has(gaps, GAP_DUMP_CUT) || gap_has(gaps, GAP_PROC_NET) ||
	       gap_has(gaps, GAP_NETNS);
}

bool gap_has(const struct gaps *gaps, enum gap_kind kind)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->v[i].kind == kind)
			return true;
	return false;
}

void gap_free(struct gaps *gaps)
{
	for (size_t i = 0; i < gaps->n; i++)
		free(gaps->v[i].object);
	free(gaps->v);
	*gaps = (struct gaps){0};
}
