/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where kernels decide otherwise than judge/conflict.c: bugs of some versions,
 * and what was changed.  A version number settles none of them (distributions
 * take patches both ways): the answer is unknown until a trial in a namespace
 * of its own (sys/quirks.c) has shown that this kernel follows the rule.
 */
#include "judge/quirk.h"

#include <sys/socket.h>

static bool is_v6only_any(const struct sock *t)
{
	return t->local.family == AF_INET6 && addr_is_any(&t->local) && t->v6only != NO && !sock_is_half_open(t);
}

/* 6.1.0 to 6.1.4: TIME_WAIT was not in the table by address, where bind() of a specific one looks (936a192f9740). */
static bool over_time_wait(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	(void)seen;
	return sock_is_minisocket(t) && !addr_is_wildcard(&s->addr);
}

/* 6.1 to 6.5: an IPv4 address and the same one on an IPv6 socket were two (c48ef9c4aed3, aa99e5f87bd5). */
static bool mapped_beside_ipv4(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	(void)seen;
	return addr_is_ipv4(&s->addr) && addr_is_ipv4(&t->local) && s->addr.family != t->local.family;
}

/* 6.1.158: nor did ::ffff:0.0.0.0 and ::ffff:127.0.0.1, in that order. */
static bool mapped_over_mapped_any(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	(void)seen;
	return addr_is_mapped(&s->addr) && !addr_is_wildcard(&s->addr) && addr_is_mapped(&t->local) &&
	       addr_is_wildcard(&t->local);
}

/* 6.6 to 6.8: an IPv4 address collided with [::] that is confined to IPv6 (ea111449501e). */
static bool ipv4_beside_v6only(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	bool s_only6 = addr_is_any(&s->addr) && s->addr.family == AF_INET6 && s->v6only;

	(void)seen;
	return (addr_is_ipv4(&s->addr) && is_v6only_any(t)) || (s_only6 && addr_is_ipv4(&t->local));
}

/* 6.1 to 6.8: [::] confined to IPv6 kept a specific IPv4 address from seeing a wildcard socket (d91ef1e1b55f). */
static bool wildcard_behind_v6only(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	if (!addr_is_ipv4(&s->addr) || addr_is_wildcard(&s->addr) || !addr_is_wildcard(&t->local))
		return false;
	for (size_t i = 0; i < seen->nsocks; i++)
		if (is_v6only_any(&seen->socks[i]))
			return true;
	return false;
}

/* Up to 6.0: an IPv6 connection of a dual-stack listener counts as 127.0.0.6 (LOOPBACK4_IPV6). */
static bool loopback_beside_ipv6(const struct snapshot *seen, const struct binder *s, const struct sock *t)
{
	static const struct addr loopback4_ipv6 = {AF_INET, {127, 0, 0, 6}};

	(void)seen;
	return addr_same(&s->addr, &loopback4_ipv6) && s->addr.family == AF_INET && t->local.family == AF_INET6 &&
	       !addr_is_mapped(&t->local) && !addr_is_any(&t->local) && t->v6only != YES;
}

static const struct {
	size_t quirk;   /* its byte in struct quirks */
	enum tri rule;  /* what judge/conflict.c says where it matters */
	bool (*concerns)(const struct snapshot *seen, const struct binder *s, const struct sock *t);
} quirks[] = {
    {offsetof(struct quirks, time_wait_unseen), YES, over_time_wait},
    {offsetof(struct quirks, mapped_unseen), YES, mapped_beside_ipv4},
    {offsetof(struct quirks, mapped_any_unseen), YES, mapped_over_mapped_any},
    {offsetof(struct quirks, v6only_meets_v4), NO, ipv4_beside_v6only},
    {offsetof(struct quirks, v6only_hides_any), YES, wildcard_behind_v6only},
    {offsetof(struct quirks, loopback6_collides), NO, loopback_beside_ipv6},
};

static enum tri quirk_of(const struct snapshot *seen, size_t offset)
{
	return (enum tri)((const uint8_t *)&seen->quirks)[offset];
}

/*
 * What the rule says of the pair (blocks), or UNKNOWN where this kernel may
 * decide otherwise or has been shown to.  TCP only.
 */
enum tri quirk_blocks(const struct snapshot *seen, const struct binder *s, const struct sock *t, enum tri blocks)
{
	for (size_t i = 0; s->proto == PROTO_TCP && i < sizeof quirks / sizeof *quirks; i++)
		if (blocks == quirks[i].rule && quirk_of(seen, quirks[i].quirk) != NO && quirks[i].concerns(seen, s, t))
			return UNKNOWN;
	return blocks;
}

/*
 * Whether a bind() with SO_REUSEADDR may be let in without a look at the
 * sockets: up to 6.7 the bucket remembers that all its binders had the option
 * (tb->fastreuse), even if one has cleared it since.  listen() ends that.
 */
bool quirk_may_forget(const struct snapshot *seen, const struct binder *s)
{
	if (s->proto != PROTO_TCP || !s->mix.reuseaddr || seen->quirks.reuseaddr_memory == NO)
		return false;
	for (size_t i = 0; i < seen->nsocks; i++)
		if (seen->socks[i].state == STATE_LISTEN)
			return false;
	return true;
}
