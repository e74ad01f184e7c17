/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_FDWALK_H
#define SYS_FDWALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/idset.h"

/* What is done with each descriptor. */
struct fdwalk {
	int procfd;  /* a descriptor of /proc, or -errno where it could not be opened */
	void *arg;
	/* Whether link is to be told of what a descriptor refers to: then two threads walk, and ask this at the same time.  NULL: of all, in one. */
	bool (*wanted)(const void *arg, const char *target);
	/* One descriptor and what it refers to; table is that directory of links.  Whether to go on is an enum fdwalk_step. */
	int (*link)(void *arg, int table, pid_t pid, int fd, const char *target);
	/* Which processes to walk first, where there are many; may be NULL.  Adds their pids, and ends the set. */
	void (*prefer)(void *arg, struct idset *pids);
	/* Each process, after its table; may be NULL. */
	void (*process)(void *arg, pid_t pid);
	/* A table that could not be read, with its -errno; pid 1 if that is not listed. */
	void (*refused)(void *arg, int err, pid_t pid);
};

enum fdwalk_step {
	FDWALK_ON,
	FDWALK_NEXT,    /* the rest of this process is left out */
	FDWALK_ENOUGH   /* so are all that are left; some of another thread may come still */
};

int fdwalk(const struct fdwalk *w);
int fdwalk_table(const struct fdwalk *w, const char *path, pid_t pid);
uint32_t fdwalk_inode(const char *target);

#endif
