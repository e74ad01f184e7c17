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
	for (size_t i = 0; i < gaps->n; i++) {
		if (!is_same(&gaps->v[i], kind, err, object))
			continue;
		gaps->v[i].count += is_counted(kind);
		return;
	}
	gaps->v = xgrow(gaps->v, gaps->n, sizeof *gaps->v);
	gaps->v[gaps->n++] = (struct gap){.kind = kind, .err = err, .object = xstrdup(object), .count = 1};
}

/* Adds what from has of that kind. */
void gap_copy(struct gaps *to, const struct gaps *from, enum gap_kind kind)
{
	for (size_t i = 0; i < from->n; i++)
		for (size_t k = 0; from->v[i].kind == kind && k < from->v[i].count; k++)
			gap_add(to, kind, from->v[i].err, from->v[i].object);
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
