/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_NETNS_H
#define MODEL_NETNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One network namespace, and what it can be called. */
struct netns {
	uint64_t inode;   /* 0: not known */
	char *path;       /* by which it is opened */
	char *name;       /* in /run/netns; NULL: it has none */
	pid_t pid;        /* a process in it; 0: none is known */
	char *comm;       /* that process's name; may be NULL */
	bool own;         /* the one that we were started in, of several */
	int err;          /* errno: why it may not be entered; 0 */
};

char *netns_label(const struct netns *ns);
void netns_free(struct netns *ns);

#endif
