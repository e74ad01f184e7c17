/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy check [TARGET...]: a line for each socket that should not be there. */
#include "cmd/verbs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "cmd/baseline.h"
#include "cmd/clock.h"
#include "cmd/print.h"
#include "cmd/render.h"
#include "cmd/tour.h"
#include "judge/match.h"
#include "model/index.h"
#include "out/line.h"
#include "text/text.h"

/* How long to wait before the next look: so long that looking takes a tenth of the time, but not so long that it shows. */
enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 2000, PAUSES = 10 };

/* Where no target is named. */
static char every_port[] = "1-65535";

struct check {
	const struct options *o;
	struct match match;
	struct idset known;
	struct tour tour;
	bool lines_wanted;
	struct buf lines;      /* those that are not printed yet */
	struct print to;
	struct index told;     /* the sockets that have a line, by their cookies */
	uint64_t *cookies;
	struct buf doubt;      /* what was not known first */
	enum tri found;
};

/* Of a report whose matches are not known. */
static const char *why_open(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		if (r->binds[i].result == RESULT_UNKNOWN)
			return doubt_texts[r->binds[i].doubt].text;
	if (gap_hides_sockets(&r->seen->gaps))
		return doubt_texts[DOUBT_HIDDEN].text;
	return "which process holds it, and since when, cannot be seen";
}

static void tell_doubt(struct check *c, const struct report *r)
{
	const struct target *t = &r->request->target;

	if (c->doubt.len)
		return;
	buf_printf(&c->doubt, "%s ", sock_proto_name((enum proto)t->proto));
	if (r->request->one_of_many && r->nbinds)
		buf_printf(&c->doubt, "%u", t->port);
	else
		vis(&c->doubt, t->text, strlen(t->text), true);
	buf_printf(&c->doubt, " is unsure: %s", why_open(r));
}

/* Whether another target has told of that socket; from now on one has. */
static bool is_told(struct check *c, uint64_t cookie)
{
	uint32_t hash = (uint32_t)(cookie ^ cookie >> 32);
	size_t slot;

	if (c->tour.targets < 2 || !cookie)
		return false;
	for (size_t i = index_first(&c->told, hash, &slot); i != INDEX_END; i = index_next(&c->told, hash, &slot))
		if (c->cookies[i] == cookie)
			return true;
	c->cookies = xgrow(c->cookies, c->told.n, sizeof *c->cookies);
	c->cookies[c->told.n] = cookie;
	index_add(&c->told, hash);
	return false;
}

static void put_lines(struct check *c, const struct report *r)
{
	const struct netns *ns = r->request->netns;
	char *label = c->o->all_netns && ns ? netns_label(ns) : NULL;
	bool any = false;

	for (size_t i = 0; i < r->nrows; i++) {
		if (r->rows[i].matches != YES)
			continue;
		any = true;
		if (!is_told(c, row_sock(r, i).cookie))
			line_row(&c->lines, r, i, label);
		buf_drain(&c->lines);
	}
	if (!any)
		line_alone(&c->lines, r, label);
	free(label);
}

/* A file that was left is the same one in every network namespace, and told of in the first. */
static bool is_elsewhere(const struct report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->nrows; i++)
		any |= r->rows[i].matches == YES;
	return !any && r->request->target.path && r->request->netns && !r->request->netns->own;
}

/* Notes one report; whether it is part of the document. */
static bool take(struct report *r, void *arg)
{
	struct check *c = arg;

	match_report(r, &c->match);
	if (r->matches == YES && r->request->everywhere && is_elsewhere(r))
		r->matches = NO;
	if (r->matches == UNKNOWN)
		tell_doubt(c, r);
	if (r->matches == YES && c->lines_wanted)
		put_lines(c, r);
	if (c->found != YES && r->matches != NO)
		c->found = r->matches;
	return r->matches == YES && c->o->json;
}

/* What no port has shown, for no port was asked: a look that failed. */
static void look_at_gaps(struct check *c)
{
	const struct tour *t = &c->tour;

	for (size_t i = 0; i < t->n; i++)
		if (t->a[i].is_many)
			take(&t->a[i].about, c);
	if (t->places.gaps.n && c->found == NO) {
		c->found = UNKNOWN;
		buf_puts(&c->doubt, "not all network namespaces may be entered");
	}
}

static bool is_news(const struct answers *a, const struct options *o)
{
	(void)o;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i]->report.matches == YES)
			return true;
	return false;
}

static void look(struct check *c)
{
	bool details = c->lines_wanted || c->o->json || c->match.since || c->match.known;
	bool brief = !details && c->match.blocking;
	struct extent extent = {.details = details, .brief = brief, .survey = true, .take = take, .arg = c};

	c->found = NO;
	c->lines.len = c->doubt.len = 0;
	index_free(&c->told);
	tour_make(&c->tour, c->o, &extent, is_news);
	look_at_gaps(c);
}

static void pause_ms(int64_t ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Looks until nothing matches or the time is over; where there is none, once. */
static void look_until(struct check *c)
{
	int64_t until = clock_ms() + (c->o->timeout_ms > 0 ? c->o->timeout_ms : 0);

	for (;;) {
		int64_t before = clock_ms(), after, pause;

		look(c);
		after = clock_ms();
		if (c->found == NO || after >= until)
			return;
		if (c->tour.places.n)
			places_enter(&c->tour.places, 0);
		tour_free(&c->tour);
		pause = (after - before) * PAUSES;
		pause = pause < PAUSE_MIN_MS ? PAUSE_MIN_MS : pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
		pause_ms(pause < until - after ? pause : until - after);
	}
}

static void read_match(struct check *c)
{
	struct buf bad = {0}, shown = {0};

	c->match = (struct match){.blocking = true};
	if (c->o->states && !match_parse(&c->match, c->o->states, &bad)) {
		vis(&shown, bad.s ? bad.s : "", bad.len, true);
		die("--states '%s': a list is wanted of any, blocking, lingering, listen and names of states such as TIME_WAIT",
		    shown.s ? shown.s : "");
	}
	if (!c->o->since)
		return;
	if (c->o->since[strspn(c->o->since, "0123456789")]) {
		baseline_read(c->o->since, &c->known);
		c->match.known = &c->known;
	} else {
		c->match.since = baseline_start(c->o->since);
	}
}

static int tell(struct check *c)
{
	if (c->o->json && (!c->o->quiet || c->o->output))
		render(&c->tour, c->o);
	else if (c->lines.len || c->o->output)
		print_end(&c->to, &c->lines);
	if (c->found == UNKNOWN && !c->o->quiet)
		msg("%s", c->doubt.s);
	return c->found == YES ? EXIT_TAKEN : c->found == UNKNOWN ? EXIT_UNSURE : EXIT_FREE;
}

static int save(const struct options *o)
{
	struct places places;

	places_enter_first(&places, o);
	if (places.n && places.v[0].err)
		die("--save: the network namespace may not be entered: %s", strerror(places.v[0].err));
	baseline_save(o->save, &places);
	places_free(&places);
	return EXIT_FREE;
}

/*
 * Looks for sockets that should not be there: a line for each.  Nothing is tried.
 * Returns 1 if there is one, 0 if none, 3 if that is not known.
 */
int cmd_check(const struct options *given)
{
	struct options o = *given;
	char *all[] = {every_port};
	struct check c = {.o = &o, .lines_wanted = !o.json && (!o.quiet || o.output),
	                  .to = {.option = "--output", .path = o.output}};
	int status;

	if (o.save && o.since)
		die("--save writes what --since reads: one of them is wanted");
	if (o.save)
		return save(&o);
	if (o.timeout_ms <= 0) { /* where there is but one look, many lines need not wait for its end */
		c.lines.drain = print_some;
		c.lines.arg = &c.to;
	}
	read_match(&c);
	o.probe = PROBE_NEVER;
	o.all |= o.since || c.lines_wanted;
	if (!o.ntargets) {
		o.targets = all;
		o.ntargets = 1;
	}
	look_until(&c);
	status = tell(&c);
	tour_free(&c.tour);
	index_free(&c.told);
	free(c.cookies);
	buf_free(&c.lines);
	buf_free(&c.doubt);
	idset_free(&c.known);
	return status;
}
