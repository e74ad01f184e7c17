/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is special about the process that holds a socket. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../situation.h"

static void stop(pid_t pid)
{
	int status;

	need(!kill(pid, SIGSTOP), "kill");
	need(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "waitpid");
}

/* A process that was stopped, as with ^Z, and has what fd is. */
static pid_t stopped_keeper(int fd)
{
	pid_t pid = keeper();

	stop(pid);
	close(fd);
	holder(pid);
	return pid;
}

/* What is stopped has no part in it. */
static void stopped_beside(const struct situation *s, uint16_t port)
{
	stop(keeper());
	tcp_server(s->on, port, s->options);
	holder(getpid());
}

/* Two descriptors of one process are one socket, and not shared. */
static void two_descriptors(const struct situation *s, uint16_t port)
{
	need(dup(tcp_server(s->on, port, s->options)) >= 0, "dup");
	holder(getpid());
}

static void stopped_listener(const struct situation *s, uint16_t port)
{
	stopped_keeper(tcp_server(s->on, port, s->options));
}

static void stopped_bound(const struct situation *s, uint16_t port)
{
	stopped_keeper(tcp_bound(s->on, port, s->options));
}

static void stopped_connection(const struct situation *s, uint16_t port)
{
	stopped_keeper(connected_alone(s, port).server);
}

static void set_cloexec(int fd)
{
	need(!fcntl(fd, F_SETFD, FD_CLOEXEC), "FD_CLOEXEC");
}

/* Two processes of one program, and a program that they start does not get the socket. */
static void cloexec_of_two(const struct situation *s, uint16_t port)
{
	set_cloexec(tcp_server(s->on, port, s->options));
	holder(getpid());
	holder(keeper());
}

/* Runs sleep(1) with whatever has no close-on-exec; returns when the program has been started. */
static pid_t start_sleep(void)
{
	int started[2];
	pid_t pid;
	char c;

	need(!pipe2(started, O_CLOEXEC), "pipe2");
	pid = fork();
	need(pid >= 0, "fork");
	if (!pid) {
		execlp("sleep", "sleep", "300", (char *)NULL);
		_exit(write(started[1], "x", 1) == 1 ? 126 : 127);
	}
	close(started[1]);
	errno = ENOENT;
	need(!read(started[0], &c, 1), "sleep"); /* the other end went away by itself: it runs */
	close(started[0]);
	return pid;
}

/* A server started a program and ended; the program has its socket and does not know. */
static void inherited(const struct situation *s, uint16_t port)
{
	int pids[2];
	pid_t server, pid;

	need(!pipe2(pids, O_CLOEXEC), "pipe2");
	need(!prctl(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
	fflush(stdout);
	server = fork();
	need(server >= 0, "fork");
	if (!server) {
		tcp_server(s->on, port, s->options);
		pid = start_sleep();
		_exit(write(pids[1], &pid, sizeof pid) != sizeof pid);
	}
	need(read(pids[0], &pid, sizeof pid) == sizeof pid, "read");
	need(waitpid(server, NULL, 0) == server, "waitpid");
	add_child(pid);
	holder(pid);
}

/* The same, and the server still runs. */
static void inherited_and_held(const struct situation *s, uint16_t port)
{
	pid_t pid;

	tcp_server(s->on, port, s->options);
	fflush(stdout);
	pid = start_sleep();
	add_child(pid);
	holder(getpid());
	holder(pid);
}

/* The server had close-on-exec: the program that it started has nothing. */
static void not_inherited(const struct situation *s, uint16_t port)
{
	set_cloexec(tcp_server(s->on, port, s->options));
	fflush(stdout);
	add_child(start_sleep());
	holder(getpid());
}

/*
 * A master, in a session of its own, has a socket and two workers, and we adopt
 * whom it leaves: the workers if it dies; itself, for its own parent ends.
 */
static void forked(const struct situation *s, uint16_t port, bool dies)
{
	pid_t pids[3] = {0}, between;
	int told[2];

	need(!pipe2(told, O_CLOEXEC), "pipe2");
	need(!prctl(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
	fflush(stdout);
	between = fork();
	need(between >= 0, "fork");
	if (!between && !fork()) {
		setsid();
		tcp_server(s->on, port, s->options);
		pids[0] = getpid();
		for (int i = 1; i < 3; i++) {
			pids[i] = fork();
			while (!pids[i])
				pause();
		}
		need(write(told[1], pids, sizeof pids) == sizeof pids, "write");
		while (!dies)
			pause();
	}
	if (!between)
		_exit(0);
	need(read(told[0], pids, sizeof pids) == sizeof pids, "read");
	need(waitpid(between, NULL, 0) == between, "waitpid");
	for (int i = 0; i < 3; i++) {
		if (!i && dies) {
			need(waitpid(pids[i], NULL, 0) == pids[i], "waitpid");
			continue;
		}
		add_child(pids[i]);
		holder(pids[i]);
	}
}

static void orphaned_workers(const struct situation *s, uint16_t port)
{
	forked(s, port, true);
}

static void daemon_workers(const struct situation *s, uint16_t port)
{
	forked(s, port, false);
}

const struct situation holding_situations[] = {
    {"orphaned-workers", orphaned_workers, "0.0.0.0", 0, NULL, 0},
    {"daemon-workers", daemon_workers, "0.0.0.0", 0, NULL, 0},
    {"stopped-listener", stopped_listener, "0.0.0.0", 0, NULL, 0},
    {"stopped-beside", stopped_beside, "0.0.0.0", 0, NULL, 0},
    {"listener-two-descriptors", two_descriptors, "0.0.0.0", 0, NULL, 0},
    {"stopped-bound", stopped_bound, "0.0.0.0", 0, NULL, 0},
    {"stopped-connection", stopped_connection, "0.0.0.0", 0, "127.0.0.1", 0},
    {"cloexec-two-processes", cloexec_of_two, "0.0.0.0", 0, NULL, 0},
    {"inherited-listener", inherited, "0.0.0.0", 0, NULL, 0},
    {"inherited-and-held", inherited_and_held, "0.0.0.0", 0, NULL, 0},
    {"not-inherited", not_inherited, "0.0.0.0", 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
