/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers turned into "when does it end by itself". */
#include "judge/when.h"

#include <errno.h>

#include "judge/autobind.h"

/*
 * How much later than its moment a timer may fire, in ms: the timer wheel
 * rounds up to the granularity of the level that the time-out falls into
 * (kernel/time/timer.c: 64 slots a level, each level 8 times coarser).  With hz
 * 0 (not known) the worst of the usual ones, 100.
 */
int64_t when_late_ms(unsigned int hz, int64_t timeout_ms)
{
	int64_t ticks, granularity = 1;

	hz = hz ? hz : 100;
	for (ticks = timeout_ms * hz / 1000; ticks >= 63 * granularity; granularity *= 8)
		;
	return granularity * 1000 / hz;
}

enum { RTO_MIN = 200, RTO_MAX = 120000, LINEAR_FROM = 9 };

/* How long retransmissions go unanswered before the kernel gives up: tcp_model_timeout() in net/ipv4/tcp_timer.c. */
static int64_t patience_ms(unsigned int retries)
{
	if (retries <= LINEAR_FROM)
		return ((2LL << retries) - 1) * RTO_MIN;
	return ((2LL << LINEAR_FROM) - 1) * RTO_MIN + (int64_t)(retries - LINEAR_FROM) * RTO_MAX;
}

/*
 * When the kernel ends an orphan whose peer stays silent, in ms from now: an
 * estimate; 0 for any other socket.  Its FIN is sent again after rto, 2 rto, 4
 * rto... and at each such moment the kernel asks whether that has lasted for
 * tcp_orphan_retries (tcp_write_timeout()).  Window probes double their distance
 * likewise and end when it reaches TCP_RTO_MAX (tcp_probe_timer()).
 */
int32_t when_gives_up_ms(const struct sock *s, unsigned int retries)
{
	int64_t rto = s->rto_ms ? s->rto_ms : RTO_MIN, at = s->expires_ms, silent;
	bool closing = s->state == STATE_FIN_WAIT_1 || s->state == STATE_CLOSING || s->state == STATE_LAST_ACK;

	if (!closing || s->inode || s->expires_ms < 0)
		return 0;
	if (s->timer == TIMER_PROBE) {
		for (rto <<= s->backoff < 16 ? s->backoff : 16; rto < RTO_MAX; at += rto)
			rto = 2 * rto < RTO_MAX ? 2 * rto : RTO_MAX;
		return (int32_t)(at + 1);
	}
	silent = 2 * rto - (rto >> (s->retransmits < 16 ? s->retransmits : 16));
	while (silent < patience_ms(retries)) {
		rto = 2 * rto < RTO_MAX ? 2 * rto : RTO_MAX;
		at += rto;
		silent += rto;
	}
	return (int32_t)(at + 1);
}

static enum clears clears_of(const struct sock *s)
{
	if (s->state == STATE_TIME_WAIT)
		return CLEARS_TIMER;
	if ((s->state == STATE_FIN_WAIT_2 && !s->inode) || s->gives_up_ms)
		return CLEARS_ESTIMATE;
	return sock_is_half_open(s) ? CLEARS_UNKNOWN : CLEARS_NEVER;
}

static void add_blocker(struct report *r, const struct sock *s)
{
	enum clears clears = clears_of(s);

	if (clears > r->clears)
		r->clears = clears;
	if (clears != CLEARS_NEVER && sock_ends_ms(s) > r->clears_in_ms)
		r->clears_in_ms = sock_ends_ms(s);
}

/*
 * Fills clears, clears_in_ms and late_ms: the largest over the sockets that are a cause for the
 * requested call, each by its own timer.  A blocker without an end makes it
 * "never", whatever the others do.
 */
void when_clears(struct report *r)
{
	r->clears = CLEARS_NOW;
	r->clears_in_ms = 0;
	r->late_ms = -1;
	if (r->verdict == FREE)
		return;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (r->rows[i].cause >= 0 || (r->connect.decides && rows_have(&r->connect.blocked_by, i)))
			add_blocker(r, &s);
	}
	if (r->verdict == TAKEN && !r->request->target.port && autobind_ends_ms(r) >= 0) {
		r->clears = CLEARS_TIMER;
		r->clears_in_ms = autobind_ends_ms(r);
	}
	if (r->verdict == REFUSED || (r->err && r->err != EADDRINUSE && !r->connect.decides))
		r->clears = CLEARS_NEVER;
	else if (r->clears == CLEARS_NOW)
		r->clears = CLEARS_UNKNOWN;
	if (r->clears == CLEARS_TIMER || r->clears == CLEARS_ESTIMATE)
		r->late_ms = when_late_ms(r->seen->host.hz, 60000);
	else
		r->clears_in_ms = -1;
}
