/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does socket T stand in the way of bind() by socket S on the same port?
 * Mirrors inet_csk_bind_conflict() and inet_bind_conflict()
 * (net/ipv4/inet_connection_sock.c) with inet_rcv_saddr_equal() and
 * ipv6_rcv_saddr_equal(), alike from 5.4 to 7.1.  A binder is in the same VRF as T.  What is not known of T makes
 * the answer UNKNOWN only where it could change it.
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

/* The IPv4 address that the kernel compares (sk_rcv_saddr). */
static const uint8_t *ipv4_of(const struct addr *a)
{
	static const uint8_t wildcard[4];

	switch (class_of(a)) {
	case MAPPED:
		return a->family == AF_INET ? a->b : a->b + 12;
	case ANY:
		return wildcard;
	default:
		return loopback4_ipv6;
	}
}

/*
 * Whether S, an IPv4 address, and T overlap as IPv4 (inet_rcv_saddr_any() and
 * inet_rcv_saddr_equal()).  127.0.0.6 against an IPv6 connection is open: up to
 * 6.0 they collide by LOOPBACK4_IPV6, since the table by address (bhash2, 6.1)
 * they never meet.
 */
static enum tri ipv4_overlaps(const struct addr *s, const struct addr *t)
{
	static const uint8_t wildcard[4];
	const uint8_t *x = ipv4_of(s), *y = ipv4_of(t);

	if (!memcmp(x, wildcard, 4) || !memcmp(y, wildcard, 4))
		return YES;
	if (memcmp(x, y, 4))
		return NO;
	return class_of(t) == OTHER ? UNKNOWN : YES;
}

/* Whether T is confined to IPv6; an IPv4 address never is. */
static enum tri only6(const struct sock *t)
{
	return class_of(&t->local) == MAPPED ? NO : (enum tri)t->v6only;
}

/* Whether the local addresses of S and T cover a common address. */
enum tri conflict_overlap(const struct binder *s, const struct sock *t)
{
	enum addr_class sc = class_of(&s->addr), tc = class_of(&t->local);

	if (s->addr.family == AF_INET || (sc == MAPPED && tc == MAPPED))
		return tri_and(ipv4_overlaps(&s->addr, &t->local), tri_not(only6(t)));
	if (sc == ANY && tc == ANY)
		return YES;
	if (tc == ANY)
		return tri_not(tri_and(only6(t), tri_of(sc == MAPPED)));
	if (sc == ANY)
		return tri_of(!(s->v6only && tc == MAPPED));
	return tri_of(addr_equal(&s->addr, &t->local));
}

/* Both have SO_REUSEADDR, and T does not listen. */
static enum tri share_by_reuseaddr(const struct binder *s, const struct sock *t)
{
	return s->mix.reuseaddr && t->state != STATE_LISTEN ? (enum tri)t->reuseaddr : NO;
}

/* Both have SO_REUSEPORT, and T is of the same user or a minisocket (whose user is forgotten). */
static enum tri share_by_reuseport(const struct binder *s, const struct sock *t)
{
	if (!s->mix.reuseport || !(sock_is_minisocket(t) || t->uid == s->uid))
		return NO;
	return t->reuseport;
}

/* Sockets that are bound to different devices never meet; one without a device meets all. */
static enum tri meet(const struct binder *s, const struct sock *t)
{
	if (!s->ifindex || !t->ifindex || s->ifindex == t->ifindex)
		return YES;
	return t->ifindex == IFINDEX_UNKNOWN ? UNKNOWN : NO;
}

/*
 * Whether T (of the same port) makes bind() of S fail with EADDRINUSE.  UNKNOWN
 * where that hangs on an option of T that nobody could read.
 */
enum tri conflict_blocks(const struct binder *s, const struct sock *t)
{
	enum tri share = tri_or(share_by_reuseaddr(s, t), share_by_reuseport(s, t));

	if (sock_is_half_open(t))
		return NO;
	return tri_and(tri_and(tri_not(share), meet(s, t)), conflict_overlap(s, t));
}

/*
 * Whether T is a sign that the kernel may let S in although a socket stands in
 * the way: a bucket remembers the last binder with SO_REUSEPORT and lets the
 * same user's next one in without a look at the sockets (sk_reuseport_match()
 * on tb->fastreuseport).  Nothing shows that memory; a binder with the option,
 * of the same user, may have set it.  Minisockets never called bind().
 */
bool conflict_cache_may_allow(const struct binder *s, const struct sock *t)
{
	return s->mix.reuseport && t->inode && t->reuseport != NO && t->uid == s->uid;
}
