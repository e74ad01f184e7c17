/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folding while a dump streams in: a million sockets in TIME_WAIT cost the ten
 * that stay longest and a count.  Only sockets that no process holds are
 * folded; the key is all that the judgement, the report and their words may
 * depend on.
 */
#include "model/fold.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* samples is a heap: the one that ends first is at the top. */
struct fold_group {
	struct sock *samples;    /* few where few are alike, as of the ports that the kernel picked */
	size_t nsamples;
	struct sock rest;        /* the one of those left out that ends last; its count is theirs */
};

static bool is_alike(const struct sock *a, const struct sock *b)
{
	return a->state == b->state && a->port == b->port && a->ifindex == b->ifindex && a->uid == b->uid &&
	       a->cgroup == b->cgroup && a->v6only == b->v6only && addr_equal(&a->local, &b->local);
}

static bool ends_before(const struct sock *a, const struct sock *b)
{
	int64_t x = sock_ends_ms(a), y = sock_ends_ms(b);

	return x >= 0 && y >= 0 ? x < y : x == y ? a->expires_ms < b->expires_ms : x > y;
}

static void swap(struct sock *a, struct sock *b)
{
	struct sock t = *a;

	*a = *b;
	*b = t;
}

static void sift_up(struct fold_group *g, size_t i)
{
	for (; i && ends_before(&g->samples[i], &g->samples[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&g->samples[i], &g->samples[(i - 1) / 2]);
}

static void sift_down(struct fold_group *g)
{
	for (size_t i = 0, child; (child = 2 * i + 1) < g->nsamples; i = child) {
		if (child + 1 < g->nsamples && ends_before(&g->samples[child + 1], &g->samples[child]))
			child++;
		if (!ends_before(&g->samples[child], &g->samples[i]))
			return;
		swap(&g->samples[child], &g->samples[i]);
	}
}

static void leave_out(struct fold_group *g, const struct sock *s)
{
	uint32_t count = g->rest.count;
	int64_t first = count ? sock_earlier(g->rest.first_ends_ms, sock_ends_ms(s)) : sock_ends_ms(s);

	if (!count || ends_before(&g->rest, s))
		g->rest = *s;
	g->rest.count = count + 1;
	g->rest.first_ends_ms = (int32_t)first;
}

static void take_in(struct fold_group *g, const struct sock *s)
{
	if (g->nsamples < FOLD_SAMPLES) {
		g->samples = xgrow(g->samples, g->nsamples, sizeof *g->samples);
		g->samples[g->nsamples] = *s;
		sift_up(g, g->nsamples++);
	} else if (ends_before(&g->samples[0], s)) {
		leave_out(g, &g->samples[0]);
		g->samples[0] = *s;
		sift_down(g);
	} else {
		leave_out(g, s);
	}
}

static struct fold_group *group_of(struct fold *f, const struct sock *s)
{
	uint32_t hash = sock_hash(s);
	size_t slot;

	for (size_t i = index_first(&f->index, hash, &slot); i != INDEX_END; i = index_next(&f->index, hash, &slot))
		if (is_alike(&f->groups[i].samples[0], s))
			return &f->groups[i];
	index_add(&f->index, hash);
	f->groups = xgrow(f->groups, f->ngroups, sizeof *f->groups);
	f->groups[f->ngroups] = (struct fold_group){0};
	return &f->groups[f->ngroups++];
}

static void keep(struct fold *f, const struct sock *s)
{
	f->socks = xgrow(f->socks, f->nsocks, sizeof *f->socks);
	f->socks[f->nsocks++] = *s;
}

static bool is_kept(const struct fold *f, const struct sock *s)
{
	return s->inode || f->off ||
	       (f->peer.family && s->peer_port == f->peer_port && addr_same(&s->peer, &f->peer));
}

/* Takes one socket in (copied). */
void fold_add(struct fold *f, const struct sock *s)
{
	if (is_kept(f, s))
		keep(f, s);
	else
		take_in(group_of(f, s), s);
}

static int by_end(const void *a, const void *b)
{
	return ends_before(a, b) ? 1 : ends_before(b, a) ? -1 : 0;
}

/*
 * Ends the folding: returns all rows, to be freed by the caller, and their
 * number in *n.  Of each group first the ten that stay longest, longest first,
 * then one row for the rest, whose count says how many and whose peer, cookie
 * and port of the peer are cleared.
 */
struct sock *fold_end(struct fold *f, size_t *n)
{
	struct sock *rows;

	for (size_t i = 0; i < f->ngroups; i++) {
		struct fold_group *g = &f->groups[i];

		qsort(g->samples, g->nsamples, sizeof *g->samples, by_end);
		for (size_t k = 0; k < g->nsamples; k++)
			keep(f, &g->samples[k]);
		if (g->rest.count) {
			g->rest.peer = (struct addr){0};
			g->rest.peer_port = 0;
			g->rest.cookie = 0;
			keep(f, &g->rest);
		}
		free(g->samples);
	}
	rows = f->socks;
	*n = f->nsocks;
	free(f->groups);
	index_free(&f->index);
	*f = (struct fold){0};
	return rows;
}
