/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets in a snapshot, processes with descriptors of them in a tree, and the gaps that a scan of it leaves. */
#ifndef TESTS_UNIT_DESCRIPTORS_H
#define TESTS_UNIT_DESCRIPTORS_H

#include <stdint.h>

#include "model/snapshot.h"
#include "tree.h"

enum { INODE = 123 };

/* A snapshot of sockets with these inodes. */
static inline struct snapshot snapshot_of(const uint32_t *inodes, size_t n)
{
	struct snapshot s = {.nsocks = n, .socks = calloc(n + 1, sizeof *s.socks)};

	for (size_t i = 0; i < n; i++)
		s.socks[i] = (struct sock){.state = STATE_LISTEN, .count = 1, .inode = inodes[i]};
	return s;
}

static inline struct snapshot one_socket(void)
{
	return snapshot_of(&(uint32_t){INODE}, 1);
}

/* Descriptor fd of the process, a link to that text; flags (octal, NULL: unknown) for its fdinfo. */
static inline void give(struct tree *t, int pid, int fd, const char *link, const char *flags)
{
	char path[64], text[64];

	snprintf(path, sizeof path, "%d/fd/%d", pid, fd);
	tree_link(t, path, link);
	if (!flags)
		return;
	snprintf(path, sizeof path, "%d/fdinfo/%d", pid, fd);
	snprintf(text, sizeof text, "pos:\t0\nflags:\t%s\nmnt_id:\t9\n", flags);
	tree_text(t, path, text);
}

static inline void give_socket(struct tree *t, int pid, int fd, uint32_t inode, const char *flags)
{
	char link[32];

	snprintf(link, sizeof link, "socket:[%u]", inode);
	give(t, pid, fd, link, flags);
}

/* A tree with pid 1 that holds nothing. */
static inline struct tree begin(void)
{
	struct tree t = tree_begin();

	tree_process(&t, 1, 0, "init");
	tree_dir(&t, "1/fd");
	return t;
}

/* The gaps as "KIND ERRNO OBJECT COUNT", one a line. */
static inline void same_gaps(const char *name, const struct snapshot *s, const char *want)
{
	char text[512] = "";

	for (size_t i = 0; i < s->gaps.n; i++) {
		const struct gap *g = &s->gaps.v[i];
		const char *kind = g->kind == GAP_FD_TABLE ? "fd" : g->kind == GAP_PROC ? "proc" : g->kind == GAP_PIDS ? "pids" : "other";
		size_t n = strlen(text);

		snprintf(text + n, sizeof text - n, "%s %s %s %zu\n", kind, strerrorname_np(g->err),
		         g->object ? g->object : "-", g->count);
	}
	ck_assert_msg(!strcmp(text, want), "%s: gaps are:\n%s", name, text);
}

#endif
