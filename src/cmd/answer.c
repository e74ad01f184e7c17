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
#include "sys/snapshot.h"

/* What no table lists, owners, options, trials one by one, the ways of this kernel. */
enum { ROUNDS = 4 + BINDS_MAX };

/*
 * One look: sockets first, then round by round what the judgement wants.  all: of
 * a range, what its ports share.  before (may be NULL) is an earlier look, whose
 * trials may have changed what the kernel says to the same ones.
 */
static void look(struct answer *a, bool details, const struct answers *all, const struct snapshot *before)
{
	struct want want;

	snapshot_take(&a->seen, &a->request);
	if (before)
		snapshot_keep_trials(&a->seen, before);
	a->seen.range = all ? &all->shared : NULL;
	a->seen.holders = all && all->holders.owners_read ? &all->holders : NULL;
	for (int round = 0; judge(&a->report, &a->request, &a->seen, details, &want) && round < ROUNDS; round++) {
		report_free(&a->report);
		snapshot_fetch(&a->seen, &a->request, &want);
		want_free(&want);
	}
	want_free(&want);
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

static void find(struct answer *a, bool details, const struct answers *all)
{
	const struct report *r = &a->report;
	struct snapshot before;

	if (is_closed(&a->request)) {
		find_closed(a, details);
		return;
	}
	look(a, details, all, NULL);
	if (r->verdict == TAKEN ? r->ncauses && r->causes[0].socks.n : !is_doubtful(r))
		return;
	report_free(&a->report);
	before = a->seen;
	look(a, details, NULL, &before);
	snapshot_free(&before);
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
static void find_quiet(const struct answers *all, struct answer *a, bool details)
{
	struct want want;
	bool open = judge(&a->report, &a->request, &all->shared, details, &want) && want.nprobes;

	want_free(&want);
	if (!open)
		return;
	report_free(&a->report);
	find(a, details, all);
}

static void find_many(struct answers *to, const struct inquiry *q, bool details, bool every)
{
	struct port_set busy = {0}, both = {0};
	bool any = false;

	if (is_closed(&q->request))
		snapshot_closed(&to->shared, &q->request);
	else
		snapshot_ports(&to->shared, &q->request, &busy);
	for (size_t i = 0; i < q->nports; i++) {
		if (!port_set_has(&busy, q->ports[i]))
			continue;
		port_set_add(&both, q->ports[i]);
		any = true;
	}
	if (any && details)
		snapshot_holders(&to->holders, &q->request, &to->shared, &both);
	for (size_t i = 0; i < q->nports; i++) {
		struct answer *a = answer_new(q, q->ports[i]);

		if (port_set_has(&busy, q->ports[i]))
			find(a, details, to);
		else
			find_quiet(to, a, details);
		to->worst = a->report.verdict > to->worst ? a->report.verdict : to->worst;
		to->not_free += a->report.verdict != FREE;
		to->low += is_low(&a->report);
		if (!is_low(&a->report) && (every || a->report.verdict != FREE))
			keep(to, a);
		else
			answer_free(a);
	}
	port_set_free(&busy);
	port_set_free(&both);
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

/*
 * Finds the answers to q, which must stay where it is.  details: the reader
 * wants to know who and why; every: also the free ports of a range.
 */
void answers_find(struct answers *a, const struct inquiry *q, bool details, bool every)
{
	*a = (struct answers){.is_many = q->is_many};
	a->about = (struct report){.request = &q->request, .seen = &a->shared};
	if (q->is_many) {
		find_many(a, q, details, every);
		return;
	}
	keep(a, answer_new(q, q->ports[0]));
	find(a->v[0], details, NULL);
	if (details)
		look_elsewhere(a->v[0]);
	a->worst = a->v[0]->report.verdict;
}

void answers_free(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++)
		answer_free(a->v[i]);
	free(a->v);
	snapshot_free(&a->shared);
	snapshot_free(&a->holders);
}
