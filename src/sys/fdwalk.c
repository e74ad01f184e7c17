/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All descriptors of all processes: /proc/PID/fd/N is a link, of a socket to
 * "socket:[INODE]" (sockfs_dname() in net/socket.c).  Opening the table needs the
 * same user or CAP_DAC_READ_SEARCH, reading its links PTRACE_MODE_READ.  The cost
 * is that of the links, some 3 us each: two threads share it where they may.
 */
#define _GNU_SOURCE
#include "sys/fdwalk.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/listing.h"

/* Fewer processes than MANY are walked before a thread has started; a thread takes them TAKEN at a time. */
enum { MANY = 100, TAKEN = 8 };

/* What the caller gets to hear, one thread at a time. */
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;

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

static int tell(const struct fdwalk *w, int table, pid_t pid, int fd, const char *target)
{
	int stop;

	pthread_mutex_lock(&telling);
	stop = w->link(w->arg, table, pid, fd, target);
	pthread_mutex_unlock(&telling);
	return stop;
}

static void tell_refused(const struct fdwalk *w, int err, pid_t pid)
{
	pthread_mutex_lock(&telling);
	w->refused(w->arg, err, pid);
	pthread_mutex_unlock(&telling);
}

/* The descriptors of one table.  An enum fdwalk_step, or -errno of the first that could not be read. */
static int read_table(const struct fdwalk *w, struct listing *table, pid_t pid)
{
	char link[64];
	const struct dirent64 *e;
	int step;

	while ((e = listing_next(table))) {
		ssize_t n;

		if (*e->d_name == '.')
			continue;
		n = readlinkat(table->fd, e->d_name, link, sizeof link - 1);
		if (n < 0 && errno == ENOENT) /* closed meanwhile */
			continue;
		if (n < 0)
			return -errno;
		link[n] = '\0';
		if (w->wanted && !w->wanted(w->arg, link))
			continue;
		step = tell(w, table->fd, pid, (int)number(e->d_name, '\0', INT_MAX), link);
		if (step != FDWALK_ON)
			return step;
	}
	return table->err;
}

/* Walks over one table, that of a process or ("PID/task/TID/fd") of a thread of it.  An enum fdwalk_step, or -errno. */
int fdwalk_table(const struct fdwalk *w, const char *path, pid_t pid)
{
	struct listing table;
	int err;

	listing_open(&table, w->procfd, path);
	err = read_table(w, &table, pid);
	listing_close(&table);
	return err;
}

/*
 * The size of such a directory, -1 where it does not say.  Since 6.2 that is the
 * number of descriptors (proc_fd_getattr() in fs/proc/fd.c), of which a kernel
 * thread has none; before it is 0 for all.
 */
static int64_t size_of(int procfd, const char *path)
{
	struct stat st;

	return fstatat(procfd, path, &st, 0) ? -1 : st.st_size;
}

/* A process that has ended meanwhile holds nothing; any other failure may hide a holder.  Whether that is enough. */
static bool walk_process(const struct fdwalk *w, pid_t pid, bool counted)
{
	char path[32];
	int err;

	snprintf(path, sizeof path, "%d/fd", (int)pid);
	err = counted && !size_of(w->procfd, path) ? 0 : fdwalk_table(w, path, pid);
	if (err < 0 && err != -ENOENT && err != -ESRCH)
		tell_refused(w, err, pid);
	if (w->process)
		w->process(w->arg, pid);
	return err == FDWALK_ENOUGH;
}

struct pids {
	const struct fdwalk *walk;
	pid_t *v;
	size_t n;
	atomic_size_t next;
	bool counted; /* 0 is the size of tables without descriptors only */
};

static void *walk_some(void *arg)
{
	struct pids *p = arg;

	for (size_t first; first = atomic_fetch_add(&p->next, TAKEN), first < p->n;)
		for (size_t i = first; i < p->n && i < first + TAKEN; i++)
			if (walk_process(p->walk, p->v[i], p->counted)) {
				atomic_store(&p->next, p->n);
				return NULL;
			}
	return NULL;
}

/* Brings the preferred ones to the front, where there are many. */
static void sort_pids(struct pids *p)
{
	struct idset preferred = {0};
	size_t front = 0;

	if (p->walk->prefer && p->n >= MANY)
		p->walk->prefer(p->walk->arg, &preferred);
	for (size_t i = 0; i < p->n && preferred.n; i++)
		if (idset_has(&preferred, (uint64_t)p->v[i])) {
			pid_t pid = p->v[i];

			p->v[i] = p->v[front];
			p->v[front++] = pid;
		}
	idset_free(&preferred);
}

/* With a second thread where there are many; where none can be had, without. */
static void walk_pids(struct pids *p)
{
	bool two = p->walk->wanted && !p->walk->process && p->n >= MANY && sysconf(_SC_NPROCESSORS_ONLN) > 1;
	pthread_t second;

	two = two && !pthread_create(&second, NULL, walk_some, p);
	walk_some(p);
	if (two)
		pthread_join(second, NULL);
}

static int walk_all(const struct fdwalk *w, struct listing *proc)
{
	struct pids pids = {.walk = w, .counted = size_of(w->procfd, "self/fd") > 0};
	const struct dirent64 *e;
	bool saw_init = false;
	int err;

	while ((e = listing_next(proc))) {
		pid_t pid = (pid_t)number(e->d_name, '\0', INT_MAX);

		if (!pid)
			continue;
		pids.v = xgrow(pids.v, pids.n, sizeof *pids.v);
		pids.v[pids.n++] = pid;
		saw_init |= pid == 1;
	}
	err = proc->err ? proc->err : pids.n ? 0 : -ENOENT;
	sort_pids(&pids);
	walk_pids(&pids);
	free(pids.v);
	/* Every pid namespace has a pid 1; where it is not listed, hidepid= hides processes of others (proc(5)). */
	if (!err && !saw_init)
		w->refused(w->arg, -EACCES, 1);
	return err;
}

/* Walks over all descriptors that may be seen.  Returns 0; -errno if /proc itself cannot be read, or has no processes (-ENOENT). */
int fdwalk(const struct fdwalk *w)
{
	struct listing proc;
	int err;

	if (w->procfd < 0)
		return w->procfd;
	listing_open(&proc, w->procfd, ".");
	err = walk_all(w, &proc);
	listing_close(&proc);
	return err;
}
