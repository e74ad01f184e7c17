/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy TARGET...: would bind() work, and if not, why. */
#include "cmd/verbs.h"

#include <errno.h>

#include "base/msg.h"
#include "cmd/render.h"
#include "cmd/tour.h"

static int status_of(enum verdict worst)
{
	return worst == FREE ? EXIT_FREE : worst == UNSURE ? EXIT_UNSURE : EXIT_TAKEN;
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

	tour_make(&tour, o, &extent, o->prometheus ? NULL : is_news); /* metrics do not come and go with what they tell */
	if (extent.details)
		render(&tour, o);
	status = status_of(tour.worst);
	tour_free(&tour);
	return status;
}
