/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's rule: may socket S bind() to a port that sockets T are bound to?
 * TCP: inet_bind_conflict() and inet_csk_bind_conflict() in
 * net/ipv4/inet_connection_sock.c.  UDP: udp_lib_lport_inuse() and
 * udp_lib_lport_inuse2() in net/ipv4/udp.c.  Both: inet_rcv_saddr_equal() with
 * ipv6_rcv_saddr_equal().  As of 6.18, alike from 5.4 to 7.1 but for what
 * judge/quirk.c knows.  What is not known of T makes the answer UNKNOWN only
 * where it could change it.
 */
#include "judge/conflict.h"

#include <string.h>
#include <sys/socket.h>

/* IPv4, or IPv6 that carries IPv4; the IPv6 wildcard; any other IPv6 address. */
enum addr_class { MAPPED, ANY, OTHER };

static enum addr_class class_of(const struct addr *a)
{
	if (a->family == AF_INET || addr_is_mapped(a))
		return MAPPED;
	return addr_is_any(a) ? ANY : OTHER;
}

/* sk_rcv_saddr of an IPv6 socket whose address is no IPv4 one: LOOPBACK4_IPV6 (include/net/ipv6.h). */
static const uint8_t loopback4_ipv6[4] = {127, 0, 0, 6};
static const uint8_t wildcard[4];

/* The IPv4 address that the kernel compares (sk_rcv_saddr). */
static const uint8_t *ipv4_of(const struct addr *a)
{
	switch (class_of(a)) {
	case MAPPED:
		return a->family == AF_INET ? a->b : a->b + 12;
	case ANY:
		return wildcard;
	default:
		return loopback4_ipv6;
	}
}

/* ipv4_rcv_saddr_equal(): the same address, or one of them is the wildcard. */
static bool ipv4_equal(const uint8_t *s, const uint8_t *t)
{
	return !memcmp(s, t, 4) || !memcmp(s, wildcard, 4) || !memcmp(t, wildcard, 4);
}

/*
 * Whether S and T overlap as IPv4.  TCP: 127.0.0.6 and an IPv6 connection have
 * that address in common and yet never meet, since sockets are kept by their
 * whole address (bhash2, 6.1).
 */
static enum tri ipv4_overlaps(const struct binder *s, const struct addr *t)
{
	if (s->proto == PROTO_TCP && class_of(t) == OTHER && memcmp(ipv4_of(&s->addr), wildcard, 4))
		return NO;
	return tri_of(ipv4_equal(ipv4_of(&s->addr), ipv4_of(t)));
}

/* ipv6_only_sock(): whether T is confined to IPv6; an IPv4 address never is. */
static enum tri only6(const struct sock *t)
{
	return class_of(&t->local) == MAPPED ? NO : (enum tri)t->v6only;
}

/* Whether the local addresses of S and T cover a common address: inet_rcv_saddr_equal(). */
enum tri conflict_overlap(const struct binder *s, const struct sock *t)
{
	enum addr_class sc = class_of(&s->addr), tc = class_of(&t->local);

	if (s->addr.family == AF_INET || (sc == MAPPED && tc == MAPPED))
		return tri_and(ipv4_overlaps(s, &t->local), tri_not(only6(t)));
	if (sc == ANY && tc == ANY)
		return YES;
	if (tc == ANY)
		return tri_not(tri_and(only6(t), tri_of(sc == MAPPED)));
	if (sc == ANY)
		return tri_of(!(s->v6only && tc == MAPPED));
	return tri_of(addr_equal(&s->addr, &t->local));
}

/* Both have SO_REUSEADDR; TCP: and T does not listen. */
static enum tri share_by_reuseaddr(const struct binder *s, const struct sock *t)
{
	if (!s->mix.reuseaddr || (s->proto == PROTO_TCP && t->state == STATE_LISTEN))
		return NO;
	return t->reuseaddr;
}

/* Both have SO_REUSEPORT, and T is of the same user or a minisocket (whose user is forgotten). */
static enum tri share_by_reuseport(const struct binder *s, const struct sock *t)
{
	if (!s->mix.reuseport || !(sock_is_minisocket(t) || t->uid == s->uid))
		return NO;
	return t->reuseport;
}

/* Sockets that are bound to different devices never meet; one without a device meets all. */
static enum tri meet_on_device(const struct binder *s, const struct sock *t)
{
	if (!s->ifindex || !t->ifindex || s->ifindex == t->ifindex)
		return YES;
	return t->ifindex == IFINDEX_UNKNOWN ? UNKNOWN : NO;
}

/* TCP has a bucket of ports for each VRF: inet_csk_get_port() looks only at its own (inet_sk_bound_l3mdev()). */
static enum tri share_a_bucket(const struct binder *s, const struct sock *t)
{
	if (s->proto == PROTO_UDP || (s->ifindex == t->ifindex))
		return YES;
	if (s->l3mdev == IFINDEX_UNKNOWN || t->l3mdev == IFINDEX_UNKNOWN)
		return UNKNOWN;
	return tri_of(s->l3mdev == t->l3mdev);
}

/* Whether S ever looks at T: the same bucket and device, and overlapping addresses. */
enum tri conflict_meets(const struct binder *s, const struct sock *t)
{
	return tri_and(tri_and(share_a_bucket(s, t), meet_on_device(s, t)), conflict_overlap(s, t));
}

/*
 * Whether T (of the same port) alone makes bind() of S fail with EADDRINUSE.
 * UNKNOWN where that hangs on an option of T that nobody could read.
 */
enum tri conflict_blocks(const struct binder *s, const struct sock *t)
{
	enum tri share = tri_or(share_by_reuseaddr(s, t), share_by_reuseport(s, t));

	if (sock_is_half_open(t))
		return NO;
	return tri_and(tri_not(share), conflict_meets(s, t));
}

/*
 * Those that share by SO_REUSEADDR or do not meet S are passed by, the first
 * other one decides, and SO_REUSEPORT of one user lets S in whatever comes behind it.
 */
static void meet(struct udp_chain *chain, const struct binder *s, const struct sock *t)
{
	enum tri passed_by = tri_or(share_by_reuseaddr(s, t), tri_not(conflict_meets(s, t)));
	enum tri lets_in = share_by_reuseport(s, t);
	unsigned int outcomes = (lets_in != NO ? LET_IN : 0) | (lets_in != YES ? REFUSED_BY_ONE : 0);

	chain->moved |= t->state != STATE_CLOSE;
	if (passed_by == YES)
		return;
	chain->in_any |= outcomes;
	if (!chain->decided)
		chain->in_order |= outcomes;
	chain->decided |= passed_by == NO;
}

/* Who meets nobody that decides is let in. */
static unsigned int outcome_of(const struct udp_chain *chain, bool ordered)
{
	return (ordered ? chain->in_order : chain->in_any) | (chain->decided ? 0 : LET_IN);
}

/*
 * S comes to T, the next UDP socket of the port in the order of the kernel's chain
 * (that of a dump).  The chain of an address has IPv4 written either way.
 */
void conflict_udp_meet(struct udp_walk *w, const struct binder *s, const struct sock *t)
{
	meet(&w->by_port, s, t);
	if (addr_same(&s->addr, &t->local))
		meet(&w->by_address, s, t);
	if (!memcmp(ipv4_of(&t->local), wildcard, 4))
		meet(&w->wildcards, s, t);
}

/*
 * The UDP rule, once S has met all sockets of the port.  Returns what may happen,
 * LET_IN, REFUSED_BY_ONE or both; with ordered false they may have come in any order.
 */
unsigned int conflict_udp(const struct udp_walk *w, bool ordered)
{
	return outcome_of(&w->by_port, ordered);
}

/*
 * The same where more than ten sockets share a slot of the port table: S with a
 * specific address looks into the chain of that address, then into that of the
 * wildcards, and is refused by either (udp_lib_get_port() with hslot->count >
 * 10).  Returns as above.
 */
unsigned int conflict_udp_crowded(const struct udp_walk *w)
{
	unsigned int own = outcome_of(&w->by_address, !w->by_address.moved);
	unsigned int any = outcome_of(&w->wildcards, !w->wildcards.moved);

	return ((own | any) & REFUSED_BY_ONE) | (own & any & LET_IN);
}
