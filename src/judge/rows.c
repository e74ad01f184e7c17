/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of a report: the sockets of the port whose address overlaps one
 * judged, alike ones folded (ten and a count), those that block first.
 */
#include "judge/rows.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "judge/binds.h"
#include "judge/conflict.h"
#include "judge/trial.h"
#include "judge/when.h"
#include "model/fold.h"
#include "model/index.h"

/* Where a state stands in a report: as the causes do. */
static int rank(const struct sock *s)
{
	static const int ranks[STATE_MAX] = {
	    [STATE_LISTEN] = 1,     [STATE_CLOSE] = 2,      [STATE_ESTABLISHED] = 3,
	    [STATE_SYN_SENT] = 4,   [STATE_CLOSE_WAIT] = 5, [STATE_SYN_RECV] = 7,
	    [STATE_FIN_WAIT_1] = 8, [STATE_CLOSING] = 9,    [STATE_LAST_ACK] = 10,
	    [STATE_FIN_WAIT_2] = 11, [STATE_TIME_WAIT] = 12, [STATE_NEW_SYN_RECV] = 13,
	};

	if (s->state == STATE_FIN_WAIT_2 && s->inode)
		return 6;
	return s->state < STATE_MAX ? ranks[s->state] : STATE_MAX + 1;
}

static bool same_owners(const struct snapshot *seen, const struct sock *a, const struct sock *b)
{
	size_t n, m;
	const struct owner *x = owners_of(&seen->owners, a->inode, &n), *y = owners_of(&seen->owners, b->inode, &m);

	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (x[i].process != y[i].process)
			return false;
	return true;
}

/* The key of the interface; what decides about cause and blocks is part of it. */
static bool is_alike(const struct snapshot *seen, const struct sock *a, const struct sock *b)
{
	return a->state == b->state && !a->inode == !b->inode && a->ifindex == b->ifindex && a->uid == b->uid &&
	       a->held_by == b->held_by && a->v6only == b->v6only && a->reuseaddr == b->reuseaddr &&
	       a->reuseport == b->reuseport && a->mptcp == b->mptcp && addr_equal(&a->local, &b->local) && same_owners(seen, a, b);
}

struct group {
	size_t samples;          /* rows of count 1 */
	size_t first, rest;      /* row numbers; rest is 0 where there is none (row 0 is never a rest) */
};

/* The row of those that get none of their own: what tells one from another is cleared. */
static void fold_into(struct row *rest, const struct sock *s)
{
	if (sock_ends_ms(s) > sock_ends_ms(&rest->s) || (sock_ends_ms(s) < 0 && s->expires_ms > rest->s.expires_ms)) {
		rest->s.expires_ms = s->expires_ms;
		rest->s.timer = s->timer;
		rest->s.gives_up_ms = s->gives_up_ms;
	}
	rest->s.first_ends_ms = sock_earlier(rest->s.first_ends_ms, sock_first_ends_ms(s));
	rest->s.count += s->count;
}

static size_t add_row(struct report *r, const struct sock *s)
{
	r->rows = xgrow(r->rows, r->nrows, sizeof *r->rows);
	r->rows[r->nrows] = (struct row){.s = *s, .cause = -1};
	return r->nrows++;
}

static void add_rest(struct report *r, struct group *g, const struct sock *s)
{
	if (g->rest) {
		fold_into(&r->rows[g->rest], s);
		return;
	}
	g->rest = add_row(r, s);
	r->rows[g->rest].s.first_ends_ms = sock_first_ends_ms(s);
	r->rows[g->rest].s.peer = (struct addr){0};
	r->rows[g->rest].s.peer_port = 0;
	r->rows[g->rest].s.cookie = 0;
}

struct groups {
	struct group *v;
	struct index index;
};

/* The group that s belongs to; made if it is the first of its kind. */
static struct group *group_of(const struct report *r, struct groups *groups, const struct sock *s)
{
	struct index *x = &groups->index;
	uint32_t hash = sock_hash(s);
	size_t slot;

	for (size_t i = index_first(x, hash, &slot); i != INDEX_END; i = index_next(x, hash, &slot))
		if (is_alike(r->seen, &r->rows[groups->v[i].first].s, s))
			return &groups->v[i];
	groups->v = xgrow(groups->v, x->n, sizeof *groups->v);
	groups->v[x->n] = (struct group){.first = r->nrows};
	index_add(x, hash);
	return &groups->v[x->n - 1];
}

/* The connection that connect() would make again stands for itself. */
static bool has_same_peer(const struct report *r, const struct sock *s)
{
	return r->request->to.family && s->peer_port == r->request->to_port && addr_same(&s->peer, &r->seen->route.to);
}

/* Of a group the longest-lived come first in the snapshot (model/fold.c); live ones come in dump order. */
static void take(struct report *r, struct groups *groups, const struct sock *s, size_t place)
{
	size_t before = r->nrows;
	struct group *g;

	if (has_same_peer(r, s)) {
		add_row(r, s);
		r->rows[before].place = place;
		return;
	}
	g = group_of(r, groups, s);
	if (!sock_is_rest(s) && (g->samples < FOLD_SAMPLES || r->request->all) && !g->rest) {
		g->samples++;
		add_row(r, s);
	} else {
		add_rest(r, g, s);
	}
	if (r->nrows > before)
		r->rows[before].place = place;
}

/* What a bind() that worked proves of t, which could have been in its way (unless it is on another device). */
static void learn_from_success(const struct binder *s, struct sock *t)
{
	if (s->ifindex && t->ifindex == IFINDEX_UNKNOWN)
		return;
	if (conflict_overlap(s, t) == UNKNOWN)
		t->v6only = s->mix.reuseaddr || s->mix.reuseport ? UNKNOWN : YES;
	else if (s->mix.reuseaddr && !s->mix.reuseport && t->state != STATE_LISTEN)
		t->reuseaddr = YES;
	else if (s->mix.reuseaddr && s->mix.reuseport && t->reuseaddr == NO)
		t->reuseport = YES;
}

/* What a bind() that failed proves of t, which alone can be the reason. */
static void learn_from_failure(const struct binder *s, struct sock *t)
{
	if (t->ifindex == IFINDEX_UNKNOWN)
		t->ifindex = 0; /* or the same device: it collides either way */
	if (conflict_overlap(s, t) == UNKNOWN)
		t->v6only = NO;
	if (s->mix.reuseaddr && t->reuseaddr == UNKNOWN)
		t->reuseaddr = NO;
	if (s->mix.reuseport && t->reuseport == UNKNOWN)
		t->reuseport = NO;
}

/*
 * What a probe proved; failure proves nothing where a socket may be hidden, and
 * otherwise the same whatever the bucket has forgotten: memory only lets in.
 * Success with SO_REUSEPORT proves nothing of the sockets where the bucket's memory
 * may have let it in (judge/trial.c), and for UDP, where the first one that shares
 * is enough.
 */
static void learn(struct report *r, const struct probe *p)
{
	struct binder s = binds_binder(r, &p->addr, p->mix);
	struct sock *suspect = NULL;
	size_t suspects = 0;

	if (p->err ? p->err != EADDRINUSE
	           : s.mix.reuseport && (s.proto == PROTO_UDP || !trial_excludes_memory(r, &p->addr)))
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock *t = &r->rows[i].s;
		enum tri blocks = conflict_blocks(&s, t);

		if (blocks == UNKNOWN && !p->err)
			learn_from_success(&s, t);
		if (blocks == NO)
			continue;
		suspects += blocks == YES ? 2 : t->count;
		suspect = t;
	}
	if (p->err && suspects == 1 && !gap_hides_sockets(&r->seen->gaps))
		learn_from_failure(&s, suspect);
}

static int by_rank(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int bx = x->blocks == YES ? 0 : x->blocks == UNKNOWN ? 1 : 2, by = y->blocks == YES ? 0 : y->blocks == UNKNOWN ? 1 : 2;

	if (bx != by)
		return bx - by;
	if (rank(&x->s) != rank(&y->s))
		return rank(&x->s) - rank(&y->s);
	return x->cause - y->cause;
}

/* Fills r->rows from r->seen, for the addresses judged: folded, with what probes taught, blockers first. */
void rows_make(struct report *r, const struct addr *addrs, size_t naddrs)
{
	struct groups groups = {0};

	for (size_t i = 0; i < r->seen->nsocks; i++) {
		enum tri overlaps = NO;

		for (size_t k = 0; k < naddrs; k++) {
			struct binder s = binds_binder(r, &addrs[k], MIX_PLAIN);

			overlaps = tri_or(overlaps, conflict_overlap(&s, &r->seen->socks[i]));
		}
		if (overlaps != NO) {
			struct sock s = r->seen->socks[i];

			s.gives_up_ms = when_gives_up_ms(&s, r->seen->host.orphan_retries);
			take(r, &groups, &s, i);
		}
	}
	free(groups.v);
	index_free(&groups.index);
	for (size_t i = 0; i < 2 * r->seen->nprobes; i++) /* twice: what a later one taught may complete an earlier one */
		learn(r, &r->seen->probes[i % r->seen->nprobes]);
	for (size_t i = 0; i < r->nrows; i++) {
		r->rows[i].blocks = NO;
		for (size_t k = 0; k < naddrs; k++) {
			struct binder s = binds_binder(r, &addrs[k], r->request->mix);

			r->rows[i].blocks = tri_or(r->rows[i].blocks, binds_blocks(r, &s, &r->rows[i].s));
		}
		r->rows[i].cause = (int)i; /* keeps the order among equals */
	}
	if (r->nrows)
		qsort(r->rows, r->nrows, sizeof *r->rows, by_rank);
	for (size_t i = 0; i < r->nrows; i++)
		r->rows[i].cause = -1;
}

static bool is_asked(const struct owner *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!o[i].asked)
			return false;
	return true;
}

/* Asks about the descriptors of the sockets that have a row of their own, once it is known which they are. */
void rows_want_told(const struct report *r, struct want *want)
{
	for (size_t i = 0; i < r->nrows; i++) {
		const struct row *row = &r->rows[i];
		size_t n;
		const struct owner *o = owners_of(&r->seen->owners, row->s.inode, &n);

		if (sock_is_rest(&row->s) || is_asked(o, n))
			continue;
		want->told = xgrow(want->told, want->ntold, sizeof *want->told);
		want->told[want->ntold++] = row->place;
	}
}
