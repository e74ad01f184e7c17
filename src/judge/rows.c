/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of a report: the sockets of the port whose address overlaps one
 * judged, alike ones folded (ten and a count), those that block first.
 */
#include "judge/rows.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "judge/binder.h"
#include "judge/conflict.h"
#include "judge/trial.h"
#include "judge/when.h"
#include "model/fold.h"
#include "model/index.h"

enum { RANKS = STATE_MAX + 2 };

/* Where a state stands in a report: as the causes do. */
static size_t rank(const struct sock *s)
{
	static const uint8_t ranks[STATE_MAX] = {
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

/* Takes one more in of those that get no row of their own. */
static void fold_into(struct sock *rest, const struct sock *s)
{
	if (sock_ends_ms(s) > sock_ends_ms(rest) || (sock_ends_ms(s) < 0 && s->expires_ms > rest->expires_ms)) {
		rest->expires_ms = s->expires_ms;
		rest->timer = s->timer;
		rest->gives_up_ms = s->gives_up_ms;
	}
	rest->first_ends_ms = (int32_t)sock_earlier(rest->first_ends_ms, sock_first_ends_ms(s));
	rest->count += s->count;
}

/* The first of them: what tells one from another is cleared. */
static uint32_t begin_rest(struct report *r, const struct sock *s)
{
	struct sock *rest;

	r->rests = xgrow(r->rests, r->nrests, sizeof *r->rests);
	rest = &r->rests[r->nrests++];
	*rest = *s;
	rest->first_ends_ms = (int32_t)sock_first_ends_ms(s);
	rest->peer = (struct addr){0};
	rest->peer_port = 0;
	rest->cookie = 0;
	return (uint32_t)r->nrests;
}

static void add_rest(struct report *r, struct group *g, const struct sock *s, size_t place)
{
	struct row *row;

	if (g->rest) {
		fold_into(&r->rests[r->rows[g->rest].rest - 1], s);
	} else {
		g->rest = r->nrows;
		row_add(r, place)->rest = begin_rest(r, s);
	}
	row = &r->rows[g->rest];
	row->gives_up_ms = r->rests[row->rest - 1].gives_up_ms;
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
		if (is_alike(r->seen, &r->seen->socks[r->rows[groups->v[i].first].place], s))
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
static void take(struct report *r, struct groups *groups, size_t place)
{
	struct sock s = r->seen->socks[place];
	struct group *g = has_same_peer(r, &s) ? NULL : group_of(r, groups, &s);

	s.gives_up_ms = when_gives_up_ms(&s, r->seen->host.orphan_retries);
	if (g && (sock_is_rest(&s) || g->rest || (g->samples >= FOLD_SAMPLES && !r->request->all))) {
		add_rest(r, g, &s, place);
		return;
	}
	if (g)
		g->samples++;
	row_add(r, place)->gives_up_ms = s.gives_up_ms;
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
	struct binder s = binder_make(r, &p->addr, p->mix);
	size_t suspect = 0, suspects = 0;

	if (p->err ? p->err != EADDRINUSE
	           : s.mix.reuseport && (s.proto == PROTO_UDP || !trial_excludes_memory(r, &p->addr)))
		return;
	for (size_t i = 0; i < r->nrows && !(p->err && suspects > 1); i++) {
		struct sock t = row_sock(r, i);
		enum tri blocks = conflict_blocks(&s, &t);

		if (blocks == UNKNOWN && !p->err) {
			learn_from_success(&s, &t);
			row_teach(&r->rows[i], &t);
		}
		if (blocks == NO)
			continue;
		suspects += blocks == YES ? 2 : t.count;
		suspect = i;
	}
	if (p->err && suspects == 1 && !gap_hides_sockets(&r->seen->gaps)) {
		struct sock t = row_sock(r, suspect);

		learn_from_failure(&s, &t);
		row_teach(&r->rows[suspect], &t);
	}
}

/* How it is ordered: those that block first, then by state. */
static size_t key_of(const struct report *r, size_t row)
{
	static const size_t first[] = {[YES] = 0, [UNKNOWN] = RANKS, [NO] = 2 * RANKS};
	struct sock s = row_sock(r, row);

	return first[r->rows[row].blocks] + rank(&s);
}

/* Where each row comes to stand; among equals the order stays. */
static uint32_t *places(const struct report *r)
{
	uint32_t *to = xcalloc(r->nrows, sizeof *to), next[3 * RANKS + 1] = {0};

	for (size_t i = 0; i < r->nrows; i++)
		next[key_of(r, i) + 1]++;
	for (size_t key = 1; key < 3 * RANKS; key++)
		next[key] += next[key - 1];
	for (size_t i = 0; i < r->nrows; i++)
		to[i] = next[key_of(r, i)]++;
	return to;
}

/* In the same memory: a second array would count with 100,000 rows. */
static void put_in_order(struct report *r)
{
	uint32_t *to = places(r);

	for (size_t i = 0; i < r->nrows; i++) {
		while (to[i] != i) {
			uint32_t there = to[i];
			struct row row = r->rows[there];

			r->rows[there] = r->rows[i];
			r->rows[i] = row;
			to[i] = to[there];
			to[there] = there;
		}
	}
	free(to);
}

/* Fills r->rows from r->seen, for the addresses judged: folded, with what probes taught, blockers first. */
void rows_make(struct report *r, const struct addr *addrs, size_t naddrs)
{
	struct groups groups = {0};

	for (size_t i = 0; i < r->seen->nsocks; i++) {
		enum tri overlaps = NO;

		for (size_t k = 0; k < naddrs; k++) {
			struct binder s = binder_make(r, &addrs[k], MIX_PLAIN);

			overlaps = tri_or(overlaps, conflict_overlap(&s, &r->seen->socks[i]));
		}
		if (overlaps != NO)
			take(r, &groups, i);
	}
	free(groups.v);
	index_free(&groups.index);
	for (size_t i = 0; i < 2 * r->seen->nprobes; i++) /* twice: what a later one taught may complete an earlier one */
		learn(r, &r->seen->probes[i % r->seen->nprobes]);
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);
		enum tri blocks = NO;

		for (size_t k = 0; k < naddrs; k++) {
			struct binder s = binder_make(r, &addrs[k], r->request->mix);

			blocks = tri_or(blocks, binder_blocked_by(r, &s, &t));
		}
		r->rows[i].blocks = blocks;
	}
	put_in_order(r);
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
		struct sock s = row_sock(r, i);
		size_t n;
		const struct owner *o = owners_of(&r->seen->owners, s.inode, &n);

		if (sock_is_rest(&s) || is_asked(o, n))
			continue;
		want->told = xgrow(want->told, want->ntold, sizeof *want->told);
		want->told[want->ntold++] = r->rows[i].place;
	}
}
