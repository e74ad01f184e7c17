/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that are in no /proc/PID/fd and held all the same.  That directory is
 * the table of the main thread (proc_fd in fs/proc/fd.c): it is empty once that
 * thread has exited, and a thread that has called unshare(CLONE_FILES) has
 * another, in /proc/PID/task/TID/fd.  A file that is registered with an io_uring
 * needs no descriptor: the fdinfo of the ring lists it below UserFiles
 * (io_uring/fdinfo.c), since 6.18 as "0: socket:[INODE]", before as "0: TCP".
 *
 * Of two more nothing tells which socket it is: the fdinfo of a unix socket counts
 * the descriptors that wait there to be received (scm_fds, unix_show_fdinfo(),
 * 5.8), and a thread that waits in accept() holds the socket though another has
 * closed its descriptor (its wchan is inet_csk_accept; PID/task/TID/syscall tells
 * the number).
 */
#define _GNU_SOURCE
#include "sys/hidden.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/fdwalk.h"
#include "sys/listing.h"
#include "sys/procfile.h"
#include "sys/sockopt.h"

enum { FDINFO_MAX = 4 << 20, SMALL_MAX = 4096, PATH = 64, TABLES_MAX = 16 };

/* Not every architecture has both. */
#ifdef SYS_accept
enum { ACCEPT = SYS_accept };
#else
enum { ACCEPT = SYS_accept4 };
#endif

/* Whose table is being read: that of a process, or (tid) of one of its threads. */
struct look {
	const struct hidden *h;
	pid_t tid;
};

/* "PID/fdinfo" or "PID/task/TID/fdinfo", or whatever is asked for in place of the last. */
static void path_in(char path[static PATH], pid_t pid, pid_t tid, const char *name)
{
	if (tid)
		snprintf(path, PATH, "%d/task/%d/%s", (int)pid, (int)tid, name);
	else
		snprintf(path, PATH, "%d/%s", (int)pid, name);
}

/* One line of the list, "   NUMBER: FILE". */
static void take_user_file(const struct look *look, pid_t pid, int fd, const char *line)
{
	const char *file = strstr(line, ": ");
	uint32_t inode = file ? fdwalk_inode(file + 2) : 0;

	if (inode)
		look->h->socket(look->h->arg, inode, pid, VIA_IO_URING, 0, fd);
	else if (file && (!strncmp(file + 2, "TCP", 3) || !strncmp(file + 2, "UDP", 3) || !strncmp(file + 2, "MPTCP", 5)))
		look->h->hint(look->h->arg, HINT_IO_URING, pid, fd);
}

/* The lines behind "UserFiles:", as many as that says. */
static void read_ring(const struct look *look, pid_t pid, int fd)
{
	char name[32], path[PATH], *line = NULL, *save = NULL;
	struct buf b = {0};
	unsigned long n = 0;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	path_in(path, pid, look->tid, name);
	if (!procfile_read(look->h->procfd, path, FDINFO_MAX, &b))
		line = strstr(b.s, "UserFiles:");
	if (line)
		n = strtoul(line + strlen("UserFiles:"), NULL, 10);
	if (line)
		strtok_r(line, "\n", &save);
	for (; n && (line = strtok_r(NULL, "\n", &save)); n--)
		take_user_file(look, pid, fd, line);
	buf_free(&b);
}

/* Whether descriptors wait in that socket; of other kinds than unix fdinfo does not say. */
static void read_messages(const struct look *look, pid_t pid, int fd)
{
	char name[32], path[PATH];
	struct buf b = {0};
	const char *line = NULL;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	path_in(path, pid, look->tid, name);
	if (!procfile_read(look->h->procfd, path, SMALL_MAX, &b))
		line = strstr(b.s, "scm_fds:");
	if (line && strtoul(line + strlen("scm_fds:"), NULL, 10))
		look->h->hint(look->h->arg, HINT_IN_FLIGHT, pid, fd);
	buf_free(&b);
}

static int take_link(void *arg, int table, pid_t pid, int fd, const char *target)
{
	const struct look *look = arg;
	uint32_t inode = fdwalk_inode(target);

	(void)table;
	if (inode)
		read_messages(look, pid, fd);
	if (inode && look->tid)
		look->h->socket(look->h->arg, inode, pid, VIA_TASK, look->tid, fd);
	else if (!strcmp(target, "anon_inode:[io_uring]"))
		read_ring(look, pid, fd);
	return 0;
}

/* What may not be read the scan of the processes has told already. */
static void take_refusal(void *arg, int err, pid_t pid)
{
	(void)arg, (void)err, (void)pid;
}

/* Whether both threads have one table (kcmp(2)); false also where that may not be asked. */
static bool share_table(pid_t a, pid_t b)
{
	return !syscall(SYS_kcmp, a, b, KCMP_FILES, 0, 0);
}

/* Whether descriptor fd of that thread is no listening socket any more. */
static bool is_closed(const struct hidden *h, pid_t pid, pid_t tid, int fd)
{
	char name[32], path[PATH], *link = NULL;
	int err, listens = 0, copy;
	socklen_t len = sizeof listens;
	bool socket;

	snprintf(name, sizeof name, "fd/%d", fd);
	path_in(path, pid, tid, name);
	err = procfile_link(h->procfd, path, &link);
	socket = link && fdwalk_inode(link);
	free(link);
	if (err || !socket)
		return !err || err == -ENOENT;
	copy = sockopt_duplicate(pid, fd);
	if (copy < 0)
		return false;
	err = getsockopt(copy, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len);
	close(copy);
	return !err && !listens;
}

/* wchan is "0" where it may not be read, or the kernel has no names; that does not count against it. */
static bool waits_elsewhere(const struct hidden *h, pid_t pid, pid_t tid)
{
	char path[PATH];
	struct buf b = {0};
	bool elsewhere;

	path_in(path, pid, tid, "wchan");
	elsewhere = !procfile_read(h->procfd, path, SMALL_MAX, &b) && b.len && strcmp(b.s, "0") &&
	            strcmp(b.s, "inet_csk_accept");
	buf_free(&b);
	return elsewhere;
}

/* A thread that waits in accept() on a descriptor that is closed: "NUMBER 0xFD ...". */
static void take_thread(const struct hidden *h, pid_t pid, pid_t tid)
{
	char path[PATH];
	struct buf b = {0};
	unsigned int fd;
	long call;

	path_in(path, pid, tid, "syscall");
	if (!procfile_read(h->procfd, path, SMALL_MAX, &b) && sscanf(b.s, "%ld 0x%x", &call, &fd) == 2 &&
	    (call == SYS_accept4 || call == ACCEPT) && !waits_elsewhere(h, pid, tid) && is_closed(h, pid, tid, (int)fd))
		h->hint(h->arg, HINT_ACCEPT, pid, (int)fd);
	buf_free(&b);
}

/* The threads, and those of their tables that are not that of the process: each once. */
static void take_process(void *arg, pid_t pid)
{
	const struct look *whole = arg;
	pid_t seen[TABLES_MAX] = {pid};
	size_t n = 1;
	char path[PATH];
	const struct dirent64 *e;
	struct listing tasks;

	path_in(path, pid, 0, "task");
	listing_open(&tasks, whole->h->procfd, path);
	while ((e = listing_next(&tasks))) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);
		struct look look = {.h = whole->h, .tid = tid};
		struct fdwalk walk = {
		    .procfd = look.h->procfd, .arg = &look, .link = take_link, .refused = take_refusal};
		bool known = tid <= 0 || tid == pid;

		if (tid > 0)
			take_thread(look.h, pid, tid);
		for (size_t i = 0; i < n && !known; i++)
			known = share_table(seen[i], tid);
		if (known)
			continue;
		path_in(path, pid, tid, "fd");
		fdwalk_table(&walk, path, pid);
		if (n < TABLES_MAX)
			seen[n++] = tid;
	}
	listing_close(&tasks);
}

/*
 * Walks over all sockets that some process holds otherwise than by a descriptor
 * in its table, and over all hints, as far as they may be seen; what may not is no
 * finding here.  Costs another look at all tables, and one at each thread.
 */
void hidden_walk(const struct hidden *h)
{
	struct look look = {.h = h};
	struct fdwalk walk = {.procfd = h->procfd,
	                      .arg = &look,
	                      .link = take_link,
	                      .process = take_process,
	                      .refused = take_refusal};

	fdwalk(&walk);
}
