/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All descriptors of all processes: /proc/PID/fd/N is a link, of a socket to
 * "socket:[INODE]" (sockfs_dname() in net/socket.c).  Opening the table needs the
 * same user or CAP_DAC_READ_SEARCH, reading its links PTRACE_MODE_READ.  The cost
 * is that of the links, some 3 us each.
 */
#define _GNU_SOURCE
#include "sys/fdwalk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/procfile.h"

/* A decimal number that fills the text up to the byte end; 0 if it is none or above max. */
static uint32_t number(const char *text, char end, uint32_t max)
{
	uint64_t n = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		n = n * 10 + (uint64_t)(*text - '0');
		if (n > max)
			return 0;
	}
	return *text == end ? (uint32_t)n : 0;
}

/* The inode that the link of a socket names; 0 if it is of no socket. */
uint32_t fdwalk_inode(const char *target)
{
	static const char prefix[] = "socket:[";

	return strncmp(target, prefix, sizeof prefix - 1) ? 0 : number(target + sizeof prefix - 1, ']', UINT32_MAX);
}

/* The descriptors of one table.  0, or -errno of the first that could not be read. */
static int read_table(const struct fdwalk *w, DIR *table, pid_t pid)
{
	char link[64];
	struct dirent *e;

	while (errno = 0, (e = readdir(table))) {
		ssize_t n;

		if (*e->d_name == '.')
			continue;
		n = readlinkat(dirfd(table), e->d_name, link, sizeof link - 1);
		if (n < 0 && errno == ENOENT) /* closed meanwhile */
			continue;
		if (n < 0)
			return -errno;
		link[n] = '\0';
		if (w->link(w->arg, dirfd(table), pid, (int)number(e->d_name, '\0', INT_MAX), link))
			return 0;
	}
	return -errno;
}

/* Walks over one table, that of a process or ("PID/task/TID/fd") of a thread of it.  0, or -errno. */
int fdwalk_table(const struct fdwalk *w, const char *path, pid_t pid)
{
	DIR *table = procfile_dir(w->procfd, path);
	int err = table ? read_table(w, table, pid) : -errno;

	if (table)
		closedir(table);
	return err;
}

/* A process that has ended meanwhile holds nothing; any other failure may hide a holder. */
static void walk_process(const struct fdwalk *w, pid_t pid)
{
	char path[32];
	int err;

	snprintf(path, sizeof path, "%d/fd", (int)pid);
	err = fdwalk_table(w, path, pid);
	if (err && err != -ENOENT && err != -ESRCH)
		w->refused(w->arg, err, pid);
	if (w->process)
		w->process(w->arg, pid);
}

static int walk_all(const struct fdwalk *w, DIR *proc)
{
	struct dirent *e;
	bool saw_init = false, saw_any = false;

	while (errno = 0, (e = readdir(proc))) {
		pid_t pid = (pid_t)number(e->d_name, '\0', INT_MAX);

		if (!pid)
			continue;
		saw_any = true;
		saw_init |= pid == 1;
		walk_process(w, pid);
	}
	if (errno || !saw_any)
		return errno ? -errno : -ENOENT;
	/* Every pid namespace has a pid 1; where it is not listed, hidepid= hides processes of others (proc(5)). */
	if (!saw_init)
		w->refused(w->arg, -EACCES, 1);
	return 0;
}

/* Walks over all descriptors that may be seen.  Returns 0; -errno if /proc itself cannot be read, or has no processes (-ENOENT). */
int fdwalk(const struct fdwalk *w)
{
	DIR *proc = w->procfd < 0 ? NULL : procfile_dir(w->procfd, ".");
	int err;

	if (!proc)
		return w->procfd < 0 ? w->procfd : -errno;
	err = walk_all(w, proc);
	closedir(proc);
	return err;
}
