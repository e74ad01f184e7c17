/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who holds most ports of the range: one walk over all descriptors, in the memory
 * of the range, for of each port one socket is looked for and of the processes
 * only the first few are kept.
 */
#include "sys/most.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "model/idset.h"
#include "sys/fdwalk.h"
#include "sys/process.h"

struct most {
	struct idset wanted;
	pid_t *last;           /* of each inode the last process that was seen to have it; 0: none */
	uint32_t ports;        /* of the process at hand */
	struct census_holder top[HOLDERS_TOLD];
	size_t n;
	struct gaps refused;
};

/* A process may have several descriptors of one socket. */
static int take(void *arg, int table, pid_t pid, int fd, const char *target)
{
	struct most *m = arg;
	uint32_t inode = fdwalk_inode(target);
	size_t at = inode ? idset_place(&m->wanted, inode) : m->wanted.n;

	(void)table;
	(void)fd;
	if (at == m->wanted.n || m->last[at] == pid)
		return 0;
	m->last[at] = pid;
	m->ports++;
	return 0;
}

/* Behind the table of each process. */
static void rank(void *arg, pid_t pid)
{
	struct most *m = arg;
	size_t at = m->n;

	if (!m->ports || (m->n == HOLDERS_TOLD && m->top[m->n - 1].ports >= m->ports)) {
		m->ports = 0;
		return;
	}
	m->n += m->n < HOLDERS_TOLD;
	for (at = at < m->n ? at : m->n - 1; at > 0 && m->top[at - 1].ports < m->ports; at--)
		m->top[at] = m->top[at - 1];
	m->top[at] = (struct census_holder){.pid = pid, .ports = m->ports};
	m->ports = 0;
}

static void refuse(void *arg, int err, pid_t pid)
{
	char text[12];

	snprintf(text, sizeof text, "%d", (int)pid);
	gap_add(&((struct most *)arg)->refused, GAP_FD_TABLE, -err, text);
}

/* Who they are; one that is gone meanwhile is left out. */
static void name(struct snapshot *s, int procfd, const struct most *m)
{
	struct owners *o = &s->owners;

	for (size_t i = 0; i < m->n; i++) {
		struct process p;

		if (process_read(procfd, m->top[i].pid, process_clock(), &p, &s->gaps))
			continue;
		o->processes = xgrow(o->processes, o->nprocesses, sizeof *o->processes);
		o->processes[o->nprocesses++] = p;
		s->census.top[s->census.ntop++] = m->top[i];
	}
}

/*
 * Fills s->census.top, with those processes in the same order as the owners of s,
 * s->census.unseen, and s->owners_read.  procfd is a descriptor of /proc, or
 * -errno.  A table that may not be read is a gap where a socket has no process.
 */
void most_find(struct snapshot *s, int procfd)
{
	struct census *c = &s->census;
	struct most m = {0};
	struct fdwalk walk = {.procfd = procfd, .arg = &m, .link = take, .process = rank, .refused = refuse};
	int err;

	for (unsigned int port = c->first; c->inodes && port <= c->last; port++)
		idset_add(&m.wanted, c->inodes[port - c->first]);
	idset_end(&m.wanted);
	m.last = xcalloc(m.wanted.n, sizeof *m.last);
	err = m.wanted.n ? fdwalk(&walk) : 0;
	if (err)
		gap_add(&s->gaps, GAP_PROC, -err, NULL);
	name(s, procfd, &m);
	for (size_t i = 0; i < m.wanted.n; i++)
		c->unseen += !m.last[i];
	if (c->unseen)
		gap_copy_kind(&s->gaps, &m.refused, GAP_FD_TABLE);
	s->owners_read = true;
	gap_free(&m.refused);
	idset_free(&m.wanted);
	free(m.last);
}
