/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the id of a cgroup (INET_DIAG_CGROUP_ID: the kernfs id, which is the
 * st_ino of its directory since 5.5) to its path.  As root by file handle
 * (kernfs_fh_to_dentry() in fs/kernfs/mount.c), otherwise by a walk.
 */
#define _GNU_SOURCE
#include "sys/cgroup_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/listing.h"
#include "sys/procfile.h"

enum { MOUNTINFO_MAX = 4 << 20, PROCESSES_MAX = 1 << 20, DIRS_MAX = 20000, FILEID_KERNFS = 0xfe };

/* The mounted hierarchy: open directory, mount point, and where in the hierarchy that point is. */
struct mount {
	int fd;
	dev_t dev;
	char *point, *root;
};

/* mountinfo writes space, tab, newline and backslash as \OOO. */
static void undo_octal(char *s)
{
	char *to = s;

	while (*s) {
		unsigned int c;

		if (*s == '\\' && sscanf(s + 1, "%3o", &c) == 1 && strspn(s + 1, "01234567") >= 3) {
			*to++ = (char)c;
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/*
 * Takes one line of mountinfo, "ID PARENT MAJOR:MINOR ROOT POINT ... - TYPE
 * ...", if it is a cgroup2 that can be opened and is not covered by another
 * mount.
 */
static bool take_mount(const char *line, struct mount *m)
{
	const char *dash = strstr(line, " - ");
	unsigned int major, minor;
	struct stat st;

	if (!dash || strncmp(dash, " - cgroup2 ", 11))
		return false;
	*m = (struct mount){.fd = -1};
	if (sscanf(line, "%*s %*s %u:%u %ms %ms", &major, &minor, &m->root, &m->point) == 4) {
		undo_octal(m->root);
		undo_octal(m->point);
		m->dev = makedev(major, minor);
		m->fd = open(m->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (m->fd >= 0 && !fstat(m->fd, &st) && st.st_dev == m->dev)
		return true;
	if (m->fd >= 0)
		close(m->fd);
	free(m->root);
	free(m->point);
	return false;
}

static int find_mount(int procfd, struct mount *m)
{
	struct buf b = {0};
	int err = procfile_read(procfd, "self/mountinfo", MOUNTINFO_MAX, &b);
	bool found = false;
	char *save = NULL;

	for (char *l = err ? NULL : strtok_r(b.s, "\n", &save); l && !found; l = strtok_r(NULL, "\n", &save))
		found = take_mount(l, m);
	buf_free(&b);
	return err ? err : found ? 0 : -ENODEV;
}

static bool is_directory_of(const struct mount *m, const char *relative, uint64_t id)
{
	struct stat st;

	return !fstatat(m->fd, *relative ? relative : ".", &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode) &&
	       st.st_dev == m->dev && st.st_ino == id;
}

/* Opens the directory by its id; needs CAP_DAC_READ_SEARCH.  A descriptor or -errno. */
static int open_by_id(const struct mount *m, uint64_t id)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + sizeof id];
	} handle = {.h = {.handle_bytes = sizeof id, .handle_type = FILEID_KERNFS}};
	int fd;

	memcpy(handle.room + sizeof(struct file_handle), &id, sizeof id);
	fd = open_by_handle_at(m->fd, &handle.h, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The path relative to the mount point, allocated, without a slash before it; NULL if this way does not lead there. */
static char *ask_kernel(int procfd, const struct mount *m, uint64_t id)
{
	size_t n = strlen(m->point);
	char *target, *relative = NULL, name[32];
	int fd = open_by_id(m, id);

	if (fd < 0)
		return NULL;
	snprintf(name, sizeof name, "self/fd/%d", fd);
	if (!procfile_link(procfd, name, &target) && !strncmp(target, m->point, n)) {
		const char *rest = target + n + strspn(target + n, "/");

		relative = is_directory_of(m, rest, id) ? xstrdup(rest) : NULL;
	}
	free(target);
	close(fd);
	return relative;
}

/* Directories of the walk that are still to be looked into, as paths relative to the mount point. */
struct queue {
	char **v;
	size_t n;
	bool cut;   /* one could not be read, or there were too many */
};

static void enqueue(struct queue *q, const char *parent, const char *name)
{
	if (q->n == DIRS_MAX) {
		q->cut = true;
		return;
	}
	q->v = xgrow(q->v, q->n, sizeof *q->v);
	q->v[q->n++] = xasprintf("%s%s%s", parent, *parent ? "/" : "", name);
}

static void enqueue_children(struct queue *q, const struct mount *m, const char *parent)
{
	struct listing l;
	const struct dirent64 *e;

	listing_open(&l, m->fd, *parent ? parent : ".");
	while ((e = listing_next(&l)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			enqueue(q, parent, e->d_name);
	q->cut |= l.err && l.err != -ENOENT;
	listing_close(&l);
}

/* Breadth first: what people look for is near the root.  0, -ENOENT, or -E2BIG if not everything was seen. */
static int walk(const struct mount *m, uint64_t id, char **relative)
{
	struct queue q = {0};

	*relative = NULL;
	enqueue(&q, "", "");
	for (size_t i = 0; i < q.n && !*relative; i++) {
		if (is_directory_of(m, q.v[i], id))
			*relative = xstrdup(q.v[i]);
		else
			enqueue_children(&q, m, q.v[i]);
	}
	for (size_t i = 0; i < q.n; i++)
		free(q.v[i]);
	free(q.v);
	return *relative ? 0 : q.cut ? -E2BIG : -ENOENT;
}

/* The hierarchy and the directory in it; what was opened and allocated is to be released by leave(), even after a failure. */
static int find(int procfd, uint64_t id, struct mount *m, char **relative)
{
	int err;

	*relative = NULL;
	err = find_mount(procfd, m);
	if (err) {
		*m = (struct mount){.fd = -1};
		return err;
	}
	*relative = ask_kernel(procfd, m, id);
	return *relative ? 0 : walk(m, id, relative);
}

static void leave(struct mount *m, char *relative)
{
	free(relative);
	free(m->root);
	free(m->point);
	if (m->fd >= 0)
		close(m->fd);
}

/*
 * Finds the path, allocated, of the cgroup with that id, as /proc/PID/cgroup
 * would write it: "/" for the root.  procfd is a descriptor of /proc.  Returns
 * 0; -ENOENT if there is no such cgroup in what we see (removed, or above our
 * cgroup namespace); -ENODEV without a cgroup2 mount; -E2BIG if the walk could
 * not see everything (it ends after 20000 directories); other -errno of
 * mountinfo.  *path is NULL on failure.
 */
int cgroup_path(int procfd, uint64_t id, char **path)
{
	struct mount m;
	char *relative;
	int err = find(procfd, id, &m, &relative);

	*path = NULL;
	if (!err) {
		const char *root = strcmp(m.root, "/") ? m.root : "";

		*path = *relative || !*root ? xasprintf("%s/%s", root, relative) : xstrdup(root);
	}
	leave(&m, relative);
	return err;
}

/* Adds the processes that are in that cgroup itself to pids, as far as we see them; none where it cannot be read. */
void cgroup_processes(int procfd, uint64_t id, struct idset *pids)
{
	struct mount m;
	char *relative, *file = NULL, *save = NULL;
	struct buf b = {0};

	if (!find(procfd, id, &m, &relative))
		file = xasprintf("%s%scgroup.procs", relative, *relative ? "/" : "");
	if (file && !procfile_read(m.fd, file, PROCESSES_MAX, &b))
		for (char *l = strtok_r(b.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
			idset_add(pids, strtoul(l, NULL, 10));
	buf_free(&b);
	free(file);
	leave(&m, relative);
}
