/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other ends of connections where those are sockets of this namespace too.
 * Of one port they are looked up one by one, which costs nothing beside a walk of
 * the kernel's table; that is walked for many ports, and for the count of what
 * merely has the port at its remote end.
 */
#include "sys/other_end.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "sys/inet_diag.h"

enum {
	LINGERING_STATES = 1 << STATE_FIN_WAIT_1 | 1 << STATE_FIN_WAIT_2 | 1 << STATE_TIME_WAIT | 1 << STATE_CLOSING |
	                   1 << STATE_LAST_ACK | 1 << STATE_CLOSE_WAIT,
	LOOKED_UP = 64,          /* of each state: where there are more the words are about some */
	WALKED = 64, WALKED_OF_MANY = 1 << 14, /* kept of one port, of many */
};

static bool is_peer_of(const struct sock *p, const struct sock *s)
{
	return s->peer_port == p->port && s->port == p->peer_port && addr_same(&s->peer, &p->local) &&
	       addr_same(&s->local, &p->peer);
}

static void keep(struct snapshot *s, const struct sock *peer)
{
	s->peers = xgrow(s->peers, s->npeers, sizeof *s->peers);
	s->peers[s->npeers++] = *peer;
}

struct lookup {
	struct snapshot *seen;
	const struct sock *ours;
};

/* In the place of a connection that is gone a listener may come. */
static int take_found(const struct nlmsghdr *h, void *arg)
{
	const struct lookup *x = arg;
	struct sock p;

	if (inet_diag_parse(h, &p) && is_peer_of(&p, x->ours) && !sock_is_half_open(&p))
		keep(x->seen, &p);
	return 0;
}

/* One whose other end is itself has none. */
static int look_up(struct netlink *n, struct snapshot *s, const struct sock *ours)
{
	struct sock wanted = {.local = ours->peer, .port = ours->peer_port, .peer = ours->local, .peer_port = ours->port,
	                      .ifindex = ours->ifindex};
	struct lookup x = {.seen = s, .ours = ours};
	int err = is_peer_of(ours, ours) ? -ENOENT : inet_diag_find(n, &wanted, take_found, &x);

	return err == -ENOENT ? 0 : err;
}

/*
 * Fills s->peers with sockets of this namespace that are other ends of sockets of
 * s: of the first in each state, where they are many.  One that is bound to a device
 * is found if ours is bound to the same.  Returns 0 or -errno: then some may be
 * missing.
 */
int other_end_find(struct snapshot *s)
{
	size_t done[STATE_MAX] = {0};
	struct netlink *n;
	int err = netlink_open(NETLINK_SOCK_DIAG, &n);

	if (err)
		return err;
	for (size_t i = 0; i < s->nsocks && !err; i++) {
		const struct sock *t = &s->socks[i];

		if (t->peer_port && t->state < STATE_MAX && done[t->state]++ < LOOKED_UP)
			err = look_up(n, s, t);
	}
	netlink_close(n);
	return err;
}

/* A walk of the table. */
struct walk {
	struct snapshot *seen;
	size_t most;               /* peers to keep */
	const struct sock **socks; /* ours that stand for themselves, by the port of their other end */
	size_t nsocks;
	bool any;
};

static int by_peer_port(const void *a, const void *b)
{
	const struct sock *const *x = a, *const *y = b;

	return (int)(*x)->peer_port - (int)(*y)->peer_port;
}

static void index_socks(struct walk *w)
{
	const struct snapshot *s = w->seen;

	w->socks = xcalloc(s->nsocks, sizeof(*w->socks));
	for (size_t i = 0; i < s->nsocks; i++)
		if (!sock_is_rest(&s->socks[i]))
			w->socks[w->nsocks++] = &s->socks[i];
	qsort(w->socks, w->nsocks, sizeof(*w->socks), by_peer_port);
}

/* Whether p is the other end of one of ours: among those with its port as the peer's. */
static bool is_peer(const struct walk *w, const struct sock *p)
{
	size_t low = 0, high = w->nsocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->socks[middle]->peer_port < p->port)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < w->nsocks && w->socks[low]->peer_port == p->port; low++)
		if (is_peer_of(p, w->socks[low]))
			return true;
	return false;
}

static int take(const struct nlmsghdr *h, void *arg)
{
	struct walk *w = arg;
	struct snapshot *s = w->seen;
	struct sock p;

	w->any = true;
	if (!inet_diag_parse(h, &p) || is_peer_of(&p, &p) || sock_is_half_open(&p))
		return 0;
	if (!is_peer(w, &p))
		s->remote_lingering += p.port != p.peer_port && LINGERING_STATES >> p.state & 1;
	else if (s->npeers < w->most)
		keep(s, &p);
	return 0;
}

/*
 * The same by one walk, of that port or of all (0), unless it was done already; and
 * counts the closing sockets that merely have the port at their remote end.  Returns
 * 0 or -errno: then some may be missing.
 */
int other_end_walk(struct snapshot *s, uint16_t port)
{
	struct inet_diag_filter f = {.peer_port = port, .states = INET_DIAG_ALL_STATES & ~(1U << STATE_LISTEN)};
	struct walk w = {.seen = s, .most = s->peers_read ? 0 : port ? WALKED : WALKED_OF_MANY};
	int err;

	index_socks(&w);
	err = inet_diag_walk(&f, &w.any, take, &w);
	free(w.socks);
	return err;
}
