/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sockets to causes: an ordered table of rules, the first that fits a
 * socket names its cause; then the facets of each cause, a rule each.
 */
#include "judge/classify.h"

#include <errno.h>
#include <sys/socket.h>

#include "judge/conflict.h"
#include "judge/remedy.h"

struct rule {
	enum cause_id id;
	enum story_id story;
	bool (*fits)(const struct report *r, const struct sock *s);
};

static bool listens(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_LISTEN;
}

static bool is_bound(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_CLOSE;
}

static bool is_half_closed(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_2 && s->inode;
}

static bool is_orphan(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_2 && !s->inode;
}

static bool is_time_wait(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_TIME_WAIT;
}

/* A connection that a live listener accepted, or has in its queue. */
static bool is_accepted(const struct report *r, const struct sock *s)
{
	struct binder here = {.addr = s->local};

	for (size_t i = 0; i < r->nrows && s->state != STATE_SYN_SENT; i++)
		if (r->rows[i].s.state == STATE_LISTEN && conflict_overlap(&here, &r->rows[i].s) != NO)
			return true;
	return false;
}

static const struct rule rules[] = {
    {CAUSE_LISTENER, STORY_NONE, listens},
    {CAUSE_BOUND_NOT_LISTENING, STORY_NONE, is_bound},
    {CAUSE_FIN_WAIT_2_HALF_CLOSED, STORY_FIN_WAIT_2_HALF_CLOSED, is_half_closed},
    {CAUSE_FIN_WAIT_2_ORPHAN, STORY_FIN_WAIT_2_ORPHAN, is_orphan},
    {CAUSE_TIME_WAIT, STORY_TIME_WAIT, is_time_wait},
    {CAUSE_LISTENER, STORY_NONE, is_accepted},
};

static const struct rule *rule_of(const struct report *r, const struct sock *s)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].fits(r, s))
			return &rules[i];
	return NULL;
}

/* What stands in for a socket where the kernel refuses and none can be the reason. */
static const struct {
	int err;
	enum cause_id id;
} look_alikes[] = {
    {EACCES, CAUSE_PRIVILEGED_PORT}, /* only for a port below the limit, see below */
    {EACCES, CAUSE_BIND_DENIED},
    {EPERM, CAUSE_BIND_DENIED},
    {EADDRNOTAVAIL, CAUSE_ADDRESS_NOT_LOCAL},
    {EADDRINUSE, CAUSE_INVISIBLE_HOLDER},
};

/* The cause with that id, in its place in the order of causes; made if it is not there yet. */
static struct cause *cause_at(struct report *r, enum cause_id id)
{
	size_t at = 0, i;

	while (at < r->ncauses && r->causes[at].id < id)
		at++;
	if (at < r->ncauses && r->causes[at].id == id)
		return &r->causes[at];
	for (i = r->ncauses++; i > at; i--)
		r->causes[i] = r->causes[i - 1];
	r->causes[at] = (struct cause){.id = id};
	return &r->causes[at];
}

static void add_look_alike(struct report *r, const struct bind *b)
{
	bool low = r->request->target.port < r->seen->host.unprivileged_port_start && !r->seen->host.may_bind_low;

	if (b->mix != r->request->mix || (b->result == EADDRINUSE && b->blocked_by.n))
		return;
	for (size_t i = 0; i < sizeof look_alikes / sizeof *look_alikes; i++) {
		if (look_alikes[i].err != b->result || (look_alikes[i].id == CAUSE_PRIVILEGED_PORT && !low))
			continue;
		cause_at(r, look_alikes[i].id);
		return;
	}
}

static bool is_candidate(const struct report *r, size_t row)
{
	for (size_t i = 0; i < r->nbinds; i++)
		for (size_t k = 0; r->binds[i].mix == r->request->mix && k < r->binds[i].blocked_by.n; k++)
			if (r->binds[i].blocked_by.v[k] == row)
				return true;
	return false;
}

static void find_causes(struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++) {
		const struct rule *rule = rule_of(r, &r->rows[i].s);
		struct cause *c;

		if (!rule || (r->rows[i].blocks != YES && !is_candidate(r, i)))
			continue;
		c = cause_at(r, rule->id);
		c->story = rule->story;
		rows_add(&c->socks, i);
	}
	for (size_t i = 0; i < r->nbinds; i++)
		add_look_alike(r, &r->binds[i]);
	for (size_t i = 0; i < r->ncauses; i++)
		for (size_t k = 0; k < r->causes[i].socks.n; k++)
			r->rows[r->causes[i].socks.v[k]].cause = (int)i;
}

/* Facets of one socket beside one judged address that it stands in the way of. */

static bool is_wildcard(const struct addr *a)
{
	static const struct addr mapped_any = {AF_INET6, {[10] = 0xff, [11] = 0xff}};

	return addr_is_any(a) || addr_equal(a, &mapped_any);
}

static bool address_was_chosen(const struct sock *s)
{
	return s->state == STATE_LISTEN || s->state == STATE_CLOSE;
}

static bool collides(const struct report *r, const struct sock *s, const struct addr *a)
{
	struct binder binder = {.addr = *a, .mix = mixes[r->request->mix], .uid = r->seen->host.uid};

	return conflict_blocks(&binder, s) != NO && conflict_overlap(&binder, s) == YES;
}

static bool is_judged(const struct report *r, const struct addr *a)
{
	for (size_t i = 0; i < r->nbinds; i += MIXES)
		if (addr_equal(&r->binds[i].addr, a))
			return true;
	return false;
}

/* One address is the wildcard and covers the other; no judged address is written alike. */
static bool wildcard_overlap(const struct report *r, const struct sock *s, const struct addr *a)
{
	return address_was_chosen(s) && is_wildcard(a) != is_wildcard(&s->local) && !is_judged(r, &s->local);
}

/* IPv4 and IPv6 collide because the IPv6 socket of the two is not confined to IPv6. */
static bool dual_stack(const struct report *r, const struct sock *s, const struct addr *a)
{
	if (a->family == AF_INET)
		return s->local.family == AF_INET6 && !addr_is_mapped(&s->local);
	return addr_is_any(a) && s->local.family == AF_INET && !is_judged(r, &(struct addr){.family = AF_INET}) &&
	       r->request->target.addr.family;
}

static bool v4_mapped(const struct report *r, const struct sock *s, const struct addr *a)
{
	(void)r;
	(void)a;
	return addr_is_mapped(&s->local);
}

static bool hidden_owner(const struct report *r, const struct sock *s, const struct addr *a)
{
	(void)r;
	(void)a;
	return s->held_by == HELD_HIDDEN;
}

static bool shared_socket(const struct report *r, const struct sock *s, const struct addr *a)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	(void)a;
	for (size_t i = 1; i < n; i++)
		if (o[i].process != o[0].process)
			return true;
	return false;
}

static const struct {
	enum facet_id id;
	bool (*has)(const struct report *r, const struct sock *s, const struct addr *a);
} socket_facets[] = {
    {FACET_WILDCARD_OVERLAP, wildcard_overlap}, {FACET_DUAL_STACK, dual_stack},       {FACET_V4_MAPPED, v4_mapped},
    {FACET_SHARED_SOCKET, shared_socket},       {FACET_HIDDEN_OWNER, hidden_owner},
};

static void find_socket_facets(const struct report *r, struct cause *c, const struct sock *s)
{
	for (size_t b = 0; b < r->nbinds; b += MIXES)
		for (size_t f = 0; f < sizeof socket_facets / sizeof *socket_facets; f++)
			if (r->binds[b + r->request->mix].result != RESULT_OK &&
			    collides(r, s, &r->binds[b].addr) && socket_facets[f].has(r, s, &r->binds[b].addr))
				c->facets |= 1U << socket_facets[f].id;
}

static bool has_row(const struct cause *c, size_t row)
{
	for (size_t i = 0; i < c->socks.n; i++)
		if (c->socks.v[i] == row)
			return true;
	return false;
}

/* Whether bind() with SO_REUSEADDR was tried, failed, and only sockets of this cause can be the reason. */
static bool refused_by(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; i < r->nbinds; i++) {
		const struct bind *b = &r->binds[i];
		size_t own = 0;

		if (b->mix != MIX_REUSEADDR || !b->by_probe || b->result != EADDRINUSE || !b->blocked_by.n)
			continue;
		for (size_t k = 0; k < b->blocked_by.n; k++)
			own += has_row(c, b->blocked_by.v[k]);
		if (own == b->blocked_by.n)
			return true;
	}
	return false;
}

/* Whether the holders had SO_REUSEADDR; on a listener it makes no difference. */
static void find_reuseaddr(const struct report *r, struct cause *c)
{
	enum tri all = YES;
	bool any = false;

	for (size_t i = 0; i < c->socks.n; i++) {
		const struct sock *s = &r->rows[c->socks.v[i]].s;

		if (c->id == CAUSE_LISTENER)
			return;
		any = true;
		all = tri_and(all, (enum tri)s->reuseaddr);
	}
	if (any && (all == NO || (all == UNKNOWN && !gap_hides_sockets(&r->seen->gaps) && refused_by(r, c))))
		c->facets |= 1U << FACET_OWNER_LACKED_REUSEADDR;
	else if (any && all == YES)
		c->facets |= 1U << FACET_OWNER_HAS_REUSEADDR;
}

/* Fills r->causes with their sockets, facets and fixes.  Rows and binds must be final. */
void classify(struct report *r)
{
	find_causes(r);
	for (size_t i = 0; i < r->ncauses; i++) {
		struct cause *c = &r->causes[i];

		for (size_t k = 0; k < c->socks.n; k++)
			find_socket_facets(r, c, &r->rows[c->socks.v[k]].s);
		find_reuseaddr(r, c);
		remedy(r, c);
	}
}
