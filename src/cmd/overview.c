/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy alone: every port that is in use. */
#include "cmd/verbs.h"

#include <stdlib.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/print.h"
#include "cmd/tour.h"
#include "model/slice.h"
#include "out/json_overview.h"
#include "out/overview.h"
#include "out/prom.h"

static char every_port[] = "1-65535";

/* One overview for each network namespace, in the order of the tour. */
struct survey {
	const struct tour *tour;
	struct overview *v;
	size_t n;
};

/* That of the place, after those before it. */
static struct overview *overview_at(struct survey *s, size_t place)
{
	while (s->n <= place) {
		s->v = xgrow(s->v, s->n, sizeof *s->v);
		s->v[s->n++] = (struct overview){0};
	}
	return &s->v[place];
}

static bool take(struct report *r, void *arg)
{
	struct survey *s = arg;

	overview_add(overview_at(s, r->request->netns ? (size_t)(r->request->netns - s->tour->places.v) : 0), r);
	return false;
}

/* What stands for the look at one place: the first of its protocols, or one with a gap. */
static struct report about_of(const struct tour *t, size_t place)
{
	const struct answers *a = &t->a[place * t->targets];

	for (size_t i = 1; i < t->targets && !a->whole.gaps.n; i++)
		a = a[i].whole.gaps.n ? &a[i] : a;
	return (struct report){.request = a->about.request, .seen = &a->whole};
}

/* There was no way into that network namespace, or it has ended; the first is told of even so. */
static bool is_dropped(const struct survey *s, size_t place)
{
	return s->tour->a[place * s->tour->targets].dropped;
}

/* As metrics, one after the other and not namespace by namespace. */
static void put_metrics(struct buf *out, const struct survey *s)
{
	struct prom_place *v = xcalloc(s->n, sizeof *v);
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (!is_dropped(s, i))
			v[n++] = (struct prom_place){&s->v[i], about_of(s->tour, i)};
	prom_overview(out, v, n);
	free(v);
}

/* What the looks have shown, in order; returns the worst verdict. */
static enum verdict finish(struct survey *s, struct tour *t, bool closed)
{
	enum verdict worst = closed ? UNSURE : FREE;

	overview_at(s, t->n / t->targets - 1);
	for (size_t i = 0; i < s->n; i++) {
		overview_sort(&s->v[i]);
		worst = s->v[i].worst > worst ? s->v[i].worst : worst;
	}
	for (size_t i = 0; i < t->n; i++) {
		s->v[i / t->targets].asked[t->q[i % t->targets].request.target.proto] = true;
		slice_keep_gaps(&t->a[i].whole);
	}
	gap_copy_kind(&t->a[0].whole.gaps, &t->places.gaps, GAP_OTHER_NETNS);
	return worst;
}

static void put_words(struct buf *out, const struct options *o, const struct survey *s)
{
	struct style style = options_style(o);

	for (size_t i = 0; i < s->n; i++) {
		struct report about = about_of(s->tour, i);

		if (is_dropped(s, i))
			continue;
		buf_puts(out, i ? "\n" : "");
		overview_term(out, &s->v[i], &about, &style);
	}
}

static void put_json(struct json_stream *st, const struct survey *s, enum verdict worst)
{
	struct json_overview json;

	json_overview_begin(&json, st, &s->tour->a[0].whole.host, worst);
	for (size_t i = 0; i < s->n; i++) {
		struct report about = about_of(s->tour, i);

		if (!is_dropped(s, i))
			json_overview_add(&json, &s->v[i], &about);
	}
	json_overview_end(&json);
}

/*
 * Prints every port in use.  Nothing is tried; what decides whether SO_REUSEADDR
 * helps decides about the plain bind(), too.  Returns 0; 3 where the namespace of
 * -N may not be entered.
 */
int cmd_overview(const struct options *given)
{
	struct options o = *given;
	char *all[] = {every_port};
	struct tour tour;
	struct survey survey = {.tour = &tour};
	struct extent extent = {.details = !o.quiet || o.output, .every = o.all || o.json || o.prometheus,
	                        .survey = true, .sketch = true, .take = take, .arg = &survey};
	struct print to = {.option = "--output", .path = o.output};
	struct buf out = {.drain = print_some, .arg = &to};
	enum verdict worst;
	bool closed;

	o.probe = PROBE_NEVER;
	o.reuseaddr = true;
	o.reuseport = false;
	o.to = NULL;
	o.targets = all;
	o.ntargets = 1;
	tour_make(&tour, &o, &extent, NULL);
	closed = gap_has(&tour.a[0].whole.gaps, GAP_NETNS);
	worst = finish(&survey, &tour, closed);
	if (extent.details) {
		if (o.prometheus)
			put_metrics(&out, &survey);
		else if (o.json)
			put_json(&(struct json_stream){.out = &out}, &survey, worst);
		else
			put_words(&out, &o, &survey);
		print_end(&to, &out);
	}
	for (size_t i = 0; i < survey.n; i++)
		overview_free(&survey.v[i]);
	free(survey.v);
	buf_free(&out);
	tour_free(&tour);
	return closed ? EXIT_UNSURE : EXIT_FREE;
}
