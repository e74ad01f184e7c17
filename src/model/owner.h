/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_OWNER_H
#define MODEL_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/tri.h"

/* A process above the holder, nearest first. */
struct parent {
	pid_t pid;
	char *comm;
};

/* What /proc told of one process; texts are raw bytes and NULL where they could not be read. */
struct process {
	pid_t pid, ppid;
	char state;           /* the letter of proc_pid_stat(5); 0 not known */
	uint32_t uid;         /* effective uid; UID_UNKNOWN where not known */
	char *user;           /* its name, NULL where it has none */
	bool orphaned;        /* adopted by another than its parent, and the leader of its process group is gone */
	int64_t age_ms;       /* since its start; -1 not known */
	uint64_t started;     /* in clock ticks after the boot; 0 not known */
	char *comm, *exe, *cwd;
	char **cmdline;       /* the arguments */
	size_t ncmdline;
	char *cgroup;         /* path in the cgroup2 hierarchy (or name=systemd) */
	char *unit, *container; /* named by that path */
	struct parent *parents;
	size_t nparents;
};

/* By what a process holds a socket. */
enum via {
	VIA_FD,       /* a descriptor of its own */
	VIA_TASK,     /* one in the table of a thread that is not that of the process */
	VIA_IO_URING, /* registered with an io_uring, whose descriptor fd is */
	VIAS
};

/* One descriptor of one process that refers to the socket with that inode. */
struct owner {
	uint32_t inode;
	uint32_t process;     /* index into struct owners */
	int fd;
	uint8_t cloexec;      /* enum tri; UNKNOWN until asked for, and where it could not be read */
	bool asked;           /* for cloexec */
	uint8_t via;          /* enum via */
	pid_t tid;            /* of VIA_TASK: the thread whose table it is; otherwise 0 */
};

/* What may hold a socket whose holder was not found: nothing tells which socket it is. */
enum hint_kind {
	HINT_IO_URING,  /* a socket is registered with that ring (fd) */
	HINT_IN_FLIGHT, /* descriptors wait to be received from that unix socket (fd) */
	HINT_ACCEPT,    /* a thread waits in accept() on fd, which is closed */
	HINTS
};

struct hint {
	enum hint_kind kind;
	pid_t pid;
	int fd;
	uint32_t uid;         /* of the process; UID_UNKNOWN where not known */
	char *comm;           /* its name; NULL where not known */
};

/* Who holds what; v is ordered by inode, then by the age of the process (the oldest first), then by fd. */
struct owners {
	struct process *processes;
	size_t nprocesses;
	struct owner *v;
	size_t n;
	struct hint *hints;   /* looked for only where a socket has no owner */
	size_t nhints;
};

const struct owner *owners_of(const struct owners *owners, uint32_t inode, size_t *n);
void owners_sort(struct owners *owners);
void process_free(struct process *p);
void owners_free(struct owners *owners);

#endif
