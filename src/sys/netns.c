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
	DIR *dir = procfile_dir(AT_FDCWD, names_dir);
	char *name = NULL;
	struct dirent *e;
	struct stat st;

	while (dir && !name && (e = readdir(dir)))
		if (*e->d_name != '.' && !fstatat(dirfd(dir), e->d_name, &st, 0) && st.st_ino == inode)
			name = xstrdup(e->d_name);
	if (dir)
		closedir(dir);
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
	int procfd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

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
