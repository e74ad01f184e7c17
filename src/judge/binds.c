/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each bind() gets: the errors that come before any socket is looked at
 * (__inet_bind() in net/ipv4/af_inet.c, __inet6_bind() in net/ipv6/af_inet6.c),
 * then the sockets, then what trials found (judge/trial.c asks for them).
 */
#include "judge/binds.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/autobind.h"
#include "judge/binder.h"
#include "judge/quirk.h"
#include "judge/trial.h"

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

static struct binder binder_of(const struct report *r, const struct bind *b)
{
	return binder_make(r, &b->addr, b->mix);
}

/* IPv6 alone refuses these: an IPv4 address on a socket that takes none, an address of one link without its device. */
static bool is_invalid(const struct request *request, const struct addr *a)
{
	return (request->v6only && addr_is_mapped(a)) || (addr_is_link_local(a) && !request->target.ifindex);
}

/* The errno that comes first: IPv4 looks at the address, then at the privilege; IPv6 the other way round. */
static int early_error(const struct report *r, const struct bind *b)
{
	const struct host *host = &r->seen->host;
	const struct target *t = &r->request->target;
	bool low = t->port < host->unprivileged_port_start && !host->may_bind_low;
	bool away = snapshot_local(r->seen, &b->addr) == NO;

	if ((b->addr.family == AF_INET ? host->has_inet : host->has_inet6) == NO)
		return EAFNOSUPPORT;
	if (t->proto == PROTO_TCP && addr_is_multicast6(&b->addr))
		return EINVAL;
	if (b->addr.family == AF_INET && away)
		return EADDRNOTAVAIL;
	if (low)
		return EACCES;
	if (is_invalid(r->request, &b->addr))
		return EINVAL;
	return away ? EADDRNOTAVAIL : 0;
}

/* Whether a socket that no rule lets meet S meets it on some kernels. */
static bool may_meet_another(const struct report *r, const struct binder *s)
{
	for (size_t i = 0; i < r->seen->nsocks; i++)
		if (conflict_overlap(s, &r->seen->socks[i]) == NO && binder_blocked_by(r, s, &r->seen->socks[i]) != NO)
			return true;
	return false;
}

/* The sockets one by one: those that are certain to block are listed.  Returns why one more may. */
static enum doubt look_at_each(const struct report *r, const struct binder *s, struct bind *b)
{
	enum doubt doubt = DOUBT_NONE;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);
		enum tri blocks = binder_blocked_by(r, s, &t);

		if (blocks == YES)
			rows_add(&b->blocked_by, i);
		else if (blocks == UNKNOWN)
			doubt = conflict_blocks(s, &t) == UNKNOWN ? DOUBT_OPTIONS : DOUBT_KERNEL;
	}
	return !doubt && may_meet_another(r, s) ? DOUBT_KERNEL : doubt;
}

/* What no socket shows. */
static enum doubt look_beyond(const struct report *r, const struct addr *a)
{
	if (gap_hides_sockets(&r->seen->gaps))
		return DOUBT_HIDDEN;
	return snapshot_local(r->seen, a) == UNKNOWN ? DOUBT_ADDRESS : DOUBT_NONE;
}

/*
 * inet_csk_get_port(): one socket in the way is enough, unless the bucket's
 * memory of its binders lets S in before they are looked at.  Of SO_REUSEPORT
 * (sk_reuseport_match()) nothing shows that memory: not the options of today,
 * and who set it may be gone.  How the kernel goes comes before what may be
 * hidden: that can be found out, and if it follows the rule S is refused.
 */
static void judge_tcp(const struct report *r, const struct binder *s, struct bind *b)
{
	enum doubt doubt = look_at_each(r, s, b), beyond = look_beyond(r, &b->addr);

	if (b->blocked_by.n && s->mix.reuseport && !trial_excludes_memory(r, &b->addr))
		b->doubt = DOUBT_MEMORY;
	else if (b->blocked_by.n && quirk_may_forget(r->seen, s))
		b->doubt = DOUBT_KERNEL;
	else if (b->blocked_by.n)
		b->result = EADDRINUSE;
	else
		b->doubt = beyond && doubt != DOUBT_KERNEL ? beyond : doubt;
}

/* The walk of S over the sockets of the report, in the order of the kernel's chain: that of the snapshot. */
static struct udp_walk walk(const struct report *r, const struct binder *s)
{
	uint32_t *row_at = xcalloc(r->seen->nsocks, sizeof *row_at);
	struct udp_walk w = {0};

	for (size_t i = 0; i < r->nrows; i++)
		row_at[r->rows[i].place] = (uint32_t)i + 1;
	for (size_t place = 0; place < r->seen->nsocks; place++) {
		struct sock t;

		if (!row_at[place])
			continue;
		t = row_sock(r, row_at[place] - 1);
		conflict_udp_meet(&w, s, &t);
	}
	free(row_at);
	return w;
}

enum { CROWD = 10 }; /* hslot->count in udp_lib_get_port() */

/* What may happen by the table by port, and by that by address. */
struct udp_outcomes {
	unsigned int by_port, by_address;
};

/*
 * udp_lib_get_port(): which table is walked depends on how many sockets share a
 * slot, and those of other ports and network namespaces count too: where the two
 * differ nothing tells.  A wildcard always takes the one by port since
 * e537dd15d0d4; before it, it misses specific addresses.
 */
static struct udp_outcomes udp_outcomes(const struct report *r, const struct binder *s)
{
	struct udp_walk w = walk(r, s);
	bool any = addr_is_wildcard(&s->addr);
	struct udp_outcomes o;

	o.by_port = o.by_address = conflict_udp(&w, !r->seen->unordered);
	if (!any || r->seen->quirks.udp_any_unseen != NO)
		o.by_address = conflict_udp_crowded(&w);
	if (!any && r->seen->nsocks > CROWD)
		o.by_port = o.by_address;
	return o;
}

static void judge_udp(const struct report *r, const struct binder *s, struct bind *b)
{
	enum doubt doubt = look_at_each(r, s, b);
	struct udp_outcomes o = udp_outcomes(r, s);
	unsigned int outcomes = o.by_port | o.by_address;

	if (outcomes == REFUSED_BY_ONE)
		b->result = EADDRINUSE;
	else if (outcomes == LET_IN)
		b->doubt = look_beyond(r, &b->addr);
	else if (addr_is_wildcard(&s->addr) && o.by_port == REFUSED_BY_ONE)
		b->doubt = DOUBT_KERNEL;
	else
		b->doubt = doubt ? doubt : DOUBT_ORDER;
	if (outcomes == LET_IN)
		rows_free(&b->blocked_by);
}

/* What the rules say about b; the sockets that are certain to block are listed. */
static void by_rules(const struct report *r, struct bind *b)
{
	struct binder s = binder_of(r, b);

	b->doubt = DOUBT_NONE;
	b->result = RESULT_OK;
	if (!r->request->target.port) {
		b->result = autobind_bind(r, &s, &b->doubt);
		return;
	}
	if (s.proto == PROTO_UDP)
		judge_udp(r, &s, b);
	else
		judge_tcp(r, &s, b);
	if (early_error(r, b)) {
		b->result = early_error(r, b);
		b->doubt = DOUBT_NONE;
	}
	if (b->doubt)
		b->result = RESULT_UNKNOWN;
}

/*
 * listen() makes the same check again (inet_csk_listen_start()), now without what
 * the bucket remembers of SO_REUSEADDR: what that had let in fails.  With
 * SO_REUSEPORT it cannot, for by then the bucket remembers S itself.
 */
static int listen_behind(const struct report *r, const struct bind *b)
{
	struct binder s = binder_of(r, b);

	if (s.mix.reuseport || !quirk_may_forget(r->seen, &s))
		return RESULT_OK;
	if (b->blocked_by.n)
		return EADDRINUSE;
	return gap_hides_sockets(&r->seen->gaps) ? RESULT_UNKNOWN : RESULT_OK;
}

/* What the kernel said.  Where it refused and no socket is certain, those that may be the reason are listed. */
static void by_probe(struct report *r, struct bind *b, int err)
{
	struct binder s = binder_of(r, b);

	b->by_probe = true;
	b->doubt = DOUBT_NONE;
	b->result = err;
	b->listen = err ? RESULT_OK : listen_behind(r, b);
	if (err != EADDRINUSE)
		rows_free(&b->blocked_by);
	if (err != EADDRINUSE || b->blocked_by.n)
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);

		if (binder_blocked_by(r, &s, &t) == UNKNOWN)
			rows_add(&b->blocked_by, i);
	}
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
		rows_free(&b.blocked_by);
		if (b.result == RESULT_OK)
			return true;
	}
	return false;
}

static void judge_one(struct report *r, struct bind *b)
{
	const struct probe *p = snapshot_probe(r->seen, &b->addr, b->mix);

	by_rules(r, b);
	if (p && trial_counts(r, p)) {
		by_probe(r, b, p->err);
	} else if (p && b->doubt && !r->request->v6only) {
		b->doubt = DOUBT_KERNEL; /* the one trial that does not count: see may_have_forgotten() */
	} else if (b->doubt && trial_implies(r, b)) {
		by_probe(r, b, 0);
	} else if (b->result == RESULT_OK && rules_were_refuted(r, &b->addr)) {
		b->result = RESULT_UNKNOWN;
		b->doubt = DOUBT_REFUTED;
	}
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
