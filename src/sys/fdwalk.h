/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_FDWALK_H
#define SYS_FDWALK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What is done with each descriptor. */
struct fdwalk {
	int procfd;  /* a descriptor of /proc, or -errno where it could not be opened */
	void *arg;
	/* Whether link is to be told of what a descriptor refers to: then two threads walk, and ask this at the same time.  NULL: of all, in one. */
	bool (*wanted)(const void *arg, const char *target);
	/* One descriptor and what it refers to; table is that directory of links.  Not 0: the rest of this process is left out. */
	int (*link)(void *arg, int table, pid_t pid, int fd, const char *target);
	/* Each process, after its table; may be NULL. */
	void (*process)(void *arg, pid_t pid);
	/* A table that could not be read, with its -errno; pid 1 if that is not listed. */
	void (*refused)(void *arg, int err, pid_t pid);
};

int fdwalk(const struct fdwalk *w);
int fdwalk_table(const struct fdwalk *w, const char *path, pid_t pid);
uint32_t fdwalk_inode(const char *target);

#endif
