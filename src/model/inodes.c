/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of inode numbers, four bytes each: those of all sockets of a machine fit. */
#include "model/inodes.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Takes one in, however often; 0 is no inode. */
void inodes_add(struct inodes *set, uint32_t inode)
{
	if (!inode)
		return;
	set->v = xgrow(set->v, set->n, sizeof *set->v);
	set->v[set->n++] = inode;
}

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* To be called once all are in: only then inodes_has() answers.  Each is kept once. */
void inodes_end(struct inodes *set)
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
size_t inodes_place(const struct inodes *set, uint32_t inode)
{
	const uint32_t *at = set->n ? bsearch(&inode, set->v, set->n, sizeof inode, compare) : NULL;

	return at ? (size_t)(at - set->v) : set->n;
}

bool inodes_has(const struct inodes *set, uint32_t inode)
{
	return inodes_place(set, inode) < set->n;
}

void inodes_free(struct inodes *set)
{
	free(set->v);
	*set = (struct inodes){0};
}
