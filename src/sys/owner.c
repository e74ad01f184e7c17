/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processes hold a socket: /proc/PID/fd/N is a link to "socket:[INODE]"
 * (sockfs_dname() in net/socket.c), /proc/PID/fdinfo/N tells close-on-exec
 * (seq_show() in fs/proc/fd.c).  Opening the table needs the same user or
 * CAP_DAC_READ_SEARCH, reading its links PTRACE_MODE_READ.  The cost is that of
 * the links, some 3 us each: hence one scan for all sockets, and no other work
 * for a descriptor that is not wanted.
 */
#define _GNU_SOURCE
#include "sys/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/process.h"
#include "sys/procfile.h"

enum { FDINFO_MAX = 4096, PID_TEXT = 12 };

struct scan {
	struct snapshot *seen;
	int procfd;
	int64_t now;           /* one clock for all ages: they decide which process is the oldest */
	uint32_t *inodes;      /* wanted: sorted, each once */
	size_t ninodes;
	struct gaps refused;   /* descriptor tables that could not be read */
	size_t npids;
	bool saw_init;         /* pid 1 is listed */
};

static int compare_inodes(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void collect(struct scan *scan)
{
	const struct snapshot *s = scan->seen;
	size_t n = 0;

	scan->inodes = xcalloc(s->nsocks + s->npeers, sizeof *scan->inodes);
	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].inode)
			scan->inodes[n++] = s->socks[i].inode;
	for (size_t i = 0; i < s->npeers; i++)
		if (s->peers[i].inode)
			scan->inodes[n++] = s->peers[i].inode;
	qsort(scan->inodes, n, sizeof *scan->inodes, compare_inodes);
	for (size_t i = 0; i < n; i++)
		if (!scan->ninodes || scan->inodes[scan->ninodes - 1] != scan->inodes[i])
			scan->inodes[scan->ninodes++] = scan->inodes[i];
}

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

/* The wanted inode that the link names; 0 if it names none. */
static uint32_t wanted_inode(const struct scan *scan, const char *link)
{
	static const char prefix[] = "socket:[";
	uint32_t inode;

	if (strncmp(link, prefix, sizeof prefix - 1))
		return 0;
	inode = number(link + sizeof prefix - 1, ']', UINT32_MAX);
	if (!inode || !bsearch(&inode, scan->inodes, scan->ninodes, sizeof inode, compare_inodes))
		return 0;
	return inode;
}

/* flags: is octal, as open(2) takes them; 02000000 is O_CLOEXEC on every architecture but alpha, parisc and sparc. */
static enum tri read_cloexec(int procfd, pid_t pid, int fd)
{
	char path[64];
	struct buf b = {0};
	const char *line;
	enum tri cloexec = UNKNOWN;
	unsigned int flags;

	snprintf(path, sizeof path, "%d/fdinfo/%d", (int)pid, fd);
	if (!procfile_read(procfd, path, FDINFO_MAX, &b)) {
		line = strstr(b.s, "flags:");
		if (line && sscanf(line, "flags: %o", &flags) == 1)
			cloexec = tri_of(flags & O_CLOEXEC);
	}
	buf_free(&b);
	return cloexec;
}

/* Notes one descriptor; the process is read with its first.  -errno if it is gone. */
static int add(struct scan *scan, pid_t pid, int fd, uint32_t inode)
{
	struct owners *o = &scan->seen->owners;
	struct process p;
	int err;

	if (!o->nprocesses || o->processes[o->nprocesses - 1].pid != pid) {
		err = process_read(scan->procfd, pid, scan->now, &p, &scan->seen->gaps);
		if (err)
			return err;
		o->processes = xgrow(o->processes, o->nprocesses, sizeof *o->processes);
		o->processes[o->nprocesses++] = p;
	}
	o->v = xgrow(o->v, o->n, sizeof *o->v);
	o->v[o->n++] = (struct owner){.inode = inode,
	                              .process = o->nprocesses - 1,
	                              .fd = fd,
	                              .cloexec = read_cloexec(scan->procfd, pid, fd)};
	return 0;
}

/* The descriptors of one table.  0, or -errno of the first that could not be read. */
static int read_table(struct scan *scan, DIR *table, pid_t pid)
{
	char link[64];
	struct dirent *e;

	while (errno = 0, (e = readdir(table))) {
		uint32_t inode;
		ssize_t n;

		if (*e->d_name == '.')
			continue;
		n = readlinkat(dirfd(table), e->d_name, link, sizeof link - 1);
		if (n < 0 && errno == ENOENT) /* closed meanwhile */
			continue;
		if (n < 0)
			return -errno;
		link[n] = '\0';
		inode = wanted_inode(scan, link);
		if (inode && add(scan, pid, (int)number(e->d_name, '\0', INT_MAX), inode))
			return 0;
	}
	return -errno;
}

static void refuse(struct scan *scan, int err, pid_t pid)
{
	char text[PID_TEXT];

	snprintf(text, sizeof text, "%d", (int)pid);
	gap_add(&scan->refused, GAP_FD_TABLE, -err, text);
}

/* A process that has ended meanwhile holds nothing; any other failure may hide a holder. */
static void scan_process(struct scan *scan, pid_t pid)
{
	char path[32];
	DIR *table;
	int err;

	snprintf(path, sizeof path, "%d/fd", (int)pid);
	table = procfile_dir(scan->procfd, path);
	err = table ? read_table(scan, table, pid) : -errno;
	if (table)
		closedir(table);
	if (err && err != -ENOENT && err != -ESRCH)
		refuse(scan, err, pid);
}

static int scan_all(struct scan *scan, DIR *proc)
{
	struct dirent *e;

	while (errno = 0, (e = readdir(proc))) {
		pid_t pid = (pid_t)number(e->d_name, '\0', INT_MAX);

		if (!pid)
			continue;
		scan->npids++;
		scan->saw_init |= pid == 1;
		scan_process(scan, pid);
	}
	if (errno || !scan->npids)
		return errno ? -errno : -ENOENT;
	/* Every pid namespace has a pid 1; where it is not listed, hidepid= hides processes of others (proc(5)). */
	if (!scan->saw_init)
		refuse(scan, -EACCES, 1);
	return 0;
}

static int scan_proc(struct scan *scan)
{
	DIR *proc = scan->procfd < 0 ? NULL : procfile_dir(scan->procfd, ".");
	int err;

	if (!proc)
		return scan->procfd < 0 ? scan->procfd : -errno;
	err = scan_all(scan, proc);
	closedir(proc);
	return err;
}

static enum held_by holder_of(const struct scan *scan, const struct sock *s)
{
	size_t n;

	if (!s->inode)
		return HELD_KERNEL;
	owners_of(&scan->seen->owners, s->inode, &n);
	if (n)
		return HELD_PROCESS;
	return scan->refused.n ? HELD_HIDDEN : HELD_UNKNOWN;
}

/* Says who holds each socket; whether one is left for which no process was found. */
static bool set_holders(struct scan *scan)
{
	bool left = false;

	for (size_t i = 0; i < scan->seen->nsocks; i++) {
		struct sock *s = &scan->seen->socks[i];

		s->held_by = holder_of(scan, s);
		left |= s->held_by == HELD_HIDDEN || s->held_by == HELD_UNKNOWN;
	}
	for (size_t i = 0; i < scan->seen->npeers; i++)
		scan->seen->peers[i].held_by = (uint8_t)holder_of(scan, &scan->seen->peers[i]);
	return left;
}

static void keep_gaps(struct scan *scan)
{
	for (size_t i = 0; i < scan->refused.n; i++)
		for (size_t k = 0; k < scan->refused.v[i].count; k++)
			gap_add(&scan->seen->gaps, GAP_FD_TABLE, scan->refused.v[i].err, scan->refused.v[i].object);
}

/*
 * Finds the processes that hold the snapshot's sockets and their peers: fills s->owners (once
 * for each snapshot), held_by of each socket and s->owners_read.  procfd is a
 * descriptor of /proc, or -errno where it could not be opened.  Without an
 * inode to look for nothing is scanned.  Gaps: GAP_PROC; GAP_PROCESS for what a
 * holder does not show; GAP_FD_TABLE for tables that may not be read, but only
 * if a socket is left without a process: an ordinary user is refused hundreds
 * of them, and where each socket has its holder they tell nothing (a further
 * one that shares it may be among them).
 */
void owner_scan(struct snapshot *s, int procfd)
{
	struct scan scan = {.seen = s, .procfd = procfd, .now = process_clock()};
	int err;

	collect(&scan);
	err = scan.ninodes ? scan_proc(&scan) : 0;
	if (err)
		gap_add(&s->gaps, GAP_PROC, -err, NULL);
	owners_sort(&s->owners);
	if (set_holders(&scan))
		keep_gaps(&scan);
	s->owners_read = true;
	gap_free(&scan.refused);
	free(scan.inodes);
}
