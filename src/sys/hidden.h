/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_HIDDEN_H
#define SYS_HIDDEN_H

#include <stdint.h>
#include <sys/types.h>

#include "model/owner.h"

/* What is done with each socket that is held and is in no table of a process. */
struct hidden {
	int procfd;  /* a descriptor of /proc, or -errno where it could not be opened */
	void *arg;
	/* A socket, and by what it is held; tid is of VIA_TASK. */
	void (*socket)(void *arg, uint32_t inode, pid_t pid, enum via via, pid_t tid, int fd);
	/* Something that holds a socket, and nothing tells which. */
	void (*hint)(void *arg, enum hint_kind kind, pid_t pid, int fd);
};

void hidden_walk(const struct hidden *h);

#endif
