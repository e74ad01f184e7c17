/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a second dump tells of connections: tcp_info (INET_DIAG_INFO), and whether they are of MPTCP. */
#include "sys/connection.h"

#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "sys/inet_diag.h"

/* The states in which tcp_info says something that is wanted. */
enum {
	CONNECTION_STATES = 1 << STATE_ESTABLISHED | 1 << STATE_SYN_SENT | 1 << STATE_SYN_RECV | 1 << STATE_FIN_WAIT_1 |
	                    1 << STATE_CLOSE_WAIT | 1 << STATE_LAST_ACK | 1 << STATE_CLOSING,
};

#define HAS(len, field) ((len) >= offsetof(struct tcp_info, field) + sizeof(((struct tcp_info *)0)->field))

/*
 * The SYN takes a place in the sequence space that bytes_acked counts
 * (tcp_snd_una_update() after tcp_connect()) and bytes_sent does not: at the
 * end that sent the first SYN one more byte is acknowledged than sent.  The
 * other end's SYN was acknowledged before its full socket existed.  Only while
 * nothing is unacknowledged and no FIN was sent.
 */
static enum opener opener_of(const struct tcp_info *t, const struct sock *s)
{
	uint64_t acked = t->tcpi_bytes_acked, sent = t->tcpi_bytes_sent - t->tcpi_bytes_retrans;

	if (t->tcpi_unacked || (s->state != STATE_ESTABLISHED && s->state != STATE_CLOSE_WAIT))
		return OPENER_UNKNOWN;
	if (acked - sent > 1)
		return OPENER_UNKNOWN;
	return acked - sent == 1 ? OPENER_HERE : OPENER_PEER;
}

/* Takes from len bytes of struct tcp_info what s wants; what an older kernel does not send stays unknown.  Pure. */
void connection_take_info(const void *info, size_t len, struct sock *s)
{
	struct tcp_info t = {0};

	memcpy(&t, info, len < sizeof t ? len : sizeof t);
	if (HAS(len, tcpi_rto)) {
		s->rto_ms = t.tcpi_rto / 1000;
		s->backoff = t.tcpi_backoff;
	}
	if (HAS(len, tcpi_bytes_retrans))
		s->opener = (uint8_t)opener_of(&t, s);
}

static int by_cookie(const void *a, const void *b)
{
	const struct sock *const *x = a, *const *y = b;

	return ((*x)->cookie > (*y)->cookie) - ((*x)->cookie < (*y)->cookie);
}

struct reading {
	struct snapshot *seen;
	struct sock **socks;    /* those that stand for themselves, by their cookies */
	size_t nsocks;
	bool any;
};

static void index_socks(struct reading *r)
{
	struct snapshot *s = r->seen;

	r->socks = xcalloc(s->nsocks, sizeof(*r->socks));
	for (size_t i = 0; i < s->nsocks; i++)
		if (!sock_is_rest(&s->socks[i]))
			r->socks[r->nsocks++] = &s->socks[i];
	qsort(r->socks, r->nsocks, sizeof(*r->socks), by_cookie);
}

static void take_attribute(const struct nlattr *a, void *arg)
{
	if (a->nla_type == INET_DIAG_INFO)
		connection_take_info((const char *)a + NLA_HDRLEN, a->nla_len - (size_t)NLA_HDRLEN, arg);
}

/* The socket of the record, as it was; NULL if it is none of ours or another by now.  A cookie of 0 is that of no socket. */
static struct sock *find(struct reading *r, const struct nlmsghdr *h)
{
	struct sock now, *key = &now, **found;

	r->any = true;
	if (!inet_diag_parse(h, &now) || !now.cookie)
		return NULL;
	found = bsearch(&key, r->socks, r->nsocks, sizeof(*r->socks), by_cookie);
	return found && (*found)->state == now.state ? *found : NULL;
}

static int take_info(const struct nlmsghdr *h, void *arg)
{
	struct sock *s = find(arg, h);

	if (s)
		inet_diag_attributes(h, take_attribute, s);
	return 0;
}

/*
 * Takes from an attribute with tcp_info whether the socket s is a subflow of
 * MPTCP: the nested INET_DIAG_ULP_INFO names it (tcp_diag_put_ulp()).  Pure.
 */
void connection_take_ulp(const struct nlattr *a, void *arg)
{
	static const char name[] = "mptcp";
	const struct nlattr *inner = (const struct nlattr *)((const char *)a + NLA_HDRLEN);
	struct sock *s = arg;

	if ((a->nla_type & NLA_TYPE_MASK) != INET_DIAG_ULP_INFO || a->nla_len < 2 * NLA_HDRLEN + sizeof name)
		return;
	if ((inner->nla_type & NLA_TYPE_MASK) == INET_ULP_INFO_NAME && inner->nla_len == NLA_HDRLEN + sizeof name &&
	    !memcmp((const char *)inner + NLA_HDRLEN, name, sizeof name))
		s->mptcp = YES;
}

static int take_mptcp(const struct nlmsghdr *h, void *arg)
{
	struct sock *s = find(arg, h);

	if (s)
		inet_diag_attributes(h, connection_take_ulp, s);
	return 0;
}

/*
 * Adds opener, rto_ms and backoff to the connections of s on that local port.
 * Returns 0 or -errno: then they stay unknown where they were not read.
 */
int connection_read_info(struct snapshot *s, uint16_t port)
{
	struct inet_diag_filter f = {
	    .port = port, .states = CONNECTION_STATES, .extensions = 1 << (INET_DIAG_INFO - 1)};
	struct reading r = {.seen = s};
	int err;

	index_socks(&r);
	err = inet_diag_walk(&f, &r.any, take_info, &r);
	free(r.socks);
	return err;
}

/* Of a listener's connections on the one port nothing is asked: there may be many, and they are what it is. */
static uint32_t states_held(const struct snapshot *s, uint16_t port)
{
	uint32_t states = 0;

	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].inode && s->socks[i].state != STATE_CLOSE)
			states |= 1U << s->socks[i].state;
	return port && states & 1U << STATE_LISTEN ? 1U << STATE_LISTEN : states;
}

/*
 * Sets mptcp of those sockets of s on that local port that a process holds and
 * that are subflows of MPTCP: YES or left UNKNOWN, for older kernels (6.12
 * still) name it to CAP_NET_ADMIN alone, and of
 * bound-only sockets none does (inet_sk_diag_fill() without icsk): of those only
 * sockopt_read() tells.  Returns 0 or -errno.
 */
int connection_read_mptcp(struct snapshot *s, uint16_t port)
{
	struct inet_diag_filter f = {
	    .port = port, .states = states_held(s, port), .extensions = 1 << (INET_DIAG_INFO - 1)};
	struct reading r = {.seen = s};
	int err;

	if (!f.states)
		return 0;
	index_socks(&r);
	err = inet_diag_walk(&f, &r.any, take_mptcp, &r);
	free(r.socks);
	return err;
}
