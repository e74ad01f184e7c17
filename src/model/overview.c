/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on each port, summed up from a report for each. */
#include "model/overview.h"

#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "model/slice.h"

/* The states in which a connection ends, or waits for its process to. */
bool overview_is_lingering(enum shown_state state)
{
	return state == SHOWN_FIN_WAIT_1 || state == SHOWN_FIN_WAIT_2 || state == SHOWN_CLOSING || state == SHOWN_CLOSE_WAIT ||
	       state == SHOWN_LAST_ACK || state == SHOWN_TIME_WAIT;
}

static void add_holder(struct overview_port *p, const struct process *holder)
{
	for (size_t i = 0; i < p->nholders; i++)
		if (p->holders[i] == holder)
			return;
	p->holders = xgrow(p->holders, p->nholders, sizeof *p->holders);
	p->holders[p->nholders++] = holder;
}

static void add_holders(struct overview_port *p, const struct report *r, const struct sock *s)
{
	const struct owners *owners = &r->seen->owners;
	size_t n;
	const struct owner *o = owners_of(owners, s->inode, &n);

	for (size_t i = 0; i < n; i++)
		add_holder(p, &owners->processes[o[i].process]);
	if (n)
		return;
	p->kernel |= s->held_by == HELD_KERNEL || !s->inode;
	p->hidden |= s->inode && s->held_by != HELD_KERNEL;
	p->uid = s->uid == UID_UNKNOWN ? p->uid : s->uid;
}

static void add_end(struct overview_port *p, const struct sock *s)
{
	int64_t ends = sock_ends_ms(s);

	if (ends < 0)
		return;
	p->soonest = sock_earlier(p->soonest, sock_first_ends_ms(s));
	p->latest = ends > p->latest ? ends : p->latest;
	if (s->state == STATE_TIME_WAIT)
		p->time_wait = ends > p->time_wait ? ends : p->time_wait;
	p->estimate |= s->state != STATE_TIME_WAIT;
}

/* Where EACCES comes first, the sockets in the way decide. */
static enum tri fails(const struct report *r, unsigned int mix)
{
	enum tri all = NO;

	for (size_t i = mix; i < r->nbinds; i += MIXES) {
		const struct bind *b = &r->binds[i];

		if (b->blocked_by.n || b->result == EADDRINUSE)
			return YES;
		all = b->result == RESULT_UNKNOWN ? UNKNOWN : all;
	}
	return all;
}

static bool is_in_range(const struct host *h, uint16_t port)
{
	return h->ephemeral_first && port >= h->ephemeral_first && port <= h->ephemeral_last;
}

static bool is_server(const struct sock *s)
{
	return !s->peer_port && !sock_is_rest(s);
}

/* Whether a server of this namespace has that port; seen is a slice of the look that shows it. */
static bool has_server(const struct snapshot *seen, uint16_t port)
{
	struct snapshot there = {0};
	bool has = false;

	if (seen->whole)
		slice_of(&there, seen->whole, port);
	for (size_t i = 0; i < there.nsocks; i++)
		has |= is_server(&there.socks[i]);
	snapshot_free(&there);
	return has;
}

/*
 * Whether the kernel has picked the port of a slice for outgoing connections alone,
 * as far as that can be told of dead ones too: it is in the ephemeral range, and
 * where each of them goes is not, or is a server's.  The rest of a folded group
 * goes where those do that are shown.
 */
bool overview_is_outgoing(const struct snapshot *seen, uint16_t port)
{
	if (!is_in_range(&seen->host, port))
		return false;
	for (size_t i = 0; i < seen->nsocks; i++) {
		const struct sock *s = &seen->socks[i];

		if (is_server(s) || (is_in_range(&seen->host, s->peer_port) && !has_server(seen, s->peer_port)))
			return false;
	}
	return true;
}

/* A plain bind() to every port: what it would meet is the worst of all. */
static enum verdict verdict_of(const struct overview_port *p)
{
	return p->fails == YES ? TAKEN : p->fails == UNKNOWN ? UNSURE : FREE;
}

static void count(struct overview *o, const struct overview_port *p, const struct host *h)
{
	bool lingers = false, lives = false;

	for (int state = 0; state < SHOWN_STATES; state++) {
		bool lingering = overview_is_lingering((enum shown_state)state);

		o->totals[state] += p->states[state];
		lingers |= p->states[state] && lingering;
		lives |= p->states[state] && !lingering;
	}
	o->worst = verdict_of(p) > o->worst ? verdict_of(p) : o->worst;
	o->listening += p->states[SHOWN_LISTEN] || p->states[SHOWN_UNCONN];
	o->lingering += lingers && !lives;
	if (p->proto != PROTO_TCP || !is_in_range(h, p->port))
		return;
	o->in_range++;
	o->outgoing += p->outgoing;
}

/* Adds the port of a report, if a socket of the families asked about is on it; its processes are borrowed from the snapshot that the report has seen. */
void overview_add(struct overview *o, const struct report *r)
{
	struct overview_port p = {
	    .proto = r->request->target.proto,
	    .port = r->request->target.port,
	    .uid = UID_UNKNOWN,
	    .soonest = -1,
	    .latest = -1,
	    .time_wait = -1,
	    .fails = fails(r, MIX_PLAIN),
	    .reuseaddr_fails = fails(r, MIX_REUSEADDR),
	};

	if (!r->nrows)
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		p.states[sock_shown_state(&s)] += s.count;
		add_holders(&p, r, &s);
		add_end(&p, &s);
	}
	p.outgoing = overview_is_outgoing(r->seen, p.port);
	count(o, &p, &r->seen->host);
	o->v = xgrow(o->v, o->n, sizeof *o->v);
	o->v[o->n++] = p;
}

uint64_t overview_sockets(const struct overview *o)
{
	uint64_t n = 0;

	for (int state = 0; state < SHOWN_STATES; state++)
		n += o->totals[state];
	return n;
}

static int by_port(const void *a, const void *b)
{
	const struct overview_port *x = a, *y = b;

	return x->port != y->port ? (int)x->port - (int)y->port : (int)x->proto - (int)y->proto;
}

/* By port, then by protocol. */
void overview_sort(struct overview *o)
{
	if (o->n)
		qsort(o->v, o->n, sizeof *o->v, by_port);
}

void overview_free(struct overview *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->v[i].holders);
	free(o->v);
	*o = (struct overview){0};
}
