/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What connect() gets from a socket that bind() gave its port: the kernel looks
 * the two ends up in the table of connections (__inet_check_established() in
 * net/ipv4/inet_hashtables.c, __inet6_check_established() in
 * net/ipv6/inet6_hashtables.c, with tcp_twsk_unique() in net/ipv4/tcp_ipv4.c;
 * 5.4 to 7.1).  UDP has no such rule.
 */
#include "judge/connect.h"

#include <errno.h>
#include <sys/socket.h>

#include "judge/autobind.h"

/* Listeners and sockets that are bound and nothing more are in other tables. */
static bool is_in_table(const struct sock *t)
{
	return t->state != STATE_LISTEN && t->state != STATE_CLOSE;
}

/* The device of the socket that connects: a link-local address brings it along. */
static uint32_t device_of(const struct request *q)
{
	if (!q->target.ifindex && addr_is_link_local(&q->to))
		return q->to_ifindex;
	return q->target.ifindex;
}

/*
 * inet_sk_bound_dev_eq(): a socket of the table that is bound to no device meets
 * every one outside of a VRF (inside, net.ipv4.tcp_l3mdev_accept decides), one that
 * is bound to a device only those on the same, or in it as their VRF.
 */
static enum tri meets(const struct report *r, const struct sock *t)
{
	uint32_t device = device_of(r->request), vrf = r->seen->l3mdev;

	if (t->ifindex == IFINDEX_UNKNOWN)
		return UNKNOWN;
	if (!t->ifindex)
		return vrf ? UNKNOWN : YES;
	return tri_of(t->ifindex == device || t->ifindex == vrf);
}

/* Whether t has the ends that the connection would have; its local port is the target's. */
static enum tri has_same_ends(const struct report *r, const struct sock *t)
{
	const struct route *way = &r->seen->route;

	if (!is_in_table(t) || t->peer_port != r->request->to_port || !addr_same(&t->peer, &way->to) ||
	    !addr_same(&t->local, &way->from))
		return NO;
	return meets(r, t);
}

/*
 * Whether it makes connect() fail.  What remains of a connection that is closed
 * is replaced if it used TCP timestamps, which nothing shows, whatever
 * tcp_tw_reuse says: that is for ports that connect() picks itself.
 */
static enum tri stands_in_the_way(const struct report *r, const struct sock *t)
{
	enum tri same = has_same_ends(r, t);

	return sock_is_minisocket(t) ? tri_and(same, UNKNOWN) : same;
}

/* All that do for certain, or else all that may.  Returns how that is. */
static enum tri find_blockers(const struct report *r, struct rows *blockers)
{
	enum tri worst = NO;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);
		enum tri one = stands_in_the_way(r, &t);

		if (tri_or(worst, one) != worst)
			rows_free(blockers);
		worst = tri_or(worst, one);
		if (one == worst && one != NO)
			rows_add(blockers, i);
	}
	return worst;
}

/* A dump that was cut may lack the one; what is only bound is not in the table. */
static bool may_lack_some(const struct gaps *gaps)
{
	return gap_has(gaps, GAP_DUMP_CUT) || gap_has(gaps, GAP_PROC_NET);
}

static int result_of(const struct report *r, struct rows *blockers)
{
	const struct route *way = &r->seen->route;
	enum tri blocked;

	if (!way->asked)
		return RESULT_UNKNOWN;
	if (way->err)
		return way->err;
	if (!r->request->target.port)
		return autobind_connect(r);
	if (r->request->target.proto != PROTO_TCP)
		return RESULT_OK;
	blocked = find_blockers(r, blockers);
	if (blocked == YES)
		return EADDRNOTAVAIL;
	return blocked == UNKNOWN || may_lack_some(&r->seen->gaps) ? RESULT_UNKNOWN : RESULT_OK;
}

/* No socket alone is in the way where all ports of the range are taken. */
static enum verdict verdict_of(const struct connect *c)
{
	if (c->result == RESULT_OK)
		return FREE;
	if (c->result == RESULT_UNKNOWN)
		return UNSURE;
	return c->blocked_by.n || c->exhausted ? TAKEN : REFUSED;
}

static void renumber(struct rows *rows, size_t moved)
{
	struct rows to = {0};

	for (size_t i = 0; rows_next(rows, &i); i++)
		rows_add(&to, i == moved ? 0 : i + (i < moved));
	rows_free(rows);
	*rows = to;
}

static void bring_first(struct report *r, size_t row)
{
	struct row moved = r->rows[row];

	for (size_t i = row; i; i--)
		r->rows[i] = r->rows[i - 1];
	r->rows[0] = moved;
	for (size_t i = 0; i < r->nbinds; i++)
		renumber(&r->binds[i].blocked_by, row);
}

/* Those in the way stand first; what is behind one stays where it is when that moves. */
static void accuse(struct report *r, enum tri blocks)
{
	struct rows blockers = r->connect.blocked_by;

	r->connect.blocked_by = (struct rows){0};
	for (size_t i = 0; rows_next(&blockers, &i); i++) {
		r->rows[i].blocks = (uint8_t)blocks;
		bring_first(r, i);
		rows_add(&r->connect.blocked_by, r->connect.blocked_by.n);
	}
	rows_free(&blockers);
}

/*
 * Fills r->connect where the request asks for it, and where connect() fares worse than
 * bind(), verdict and errno; of a socket without a port always, for it calls no bind().  Rows, binds and what bind() makes of the verdict must be final.
 */
void connect_judge(struct report *r)
{
	struct connect *c = &r->connect;

	if (!r->request->to.family || !r->nbinds)
		return;
	c->asked = true;
	c->from = r->seen->route.from;
	c->result = result_of(r, &c->blocked_by);
	c->exhausted = !r->request->target.port && c->result == EADDRNOTAVAIL && !r->seen->route.err;
	if (r->request->target.port && verdict_of(c) <= r->verdict)
		return;
	c->decides = true;
	r->verdict = verdict_of(c);
	r->err = c->result == RESULT_UNKNOWN ? 0 : c->result;
	accuse(r, r->verdict == TAKEN ? YES : UNKNOWN);
}
