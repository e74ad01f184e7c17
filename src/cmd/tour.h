/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TOUR_H
#define CMD_TOUR_H

#include "cmd/answer.h"
#include "cmd/options.h"
#include "cmd/place.h"

/* Each target where we are, then each in the next network namespace. */
struct tour {
	struct places places;
	struct inquiry *q;
	struct answers *a;    /* to each of q; those of which nothing is told are dropped */
	size_t targets, n;    /* how many in one namespace, in all */
	enum verdict worst;   /* of those that are not dropped */
};

void tour_make(struct tour *t, const struct options *o, const struct extent *extent,
               bool (*is_news)(const struct answers *a, const struct options *o));
void tour_free(struct tour *t);

#endif
