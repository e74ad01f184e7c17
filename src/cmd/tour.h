/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TOUR_H
#define CMD_TOUR_H

#include "cmd/answer.h"
#include "cmd/options.h"
#include "cmd/place.h"
#include "out/json.h"

/* Each target where we are, then each in the next network namespace. */
struct tour {
	struct places places;
	struct inquiry *q;
	struct answers *a;    /* to each of q; those of which nothing is told are dropped */
	size_t targets, n;    /* how many in one namespace, in all */
	enum verdict worst;   /* of those that are not dropped */
};

/* The reports of all answers in one array, and the ranges that point into it. */
struct collection {
	const struct report **reports;
	struct range *ranges;
	size_t nreports;
};

void tour_make(struct tour *t, const struct options *o, const struct extent *extent,
               bool (*is_news)(const struct answers *a, const struct options *o));
struct collection tour_collect(const struct tour *t);
struct document tour_document(const struct tour *t, const struct collection *c);
void collection_free(struct collection *c);
void tour_free(struct tour *t);

#endif
