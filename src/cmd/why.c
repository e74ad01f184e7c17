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
#include "out/prom.h"
#include "out/term.h"

static int status_of(enum verdict worst)
{
	return worst == FREE ? EXIT_FREE : worst == UNSURE ? EXIT_UNSURE : EXIT_TAKEN;
}

static void put_words(struct buf *out, const struct options *o, const struct tour *t, const struct collection *c)
{
	struct style style = options_style(o);

	for (size_t i = 0; i < t->n; i++) {
		if (t->a[i].dropped)
			continue;
		buf_puts(out, i ? "\n" : "");
		if (t->a[i].is_many)
			term_range(out, &c->ranges[i], &style);
		else
			term_report(out, c->ranges[i].reports[0], &style);
	}
}

static void render(const struct options *o, const struct tour *t)
{
	struct collection c = tour_collect(t);
	struct document d = tour_document(t, &c);
	struct print to = {.option = "--output", .path = o->output};
	struct buf out = {.drain = print_some, .arg = &to};

	d.lang = o->lang;
	if (o->prometheus)
		prom_targets(&out, c.ranges, t->n);
	else if (o->json)
		json_document(&(struct json_stream){.out = &out}, &d);
	else
		put_words(&out, o, t, &c);
	print_end(&to, &out);
	buf_free(&out);
	collection_free(&c);
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

/* Metrics do not come and go with what they tell. */
static bool is_always_news(const struct answers *a, const struct options *o)
{
	(void)a;
	(void)o;
	return true;
}

/* What a metric of a range counts: no port that is free and has no socket. */
static bool counts(struct report *r, void *arg)
{
	(void)arg;
	return r->verdict != FREE || r->nrows;
}

/* Answers for each target.  Returns the exit status of the interface. */
int cmd_why(const struct options *o)
{
	bool told = !o->quiet || o->output;
	struct extent extent = {.details = told, .brief = !told, .every = o->verbose, .take = o->prometheus ? counts : NULL};
	struct tour tour;
	int status;

	tour_make(&tour, o, &extent, o->prometheus ? is_always_news : is_news);
	if (extent.details)
		render(o, &tour);
	status = status_of(tour.worst);
	tour_free(&tour);
	return status;
}
