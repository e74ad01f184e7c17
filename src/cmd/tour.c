/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way through all that is asked: each target, in each network namespace that the options name. */
#include "cmd/tour.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static void begin(struct tour *t, const struct options *o)
{
	*t = (struct tour){.worst = FREE};
	t->q = inquiries_read(o, places_enter_first(&t->places, o), &t->targets);
	t->n = t->targets * (t->places.n > 1 ? t->places.n : 1);
	t->q = xrealloc(t->q, t->n, sizeof *t->q);
	memset(t->q + t->targets, 0, (t->n - t->targets) * sizeof *t->q);
	t->a = xcalloc(t->n, sizeof *t->a);
}

static void count(struct tour *t, const struct answers *a)
{
	if (!a->dropped && a->worst > t->worst)
		t->worst = a->worst;
}

static void answer_here(struct tour *t, const struct extent *extent)
{
	for (size_t i = 0; i < t->targets; i++) {
		answers_find(&t->a[i], &t->q[i], extent);
		count(t, &t->a[i]);
	}
}

static void answer_in(struct tour *t, size_t place, const struct extent *extent, const struct options *o,
                      bool (*is_news)(const struct answers *a, const struct options *o))
{
	for (size_t i = 0, k = place * t->targets; i < t->targets; i++, k++) {
		struct answers *a = &t->a[k];

		a->dropped = true;
		if (!t->places.v[place].err && inquiry_move(&t->q[k], &t->q[i], &t->places.v[place])) {
			answers_find(a, &t->q[k], extent);
			a->dropped = is_news && !is_news(a, o);
		}
		count(t, a);
	}
}

/* Which others could not be looked at stands with what was found here. */
static void tell_gaps(struct tour *t)
{
	for (size_t i = 0; i < t->targets; i++) {
		struct answers *a = &t->a[i];

		gap_copy_kind(&a->shared.gaps, &t->places.gaps, GAP_OTHER_NETNS);
		for (size_t k = 0; k < a->n; k++)
			gap_copy_kind(&a->v[k]->seen.gaps, &t->places.gaps, GAP_OTHER_NETNS);
	}
}

/*
 * Finds the answers to all targets of the options, within that extent.  Of another
 * namespace than the first only those are kept that are news (is_news NULL: all).
 * What is wrong with the options ends the program, before anything is asked.
 */
void tour_make(struct tour *t, const struct options *o, const struct extent *extent,
               bool (*is_news)(const struct answers *a, const struct options *o))
{
	begin(t, o);
	answer_here(t, extent);
	for (size_t place = 1; place < t->places.n; place++) {
		places_enter(&t->places, place);
		answer_in(t, place, extent, o, is_news);
	}
	tell_gaps(t);
}

void tour_free(struct tour *t)
{
	for (size_t i = 0; i < t->n; i++)
		answers_free(&t->a[i]);
	free(t->a);
	inquiries_free(t->q, t->n);
	places_free(&t->places);
	*t = (struct tour){0};
}
