/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole judgement: snapshot in, report and wishes out. */
#include "judge/judge.h"

#include <errno.h>

#include "judge/autobind.h"
#include "judge/binder.h"
#include "judge/binds.h"
#include "judge/classify.h"
#include "judge/connect.h"
#include "judge/judge_unix.h"
#include "judge/rows.h"
#include "judge/trial.h"
#include "judge/when.h"

static enum verdict verdict_of(const struct bind *b)
{
	if (b->result == RESULT_OK)
		return FREE;
	if (b->result == RESULT_UNKNOWN)
		return UNSURE;
	return b->result == EADDRINUSE || b->blocked_by.n ? TAKEN : REFUSED;
}

/* What a refused bind() lists as the reason is one; for want of a certain one that may be what could be it. */
static void accuse(struct report *r, const struct bind *b)
{
	for (size_t i = 0; b->result != RESULT_UNKNOWN && rows_next(&b->blocked_by, &i); i++)
		r->rows[i].blocks = YES;
}

/* The worst over the addresses, and the errno that goes with it.  If all of them work, what was in the way is gone. */
static void decide(struct report *r)
{
	r->verdict = r->nbinds ? FREE : REFUSED;
	r->err = r->nbinds ? 0 : EAFNOSUPPORT;
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES) {
		enum verdict v = verdict_of(&r->binds[i]);

		if (v <= r->verdict)
			continue;
		r->verdict = v;
		r->err = r->binds[i].result == RESULT_UNKNOWN ? 0 : r->binds[i].result;
	}
	for (size_t i = 0; i < r->nrows; i++)
		if (r->verdict == UNSURE)
			r->rows[i].blocks = r->rows[i].blocks == NO ? NO : UNKNOWN;
		else if (r->verdict == FREE || r->request->target.proto == PROTO_UDP)
			r->rows[i].blocks = NO;
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		accuse(r, &r->binds[i]);
}

/* Both ends would be the same: the SYN meets the socket that sent it. */
static bool connects_to_itself(const struct report *r)
{
	return r->connect.result == RESULT_OK && r->connect.from.family && r->request->to_port == r->request->target.port &&
	       addr_same(&r->seen->route.from, &r->seen->route.to);
}

/* UDP: bind() works although a socket is there that covers the address, for both let it. */
static bool shares_udp(const struct report *r)
{
	if (r->request->target.proto != PROTO_UDP || r->verdict != FREE)
		return false;
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);

		for (size_t k = r->request->mix; k < r->nbinds; k += MIXES) {
			struct binder s = binder_make(r, &r->binds[k].addr, r->request->mix);

			/* one that stands in the way has not been seen by a kernel whose slot is crowded */
			if (conflict_meets(&s, &t) == YES && conflict_blocks(&s, &t) != YES)
				return true;
		}
	}
	return false;
}

/* Sockets that have the port on addresses which the one asked about does not meet. */
static void find_others(struct report *r)
{
	if (r->verdict != FREE || r->connect.asked)
		return;
	for (size_t i = 0; i < r->seen->nsocks; i++) {
		enum tri overlaps = NO;

		for (size_t k = 0; k < r->nbinds; k += MIXES) {
			struct binder s = binder_make(r, &r->binds[k].addr, MIX_PLAIN);

			overlaps = tri_or(overlaps, conflict_overlap(&s, &r->seen->socks[i]));
		}
		if (overlaps == NO && !sock_is_half_open(&r->seen->socks[i]))
			rows_add(&r->others, i);
	}
}

static void find_notes(struct report *r)
{
	const struct host *h = &r->seen->host;

	if (!r->request->target.addr.family && !r->request->family && (h->has_inet == NO || h->has_inet6 == NO))
		r->notes |= 1U << NOTE_NO_SUCH_FAMILY;
	if (r->seen->remote_lingering)
		r->notes |= 1U << NOTE_REMOTE_SIDE_ONLY;
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		if (r->binds[i].result == RESULT_OK && r->binds[i].listen == EADDRINUSE)
			r->notes |= 1U << NOTE_LISTEN_REFUSED;
	if (shares_udp(r))
		r->notes |= 1U << NOTE_UDP_SHARED;
	find_others(r);
	if (r->others.n)
		r->notes |= 1U << NOTE_OTHER_ADDRESS;
	if (r->verdict == FREE && r->seen->nelsewhere)
		r->notes |= 1U << NOTE_OTHER_NETNS;
	if (connects_to_itself(r))
		r->notes |= 1U << NOTE_CONNECTS_TO_ITSELF;
}

static bool has_retransmitting(const struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++)
		if (r->rows[i].gives_up_ms)
			return true;
	return false;
}

/* Nothing in a record tells an MPTCP socket from one of TCP: asked for where a process holds what is in the way. */
static bool may_be_mptcp(const struct report *r)
{
	bool may = false;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		may |= r->rows[i].blocks == YES && s.inode && s.state != STATE_CLOSE && s.mptcp == UNKNOWN;
	}
	return may && r->request->target.proto == PROTO_TCP;
}

/* Not decided yet, and it may turn out that a connection is the cause: then both ends want their owners, in one scan. */
static bool may_be_connections(const struct report *r)
{
	bool listener = false, connection = false;

	for (size_t i = 0; i < r->nrows; i++) {
		listener |= row_sock(r, i).state == STATE_LISTEN;
		connection |= r->rows[i].blocks != NO && row_sock(r, i).peer_port;
	}
	return r->verdict == UNSURE && connection && !listener && r->request->target.proto == PROTO_TCP;
}

/* What the words need beyond the sockets: who opened a connection, its time-outs, its other end. */
static void want_connections(const struct report *r, struct want *want)
{
	bool connections = may_be_connections(r);

	want->remote = r->verdict == FREE && !r->request->one_of_many && r->request->target.proto == PROTO_TCP &&
	               !r->seen->remote_read;
	for (size_t i = 0; i < r->ncauses; i++) {
		enum cause_id id = r->causes[i].id;

		connections |= id > CAUSE_BOUND_NOT_LISTENING && id < CAUSE_UDP_SOCKET;
		want->info |= r->causes[i].inferred && id != CAUSE_OUTBOUND_TIME_WAIT;
	}
	want->info |= has_retransmitting(r);
	want->info &= !r->seen->info_read;
	want->peers = connections && !r->seen->peers_read;
	want->mptcp = !r->seen->mptcp_read && may_be_mptcp(r);
}

/* A trial that may end one way or the other proves nothing. */
static void want_pick(const struct report *r, bool details, struct want *want)
{
	size_t n = 0;

	if (r->connect.asked)
		return;
	trial_want_probes(r, details, want);
	for (size_t i = 0; i < want->nprobes; i++)
		if (!autobind_is_chance(r, &want->probes[i].addr))
			want->probes[n++] = want->probes[i];
	want->nprobes = n;
}

/*
 * One step a round: what no table lists, owners, the options behind their
 * descriptors, the kernel's ways, then probes.  Those ways take longer to find
 * out than a probe and leave no trace: who only wants the verdict has them last.
 */
static void find_wants(const struct report *r, bool details, struct want *want)
{
	bool held = false;

	if (gap_has(&r->seen->gaps, GAP_BOUND_ONLY) && !r->seen->unlisted_read && (details || r->verdict != TAKEN)) {
		want->unlisted = true;
		return;
	}
	if (!r->request->target.port) {
		want_pick(r, details, want);
		want->owners = details && r->ncauses && r->causes[0].id == CAUSE_EPHEMERAL_EXHAUSTED &&
		               r->seen->census.inodes && !r->seen->owners_read;
		return;
	}
	if (details)
		want_connections(r, want);
	if (want->info || want->peers || want->remote || want->mptcp) {
		want->owners = !r->seen->owners_read && r->nrows;
		return;
	}
	for (size_t i = 0; i < r->nrows; i++)
		held |= row_sock(r, i).inode != 0;
	if (!r->seen->options_read && held)
		trial_want_options(r, details, want);
	if (!r->seen->owners_read && (want->noptions || (details && r->nrows))) {
		want_free(want);
		want->owners = true;
		want->brief = !details;
	} else if (!want->noptions) {
		if (details)
			trial_want_quirks(r, details, want);
		if (!want->quirks)
			trial_want_probes(r, details, want);
		if (!want->nprobes)
			trial_want_quirks(r, details, want);
	}
	if (details && r->seen->owners_read)
		rows_want_told(r, want);
}

/*
 * Judges request by what was seen.  details: the reader wants to know who and
 * why, not only the verdict.  Fills r (to be released with report_free()) and
 * want; returns whether anything is wanted: then sys is asked for it and this
 * is called again, until nothing is.
 */
bool judge(struct report *r, const struct request *request, const struct snapshot *seen, bool details,
           struct want *want)
{
	struct addr addrs[2];
	size_t n;

	*r = (struct report){.request = request, .seen = seen};
	*want = (struct want){0};
	if (request->target.proto == PROTO_UNIX) {
		judge_unix(r, details, want);
		return want->alive || want->owners || want->ntold || want->nprobes;
	}
	n = binds_addresses(request, &seen->host, addrs);
	rows_make(r, addrs, n);
	binds_judge(r);
	decide(r);
	connect_judge(r);
	autobind_count(r);
	classify(r);
	when_clears(r);
	find_notes(r);
	find_wants(r, details, want);
	return want->unlisted || want->owners || want->info || want->peers || want->remote || want->mptcp || want->noptions || want->ntold || want->quirks || want->nprobes;
}
