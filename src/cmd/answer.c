/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answers to one target: judge, ask sys for what is wanted, judge again.  Of
 * a range only the ports that have a socket are looked at one by one; one look
 * at all sockets tells which, and one scan of /proc who holds them.
 */
#include "cmd/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "judge/judge.h"
#include "model/overview.h"
#include "model/slice.h"
#include "sys/snapshot.h"

/* What no table lists, owners, options, trials one by one, the ways of this kernel. */
enum { ROUNDS = 4 + BINDS_MAX };

static void rounds(struct answer *a, bool details)
{
	struct want want;

	for (int round = 0; judge(&a->report, &a->request, &a->seen, details, &want) && round < ROUNDS; round++) {
		report_free(&a->report);
		snapshot_fetch(&a->seen, &a->request, &want);
		want_free(&want);
	}
	want_free(&want);
}

/*
 * Judges, and fetches what the judgement wants, round by round.  Alike sockets are
 * judged alike: where all shall have a row, that is for the last round.
 */
static void settle(struct answer *a, bool details)
{
	bool all = a->request.all;

	a->request.all = false;
	rounds(a, details);
	a->request.all = all;
	if (!all)
		return;
	report_free(&a->report);
	rounds(a, details);
}

/*
 * A dump is not atomic, and the probe comes after it: what was free without a
 * trial, or refused without a reason, is looked at once more.
 */
static bool is_doubtful(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES) {
		const struct bind *b = &r->binds[i];

		if (b->result == RESULT_OK ? !b->by_probe : b->result == EADDRINUSE && !b->blocked_by.n)
			return true;
	}
	return false;
}

/* Its namespace may not be entered: then there is nothing to ask, and nothing to try. */
static bool is_closed(const struct request *q)
{
	return q->netns && q->netns->err;
}

static void find_closed(struct answer *a, bool details)
{
	struct want want;

	snapshot_closed(&a->seen, &a->request);
	judge(&a->report, &a->request, &a->seen, details, &want);
	want_free(&want);
}

/* The same sockets, in the same states: what there was to say has been said. */
static bool is_as_before(const struct snapshot *before, const struct snapshot *now)
{
	if (before->nsocks != now->nsocks)
		return false;
	for (size_t i = 0; i < now->nsocks; i++)
		if (!now->socks[i].cookie || now->socks[i].cookie != before->socks[i].cookie ||
		    now->socks[i].state != before->socks[i].state)
			return false;
	return true;
}

/* Trials of the first look may have changed what the kernel says to the same ones now. */
static void look_again(struct answer *a, bool details)
{
	struct snapshot before = a->seen, now;

	snapshot_take(&now, &a->request);
	if (a->report.verdict == FREE && before.nsocks && is_as_before(&before, &now)) {
		snapshot_free(&now);
		return;
	}
	report_free(&a->report);
	snapshot_keep_trials(&now, &before);
	a->seen = now;
	settle(a, details);
	snapshot_free(&before);
}

/* The answer to that port some time ago, NULL if there is none; it is not far from place, for both lists are in one order. */
static const struct answer *answer_of(const struct answers *earlier, uint16_t port, size_t place)
{
	for (size_t i = 0; earlier && i < earlier->n; i++) {
		const struct answer *a = earlier->v[(place + i) % earlier->n];

		if (a->request.target.port == port)
			return a;
	}
	return NULL;
}

/* A trial is not repeated as long as the sockets are what they were, unless none of them explained its refusal. */
static void recall(struct answer *a, const struct answer *earlier)
{
	const struct report *r = &earlier->report;

	snapshot_recall(&a->seen, &earlier->seen, !r->ncauses || r->causes[0].socks.n);
}

/* Whether what was seen proves that the port is taken, with nothing left to ask. */
static bool is_proven(struct answer *a)
{
	struct want want;
	bool open = judge(&a->report, &a->request, &a->seen, false, &want), taken = a->report.verdict == TAKEN;

	want_free(&want);
	report_free(&a->report);
	return taken && !open;
}

/* A listener in the way decides, whatever else there is; the table of listeners is short. */
static void take(struct answer *a, const struct extent *extent)
{
	if (!extent->brief || a->request.target.proto != PROTO_TCP || !a->request.target.port) {
		snapshot_take(&a->seen, &a->request);
		return;
	}
	snapshot_take_listeners(&a->seen, &a->request);
	if (!a->seen.nsocks || !is_proven(a))
		snapshot_complete(&a->seen, &a->request);
}

/* The ways of this kernel are found out once. */
static void keep_quirks(struct answers *all, const struct answer *a)
{
	if (!a->seen.quirks_read)
		return;
	all->whole.quirks = a->seen.quirks;
	all->whole.quirks_read = true;
}

/*
 * One port of a sketch: what that costs is spent on the question itself, and none
 * of it on the outgoing connections that are only counted.
 */
static void sketch(struct answer *a, const struct extent *extent, struct answers *all)
{
	uint16_t port = a->request.target.port;
	struct want want;

	snapshot_slice(&a->seen, &all->whole, port);
	if (extent->details && (extent->every || !overview_is_outgoing(&a->seen, port))) {
		settle(a, false);
		keep_quirks(all, a);
		return;
	}
	judge(&a->report, &a->request, &a->seen, false, &want);
	want_free(&want);
}

/* The answer to one port: of a range what one look at all has shown of it. */
static void find(struct answer *a, const struct extent *extent, struct answers *all)
{
	uint16_t port = a->request.target.port;
	const struct answer *earlier = answer_of(extent->earlier, port, all ? all->n : 0);
	const struct report *r = &a->report;
	bool details = extent->details;

	if (is_closed(&a->request)) {
		find_closed(a, details);
		return;
	}
	if (all)
		snapshot_slice(&a->seen, &all->whole, port);
	else
		take(a, extent);
	if (earlier)
		recall(a, earlier);
	settle(a, details);
	if (all)
		keep_quirks(all, a);
	if (all && extent->survey)
		return;
	if (r->verdict == TAKEN ? !r->ncauses || !r->causes[0].socks.n : is_doubtful(r))
		look_again(a, details);
}

static struct answer *answer_new(const struct inquiry *q, uint16_t port)
{
	struct answer *a = xcalloc(1, sizeof *a);

	a->request = q->request;
	a->request.target.port = port;
	return a;
}

static void answer_free(struct answer *a)
{
	report_free(&a->report);
	snapshot_free(&a->seen);
	free(a);
}

static void keep(struct answers *to, struct answer *a)
{
	to->v = xgrow(to->v, to->n, sizeof *to->v);
	to->v[to->n++] = a;
}

/* Refused for want of privilege and nothing else. */
static bool is_low(const struct report *r)
{
	return r->verdict == REFUSED && r->ncauses == 1 && r->causes[0].id == CAUSE_PRIVILEGED_PORT;
}

/* A port of a range on which nothing is: what all of them share decides, unless only a trial can. */
static void find_quiet(struct answers *all, struct answer *a, const struct extent *extent)
{
	struct want want;
	bool open = judge(&a->report, &a->request, &all->shared, extent->details, &want) && want.nprobes;

	want_free(&want);
	if (!open)
		return;
	report_free(&a->report);
	find(a, extent, all);
}

/* Adds what judging that port of the range by its sockets alone leaves open. */
static void add_wants(const struct answers *all, const struct inquiry *q, uint16_t port, bool details, struct want *sum)
{
	struct answer a = {.request = q->request};
	struct want want;

	a.request.target.port = port;
	snapshot_slice(&a.seen, &all->whole, port);
	if (judge(&a.report, &a.request, &a.seen, details, &want)) {
		sum->info |= want.info;
		sum->peers |= want.peers;
		sum->mptcp |= want.mptcp;
		sum->owners |= want.owners;
		sum->brief |= want.brief;
	}
	want_free(&want);
	report_free(&a.report);
	snapshot_free(&a.seen);
}

/* The same for all of them, in one want. */
static void want_of_all(const struct answers *all, const struct inquiry *q, bool details, struct want *sum)
{
	*sum = (struct want){0};
	for (size_t i = 0; i < q->nports; i++)
		if (slice_is_busy(&all->whole, q->ports[i]))
			add_wants(all, q, q->ports[i], details, sum);
}

static void look_at_all(struct answers *to, const struct inquiry *q, const struct extent *extent)
{
	struct request every = q->request;
	struct port_set wanted = {0};
	struct want want = {.owners = extent->details};

	if (is_closed(&q->request)) {
		snapshot_closed(&to->whole, &q->request);
	} else {
		for (size_t i = 0; i < q->nports; i++)
			port_set_add(&wanted, q->ports[i]);
		every.target.port = 0;
		snapshot_take_many(&to->whole, &every, &wanted);
		if (!extent->sketch)
			want_of_all(to, q, extent->details, &want);
		snapshot_fetch(&to->whole, &every, &want);
		port_set_free(&wanted);
	}
	snapshot_slice(&to->shared, &to->whole, 0);
}

/* Low ports of a range are counted only. */
static bool is_listed(const struct extent *extent, struct report *r)
{
	if (extent->take)
		return extent->take(r, extent->arg);
	return !is_low(r) && (extent->every || r->verdict != FREE);
}

static void find_many(struct answers *to, const struct inquiry *q, const struct extent *extent)
{
	look_at_all(to, q, extent);
	for (size_t i = 0; i < q->nports; i++) {
		bool busy = slice_is_busy(&to->whole, q->ports[i]);
		struct answer *a;

		if (extent->survey && !busy)
			continue;
		a = answer_new(q, q->ports[i]);
		if (extent->sketch)
			sketch(a, extent, to);
		else if (busy)
			find(a, extent, to);
		else
			find_quiet(to, a, extent);
		to->worst = a->report.verdict > to->worst ? a->report.verdict : to->worst;
		to->not_free += a->report.verdict != FREE;
		to->low += is_low(&a->report);
		if (is_listed(extent, &a->report))
			keep(to, a);
		else
			answer_free(a);
	}
}

/* What is free here may be held in another network namespace, where the reader did not think of one. */
static void look_elsewhere(struct answer *a)
{
	const struct request *q = &a->request;
	struct want want;
	int err;

	if (a->report.verdict != FREE || q->everywhere || !q->target.port)
		return;
	err = snapshot_elsewhere(&a->seen, q);
	if (err)
		die("no way back into the network namespace: %s", strerror(-err));
	if (!a->seen.nelsewhere)
		return;
	report_free(&a->report);
	judge(&a->report, q, &a->seen, true, &want);
	want_free(&want);
}

/* Finds the answers to q, which must stay where it is. */
void answers_find(struct answers *a, const struct inquiry *q, const struct extent *extent)
{
	*a = (struct answers){.is_many = q->is_many};
	a->about = (struct report){.request = &q->request, .seen = &a->shared};
	if (q->is_many) {
		find_many(a, q, extent);
		return;
	}
	keep(a, answer_new(q, q->ports[0]));
	find(a->v[0], extent, NULL);
	if (extent->details && !extent->take && !extent->earlier)
		look_elsewhere(a->v[0]);
	a->worst = a->v[0]->report.verdict;
	if (extent->take)
		extent->take(&a->v[0]->report, extent->arg);
}

void answers_free(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++)
		answer_free(a->v[i]);
	free(a->v);
	snapshot_free(&a->shared);
	snapshot_free(&a->whole);
}
