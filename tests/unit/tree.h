/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory that stands in for /proc, made file by file in a temporary place. */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char path[1024];
	int fd;
};

static inline struct tree tree_begin(void)
{
	const char *tmp = getenv("TMPDIR");
	struct tree t;

	snprintf(t.path, sizeof t.path, "%s/portwhy-XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_msg(mkdtemp(t.path) != NULL, "%s: %s", t.path, strerror(errno));
	t.fd = open(t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(t.fd, 0);
	return t;
}

static inline int tree_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void tree_end(struct tree *t)
{
	close(t->fd);
	nftw(t->path, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The directory and those above it. */
static inline void tree_dir(struct tree *t, const char *path)
{
	char part[PATH_MAX];

	for (size_t n = 0; path[n]; n++) {
		if (path[n + 1] && path[n + 1] != '/')
			continue;
		snprintf(part, sizeof part, "%.*s", (int)n + 1, path);
		ck_assert(!mkdirat(t->fd, part, 0755) || errno == EEXIST);
	}
}

static inline void tree_parent(struct tree *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];

	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) : 0, path);
	tree_dir(t, dir);
}

static inline void tree_file(struct tree *t, const char *path, const void *bytes, size_t len)
{
	int fd;

	tree_parent(t, path);
	fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static inline void tree_text(struct tree *t, const char *path, const char *text)
{
	tree_file(t, path, text, strlen(text));
}

static inline void tree_link(struct tree *t, const char *path, const char *target)
{
	tree_parent(t, path);
	ck_assert_msg(!symlinkat(target, t->fd, path), "%s: %s", path, strerror(errno));
}

/* A process with nothing but its name and parent. */
static inline void tree_process(struct tree *t, int pid, int ppid, const char *comm)
{
	char path[32], stat[256];

	snprintf(path, sizeof path, "%d/stat", pid);
	snprintf(stat, sizeof stat,
	         "%d (%s) S %d %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 100 0 0\n", pid, comm, ppid, pid);
	tree_text(t, path, stat);
}

#endif
