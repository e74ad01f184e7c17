/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes and the sockets they hold, found by binary search over inodes. */
#define _GNU_SOURCE
#include "model/owner.h"

#include <stdlib.h>

#include "base/xalloc.h"

/*
 * The descriptors that refer to inode.  Returns the first and their number in
 * *n; 0 where there is none (or inode is 0: no process holds such a socket).
 */
const struct owner *owners_of(const struct owners *owners, uint32_t inode, size_t *n)
{
	size_t low = 0, high = owners->n, end;

	*n = 0;
	if (!inode)
		return owners->v;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->v[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < owners->n && owners->v[end].inode == inode; end++)
		;
	*n = end - low;
	return owners->v + low;
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct owner *x = a, *y = b;
	const struct owners *owners = arg;
	const struct process *p = &owners->processes[x->process], *q = &owners->processes[y->process];

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (p->age_ms != q->age_ms)
		return p->age_ms > q->age_ms ? -1 : 1;
	if (p->pid != q->pid)
		return p->pid < q->pid ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

/* Brings v into the order that owners_of() needs. */
void owners_sort(struct owners *owners)
{
	if (owners->n)
		qsort_r(owners->v, owners->n, sizeof *owners->v, compare, owners);
}

/* Releases what it points to. */
void process_free(struct process *p)
{
	for (size_t i = 0; i < p->ncmdline; i++)
		free(p->cmdline[i]);
	for (size_t i = 0; i < p->nparents; i++)
		free(p->parents[i].comm);
	free(p->cmdline);
	free(p->parents);
	free(p->user);
	free(p->comm);
	free(p->exe);
	free(p->cwd);
	free(p->cgroup);
	free(p->unit);
	free(p->container);
}

void owners_free(struct owners *owners)
{
	for (size_t i = 0; i < owners->nprocesses; i++)
		process_free(&owners->processes[i]);
	for (size_t i = 0; i < owners->nhints; i++)
		free(owners->hints[i].comm);
	free(owners->hints);
	free(owners->processes);
	free(owners->v);
	*owners = (struct owners){0};
}
