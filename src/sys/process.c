/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One process as /proc shows it (proc(5); fs/proc/array.c and base.c, alike
 * from 5.4 to 7.1).  Everything is read below one descriptor of its directory,
 * so that a pid which is given to another process meanwhile cannot mix the two.
 */
#define _GNU_SOURCE
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "model/cgroup.h"
#include "model/sock.h"
#include "sys/procfile.h"

enum { CMDLINE_MAX = 128 << 10, FILE_MAX = 64 << 10, PARENTS_MAX = 64, OBJECT_MAX = 40 };

/* What stat and comm say. */
struct identity {
	char *comm;
	char state;
	pid_t ppid, pgrp, session;
	int64_t age_ms;
	uint64_t started;
};

/*
 * The clock that process_read() measures ages by: milliseconds since the boot,
 * suspended time included, as the start times in /proc are.  -1 if it cannot be
 * read.
 */
int64_t process_clock(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_BOOTTIME, &t) < 0)
		return -1;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Since a start that many clock ticks after the boot.  Start times are cut to whole ticks. */
static int64_t age_of(unsigned long long start, int64_t now)
{
	long hz = sysconf(_SC_CLK_TCK);
	int64_t age;

	if (now < 0 || hz <= 0 || start > INT64_MAX / 1000)
		return -1;
	age = now - (int64_t)(start * 1000 / (unsigned long)hz);
	return age > 0 ? age : 0;
}

/*
 * "PID (COMM) STATE PPID ..." with the start time as field 22.  COMM may hold
 * anything, ") R 1 (" too: what follows begins at the last parenthesis.
 */
static void parse_stat(const char *line, int64_t now, struct identity *id)
{
	const char *open = strchr(line, '('), *shut = strrchr(line, ')');
	unsigned long long start;
	int n;

	if (!open || !shut || shut < open)
		return;
	id->comm = xmemdup0(open + 1, (size_t)(shut - open - 1));
	n = sscanf(shut + 1, " %c %d %d %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
	           &id->state, &id->ppid, &id->pgrp, &id->session, &start);
	if (n != 5)
		return;
	id->age_ms = age_of(start, now);
	id->started = start;
}

/*
 * Reads stat and comm; the name is taken from comm, since stat escapes newlines
 * and backslashes.  0, or -errno where the process is gone or hidden.
 */
static int identify(int dir, int64_t now, struct identity *id)
{
	struct buf stat = {0}, comm = {0};
	int err = procfile_read(dir, "stat", FILE_MAX, &stat);

	*id = (struct identity){.age_ms = -1};
	if (!err && stat.len)
		parse_stat(stat.s, now, id);
	if (!err && !procfile_read(dir, "comm", FILE_MAX, &comm) && comm.len) {
		free(id->comm);
		id->comm = xmemdup0(comm.s, comm.len - (comm.s[comm.len - 1] == '\n'));
	}
	buf_free(&stat);
	buf_free(&comm);
	return err;
}

/* Only what may not be read is a gap; what is not there (a kernel thread has no exe) is not. */
static void note(struct gaps *gaps, int err, const char *what, pid_t pid)
{
	char object[OBJECT_MAX];

	if (err != -EACCES && err != -EPERM)
		return;
	snprintf(object, sizeof object, "%s of pid %d", what, (int)pid);
	gap_add(gaps, GAP_PROCESS, -err, object);
}

static char *read_link(int dir, const char *name, pid_t pid, struct gaps *gaps)
{
	char *target;

	note(gaps, procfile_link(dir, name, &target), name, pid);
	return target;
}

/* A whole file; b is empty where it cannot be read. */
static void read_text(int dir, const char *name, size_t max, pid_t pid, struct gaps *gaps, struct buf *b)
{
	int err = procfile_read(dir, name, max, b);

	if (err)
		buf_free(b);
	note(gaps, err, name, pid);
}

/* The second number of the line "Uid:"; the name in the first line cannot forge it, its newlines are escaped. */
static uint32_t read_uid(int dir, pid_t pid, struct gaps *gaps)
{
	struct buf b = {0};
	uint32_t uid = UID_UNKNOWN;
	const char *line;

	read_text(dir, "status", FILE_MAX, pid, gaps, &b);
	line = b.s ? strstr(b.s, "\nUid:") : NULL;
	if (line && sscanf(line, "\nUid: %*u %" SCNu32, &uid) != 1)
		uid = UID_UNKNOWN;
	buf_free(&b);
	return uid;
}

/*
 * The arguments, each ended by a NUL.  A program that writes a title over them
 * may leave the last without one, or fill up with NULs: empty arguments at the
 * end are kept as one.
 */
static void read_cmdline(int dir, struct process *p, struct gaps *gaps)
{
	struct buf b = {0};
	size_t len;

	read_text(dir, "cmdline", CMDLINE_MAX, p->pid, gaps, &b);
	for (len = b.len; len > 2 && !b.s[len - 1] && !b.s[len - 2] && !b.s[len - 3];)
		len--;
	for (size_t at = 0; at < len;) {
		size_t n = strnlen(b.s + at, len - at);

		p->cmdline = xgrow(p->cmdline, p->ncmdline, sizeof *p->cmdline);
		p->cmdline[p->ncmdline++] = xmemdup0(b.s + at, n);
		at += n + 1;
	}
	buf_free(&b);
}

/*
 * The path in PID/cgroup ("ID:CONTROLLERS:PATH" lines) of the hierarchy with
 * exactly these controllers, none for cgroup2; NULL if there is no such line.
 */
static char *path_of(const char *text, const char *controllers)
{
	size_t n = strlen(controllers);

	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *at = memchr(text, ':', len);

		if (at && !strncmp(at + 1, controllers, n) && at[1 + n] == ':')
			return xmemdup0(at + n + 2, len - (size_t)(at + n + 2 - text));
		text += len + (text[len] == '\n');
	}
	return NULL;
}

/* Where both versions are mounted, all may be in the root of version 2: then systemd's hierarchy tells more. */
static void read_cgroup(int dir, struct process *p, struct gaps *gaps)
{
	struct buf b = {0};
	char *other;

	read_text(dir, "cgroup", FILE_MAX, p->pid, gaps, &b);
	if (!b.s)
		return;
	p->cgroup = path_of(b.s, "");
	other = p->cgroup && strcmp(p->cgroup, "/") ? NULL : path_of(b.s, "name=systemd");
	if (other) {
		free(p->cgroup);
		p->cgroup = other;
	}
	if (p->cgroup) {
		p->unit = cgroup_unit(p->cgroup);
		p->container = cgroup_container(p->cgroup);
	}
	buf_free(&b);
}

static int open_pid(int procfd, pid_t pid)
{
	char name[16];
	int fd;

	snprintf(name, sizeof name, "%d", (int)pid);
	fd = openat(procfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool is_known(const struct process *p, pid_t pid)
{
	bool known = pid == p->pid;

	for (size_t i = 0; i < p->nparents; i++)
		known |= p->parents[i].pid == pid;
	return known;
}

/* Neither /proc (which may hide it) nor the kernel knows it. */
static bool is_gone(int procfd, pid_t pid)
{
	int dir = open_pid(procfd, pid);

	if (dir >= 0)
		close(dir);
	return dir == -ENOENT && kill(pid, 0) < 0 && errno == ESRCH;
}

/*
 * Whether the process was adopted and the leader of its group is gone.  A child is
 * in its parent's session unless it leads one, so a parent in another one (pid 1,
 * or a child subreaper) has adopted it.  Session 0 is one that was begun outside
 * our pid namespace (pid_nr_ns()), another than any that has a number.
 */
static bool is_orphaned(int procfd, pid_t pid, const struct identity *id)
{
	struct identity parent;
	int dir, err;

	if (id->pgrp <= 0 || id->pgrp == pid || id->session == pid || !is_gone(procfd, id->pgrp))
		return false;
	dir = open_pid(procfd, id->ppid);
	if (dir < 0)
		return id->ppid == 1;
	err = identify(dir, -1, &parent);
	close(dir);
	if (err)
		return id->ppid == 1;
	free(parent.comm);
	return id->ppid == 1 || parent.session != id->session;
}

/*
 * Follows ppid up to pid 1, or to where a parent cannot be read.  Processes end
 * and are adopted while this goes on, so a circle is possible, and ends it.
 */
static void read_parents(int procfd, struct process *p)
{
	pid_t pid = p->ppid;

	while (pid > 0 && p->nparents < PARENTS_MAX && !is_known(p, pid)) {
		int dir = open_pid(procfd, pid), err;
		struct identity id;

		if (dir < 0)
			return;
		err = identify(dir, -1, &id);
		close(dir);
		if (err)
			return;
		p->parents = xgrow(p->parents, p->nparents, sizeof *p->parents);
		p->parents[p->nparents++] = (struct parent){.pid = pid, .comm = id.comm};
		pid = id.ppid;
	}
}

/*
 * Fills p with what /proc (descriptor procfd) says of the process; what is
 * older in p is not released.  Texts are raw bytes.  What may not be read
 * (EACCES, EPERM) stays NULL or unknown and is a GAP_PROCESS "exe of pid 12";
 * p->user is left to the caller.  Ages are in milliseconds at now, a value of
 * process_clock(): one for all processes that are compared.  Returns 0, or
 * -errno, p then empty, when the process is gone or hidden altogether.
 */
int process_read(int procfd, pid_t pid, int64_t now, struct process *p, struct gaps *gaps)
{
	int dir = open_pid(procfd, pid), err;
	struct identity id;

	*p = (struct process){.pid = pid, .uid = UID_UNKNOWN, .age_ms = -1};
	if (dir < 0)
		return dir;
	err = identify(dir, now, &id);
	if (!err) {
		p->comm = id.comm;
		p->state = id.state;
		p->ppid = id.ppid;
		p->age_ms = id.age_ms;
		p->started = id.started;
		p->orphaned = is_orphaned(procfd, pid, &id);
		p->uid = read_uid(dir, pid, gaps);
		p->exe = read_link(dir, "exe", pid, gaps);
		p->cwd = read_link(dir, "cwd", pid, gaps);
		read_cmdline(dir, p, gaps);
		read_cgroup(dir, p, gaps);
		read_parents(procfd, p);
	}
	close(dir);
	return err;
}

/*
 * Fills in what the main thread took with it when it exited: program, folder and
 * command line (proc(5) has none of a zombie), from a thread that lives on.
 */
void process_read_thread(int procfd, pid_t tid, struct process *p, struct gaps *gaps)
{
	char path[40];
	int dir;

	snprintf(path, sizeof path, "%d/task/%d", (int)p->pid, (int)tid);
	dir = openat(procfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return;
	if (!p->exe)
		p->exe = read_link(dir, "exe", p->pid, gaps);
	if (!p->cwd)
		p->cwd = read_link(dir, "cwd", p->pid, gaps);
	if (!p->ncmdline)
		read_cmdline(dir, p, gaps);
	close(dir);
}
