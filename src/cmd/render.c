/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a tour has found, printed as the options choose: words, JSON or metrics. */
#include "cmd/render.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "cmd/print.h"
#include "out/json.h"
#include "out/prom.h"
#include "out/term.h"

/* The reports of all answers that are not dropped in one array, and the ranges that point into it. */
struct collection {
	const struct report **reports;
	struct range *ranges;
	size_t nreports;
};

static struct range range_of(const struct inquiry *q, const struct answers *a, const struct report **reports)
{
	return (struct range){
	    .about = &a->about,
	    .reports = reports,
	    .n = a->n,
	    .ports = q->nports,
	    .not_free = a->not_free,
	    .low = a->low,
	};
}

static struct collection collect(const struct tour *t)
{
	struct collection c = {.ranges = xcalloc(t->n, sizeof *c.ranges)};
	size_t total = 0;

	for (size_t i = 0; i < t->n; i++)
		total += t->a[i].dropped ? 0 : t->a[i].n;
	c.reports = xcalloc(total + 1, sizeof *c.reports);
	for (size_t i = 0; i < t->n; i++) {
		const struct answers *a = &t->a[i];

		if (a->dropped)
			continue;
		c.ranges[i] = range_of(&t->q[i], a, c.reports + c.nreports);
		for (size_t k = 0; k < a->n; k++)
			c.reports[c.nreports++] = &a->v[k]->report;
	}
	return c;
}

static void put_document(struct buf *out, const struct options *o, const struct tour *t, const struct collection *c)
{
	const struct answers *first = &t->a[0];
	struct document d = {
	    .reports = c->reports,
	    .n = c->nreports,
	    .ranges = c->ranges,
	    .nranges = t->n,
	    .host = first->is_many ? &first->shared.host : &first->v[0]->seen.host,
	    .verdict = t->worst,
	    .lang = o->lang,
	};

	json_document(&(struct json_stream){.out = out}, &d);
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

/*
 * Prints all answers of the tour that are not dropped, to standard output or into
 * the file of --output.  A failure ends the program as print_some() says.
 */
void render(const struct tour *t, const struct options *o)
{
	struct collection c = collect(t);
	struct print to = {.option = "--output", .path = o->output};
	struct buf out = {.drain = print_some, .arg = &to};

	if (o->prometheus)
		prom_targets(&out, c.ranges, t->n);
	else if (o->json)
		put_document(&out, o, t, &c);
	else
		put_words(&out, o, t, &c);
	print_end(&to, &out);
	buf_free(&out);
	free(c.reports);
	free(c.ranges);
}
