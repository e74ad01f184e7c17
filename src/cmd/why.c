/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy TARGET...: would bind() work, and if not, why. */
#include "cmd/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/print.h"
#include "cmd/tour.h"
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

/* Of another namespace nothing is told where nothing holds the port; that it lacks the address is no news. */
static bool is_news(const struct answers *a, const struct options *o)
{
	bool news = o->verbose && a->worst == FREE;

	for (size_t i = 0; i < a->n; i++) {
		const struct report *r = &a->v[i]->report;

		news |= r->verdict == UNSURE || (r->verdict == TAKEN && r->err != EADDRNOTAVAIL);
	}
	return news;
}

/* Answers for each target.  Returns the exit status of the interface. */
int cmd_why(const struct options *o)
{
	struct scope scope = {.details = !o->quiet || o->output, .every = o->verbose};
	struct tour tour;
	int status;

	tour_make(&tour, o, &scope, is_news);
	if (scope.details)
		render(o, tour.a, tour.n, tour.q, tour.worst);
	status = status_of(tour.worst);
	tour_free(&tour);
	return status;
}
