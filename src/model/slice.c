/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look at many ports, port by port: a slice is what a look at its port alone
 * would have shown.  It borrows all that it can, so that ten thousand cost
 * little more than one.
 */
#include "model/slice.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

enum { OBJECT_MAX = 32 };

static uint32_t *places_by_port(const struct snapshot *s)
{
	uint32_t *next = xcalloc(UINT16_MAX + 2, sizeof *next), *to = xcalloc(s->nsocks + 1, sizeof *to);

	for (size_t i = 0; i < s->nsocks; i++)
		next[s->socks[i].port + 1]++;
	for (size_t port = 1; port <= UINT16_MAX; port++)
		next[port] += next[port - 1];
	for (size_t i = 0; i < s->nsocks; i++)
		to[i] = next[s->socks[i].port]++;
	free(next);
	return to;
}

static int by_peer_port(const void *a, const void *b)
{
	const struct sock *x = a, *y = b;

	return (int)x->peer_port - (int)y->peer_port;
}

/*
 * Puts the sockets of a look at many ports in the order of their ports, those of
 * one port as they were, for their order can count (judge/conflict.c); and their
 * other ends in the order of the same ports.
 */
void slice_order(struct snapshot *whole)
{
	uint32_t *to = places_by_port(whole);

	for (size_t i = 0; i < whole->nsocks; i++) {
		while (to[i] != i) {
			uint32_t there = to[i], next = to[there];
			struct sock s = whole->socks[there];

			whole->socks[there] = whole->socks[i];
			whole->socks[i] = s;
			to[there] = there;
			to[i] = next;
		}
	}
	free(to);
	if (whole->npeers)
		qsort(whole->peers, whole->npeers, sizeof *whole->peers, by_peer_port);
}

static uint16_t port_of(const struct sock *s)
{
	return s->port;
}

static uint16_t peer_port_of(const struct sock *s)
{
	return s->peer_port;
}

/* Those of that port among n in the order of their ports: the first, and in *n how many. */
static struct sock *find(struct sock *v, size_t *n, uint16_t port, uint16_t (*of)(const struct sock *s))
{
	size_t low = 0, high = *n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (of(&v[middle]) < port)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < *n && of(&v[end]) == port; end++)
		;
	*n = end - low;
	return v ? v + low : NULL;
}

static bool is_of_scan(enum gap_kind kind)
{
	return kind == GAP_FD_TABLE || kind == GAP_PROC || kind == GAP_PIDS;
}

/* A table of descriptors that could not be read tells nothing of a port whose sockets have their processes. */
static bool is_about(const struct gap *gap, const struct snapshot *s)
{
	bool held = false, open = false;

	for (size_t i = 0; i < s->nsocks; i++) {
		held |= s->socks[i].held_by == HELD_PROCESS;
		open |= s->socks[i].inode && s->socks[i].held_by != HELD_PROCESS;
	}
	if (is_of_scan(gap->kind))
		return open;
	return gap->kind == GAP_PROCESS ? held : gap->kind == GAP_CGROUP ? s->nsocks : true;
}

/* Drops the gaps of a look, of many ports too, that tell nothing of its sockets. */
void slice_keep_gaps(struct snapshot *s)
{
	struct gaps all = s->gaps;

	s->gaps = (struct gaps){0};
	for (size_t i = 0; i < all.n; i++)
		if (is_about(&all.v[i], s))
			gap_copy(&s->gaps, &all.v[i]);
	gap_free(&all);
}

/* Into the count of s->census as a dump would show them: without the options that its records do not have. */
void slice_count_unlisted(struct snapshot *s)
{
	for (size_t i = 0; i < s->nunlisted; i++) {
		struct sock like = s->unlisted[i].s;

		like.reuseaddr = like.reuseport = UNKNOWN;
		if (s->unlisted[i].certain)
			census_add(&s->census, &like);
	}
}

/* A gap for each socket that may be on one of these ports, or on none (sys/boundonly.c). */
void slice_name_uncertain(struct snapshot *s, uint16_t first, uint16_t last)
{
	char object[OBJECT_MAX];

	for (size_t i = 0; i < s->nunlisted; i++) {
		const struct unlisted *u = &s->unlisted[i];

		if (u->s.port < first || u->s.port > last || u->certain)
			continue;
		snprintf(object, sizeof object, "fd %d of pid %d", u->fd, (int)u->pid);
		gap_add(&s->gaps, GAP_BOUND_ONLY, 0, object);
	}
}

/*
 * Whether whole, which is in order, shows more of that port than of one without a
 * socket: it has one, or one may be there of which nothing else tells.
 */
bool slice_is_busy(const struct snapshot *whole, uint16_t port)
{
	size_t n = whole->nsocks;

	find(whole->socks, &n, port, port_of);
	for (size_t i = 0; !n && i < whole->nunlisted; i++)
		n = whole->unlisted[i].s.port == port && !whole->unlisted[i].certain && !gap_has(&whole->gaps, GAP_BOUND_ONLY);
	return n;
}

/*
 * Fills s (what is older in it is not released) with what whole shows of that
 * port: maybe no socket, but the host and the gaps.  whole is in order, and must
 * stay where it is while s is used.  What is fetched for s later is its own.
 */
void slice_of(struct snapshot *s, const struct snapshot *whole, uint16_t port)
{
	*s = *whole;
	s->whole = whole;
	s->socks = find(whole->socks, &s->nsocks, port, port_of);
	s->peers = find(whole->peers, &s->npeers, port, peer_port_of);
	s->probes = NULL;
	s->nprobes = 0;
	s->remote_lingering = 0;
	s->gaps = (struct gaps){0};
	for (size_t i = 0; i < whole->gaps.n; i++)
		if (is_about(&whole->gaps.v[i], s))
			gap_copy(&s->gaps, &whole->gaps.v[i]);
	slice_name_uncertain(s, port, port);
}
