/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of numbers by which the kernel tells sockets apart, eight bytes each: those of all sockets of a machine fit. */
#include "model/idset.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Takes one in, however often; 0 is none. */
void idset_add(struct idset *set, uint64_t id)
{
	if (!id)
		return;
	set->v = xgrow(set->v, set->n, sizeof *set->v);
	set->v[set->n++] = id;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* To be called once all are in: only then idset_has() answers.  Each is kept once. */
void idset_end(struct idset *set)
{
	size_t n = 0;

	if (set->n)
		qsort(set->v, set->n, sizeof *set->v, compare);
	for (size_t i = 0; i < set->n; i++)
		if (!n || set->v[n - 1] != set->v[i])
			set->v[n++] = set->v[i];
	set->n = n;
}

/* Which of them it is, in their order; set->n if it is none. */
size_t idset_place(const struct idset *set, uint64_t id)
{
	const uint64_t *at = set->n ? bsearch(&id, set->v, set->n, sizeof id, compare) : NULL;

	return at ? (size_t)(at - set->v) : set->n;
}

bool idset_has(const struct idset *set, uint64_t id)
{
	return idset_place(set, id) < set->n;
}

void idset_free(struct idset *set)
{
	free(set->v);
	*set = (struct idset){0};
}
