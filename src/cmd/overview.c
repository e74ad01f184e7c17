/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy alone: every port that is in use. */
#include "cmd/verbs.h"

#include <stdlib.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/print.h"
#include "cmd/tour.h"
#include "out/json_overview.h"
#include "out/overview.h"

static char every_port[] = "1-65535";

/* One overview for each network namespace, in the order of the tour. */
struct survey {
	const struct tour *tour;
	struct overview *v;
	size_t n;
};

static bool take(struct report *r, void *arg)
{
	struct survey *s = arg;
	size_t place = r->request->netns ? (size_t)(r->request->netns - s->tour->places.v) : 0;

	while (s->n <= place) {
		s->v = xgrow(s->v, s->n, sizeof *s->v);
		s->v[s->n++] = (struct overview){0};
	}
	overview_add(&s->v[place], r);
	return false;
}

/* All of them are. */
static bool is_news(const struct answers *a, const struct options *o)
{
	(void)a;
	(void)o;
	return true;
}

/* What stands for the look at one place: the first of its protocols, or one with a gap. */
static struct report about_of(const struct tour *t, size_t place)
{
	const struct answers *a = &t->a[place * t->targets];

	for (size_t i = 1; i < t->targets && !a->whole.gaps.n; i++)
		a = a[i].whole.gaps.n ? &a[i] : a;
	return (struct report){.request = a->about.request, .seen = &a->whole};
}

static void put(struct buf *out, const struct options *o, const struct survey *s)
{
	size_t places = s->tour->n / s->tour->targets;
	struct overview none = {0};
	struct json_overview json = {.host = &s->tour->a[0].whole.host};

	for (size_t i = 0; i < places; i++) {
		struct overview *v = i < s->n ? &s->v[i] : &none;
		struct report about = about_of(s->tour, i);
		struct style style = options_style(o);

		if (s->tour->a[i * s->tour->targets].dropped)
			continue;
		overview_sort(v);
		if (o->json) {
			json_overview_add(&json, v, &about);
			continue;
		}
		buf_puts(out, i ? "\n" : "");
		overview_term(out, v, &about, &style);
	}
	if (o->json)
		json_overview_end(out, &json, s->tour->worst);
}

/* Prints every port in use.  Nothing is tried.  Returns 0; 3 where the namespace of -N may not be entered. */
int cmd_overview(const struct options *given)
{
	struct options o = *given;
	char *all[] = {every_port};
	struct tour tour;
	struct survey survey = {.tour = &tour};
	struct extent extent = {.details = true, .survey = true, .take = take, .arg = &survey};
	struct buf out = {0};
	int status;

	o.probe = PROBE_NEVER;
	o.targets = all;
	o.ntargets = 1;
	tour_make(&tour, &o, &extent, is_news);
	if (!o.quiet || o.output) {
		put(&out, &o, &survey);
		print(&out, o.output);
	}
	status = gap_has(&tour.a[0].whole.gaps, GAP_NETNS) ? EXIT_UNSURE : EXIT_FREE;
	for (size_t i = 0; i < survey.n; i++)
		overview_free(&survey.v[i]);
	free(survey.v);
	buf_free(&out);
	tour_free(&tour);
	return status;
}
