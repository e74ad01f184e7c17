/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that are in no /proc/PID/fd and held all the same. */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../situation.h"

/* A thread of the situation; what it does first, it says when that is done. */
struct worker {
	void (*begin)(void);
	int ready[2];
};

static void *work(void *arg)
{
	struct worker *w = arg;

	if (w->begin)
		w->begin();
	need(write(w->ready[1], "x", 1) == 1, "write");
	for (;;)
		pause();
	return NULL;
}

static void start_worker(void (*begin)(void))
{
	static struct worker w;
	pthread_t thread;
	char c;

	w.begin = begin;
	need(!pipe2(w.ready, O_CLOEXEC), "pipe2");
	need(!pthread_create(&thread, NULL, work, &w), "pthread_create");
	need(read(w.ready[0], &c, 1) == 1, "read");
}

/* "State:" of a process becomes Z. */
static void wait_for_zombie(pid_t pid)
{
	char path[32], line[256];
	bool zombie = false;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	while (!zombie) {
		FILE *f = fopen(path, "re");

		need(f != NULL, path);
		while (fgets(line, sizeof line, f))
			zombie |= !strncmp(line, "State:\tZ", 8);
		fclose(f);
		sched_yield();
	}
}

/* A child whose main thread ends while another lives on; with count it had closed the socket before. */
static void zombie_leader(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options), ready[2];
	pid_t pid;
	char c;

	need(!pipe2(ready, O_CLOEXEC), "pipe2");
	fflush(stdout);
	pid = fork();
	need(pid >= 0, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (s->count)
			close(fd);
		start_worker(NULL);
		need(write(ready[1], "x", 1) == 1, "write");
		pthread_exit(NULL);
	}
	add_child(pid);
	need(read(ready[0], &c, 1) == 1, "read");
	wait_for_zombie(pid);
	if (s->count) {
		holder(getpid());
		return;
	}
	close(fd);
	holder(pid);
}

static void own_table(void)
{
	need(!unshare(CLONE_FILES), "unshare");
}

/* A thread keeps its copy of the table; with count the process keeps its own too. */
static void own_fd_table(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options);

	start_worker(own_table);
	if (!s->count)
		close(fd);
	holder(getpid());
}

static int start_ring(void)
{
	struct io_uring_params params = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0) {
		printf("skip=no io_uring here: %s\n", strerror(errno));
		exit(0);
	}
	return ring;
}

/* Registered with a ring and closed; with count a plain descriptor holds it, and the ring another socket. */
static void in_ring(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options), ring = start_ring(), other = socket(AF_INET, SOCK_STREAM, 0);
	int *registered = s->count ? &other : &fd;

	need(!syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, registered, 1), "IORING_REGISTER_FILES");
	close(*registered);
	fact("holder_fd", ring);
	holder(getpid());
}

/* A descriptor of the listener waits in a unix socket; with count it is another one, and we hold the listener. */
static void in_flight(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options), ends[2], sent = s->count ? socket(AF_INET, SOCK_STREAM, 0) : fd;
	char c = 'x', control[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec data = {.iov_base = &c, .iov_len = 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	*h = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
	memcpy(CMSG_DATA(h), &sent, sizeof sent);
	need(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	need(sendmsg(ends[0], &m, 0) == 1, "sendmsg");
	close(sent);
	fact("holder_fd", ends[1]);
	if (s->count)
		holder(getpid());
}

/* A thread in accept(): its listener, and its id in the namespace of this process. */
static struct {
	int fd;
	pid_t tid;
	int ready[2];
} accepter;

static void *wait_in_accept(void *arg)
{
	(void)arg;
	accepter.tid = (pid_t)syscall(SYS_gettid);
	need(write(accepter.ready[1], "x", 1) == 1, "write");
	accept(accepter.fd, NULL, NULL);
	return NULL;
}

/* Returns when the thread waits there. */
static void start_accepter(int fd)
{
	char path[64], text[64] = "", c;
	pthread_t thread;
	long call = 0;

	accepter.fd = fd;
	need(!pipe2(accepter.ready, O_CLOEXEC), "pipe2");
	need(!pthread_create(&thread, NULL, wait_in_accept, NULL), "pthread_create");
	need(read(accepter.ready[0], &c, 1) == 1, "read");
	snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)accepter.tid);
	while (call != SYS_accept) {
		FILE *f = fopen(path, "re");

		need(f && fgets(text, sizeof text, f), path);
		fclose(f);
		call = strtol(text, NULL, 10);
		sched_yield();
	}
}

/* close() while a thread waits in accept(); REUSED: the number of the descriptor is a new socket by then. */
enum { REUSED = 1 };

static void blocked_accept(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options);

	start_accepter(fd);
	close(fd);
	if (s->count == REUSED)
		need(socket(AF_INET, SOCK_STREAM, 0) == fd, "socket");
	fact("holder_fd", fd);
}

/* A thread waits in accept() on a listener that is open, another listener is on its way. */
static void accept_beside(const struct situation *s, uint16_t port)
{
	start_accepter(tcp_server(s->on, (uint16_t)(port + 1), 0));
	in_flight(s, port);
}

const struct situation unfound_situations[] = {
    {"zombie-leader", zombie_leader, "0.0.0.0", 0, NULL, 0},
    {"zombie-leader-beside", zombie_leader, "0.0.0.0", 0, NULL, 1},
    {"own-fd-table", own_fd_table, "0.0.0.0", 0, NULL, 0},
    {"own-fd-table-beside", own_fd_table, "0.0.0.0", 0, NULL, 1},
    {"io-uring", in_ring, "0.0.0.0", 0, NULL, 0},
    {"io-uring-beside", in_ring, "0.0.0.0", 0, NULL, 1},
    {"in-flight-listener", in_flight, "0.0.0.0", 0, NULL, 0},
    {"in-flight-beside", in_flight, "0.0.0.0", 0, NULL, 1},
    {"blocked-accept", blocked_accept, "0.0.0.0", 0, NULL, 0},
    {"blocked-accept-reused", blocked_accept, "0.0.0.0", 0, NULL, REUSED},
    {"accept-beside", accept_beside, "0.0.0.0", 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
