/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy TARGET...: would bind() work, and if not, why. */
#include "cmd/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/answer.h"
#include "cmd/place.h"
#include "cmd/print.h"
#include "out/json.h"
#include "out/term.h"

static int status_of(enum verdict worst)
{
	return worst == FREE ? EXIT_FREE : worst == UNSURE ? EXIT_UNSURE : EXIT_TAKEN;
}

/* The reports of all answers in one array, and the ranges that point into it. */
struct collection {
	const struct report **reports;
	struct range *ranges;
	size_t nreports;
};

static struct collection collect(const struct answers *a, size_t n, const struct inquiry *q)
{
	struct collection c = {.ranges = xcalloc(n, sizeof *c.ranges)};
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += a[i].dropped ? 0 : a[i].n;
	c.reports = xcalloc(total + 1, sizeof *c.reports);
	for (size_t i = 0; i < n; i++) {
		if (a[i].dropped)
			continue;
		c.ranges[i] = (struct range){
		    .about = &a[i].about,
		    .reports = c.reports + c.nreports,
		    .n = a[i].n,
		    .ports = q[i].nports,
		    .not_free = a[i].not_free,
		    .low = a[i].low,
		};
		for (size_t k = 0; k < a[i].n; k++)
			c.reports[c.nreports++] = &a[i].v[k]->report;
	}
	return c;
}

static void put_words(struct buf *out, const struct options *o, const struct answers *a, size_t n,
                      const struct collection *c)
{
	struct style style = options_style(o);

	for (size_t i = 0; i < n; i++) {
		if (a[i].dropped)
			continue;
		buf_puts(out, i ? "\n" : "");
		if (a[i].is_many)
			term_range(out, &c->ranges[i], &style);
		else
			term_report(out, c->ranges[i].reports[0], &style);
	}
}

static void render(const struct options *o, const struct answers *a, size_t n, const struct inquiry *q,
                   enum verdict worst)
{
	struct collection c = collect(a, n, q);
	struct buf out = {0};

	if (o->json)
		json_document(&out, &(struct document){
		                        .reports = c.reports,
		                        .n = c.nreports,
		                        .ranges = c.ranges,
		                        .nranges = n,
		                        .host = a[0].is_many ? &a[0].shared.host : &a[0].v[0]->seen.host,
		                        .verdict = worst,
		                        .lang = o->lang,
		                    });
	else
		put_words(&out, o, a, n, &c);
	print(&out, o->output);
	buf_free(&out);
	free(c.reports);
	free(c.ranges);
}

/* All that is asked, and what was answered: each target here, then each in the next namespace. */
struct run {
	const struct options *o;
	struct places places;
	struct inquiry *q;
	struct answers *a;
	size_t targets, n;
	enum verdict worst;
	bool shown;
};

static void begin(struct run *run)
{
	run->shown = !run->o->quiet || run->o->output;
	run->q = inquiries_read(run->o, places_enter_first(&run->places, run->o), &run->targets);
	run->n = run->targets * (run->places.n > 1 ? run->places.n : 1);
	run->q = xrealloc(run->q, run->n, sizeof *run->q);
	memset(run->q + run->targets, 0, (run->n - run->targets) * sizeof *run->q);
	run->a = xcalloc(run->n, sizeof *run->a);
}

/* Of another namespace nothing is told where nothing holds the port; that it lacks the address is no news. */
static bool is_news(const struct run *run, const struct answers *a)
{
	bool news = run->o->verbose && a->worst == FREE;

	for (size_t i = 0; i < a->n; i++) {
		const struct report *r = &a->v[i]->report;

		news |= r->verdict == UNSURE || (r->verdict == TAKEN && r->err != EADDRNOTAVAIL);
	}
	return news;
}

static void answer_here(struct run *run)
{
	for (size_t i = 0; i < run->targets; i++) {
		answers_find(&run->a[i], &run->q[i], run->shown, run->o->verbose);
		run->worst = run->a[i].worst > run->worst ? run->a[i].worst : run->worst;
	}
}

static void answer_in(struct run *run, size_t place)
{
	for (size_t i = 0, k = place * run->targets; i < run->targets; i++, k++) {
		struct answers *a = &run->a[k];

		a->dropped = true;
		if (!run->places.v[place].err && inquiry_move(&run->q[k], &run->q[i], &run->places.v[place])) {
			answers_find(a, &run->q[k], run->shown, run->o->verbose);
			a->dropped = !is_news(run, a);
		}
		if (!a->dropped && a->worst > run->worst)
			run->worst = a->worst;
	}
}

/* Which others could not be looked at stands with what was found here. */
static void tell_gaps(struct run *run)
{
	for (size_t i = 0; i < run->targets; i++) {
		struct answers *a = &run->a[i];

		gap_copy_kind(&a->shared.gaps, &run->places.gaps, GAP_OTHER_NETNS);
		for (size_t k = 0; k < a->n; k++)
			gap_copy_kind(&a->v[k]->seen.gaps, &run->places.gaps, GAP_OTHER_NETNS);
	}
}

/* Answers for each target.  Returns the exit status of the interface. */
int cmd_why(const struct options *o)
{
	struct run run = {.o = o, .worst = FREE};

	begin(&run);
	answer_here(&run);
	for (size_t place = 1; place < run.places.n; place++) {
		places_enter(&run.places, place);
		answer_in(&run, place);
	}
	tell_gaps(&run);
	if (run.shown)
		render(o, run.a, run.n, run.q, run.worst);
	for (size_t i = 0; i < run.n; i++)
		answers_free(&run.a[i]);
	free(run.a);
	inquiries_free(run.q, run.n);
	places_free(&run.places);
	return status_of(run.worst);
}
