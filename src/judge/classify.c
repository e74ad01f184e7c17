/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sockets to causes: an ordered table of rules, the first that fits a
 * socket names its cause.
 */
#include "judge/classify.h"

#include <errno.h>
#include <sys/socket.h>

#include "judge/conflict.h"
#include "judge/facets.h"
#include "judge/remedy.h"

struct rule {
	enum cause_id id;
	bool inferred;
	enum story_id story;
	bool (*fits)(const struct report *r, const struct sock *s);
};

/* Before all others: UDP has no states but connected or not. */
static bool is_udp(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->proto == PROTO_UDP;
}

static bool listens(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_LISTEN;
}

static bool is_bound(const struct report *r, const struct sock *s)
{
	(void)r;
	return sock_is_bound_only(s);
}

/* Bound by its owner, connected, then reset: the port stays. */
static bool was_reset(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_CLOSE;
}

static bool is_self_connected(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_ESTABLISHED && s->port == s->peer_port && addr_equal(&s->local, &s->peer);
}

static bool was_opened_here(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_SYN_SENT || (s->state == STATE_ESTABLISHED && s->opener == OPENER_HERE);
}

static bool was_opened_by_peer(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_ESTABLISHED && s->opener == OPENER_PEER;
}

static bool is_ephemeral(const struct report *r, uint16_t port)
{
	const struct host *h = &r->seen->host;

	return h->ephemeral_last && port >= h->ephemeral_first && port <= h->ephemeral_last;
}

/* The kernel chooses the port of the end that opens: ours looks chosen, the peer's does not. */
static bool looks_opened_here(const struct report *r, const struct sock *s)
{
	return s->state == STATE_ESTABLISHED && is_ephemeral(r, s->port) && !is_ephemeral(r, s->peer_port);
}

static bool is_established(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_ESTABLISHED;
}

static bool is_close_wait(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_CLOSE_WAIT;
}

static bool is_half_closed(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_2 && s->inode;
}

/* A full socket: half-open requests never block. */
static bool is_syn_recv(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_SYN_RECV;
}

static bool is_held_fin_wait_1(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_1 && s->inode;
}

/* The zero-window probe runs: data, or the FIN behind it, does not fit into the peer's window. */
static bool waits_for_window(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_1 && s->timer == TIMER_PROBE;
}

static bool is_fin_wait_1(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_1;
}

static bool is_closing(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_CLOSING;
}

static bool is_last_ack(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_LAST_ACK;
}

static bool is_orphan(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_FIN_WAIT_2 && !s->inode;
}

/* A dead connection leaves no proof of who opened it: see the interface. */
static bool is_outbound_time_wait(const struct report *r, const struct sock *s)
{
	if (s->state != STATE_TIME_WAIT || sock_is_rest(s) || !is_ephemeral(r, s->port) || is_ephemeral(r, s->peer_port))
		return false;
	for (size_t i = 0; i < r->seen->nsocks; i++) {
		const struct sock *o = &r->seen->socks[i];

		if (!sock_is_half_open(o) && (o->peer_port != s->peer_port || !addr_equal(&o->peer, &s->peer)))
			return false;
	}
	return true;
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

	if (s->state != STATE_ESTABLISHED && s->state != STATE_CLOSE_WAIT && s->state != STATE_SYN_RECV)
		return false;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);

		if (t.state == STATE_LISTEN && conflict_overlap(&here, &t) != NO)
			return true;
	}
	return false;
}

static const struct rule rules[] = {
    {CAUSE_UDP_SOCKET, false, STORY_NONE, is_udp},
    {CAUSE_LISTENER, false, STORY_NONE, listens},
    {CAUSE_BOUND_NOT_LISTENING, false, STORY_NONE, is_bound},
    {CAUSE_BOUND_NOT_LISTENING, false, STORY_RESET, was_reset},
    {CAUSE_SELF_CONNECT, false, STORY_NONE, is_self_connected},
    {CAUSE_OUTBOUND_CONNECTION, false, STORY_NONE, was_opened_here},
    {CAUSE_LISTENER, false, STORY_NONE, is_accepted},
    {CAUSE_ACCEPTED_CONNECTION, false, STORY_NONE, was_opened_by_peer},
    {CAUSE_OUTBOUND_CONNECTION, true, STORY_NONE, looks_opened_here},
    {CAUSE_ACCEPTED_CONNECTION, true, STORY_NONE, is_established},
    {CAUSE_CLOSE_WAIT, false, STORY_CLOSE_WAIT, is_close_wait},
    {CAUSE_FIN_WAIT_2_HALF_CLOSED, false, STORY_FIN_WAIT_2_HALF_CLOSED, is_half_closed},
    {CAUSE_SYN_RECV, false, STORY_SYN_RECV, is_syn_recv},
    {CAUSE_FIN_WAIT_1, false, STORY_FIN_WAIT_1_WINDOW, waits_for_window},
    {CAUSE_FIN_WAIT_1, false, STORY_FIN_WAIT_1_HELD, is_held_fin_wait_1},
    {CAUSE_FIN_WAIT_1, false, STORY_FIN_WAIT_1, is_fin_wait_1},
    {CAUSE_CLOSING, false, STORY_CLOSING, is_closing},
    {CAUSE_LAST_ACK, false, STORY_LAST_ACK, is_last_ack},
    {CAUSE_FIN_WAIT_2_ORPHAN, false, STORY_FIN_WAIT_2_ORPHAN, is_orphan},
    {CAUSE_OUTBOUND_TIME_WAIT, true, STORY_TIME_WAIT, is_outbound_time_wait},
    {CAUSE_TIME_WAIT, false, STORY_TIME_WAIT, is_time_wait},
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
    {EADDRINUSE, CAUSE_EPHEMERAL_EXHAUSTED}, /* only where the kernel picks the port */
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
		if (look_alikes[i].err != b->result || (look_alikes[i].id == CAUSE_PRIVILEGED_PORT && !low) ||
		    (look_alikes[i].id == CAUSE_EPHEMERAL_EXHAUSTED && r->request->target.port))
			continue;
		cause_at(r, look_alikes[i].id);
		return;
	}
}

static bool is_candidate(const struct report *r, size_t row)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		if (!r->binds[i].doubt && rows_have(&r->binds[i].blocked_by, row))
			return true;
	return false;
}

static void find_causes(struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);
		const struct rule *rule = rule_of(r, &s);
		struct cause *c;

		if (r->connect.decides && r->verdict == TAKEN && rows_have(&r->connect.blocked_by, i)) {
			cause_add(r, cause_at(r, CAUSE_CONNECT_TUPLE_IN_USE), i);
			continue;
		}
		if (!rule || (r->rows[i].blocks != YES && !is_candidate(r, i)))
			continue;
		c = cause_at(r, rule->id);
		if (!c->socks.n)
			c->story = rule->story;
		c->inferred |= rule->inferred;
		cause_add(r, c, i);
	}
	for (size_t i = 0; i < r->nbinds && (r->request->target.port || !r->connect.asked); i++)
		add_look_alike(r, &r->binds[i]);
	if (r->connect.exhausted)
		cause_at(r, CAUSE_EPHEMERAL_EXHAUSTED);
	for (size_t i = 0; i < r->ncauses; i++)
		for (size_t k = 0; rows_next(&r->causes[i].socks, &k); k++)
			r->rows[k].cause = (int8_t)i;
}

/* Fills r->causes with their sockets, facets and fixes.  Rows and binds must be final. */
void classify(struct report *r)
{
	find_causes(r);
	for (size_t i = 0; i < r->ncauses; i++) {
		facets_find(r, &r->causes[i]);
		remedy(r, &r->causes[i]);
	}
}
