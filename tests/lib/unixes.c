/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unixes KIND NAME: makes one situation of unix sockets around NAME (a path, or @NAME), prints
 * facts about it as key=value lines and then "ready", and holds it until
 * standard input ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static void need(int true, const char *what)
{
	if (true)
		return;
	fprintf(stderr, "unixes: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void holder(pid_t pid)
{
	printf("holder_pid=%ld\n", (long)pid);
}

static socklen_t address(struct sockaddr_un *to, const char *name)
{
	size_t len = strlen(name);

	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	need(len <= sizeof to->sun_path, "the name is too long");
	memcpy(to->sun_path, name, len);
	if (*name == '@')
		to->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int opened(int type)
{
	int fd = socket(AF_UNIX, type, 0);

	need(fd >= 0, "socket");
	return fd;
}

static int bound(const char *name, int type)
{
	struct sockaddr_un to;
	socklen_t len = address(&to, name);
	int fd = opened(type);

	need(!bind(fd, (struct sockaddr *)&to, len), "bind");
	return fd;
}

static int listening(const char *name, int type)
{
	int fd = bound(name, type);

	need(!listen(fd, 8), "listen");
	return fd;
}

static void connect_to(int fd, const char *name)
{
	struct sockaddr_un to;
	socklen_t len = address(&to, name);

	need(!connect(fd, (struct sockaddr *)&to, len), "connect");
}

/* A process that holds what this one holds now. */
static pid_t keeper(void)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	pid = fork();
	need(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static void nothing(const char *name)
{
	(void)name;
}

static void listener(const char *name)
{
	listening(name, SOCK_STREAM);
	holder(getpid());
}

static void seqpacket_listener(const char *name)
{
	listening(name, SOCK_SEQPACKET);
	holder(getpid());
}

static void bound_stream(const char *name)
{
	bound(name, SOCK_STREAM);
	holder(getpid());
}

static void bound_dgram(const char *name)
{
	bound(name, SOCK_DGRAM);
	holder(getpid());
}

static void connected_dgram(const char *name)
{
	int fd = bound(name, SOCK_DGRAM);

	connect_to(fd, name);
	holder(getpid());
}

static void stale(const char *name)
{
	close(listening(name, SOCK_STREAM));
}

static void stale_with_listener_open(const char *name)
{
	listening(name, SOCK_STREAM);
	need(!unlink(name), "unlink");
	close(bound(name, SOCK_DGRAM));
}

static void unlinked(const char *name)
{
	listening(name, SOCK_STREAM);
	need(!unlink(name), "unlink");
}

/* The listener is gone, a connection that it accepted is not. */
static void accepted(const char *name)
{
	int fd = listening(name, SOCK_STREAM);

	connect_to(opened(SOCK_STREAM), name);
	need(accept(fd, NULL, NULL) >= 0, "accept");
	close(fd);
	holder(getpid());
}

/* A client with a name of its own. */
static void client(const char *name)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	socklen_t len = sizeof to;
	int fd = opened(SOCK_STREAM), here;

	need(!bind(fd, (struct sockaddr *)&to, sizeof to.sun_family), "bind");
	need(!listen(fd, 8) && !getsockname(fd, (struct sockaddr *)&to, &len), "listen");
	here = bound(name, SOCK_STREAM);
	need(!connect(here, (struct sockaddr *)&to, len), "connect");
	holder(getpid());
}

static void shared(const char *name)
{
	listening(name, SOCK_STREAM);
	child = keeper();
	holder(getpid());
	holder(child);
}

static void stopped(const char *name)
{
	int fd = listening(name, SOCK_STREAM), status;

	child = keeper();
	close(fd);
	need(!kill(child, SIGSTOP) && waitpid(child, &status, WUNTRACED) == child, "stop");
	holder(child);
}

static const struct {
	const char *kind;
	void (*make)(const char *name);
} kinds[] = {
    {"nothing", nothing},       {"listener", listener},       {"seqpacket-listener", seqpacket_listener},
    {"bound-stream", bound_stream}, {"bound-dgram", bound_dgram}, {"connected-dgram", connected_dgram},
    {"stale", stale},           {"unlinked", unlinked},       {"stale-with-listener-open", stale_with_listener_open},
    {"accepted", accepted},     {"client", client},           {"shared", shared},
    {"stopped", stopped},
};

int main(int argc, char **argv)
{
	size_t i = 0;
	char c;

	while (argc == 3 && i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].kind, argv[1]))
		i++;
	if (argc != 3 || i == sizeof kinds / sizeof *kinds) {
		fprintf(stderr, "usage: unixes KIND NAME\n");
		return 2;
	}
	kinds[i].make(argv[2]);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	if (child)
		kill(child, SIGKILL);
	return 0;
}
