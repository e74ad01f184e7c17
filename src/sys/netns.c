/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Network namespaces: found by the names that ip-netns(8) gives them and by
 * their processes, told apart by inode (nsfs has one for each), entered with
 * setns(2).  That takes CAP_SYS_ADMIN in our user namespace and in the one that
 * owns the namespace (netns_install() in net/core/net_namespace.c).  Afterwards
 * all that is asked is asked there: sockets, devices, and /proc/net and
 * /proc/sys/net, which go by the task that looks (proc(5)).
 */
#define _GNU_SOURCE
#include "sys/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "sys/listing.h"
#include "sys/procfile.h"

enum { COMM_MAX = 64 };

static const char names_dir[] = "/run/netns";

/* Opens what is a network namespace; -EINVAL for what is not, -errno otherwise.  Nothing else is ever opened for more than a look. */
static int open_namespace(const char *path)
{
	struct stat st;
	int fd, type;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type == CLONE_NEWNET)
		return fd;
	close(fd);
	return -EINVAL;
}

/* The inode in "net:[4026531840]", as the links of /proc/PID/ns show it; 0 if it is none. */
static uint64_t inode_of_link(const char *link)
{
	uint64_t inode;
	char end;

	return sscanf(link, "net:[%" SCNu64 "%c", &inode, &end) == 2 && end == ']' ? inode : 0;
}

static char *read_comm(int procfd, pid_t pid)
{
	char path[32], *comm = NULL;
	struct buf b = {0};

	snprintf(path, sizeof path, "%d/comm", (int)pid);
	if (!procfile_read(procfd, path, COMM_MAX, &b) && b.len)
		comm = xmemdup0(b.s, b.len - (b.s[b.len - 1] == '\n'));
	buf_free(&b);
	return comm;
}

/* The name that ip-netns(8) gave to the namespace of that inode, allocated; NULL where it has none. */
static char *name_of(uint64_t inode)
{
	struct listing dir;
	char *name = NULL;
	const struct dirent64 *e;
	struct stat st;

	listing_open(&dir, AT_FDCWD, names_dir);
	while (!name && (e = listing_next(&dir)))
		if (*e->d_name != '.' && !fstatat(dir.fd, e->d_name, &st, 0) && st.st_ino == inode)
			name = xstrdup(e->d_name);
	listing_close(&dir);
	return name;
}

/* A word with a slash is a path, one that /run/netns has is a name, and of the others a number is a process. */
static void take_text(const char *text, struct netns *ns)
{
	bool number = *text && !text[strspn(text, "0123456789")] && strlen(text) < 10;

	*ns = (struct netns){.path = strchr(text, '/') ? xstrdup(text) : xasprintf("%s/%s", names_dir, text)};
	if (!number || !access(ns->path, F_OK))
		return;
	free(ns->path);
	ns->pid = (pid_t)strtol(text, NULL, 10);
	ns->path = xasprintf("/proc/%s/ns/net", text);
}

static void name_it(struct netns *ns)
{
	int procfd = procfile_proc();

	if (ns->inode)
		ns->name = name_of(ns->inode);
	if (ns->pid && procfd >= 0)
		ns->comm = read_comm(procfd, ns->pid);
	if (procfd >= 0)
		close(procfd);
}

/*
 * Finds the namespace that the user names by a name in /run/netns, a process or
 * a path; ns is to be freed either way.  Returns 0, with ns->err set where it is
 * there and may not be opened; -EINVAL for what is no network namespace; -errno
 * where nothing is there (-ENOENT; also of a process that is a zombie).
 */
int netns_find(const char *text, struct netns *ns)
{
	struct stat st;
	int fd;

	take_text(text, ns);
	fd = open_namespace(ns->path);
	if (fd == -EACCES || fd == -EPERM)
		ns->err = -fd;
	else if (fd < 0)
		return fd;
	if (fd >= 0 && !fstat(fd, &st))
		ns->inode = st.st_ino;
	if (fd >= 0)
		close(fd);
	name_it(ns);
	return 0;
}

struct list {
	struct netns *v;
	size_t n, most;
	dev_t nsfs;         /* the file system of all of them */
	struct gaps *gaps;
};

static struct netns *listed(const struct list *list, uint64_t inode)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].inode == inode)
			return &list->v[i];
	return NULL;
}

/* The entry of that inode, made if it is the first; NULL where there are too many. */
static struct netns *list_add(struct list *list, uint64_t inode)
{
	struct netns *ns = listed(list, inode);

	if (ns || list->n >= list->most)
		return ns;
	list->v = xgrow(list->v, list->n, sizeof *list->v);
	list->v[list->n] = (struct netns){.inode = inode};
	return &list->v[list->n++];
}

static void add_own(struct list *list, int procfd)
{
	struct stat st;
	struct netns *ns;

	if (fstatat(procfd, "self/ns/net", &st, 0))
		return;
	list->nsfs = st.st_dev;
	ns = list_add(list, st.st_ino);
	if (!ns)
		return;
	ns->own = true;
	ns->path = xstrdup("/proc/self/ns/net");
}

static int by_name(const void *a, const void *b)
{
	const struct netns *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_names(struct list *list)
{
	struct listing dir;
	size_t first = list->n;
	const struct dirent64 *e;
	struct stat st;

	listing_open(&dir, AT_FDCWD, names_dir);
	while ((e = listing_next(&dir))) {
		struct netns *ns;

		if (*e->d_name == '.' || fstatat(dir.fd, e->d_name, &st, 0) || st.st_dev != list->nsfs)
			continue;
		ns = list_add(list, st.st_ino);
		if (!ns || ns->name)
			continue;
		ns->name = xstrdup(e->d_name);
		if (!ns->path)
			ns->path = xasprintf("%s/%s", names_dir, ns->name);
	}
	listing_close(&dir);
	if (list->n > first)
		qsort(list->v + first, list->n - first, sizeof *list->v, by_name);
}

/* A process that has ended has no namespace; one that may not be looked at may be in any. */
static void add_process(struct list *list, int procfd, pid_t pid)
{
	struct netns *ns;
	char path[32], *link;
	int err;

	snprintf(path, sizeof path, "%d/ns/net", (int)pid);
	err = procfile_link(procfd, path, &link);
	if (err == -EACCES || err == -EPERM) {
		snprintf(path, sizeof path, "of pid %d", (int)pid);
		gap_add(list->gaps, GAP_OTHER_NETNS, -err, path);
	}
	ns = link && inode_of_link(link) ? list_add(list, inode_of_link(link)) : NULL;
	free(link);
	if (!ns || ns->pid)
		return;
	ns->pid = pid;
	ns->comm = read_comm(procfd, pid);
	if (!ns->path)
		ns->path = xasprintf("/proc/%d/ns/net", (int)pid);
}

/*
 * All network namespaces that /run/netns and the processes in procfd, a descriptor
 * of /proc, tell of, each once, most at the most: ours first, then those with a name
 * in the order of these, then by process.  Their number in *n; 0 where not even
 * ours can be looked up.  Gaps: GAP_OTHER_NETNS for processes that may not be looked
 * at.  Each of the array is to be freed, and the array.
 */
struct netns *netns_list(int procfd, size_t most, size_t *n, struct gaps *gaps)
{
	struct list list = {.most = most, .gaps = gaps};
	struct listing proc;
	const struct dirent64 *e;

	listing_open(&proc, procfd, ".");
	add_own(&list, procfd);
	if (list.n)
		add_names(&list);
	while (list.n && (e = listing_next(&proc))) {
		long pid = strtol(e->d_name, NULL, 10);

		if (pid > 0)
			add_process(&list, procfd, (pid_t)pid);
	}
	listing_close(&proc);
	*n = list.n;
	return list.v;
}

static bool is_here(uint64_t inode)
{
	char *link = NULL;
	bool here = !procfile_link(AT_FDCWD, "/proc/self/ns/net", &link) && inode_of_link(link) == inode;

	free(link);
	return here;
}

/*
 * Goes there, for all that this process asks from now on.  Returns 0; -errno of
 * setns(2): -EPERM where we may not; -ESTALE if another namespace is there by now.
 */
int netns_enter(const struct netns *ns)
{
	struct stat st;
	int fd, err = 0;

	if (is_here(ns->inode))
		return 0;
	fd = open_namespace(ns->path);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || st.st_ino != ns->inode)
		err = -ESTALE;
	else if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}
