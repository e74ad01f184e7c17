/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processes hold a socket: one walk over all descriptors for all sockets, in
 * two threads, and no other work for a descriptor that is not wanted.  Only where a
 * socket is left without a process a second one looks for what is in no table of a
 * process.  /proc/PID/fdinfo/N tells close-on-exec (seq_show() in fs/proc/fd.c), which
 * takes longer than to find the descriptor: of those that are told.
 */
#define _GNU_SOURCE
#include "sys/owner.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "model/idset.h"
#include "sys/cgroup_path.h"
#include "sys/fdwalk.h"
#include "sys/hidden.h"
#include "sys/process.h"
#include "sys/procfile.h"
#include "sys/sockopt.h"

enum { FDINFO_MAX = 4096, PID_TEXT = 12, CGROUPS = 8 /* looked into first, at most */ };

struct scan {
	struct snapshot *seen;
	int procfd;
	int64_t now;           /* one clock for all ages: they decide which process is the oldest */
	struct idset wanted;
	struct idset missing; /* those for which no process was found */
	struct gaps refused;   /* descriptor tables that could not be read */
	bool *found;           /* of wanted, where one holder is enough: for which there is one */
	size_t left;           /* for how many there is none */
};

static void collect(struct scan *scan)
{
	const struct snapshot *s = scan->seen;

	for (size_t i = 0; i < s->nsocks; i++)
		idset_add(&scan->wanted, s->socks[i].inode);
	for (size_t i = 0; i < s->npeers; i++)
		idset_add(&scan->wanted, s->peers[i].inode);
	idset_end(&scan->wanted);
}

/* flags: is octal, as open(2) takes them; 02000000 is O_CLOEXEC on every architecture but alpha, parisc and sparc. */
static enum tri read_cloexec(int procfd, pid_t pid, pid_t tid, int fd)
{
	char path[64];
	struct buf b = {0};
	const char *line;
	enum tri cloexec = UNKNOWN;
	unsigned int flags;

	if (tid)
		snprintf(path, sizeof path, "%d/task/%d/fdinfo/%d", (int)pid, (int)tid, fd);
	else
		snprintf(path, sizeof path, "%d/fdinfo/%d", (int)pid, fd);
	if (!procfile_read(procfd, path, FDINFO_MAX, &b)) {
		line = strstr(b.s, "flags:");
		if (line && sscanf(line, "flags: %o", &flags) == 1)
			cloexec = tri_of(flags & O_CLOEXEC);
	}
	buf_free(&b);
	return cloexec;
}

/* Sets *place to that of the process among the owners' processes, and reads it if it is not there; -errno if it is gone. */
static int need_process(struct scan *scan, pid_t pid, size_t *place)
{
	struct owners *o = &scan->seen->owners;
	struct process p;
	int err;

	for (*place = 0; *place < o->nprocesses; ++*place)
		if (o->processes[*place].pid == pid)
			return 0;
	err = process_read(scan->procfd, pid, scan->now, &p, &scan->seen->gaps);
	if (err)
		return err;
	o->processes = xgrow(o->processes, o->nprocesses, sizeof *o->processes);
	o->processes[o->nprocesses] = p;
	o->nprocesses++;
	return 0;
}

/* Notes one descriptor; the process is read with its first, and its place is told.  -errno if it is gone. */
static int add(struct scan *scan, uint32_t inode, pid_t pid, enum via via, pid_t tid, int fd, size_t *place)
{
	struct owners *o = &scan->seen->owners;
	int err = need_process(scan, pid, place);

	if (err)
		return err;
	o->v = xgrow(o->v, o->n, sizeof *o->v);
	o->v[o->n++] = (struct owner){.inode = inode,
	                              .process = *place,
	                              .fd = fd,
	                              .asked = via == VIA_IO_URING,
	                              .via = via,
	                              .tid = tid};
	return 0;
}

static bool wanted(const void *arg, const char *target)
{
	const struct scan *scan = arg;
	uint32_t inode = fdwalk_inode(target);

	return inode && idset_has(&scan->wanted, inode);
}

/* One that is asked for its options must let itself be asked. */
static bool can_be_asked(pid_t pid, int fd)
{
	int copy = sockopt_duplicate(pid, fd);

	if (copy >= 0)
		close(copy);
	return copy >= 0;
}

static int take(void *arg, int table, pid_t pid, int fd, const char *target)
{
	struct scan *scan = arg;
	uint32_t inode = fdwalk_inode(target);
	size_t at = idset_place(&scan->wanted, inode), place;

	(void)table;
	if (add(scan, inode, pid, VIA_FD, 0, fd, &place))
		return FDWALK_NEXT;
	if (!scan->found || scan->found[at])
		return FDWALK_ON;
	scan->found[at] = can_be_asked(pid, fd);
	scan->left -= scan->found[at];
	return scan->left ? FDWALK_ON : FDWALK_ENOUGH;
}

/* A socket remembers the cgroup of the process that made it. */
static void prefer(void *arg, struct idset *pids)
{
	const struct scan *scan = arg;
	struct idset cgroups = {0};

	for (size_t i = 0; i < scan->seen->nsocks; i++)
		if (scan->seen->socks[i].cgroup > ROOT_CGROUP)
			idset_add(&cgroups, scan->seen->socks[i].cgroup);
	idset_end(&cgroups);
	for (size_t i = 0; i < cgroups.n && i < CGROUPS; i++)
		cgroup_processes(scan->procfd, cgroups.v[i], pids);
	idset_end(pids);
	idset_free(&cgroups);
}

/* Whether it is known already, by the table of another thread that is the same one. */
static bool is_noted(const struct owners *o, uint32_t inode, pid_t pid, int fd)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].inode == inode && o->v[i].fd == fd && o->processes[o->v[i].process].pid == pid)
			return true;
	return false;
}

/* A main thread that has exited has no program, folder or command line: the thread has them. */
static void take_hidden(void *arg, uint32_t inode, pid_t pid, enum via via, pid_t tid, int fd)
{
	struct scan *scan = arg;
	struct owners *o = &scan->seen->owners;
	size_t place;

	if (!idset_has(&scan->missing, inode) || is_noted(o, inode, pid, fd) || add(scan, inode, pid, via, tid, fd, &place))
		return;
	if (tid)
		process_read_thread(scan->procfd, tid, &o->processes[place], &scan->seen->gaps);
}

static bool is_hinted(const struct owners *o, enum hint_kind kind, pid_t pid, int fd)
{
	for (size_t i = 0; i < o->nhints; i++)
		if (o->hints[i].kind == kind && o->hints[i].pid == pid && o->hints[i].fd == fd)
			return true;
	return false;
}

/* A process of another network namespace can hold a socket of ours, but a mere hint is not enough to say so. */
static bool is_elsewhere(const struct scan *scan, pid_t pid)
{
	char path[32], *link;
	bool elsewhere = false;
	unsigned long long netns;

	snprintf(path, sizeof path, "%d/ns/net", (int)pid);
	if (!procfile_link(scan->procfd, path, &link) && sscanf(link, "net:[%llu]", &netns) == 1)
		elsewhere = scan->seen->host.netns && netns != scan->seen->host.netns;
	free(link);
	return elsewhere;
}

static void take_hint(void *arg, enum hint_kind kind, pid_t pid, int fd)
{
	struct scan *scan = arg;
	struct owners *o = &scan->seen->owners, one = {.processes = xcalloc(1, sizeof *one.processes), .nprocesses = 1};
	struct gaps gaps = {0};

	if (!is_hinted(o, kind, pid, fd) && !is_elsewhere(scan, pid) &&
	    !process_read(scan->procfd, pid, scan->now, one.processes, &gaps)) {
		o->hints = xgrow(o->hints, o->nhints, sizeof *o->hints);
		o->hints[o->nhints++] = (struct hint){
		    .kind = kind, .pid = pid, .fd = fd, .uid = one.processes->uid, .comm = xstrdup(one.processes->comm)};
	}
	owners_free(&one);
	gap_free(&gaps);
}

static void refuse(void *arg, int err, pid_t pid)
{
	struct scan *scan = arg;
	char text[PID_TEXT];

	snprintf(text, sizeof text, "%d", (int)pid);
	gap_add(&scan->refused, GAP_FD_TABLE, -err, text);
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

/* The second look, for the sockets of s that are left: peers are not worth it. */
static void look_deeper(struct scan *scan)
{
	struct hidden hidden = {.procfd = scan->procfd, .arg = scan, .socket = take_hidden, .hint = take_hint};
	const struct snapshot *s = scan->seen;

	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].held_by == HELD_HIDDEN || s->socks[i].held_by == HELD_UNKNOWN)
			idset_add(&scan->missing, s->socks[i].inode);
	idset_end(&scan->missing);
	hidden_walk(&hidden);
	owners_sort(&scan->seen->owners);
	idset_free(&scan->missing);
}

/* In any pid namespace but the first there may be processes that its /proc does not list. */
static void look_at_namespace(struct scan *scan)
{
	char *link = NULL;

	if (!procfile_link(scan->procfd, "self/ns/pid", &link) && strcmp(link, FIRST_PID_NAMESPACE))
		gap_add(&scan->seen->gaps, GAP_PIDS, 0, NULL);
	free(link);
}

/* Fills in cloexec of all descriptors of that socket, once. */
void owner_read_flags(struct owners *owners, int procfd, uint32_t inode)
{
	size_t n;
	const struct owner *first = owners_of(owners, inode, &n);

	for (struct owner *o = owners->v + (first - owners->v); n; n--, o++) {
		if (!o->asked)
			o->cloexec = read_cloexec(procfd, owners->processes[o->process].pid, o->tid, o->fd);
		o->asked = true;
	}
}

static void scan_all(struct snapshot *s, int procfd, bool brief)
{
	struct scan scan = {.seen = s, .procfd = procfd, .now = process_clock()};
	struct fdwalk walk = {.procfd = procfd, .arg = &scan, .wanted = wanted, .link = take, .refused = refuse,
	                      .prefer = brief ? prefer : NULL};
	int err;

	collect(&scan);
	scan.left = scan.wanted.n;
	scan.found = brief ? xcalloc(scan.left, sizeof *scan.found) : NULL;
	err = scan.wanted.n ? fdwalk(&walk) : 0;
	if (err)
		gap_add(&s->gaps, GAP_PROC, -err, NULL);
	owners_sort(&s->owners);
	if (set_holders(&scan))
		look_deeper(&scan);
	if (set_holders(&scan)) {
		gap_copy_kind(&s->gaps, &scan.refused, GAP_FD_TABLE);
		look_at_namespace(&scan);
	}
	s->owners_read = true;
	gap_free(&scan.refused);
	idset_free(&scan.wanted);
	free(scan.found);
}

/*
 * Finds the processes that hold the snapshot's sockets and their peers: fills s->owners (once
 * for each snapshot), held_by of each socket and s->owners_read.  procfd is a
 * descriptor of /proc, or -errno where it could not be opened.  Without an
 * inode to look for nothing is scanned.  Gaps: GAP_PROC; GAP_PROCESS for what a
 * holder does not show; GAP_FD_TABLE for tables that may not be read, but only
 * if a socket is left without a process: an ordinary user is refused hundreds
 * of them, and where each socket has its holder they tell nothing (a further
 * one that shares it may be among them); GAP_PIDS likewise.
 */
void owner_scan(struct snapshot *s, int procfd)
{
	scan_all(s, procfd, false);
}

/*
 * The same for who only wants to ask each socket for its options: ends with one
 * holder of each that lets us, where there is one, and looks for these in the
 * cgroups first in which the sockets were made.
 */
void owner_scan_brief(struct snapshot *s, int procfd)
{
	scan_all(s, procfd, true);
}
