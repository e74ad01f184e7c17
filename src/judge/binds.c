/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each bind() gets: the errors that come before any socket is looked at
 * (__inet_bind() in net/ipv4/af_inet.c, __inet6_bind() in net/ipv6/af_inet6.c),
 * then the sockets, then what probes found.
 */
#include "judge/binds.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/conflict.h"

/*
 * The addresses to judge: that of the target, or for a bare port both
 * wildcards, without a family that the host does not have or nobody asked for.
 * Returns how many.
 */
size_t binds_addresses(const struct request *request, const struct host *host, struct addr out[static 2])
{
	size_t n = 0;

	if (request->target.addr.family) {
		out[n++] = request->target.addr;
		return n;
	}
	if (host->has_inet != NO && request->family != AF_INET6)
		out[n++] = addr_any(AF_INET);
	if (host->has_inet6 != NO && request->family != AF_INET)
		out[n++] = addr_any(AF_INET6);
	return n;
}

/* The socket that the user would bind to that address, with that mix. */
struct binder binds_binder(const struct report *r, const struct addr *a, unsigned int mix)
{
	return (struct binder){
	    .addr = *a,
	    .mix = mixes[mix],
	    .v6only = r->request->v6only && a->family == AF_INET6,
	    .uid = r->seen->host.uid,
	    .ifindex = r->request->target.ifindex,
	};
}

static struct binder binder_of(const struct report *r, const struct bind *b)
{
	return binds_binder(r, &b->addr, b->mix);
}

/* IPv6 alone refuses these: an IPv4 address on a socket that takes none, a link-local one without its device. */
static bool is_invalid(const struct request *request, const struct addr *a)
{
	return (request->v6only && addr_is_mapped(a)) || (addr_is_link_local(a) && !request->target.ifindex);
}

/* The errno that comes first: IPv4 looks at the address, then at the privilege; IPv6 the other way round. */
static int early_error(const struct report *r, const struct bind *b)
{
	const struct host *host = &r->seen->host;
	bool low = r->request->target.port < host->unprivileged_port_start && !host->may_bind_low;
	bool away = snapshot_local(r->seen, &b->addr) == NO;

	if ((b->addr.family == AF_INET ? host->has_inet : host->has_inet6) == NO)
		return EAFNOSUPPORT;
	if (b->addr.family == AF_INET && away)
		return EADDRNOTAVAIL;
	if (low)
		return EACCES;
	if (is_invalid(r->request, &b->addr))
		return EINVAL;
	return away ? EADDRNOTAVAIL : 0;
}

/*
 * An accepted connection inherits its flags and never calls bind(): while its
 * listener is there, that one tells what the bucket may remember.
 */
static bool is_accepted(const struct report *r, const struct sock *t)
{
	if (t->state == STATE_LISTEN || t->state == STATE_CLOSE || t->state == STATE_SYN_SENT)
		return false;
	for (size_t i = 0; i < r->nrows; i++) {
		const struct sock *l = &r->rows[i].s;
		struct binder s = {.addr = t->local};

		if (l->state == STATE_LISTEN && conflict_overlap(&s, l) != NO)
			return true;
	}
	return false;
}

/* A socket that nothing lists may have set it as well. */
static bool cache_may_allow(const struct report *r, const struct binder *s)
{
	if (s->mix.reuseport && gap_hides_sockets(&r->seen->gaps))
		return true;
	for (size_t i = 0; s->mix.reuseport && i < r->seen->nsocks; i++)
		if (conflict_cache_may_allow(s, &r->seen->socks[i]) && !is_accepted(r, &r->seen->socks[i]))
			return true;
	return false;
}

/* What the rules say about b; the sockets that are certain to block are listed. */
static void by_rules(const struct report *r, struct bind *b)
{
	struct binder s = binder_of(r, b);
	bool unknown = gap_hides_sockets(&r->seen->gaps) || snapshot_local(r->seen, &b->addr) == UNKNOWN;

	for (size_t i = 0; i < r->nrows; i++) {
		enum tri blocks = conflict_blocks(&s, &r->rows[i].s);

		if (blocks == YES)
			rows_add(&b->blocked_by, i);
		unknown |= blocks == UNKNOWN;
	}
	b->result = early_error(r, b);
	if (b->result)
		return;
	if (b->blocked_by.n)
		b->result = cache_may_allow(r, &s) ? RESULT_UNKNOWN : EADDRINUSE;
	else if (unknown)
		b->result = RESULT_UNKNOWN;
}

/* What the kernel said.  Where it refused and no socket is certain, those that may be the reason are listed. */
static void by_probe(struct report *r, struct bind *b, const struct probe *p)
{
	struct binder s = binder_of(r, b);

	b->by_probe = true;
	b->result = p->err;
	if (p->err != EADDRINUSE)
		b->blocked_by.n = 0;
	if (p->err != EADDRINUSE || b->blocked_by.n)
		return;
	for (size_t i = 0; i < r->nrows; i++)
		if (conflict_blocks(&s, &r->rows[i].s) == UNKNOWN)
			rows_add(&b->blocked_by, i);
}

/* Whether the kernel refused at this address what the rules allow: then they cannot be trusted there. */
static bool rules_were_refuted(const struct report *r, const struct addr *a)
{
	for (size_t i = 0; i < r->seen->nprobes; i++) {
		const struct probe *p = &r->seen->probes[i];
		struct bind b = {.addr = *a, .mix = p->mix};

		if (!p->err || !addr_equal(&p->addr, a))
			continue;
		by_rules(r, &b);
		free(b.blocked_by.v);
		if (b.result == RESULT_OK)
			return true;
	}
	return false;
}

/*
 * Whether some bind() that worked shows that b would: further options only
 * permit more, and what lets [::] in lets 0.0.0.0 in, which overlaps less (not
 * where [::] is confined to IPv6).
 */
static bool is_implied(const struct report *r, const struct bind *b)
{
	for (size_t i = 0; i < r->seen->nprobes; i++) {
		const struct probe *p = &r->seen->probes[i];
		bool covers = addr_equal(&p->addr, &b->addr) ||
		              (p->addr.family == AF_INET6 && addr_is_any(&p->addr) && addr_is_any(&b->addr) &&
		               !r->request->v6only);

		if (!p->err && covers && mixes[p->mix].reuseaddr <= mixes[b->mix].reuseaddr &&
		    mixes[p->mix].reuseport <= mixes[b->mix].reuseport)
			return true;
	}
	return false;
}

static void judge_one(struct report *r, struct bind *b)
{
	const struct probe *p = snapshot_probe(r->seen, &b->addr, b->mix);

	by_rules(r, b);
	if (p)
		by_probe(r, b, p);
	else if (b->result == RESULT_UNKNOWN && is_implied(r, b))
		by_probe(r, b, &(struct probe){.err = 0});
	else if (b->result == RESULT_OK && rules_were_refuted(r, &b->addr))
		b->result = RESULT_UNKNOWN;
}

/* Fills r->binds: each address with the four mixes.  r->rows must be final. */
void binds_judge(struct report *r)
{
	struct addr addrs[2];
	size_t n = binds_addresses(r->request, &r->seen->host, addrs);

	for (size_t i = 0; i < n; i++) {
		for (unsigned int mix = 0; mix < MIXES; mix++) {
			struct bind *b = &r->binds[r->nbinds++];

			*b = (struct bind){.addr = addrs[i], .mix = mix};
			judge_one(r, b);
		}
	}
}

/* Who only wants the verdict asks for the requested mix, and for nothing more once the port is taken. */
static bool matters(const struct report *r, const struct bind *b, bool details)
{
	return details || (b->mix == r->request->mix && r->verdict != TAKEN);
}

/* Whether the options of socket t would help to decide some bind() that is still open. */
static bool decides(const struct report *r, const struct sock *t, bool details)
{
	for (size_t i = 0; i < r->nbinds; i++) {
		struct binder s = binder_of(r, &r->binds[i]);

		if (r->binds[i].result != RESULT_UNKNOWN || !matters(r, &r->binds[i], details))
			continue;
		if (conflict_blocks(&s, t) == UNKNOWN || (conflict_cache_may_allow(&s, t) && t->reuseport == UNKNOWN))
			return true;
	}
	return false;
}

/* Asks for the options of those holders whose options can change a result (without details: the verdict). */
void binds_want_options(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->seen->nsocks; i++) {
		const struct sock *t = &r->seen->socks[i];

		if (!t->inode || !decides(r, t, details))
			continue;
		want->options = xgrow(want->options, want->noptions, sizeof *want->options);
		want->options[want->noptions++] = i;
	}
}

static bool reuseport_is_near(const struct report *r)
{
	for (size_t i = 0; i < r->seen->nsocks; i++)
		if (!sock_is_half_open(&r->seen->socks[i]) && r->seen->socks[i].reuseport != NO)
			return true;
	return false;
}

/* Whether bind() shall be tried: see binds_want_probes(). */
static bool is_worth_a_probe(const struct report *r, const struct bind *b, bool details)
{
	if (r->request->probe == PROBE_NEVER || snapshot_probe(r->seen, &b->addr, b->mix))
		return false;
	if ((b->result == RESULT_UNKNOWN && matters(r, b, details)) || r->request->probe == PROBE_ALWAYS)
		return true;
	return b->result == RESULT_OK && b->mix == r->request->mix && !r->request->one_of_many && !reuseport_is_near(r);
}

/* Whether a bind() of ours with SO_REUSEPORT has worked beside a socket: the bucket now answers for it. */
static bool memory_is_ours(const struct report *r)
{
	for (size_t i = 0; i < r->seen->nprobes; i++)
		if (!r->seen->probes[i].err && mixes[r->seen->probes[i].mix].reuseport && r->seen->nsocks)
			return true;
	return false;
}

static void want_probe(const struct report *r, const struct bind *b, bool details, struct want *want)
{
	if (is_worth_a_probe(r, b, details))
		want->probes[want->nprobes++] = (struct wanted_probe){.addr = b->addr, .mix = b->mix};
}

/*
 * Asks for the binds that only the kernel can answer: a mix whose result is
 * unknown; and the requested mix where the rules say that it works, so that
 * "free" has been tried (not beside a socket that may have SO_REUSEPORT, nor in a range).
 *
 * The order matters: a bind() with SO_REUSEPORT that works stays in the bucket's
 * memory and lets later ones in (see conflict_cache_may_allow()).  So those come
 * in a round of their own when all others are known, the one that overlaps most
 * first: then what its success lets in is what it implies (is_implied()), and
 * after it none is asked for.
 */
void binds_want_probes(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->nbinds; i++)
		if (!mixes[r->binds[i].mix].reuseport)
			want_probe(r, &r->binds[i], details, want);
	if (want->nprobes || memory_is_ours(r))
		return;
	for (size_t address = r->nbinds / MIXES; address-- > 0;)
		for (size_t i = address * MIXES; i < (address + 1) * MIXES; i++)
			if (mixes[r->binds[i].mix].reuseport)
				want_probe(r, &r->binds[i], details, want);
}
