/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port that the kernel picks itself: bind() to port 0
 * (inet_csk_find_open_port() in net/ipv4/inet_connection_sock.c) and connect()
 * of a socket without a port (__inet_hash_connect() in
 * net/ipv4/inet_hashtables.c), alike from 5.4 to 7.1.  Both walk
 * ip_local_port_range without ip_local_reserved_ports.
 */
#include "judge/autobind.h"

#include <errno.h>
#include <sys/socket.h>

#include "judge/binder.h"

/* Of each port of the range whether it is taken. */
struct tally {
	unsigned int ports;       /* that may be picked at all */
	unsigned int free, maybe; /* not taken; not known */
	unsigned int certain;     /* of the free ones those that every walk comes by */
};

/*
 * The walks go by twos from a random start and wrap around an even number of
 * ports: where the range (or the upper half of it, at which a socket with
 * SO_REUSEADDR looks last) has an odd number, one of its ends is left out.
 */
static bool may_be_left_out(const struct census *c, uint16_t port)
{
	unsigned int size = (unsigned int)c->last - c->first + 1, half = c->first + ((size >> 2) << 1);

	return size % 2 && size > 1 && (port == c->first || port == c->last || port == half);
}

typedef enum tri port_rule(const struct report *r, const struct binder *s, uint16_t port);

static struct tally tally(const struct report *r, const struct binder *s, port_rule *is_taken)
{
	const struct census *c = &r->seen->census;
	struct tally t = {0};

	for (unsigned int port = c->first; c->last && port <= c->last; port++) {
		enum tri taken;

		if (port_set_has(&c->reserved, (uint16_t)port))
			continue;
		t.ports++;
		taken = is_taken(r, s, (uint16_t)port);
		t.free += taken == NO;
		t.maybe += taken == UNKNOWN;
		t.certain += taken == NO && !may_be_left_out(c, (uint16_t)port);
	}
	return t;
}

static bool shares_ports(const struct report *r, const struct census_group *g)
{
	return snapshot_l3mdev(r->seen, g->like.ifindex) == r->seen->l3mdev;
}

/* By the rule for bind(), with the options of s. */
static enum tri is_blocked(const struct report *r, const struct binder *s, uint16_t port)
{
	const struct census *c = &r->seen->census;
	enum tri taken = NO;

	for (size_t i = 0; i < c->ngroups && taken != YES; i++)
		if (port_set_has(&c->groups[i].ports, port) && shares_ports(r, &c->groups[i]))
			taken = tri_or(taken, conflict_blocks(s, &c->groups[i].like));
	return taken;
}

/* Any overlapping socket keeps the port: neither SO_REUSEADDR nor SO_REUSEPORT counts. */
static struct tally tally_strict(const struct report *r, const struct binder *s)
{
	struct binder plain = *s;

	plain.mix = (struct mix){false, false};
	return tally(r, &plain, is_blocked);
}

/* With ip_autobind_reuse a second walk takes SO_REUSEADDR of both into account. */
static bool reuse_may_help(const struct report *r, const struct binder *s)
{
	struct binder reuse = *s;
	struct tally t;

	if (!r->seen->census.autobind_reuse || !s->mix.reuseaddr)
		return false;
	reuse.mix = (struct mix){true, false};
	t = tally(r, &reuse, is_blocked);
	return t.free || t.maybe;
}

static int result_of(const struct report *r, const struct tally *t, int exhausted)
{
	if (!r->seen->census.last || r->request->target.proto != PROTO_TCP)
		return RESULT_UNKNOWN; /* UDP picks by rules of its own */
	if (t->certain)
		return gap_hides_sockets(&r->seen->gaps) ? RESULT_UNKNOWN : RESULT_OK;
	return t->free || t->maybe ? RESULT_UNKNOWN : exhausted;
}

/* What bind() of s to port 0 gets: RESULT_OK, EADDRINUSE, or RESULT_UNKNOWN and why that is. */
int autobind_bind(const struct report *r, const struct binder *s, enum doubt *doubt)
{
	struct tally t = tally_strict(r, s);
	int result = result_of(r, &t, EADDRINUSE);

	if (result == EADDRINUSE && reuse_may_help(r, s))
		result = RESULT_UNKNOWN;
	if (result == RESULT_UNKNOWN)
		*doubt = gap_hides_sockets(&r->seen->gaps) ? DOUBT_HIDDEN : t.free ? DOUBT_CHANCE : DOUBT_OPTIONS;
	return result;
}

/* Whether it is chance what bind() to port 0 at that address gets: a port is free that not every walk comes by. */
bool autobind_is_chance(const struct report *r, const struct addr *a)
{
	struct binder s = binder_make(r, a, MIX_PLAIN);
	struct tally t = tally_strict(r, &s);

	return t.free && !t.certain;
}

/*
 * Whether connect() passes the port over.  It shares only what other calls of
 * connect() picked (a bucket with fastreuse and fastreuseport below 0), whatever the address;
 * a listener or a socket that is bound and nothing more shows that bind() was
 * called, of a connection nothing tells.  And no two have the same ends;
 * tcp_tw_reuse decides whether one that is over counts.
 */
static enum tri is_passed_over(const struct report *r, const struct binder *s, uint16_t port)
{
	const struct census *c = &r->seen->census;
	enum tri taken = NO;

	(void)s;
	if (port_set_has(&c->live, port) || (port_set_has(&c->dead, port) && !c->tw_reuse))
		return YES;
	for (size_t i = 0; i < c->ngroups; i++) {
		uint8_t state = c->groups[i].like.state;

		if (!port_set_has(&c->groups[i].ports, port) || !shares_ports(r, &c->groups[i]))
			continue;
		taken = tri_or(taken, state == STATE_LISTEN || sock_is_bound_only(&c->groups[i].like) ? YES : UNKNOWN);
	}
	return taken;
}

/* What connect() to request->to gets, from a socket without a port: RESULT_OK, RESULT_UNKNOWN or EADDRNOTAVAIL. */
int autobind_connect(const struct report *r)
{
	struct tally t = tally(r, NULL, is_passed_over);

	return result_of(r, &t, EADDRNOTAVAIL);
}

/* Whether the group is in the way of s; of a connect(), s is NULL and all of them are. */
static bool is_in_way(const struct report *r, const struct binder *s, const struct census_group *g)
{
	return shares_ports(r, g) && (!s || conflict_blocks(s, &g->like) != NO);
}

static bool has_state(const struct report *r, const struct binder *s, uint8_t state, uint16_t port)
{
	const struct census *c = &r->seen->census;

	for (size_t i = 0; i < c->ngroups; i++)
		if (c->groups[i].like.state == state && port_set_has(&c->groups[i].ports, port) && is_in_way(r, s, &c->groups[i]))
			return true;
	return false;
}

/* Of what is in the way of s at the address with that number: in which states, and to whom it is connected. */
static void describe(struct report *r, const struct binder *s, size_t at)
{
	const struct census *c = &r->seen->census;
	struct peers all = {.n = 0};

	for (unsigned int port = c->first; c->last && port <= c->last; port++)
		for (uint8_t state = 1; state < STATE_MAX; state++)
			if (c->states[state] && !port_set_has(&c->reserved, (uint16_t)port))
				r->pick.states[at][state] += has_state(r, s, state, (uint16_t)port);
	for (size_t i = 0; i < c->ngroups; i++)
		if (is_in_way(r, s, &c->groups[i]))
			peers_merge(&all, &c->groups[i].peers);
	r->pick.npeers[at] = peers_top(&all, r->pick.peers[at]);
	r->pick.at_least[at] = all.lost;
}

/* Fills r->pick, for the words. */
void autobind_count(struct report *r)
{
	struct pick *p = &r->pick;
	struct tally t = {0};

	if (r->request->target.port)
		return;
	if (r->connect.asked) {
		t = tally(r, NULL, is_passed_over);
		p->chance = t.free && !t.certain;
		p->free[0] = t.free;
		p->open = t.maybe;
		describe(r, NULL, 0);
	}
	for (size_t i = 0; !r->connect.asked && i < r->nbinds; i += MIXES) {
		struct binder s = binder_make(r, &r->binds[i].addr, MIX_PLAIN);

		t = tally_strict(r, &s);
		p->chance |= t.free && !t.certain;
		p->free[i / MIXES] = t.free;
		describe(r, &s, i / MIXES);
	}
	p->ports = t.ports;
	p->reserved = (unsigned int)r->seen->census.last - r->seen->census.first + 1 - t.ports;
}

/* When the first port of the range has nothing but expired TIME_WAITs on it: ms from now; -1 where nothing tells. */
int64_t autobind_ends_ms(const struct report *r)
{
	const struct census *c = &r->seen->census;
	int32_t first = INT32_MAX;

	for (unsigned int port = c->first; c->ends_ms && port <= c->last; port++) {
		int32_t ends = c->ends_ms[port - c->first];

		if (ends && ends < first && !port_set_has(&c->reserved, (uint16_t)port))
			first = ends;
	}
	return first == INT32_MAX ? -1 : first - 1;
}
