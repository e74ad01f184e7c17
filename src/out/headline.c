/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which words the answer takes. */
#include "out/headline.h"

#include <errno.h>

#include "out/facts.h"

static bool is_held_live(const struct cause *c)
{
	return c->id <= CAUSE_SYN_RECV || c->id == CAUSE_UDP_SOCKET || c->story == STORY_FIN_WAIT_1_HELD;
}

/* What the mix with SO_REUSEADDR gets where the requested one fails: RESULT_OK, RESULT_UNKNOWN or an errno. */
static int with_reuseaddr(const struct report *r)
{
	int worst = RESULT_OK;

	for (size_t i = 0; i < r->nbinds; i += MIXES)
		if (worst <= RESULT_OK && r->binds[i + MIX_REUSEADDR].result != RESULT_OK)
			worst = r->binds[i + MIX_REUSEADDR].result;
	return worst;
}

static enum headline of_taken(const struct report *r)
{
	static const enum headline held[] = {
	    [CAUSE_LISTENER] = HEAD_LISTENER,
	    [CAUSE_BOUND_NOT_LISTENING] = HEAD_BOUND,
	    [CAUSE_SELF_CONNECT] = HEAD_SELF_CONNECT,
	    [CAUSE_OUTBOUND_CONNECTION] = HEAD_OUTBOUND,
	    [CAUSE_ACCEPTED_CONNECTION] = HEAD_ACCEPTED,
	    [CAUSE_CLOSE_WAIT] = HEAD_CLOSE_WAIT,
	    [CAUSE_FIN_WAIT_2_HALF_CLOSED] = HEAD_HALF_CLOSED,
	    [CAUSE_SYN_RECV] = HEAD_HALF_OPEN,
	    [CAUSE_FIN_WAIT_1] = HEAD_HALF_CLOSED,
	    [CAUSE_UDP_SOCKET] = HEAD_UDP,
	};
	const struct cause *c = r->causes;

	if (!r->ncauses)
		return HEAD_TAKEN;
	if (c->id == CAUSE_INVISIBLE_HOLDER)
		return HEAD_INVISIBLE;
	if (is_held_live(c))
		return held[c->id];
	if (r->request->mix != MIX_PLAIN || r->err != EADDRINUSE)
		return HEAD_TAKEN;
	if (with_reuseaddr(r) == RESULT_OK)
		return HEAD_PLAIN_ONLY;
	return with_reuseaddr(r) == RESULT_UNKNOWN ? HEAD_TAKEN : HEAD_EVEN_REUSEADDR;
}

static enum headline of_refused(const struct report *r)
{
	switch (r->ncauses ? r->causes[0].id : CAUSES) {
	case CAUSE_PRIVILEGED_PORT:
		return HEAD_PRIVILEGED;
	case CAUSE_ADDRESS_NOT_LOCAL:
		return HEAD_NOT_LOCAL;
	case CAUSE_BIND_DENIED:
		return HEAD_DENIED;
	default:
		break;
	}
	if (r->err != EINVAL)
		return HEAD_REFUSED;
	if (addr_is_multicast6(&r->request->target.addr) && r->request->target.proto == PROTO_TCP)
		return HEAD_MULTICAST;
	if (addr_is_mapped(&r->request->target.addr) && r->request->v6only)
		return HEAD_MAPPED_V6ONLY;
	return addr_is_link_local(&r->request->target.addr) && !r->request->target.ifindex ? HEAD_NO_DEVICE : HEAD_REFUSED;
}

/* Sockets that are seen may be in the way, or such that are not. */
static enum headline of_unsure(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		if (r->binds[i].doubt && r->binds[i].doubt != DOUBT_HIDDEN && r->binds[i].doubt != DOUBT_ADDRESS)
			return HEAD_UNDECIDED;
	return HEAD_UNSURE;
}

/* Where the kernel picks the port. */
static enum headline of_pick(const struct report *r)
{
	static const enum headline bind[] = {
	    [FREE] = HEAD_PICK_FREE, [UNSURE] = HEAD_PICK_UNSURE, [REFUSED] = HEAD_REFUSED, [TAKEN] = HEAD_PICK_TAKEN};
	static const enum headline to[] = {[FREE] = HEAD_PICK_TO_FREE,
	                                   [UNSURE] = HEAD_PICK_TO_UNSURE,
	                                   [REFUSED] = HEAD_PICK_TO_REFUSED,
	                                   [TAKEN] = HEAD_PICK_TO_TAKEN};

	if (r->verdict == REFUSED && !r->connect.asked)
		return of_refused(r);
	return r->connect.asked ? to[r->verdict] : bind[r->verdict];
}

/* Where connect() decides. */
static enum headline of_connect(const struct report *r)
{
	switch (r->verdict) {
	case TAKEN:
		return HEAD_CONNECT_TAKEN;
	case REFUSED:
		return HEAD_CONNECT_REFUSED;
	default:
		return r->connect.blocked_by.n ? HEAD_CONNECT_OVER_DEAD : HEAD_CONNECT_UNSURE;
	}
}

static enum headline of_unix(const struct report *r)
{
	switch (r->ncauses ? r->causes[0].id : CAUSES) {
	case CAUSE_UNIX_LISTENER:
		return HEAD_UNIX_LISTENER;
	case CAUSE_UNIX_BOUND:
	case CAUSE_UNIX_ABSTRACT:
		return HEAD_UNIX_BOUND;
	case CAUSE_UNIX_ELSEWHERE:
		return HEAD_UNIX_ELSEWHERE;
	case CAUSE_UNIX_STALE_PATH:
		return HEAD_UNIX_STALE;
	case CAUSE_UNIX_NOT_A_SOCKET:
		return HEAD_UNIX_FILE;
	case CAUSE_INVISIBLE_HOLDER:
		return HEAD_INVISIBLE;
	case CAUSE_BIND_DENIED:
		return HEAD_DENIED;
	default:
		return r->verdict == FREE ? HEAD_UNIX_FREE : r->verdict == UNSURE ? of_unsure(r) : HEAD_UNIX_REFUSED;
	}
}

/* The first line of the report. */
enum headline headline_of(const struct report *r)
{
	if (r->verdict == UNSURE && gap_has(&r->seen->gaps, GAP_NETNS))
		return HEAD_CLOSED;
	if (r->request->target.proto == PROTO_UNIX)
		return of_unix(r);
	if (!r->request->target.port)
		return of_pick(r);
	if (r->connect.decides)
		return of_connect(r);
	switch (r->verdict) {
	case FREE:
		return r->connect.asked ? HEAD_CONNECT_FREE : HEAD_FREE;
	case TAKEN:
		return of_taken(r);
	case REFUSED:
		return of_refused(r);
	default:
		return of_unsure(r);
	}
}

static bool knows_start(const struct report *r)
{
	size_t others;
	const struct process *p = facts_holder(r, r->causes[0].first, &others);

	return p && p->age_ms >= 0;
}

/* It retransmits until the kernel gives up. */
static bool gives_up(const struct report *r)
{
	const struct cause *c = r->ncauses ? &r->causes[0] : NULL;

	if (c && c->id == CAUSE_CONNECT_TUPLE_IN_USE)
		return c->first->gives_up_ms != 0;
	return c && c->id < CAUSE_FIN_WAIT_2_ORPHAN;
}

/* Fills the lines that follow the first; returns how many. */
size_t headline_more(const struct report *r, enum second_line out[static SECOND_LINES])
{
	size_t n = 0;
	bool picks = !r->request->target.port;
	bool live = r->ncauses && r->causes[0].socks.n && is_held_live(&r->causes[0]);
	bool reuseaddr = r->verdict == TAKEN && r->request->mix == MIX_PLAIN && with_reuseaddr(r) == RESULT_OK;

	if (r->request->target.proto == PROTO_UNIX) {
		if (r->ncauses && r->causes[0].socks.n && knows_start(r))
			out[n++] = LINE_STARTED;
		return n;
	}
	if (headline_of(r) == HEAD_CONNECT_OVER_DEAD)
		out[n++] = LINE_TIMESTAMPS;
	if (live && knows_start(r))
		out[n++] = LINE_STARTED;
	if (live && reuseaddr)
		out[n++] = LINE_REUSEADDR_WORKS;
	if (reuseaddr && r->request->target.proto == PROTO_TCP)
		out[n++] = LINE_RUNTIMES;
	if (picks && (r->verdict == FREE || r->verdict == UNSURE) && r->pick.ports)
		out[n++] = LINE_RANGE;
	if (picks && r->verdict == UNSURE && r->pick.chance)
		out[n++] = LINE_CHANCE;
	if (picks && r->connect.asked && r->verdict == UNSURE && r->pick.open)
		out[n++] = LINE_SHARING;
	if (r->clears == CLEARS_TIMER)
		out[n++] = picks ? LINE_FIRST_FREE : LINE_TIMER;
	if (r->clears == CLEARS_ESTIMATE)
		out[n++] = gives_up(r) ? LINE_GIVES_UP : LINE_ESTIMATE;
	return n;
}
