/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How this kernel decides where versions differ (inet_csk_get_port() in
 * net/ipv4/inet_connection_sock.c, udp_lib_get_port() in net/ipv4/udp.c).  Fixes
 * are backported, so the release tells nothing: each difference is tried.  A
 * child does that in an empty network of its own, which ends with it, so that
 * neither the ports nor the namespaces of anybody change.
 */
#define _GNU_SOURCE
#include "sys/quirks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each quirk has ports of its own, so that no bucket knows of an earlier trial. */
enum { PATIENCE_S = 2, FIRST_PORT = 2000, PORTS_EACH = 32 };

enum { V6ONLY = 1, REUSEADDR = 2, UDP = 4 };

static socklen_t fill(struct sockaddr_storage *to, const char *text, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET};
	if (to->ss_family == AF_INET6) {
		v6->sin6_port = htons(port);
		inet_pton(AF_INET6, text, &v6->sin6_addr);
		return sizeof *v6;
	}
	v4->sin_port = htons(port);
	inet_pton(AF_INET, text, &v4->sin_addr);
	return sizeof *v4;
}

static int set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof on);
}

static int open_socket(int family, unsigned int flags)
{
	int fd = socket(family, (flags & UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, !!(flags & REUSEADDR)) ||
	    (family == AF_INET6 && set(fd, IPPROTO_IPV6, IPV6_V6ONLY, !!(flags & V6ONLY)))) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

/* A socket bound there, or -errno. */
static int hold(const char *text, uint16_t port, unsigned int flags)
{
	struct sockaddr_storage at;
	socklen_t len = fill(&at, text, port);
	int fd = open_socket(at.ss_family, flags);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, len)) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

/* Whether such a bind() is let in; UNKNOWN where something else than the port forbids it. */
static enum tri let_in(const char *text, uint16_t port, unsigned int flags)
{
	int fd = hold(text, port, flags);

	if (fd < 0)
		return fd == -EADDRINUSE ? NO : UNKNOWN;
	close(fd);
	return YES;
}

/* TCP sockets held at once, the second may be none, and a bind() asked for.  "::" has IPV6_V6ONLY. */
struct trial {
	const char *held[2], *asked;
};

static unsigned int v6only_of(const char *text)
{
	return strcmp(text, "::") ? 0 : V6ONLY;
}

static void let_go(const int fd[2])
{
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static enum tri try(const struct trial *t, uint16_t port)
{
	int fd[2] = {-1, -1};
	enum tri in = UNKNOWN;

	fd[0] = hold(t->held[0], port, v6only_of(t->held[0]));
	if (t->held[1])
		fd[1] = hold(t->held[1], port, v6only_of(t->held[1]));
	if (fd[0] >= 0 && (!t->held[1] || fd[1] >= 0))
		in = let_in(t->asked, port, v6only_of(t->asked));
	let_go(fd);
	return in;
}

/* A connection of this host to itself whose listener is closed again. */
struct connection {
	int client, server;
};

static bool join(struct connection *c, int listener, const char *to, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill(&at, to, port);

	if (listen(listener, 1) || connect(c->client, (const struct sockaddr *)&at, len))
		return false;
	c->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return c->server >= 0;
}

/* What is open of it where it fails ends with this process. */
static bool connection_open(struct connection *c, const char *at, const char *to, uint16_t port)
{
	int listener = hold(at, port, 0);
	bool ok;

	c->client = open_socket(strchr(to, ':') ? AF_INET6 : AF_INET, 0);
	if (listener < 0 || c->client < 0)
		return false;
	ok = join(c, listener, to, port);
	close(listener);
	return ok;
}

/*
 * The server's end goes first, so that it is the one in TIME_WAIT.  The client
 * waits for its FIN, and then until its own has been acknowledged: what lingers
 * has then nothing more to come.
 */
static bool connection_close(const struct connection *c)
{
	const struct linger until_acknowledged = {.l_onoff = 1, .l_linger = PATIENCE_S};
	char byte;

	close(c->server);
	if (recv(c->client, &byte, 1, 0) || setsockopt(c->client, SOL_SOCKET, SO_LINGER, &until_acknowledged,
	                                               sizeof until_acknowledged))
		return false;
	return !close(c->client);
}

/*
 * 6.1.0 to 6.1.4 did not look at TIME_WAIT for a specific address (fixed by
 * 936a192f9740 in 6.2-rc3 and 6.1.5).  A wildcard was refused there too: that it
 * is shows that there is a TIME_WAIT.
 */
static enum tri time_wait_unseen(uint16_t port)
{
	struct connection c;
	enum tri in;

	if (!connection_open(&c, "127.0.0.1", "127.0.0.1", port) || !connection_close(&c))
		return UNKNOWN;
	in = let_in("127.0.0.1", port, 0);
	return let_in("0.0.0.0", port, 0) == NO ? in : UNKNOWN;
}

/* 6.1 to 6.1.53 and 6.5.3 looked for IPv4 among sockets of their own family only (fixed by c48ef9c4aed3, aa99e5f87bd5 in 6.6-rc2). */
static enum tri mapped_unseen(uint16_t port)
{
	static const struct trial trials[] = {
	    {{"::ffff:0.0.0.0", NULL}, "127.0.0.1"},   {{"127.0.0.1", NULL}, "::ffff:0.0.0.0"},
	    {{"::ffff:127.0.0.1", NULL}, "127.0.0.1"}, {{"127.0.0.1", NULL}, "::ffff:127.0.0.1"},
	    {{"0.0.0.0", NULL}, "::ffff:127.0.0.1"},   {{"::ffff:127.0.0.1", NULL}, "0.0.0.0"},
	};
	enum tri missed = NO;

	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
		missed = tri_or(missed, try(&trials[i], (uint16_t)(port + i)));
	return missed;
}

/* Debian's 6.1.0-50, long after those fixes, in this order only: the other one is refused. */
static enum tri mapped_any_unseen(uint16_t port)
{
	static const struct trial trial = {{"::ffff:0.0.0.0", NULL}, "::ffff:127.0.0.1"};

	return try(&trial, port);
}

/* 6.6-rc2 to 6.8: the fix before went too far (fixed by d91ef1e1b55f in 6.9-rc; for mapped addresses only in 2026). */
static enum tri v6only_meets_v4(uint16_t port)
{
	static const struct trial trials[] = {
	    {{"::", NULL}, "127.0.0.1"},
	    {{"127.0.0.1", NULL}, "::"},
	    {{"::", NULL}, "::ffff:127.0.0.1"},
	    {{"::ffff:127.0.0.1", NULL}, "::"},
	};
	enum tri met = NO;

	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
		met = tri_or(met, tri_not(try(&trials[i], (uint16_t)(port + i))));
	return met;
}

/* Before that fix only one bucket of a wildcard was looked at.  Where one holder alone is not seen, that is another quirk. */
static enum tri v6only_hides_any(uint16_t port)
{
	static const struct trial trials[] = {
	    {{"0.0.0.0", "::"}, "127.0.0.1"},
	    {{"::", "0.0.0.0"}, "127.0.0.1"},
	    {{"0.0.0.0", "::"}, "::ffff:127.0.0.1"},
	    {{"::", "0.0.0.0"}, "::ffff:127.0.0.1"},
	    {{"::ffff:0.0.0.0", "::"}, "127.0.0.1"},
	    {{"::", "::ffff:0.0.0.0"}, "127.0.0.1"},
	    {{"::ffff:0.0.0.0", "::"}, "::ffff:127.0.0.1"},
	    {{"::", "::ffff:0.0.0.0"}, "::ffff:127.0.0.1"},
	};
	enum tri hidden = NO;

	for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
		struct trial alone = {{trials[i].held[i % 2], NULL}, trials[i].asked};

		if (try(&alone, (uint16_t)(port + 2 * i)) != YES)
			hidden = tri_or(hidden, try(&trials[i], (uint16_t)(port + 2 * i + 1)));
	}
	return hidden;
}

/* Up to 6.7 (tb->fastreuse) a holder that has cleared SO_REUSEADDR after its bind() was not looked at. */
static enum tri reuseaddr_memory(uint16_t port)
{
	int fd = hold("127.0.0.1", port, REUSEADDR);
	enum tri in = UNKNOWN;

	if (fd < 0)
		return UNKNOWN;
	if (!set(fd, SOL_SOCKET, SO_REUSEADDR, 0))
		in = let_in("127.0.0.1", port, REUSEADDR);
	close(fd);
	return in;
}

/*
 * An IPv6 connection has 127.0.0.6 for an IPv4 address (LOOPBACK4_IPV6); up to
 * 6.0 that was compared.  0.0.0.0 is refused in all versions.
 */
static enum tri loopback6_collides(uint16_t port)
{
	struct connection c;
	enum tri in;

	if (!connection_open(&c, "::", "::1", port))
		return UNKNOWN;
	in = let_in("127.0.0.6", port, 0);
	if (let_in("0.0.0.0", port, 0) != NO)
		in = UNKNOWN;
	close(c.server);
	close(c.client);
	return tri_not(in);
}

/* Whether a wildcard is let in beside more than ten sockets on addresses 127.0.net.x. */
static enum tri let_in_beside_crowd(int net, uint16_t port)
{
	enum { CROWD = 12 };
	int fd[CROWD], held = 0;
	enum tri in;
	char text[16];

	for (int i = 0; i < CROWD; i++) {
		snprintf(text, sizeof text, "127.0.%d.%d", net, i + 1);
		fd[i] = hold(text, port, UDP);
		held += fd[i] >= 0;
	}
	in = held == CROWD ? let_in("0.0.0.0", port, UDP) : UNKNOWN;
	for (int i = 0; i < CROWD; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return in;
}

/*
 * With more than ten sockets in a slot (hslot->count) a wildcard was compared with
 * those in its slot of the table by address alone (fixed by e537dd15d0d4 in 2026):
 * with wildcards, and with a specific address that came there by chance, once in
 * twenty times where the table has 256 slots (UDP_HTABLE_SIZE_MIN).  So one that is
 * let in proves it, and a refusal only in each of several crowds the contrary.
 */
static enum tri udp_any_unseen(uint16_t port)
{
	enum { CROWDS = 5 };
	enum tri in = NO;

	for (int net = 0; net < CROWDS && in == NO; net++)
		in = let_in_beside_crowd(net, port);
	return in;
}

static const struct {
	enum tri (*try)(uint16_t port);
	size_t at;
} tries[] = {
    {time_wait_unseen, offsetof(struct quirks, time_wait_unseen)},
    {mapped_unseen, offsetof(struct quirks, mapped_unseen)},
    {mapped_any_unseen, offsetof(struct quirks, mapped_any_unseen)},
    {v6only_meets_v4, offsetof(struct quirks, v6only_meets_v4)},
    {v6only_hides_any, offsetof(struct quirks, v6only_hides_any)},
    {reuseaddr_memory, offsetof(struct quirks, reuseaddr_memory)},
    {loopback6_collides, offsetof(struct quirks, loopback6_collides)},
    {udp_any_unseen, offsetof(struct quirks, udp_any_unseen)},
};

static void try_all(struct quirks *q)
{
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		((uint8_t *)q)[tries[i].at] = (uint8_t)tries[i].try((uint16_t)(FIRST_PORT + i * PORTS_EACH));
}

/* Without the privilege for a network namespace, one over a new user namespace will do (where that is allowed). */
static int enter_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd, err = 0;

	if (unshare(CLONE_NEWNET) && (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNET)))
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		err = -errno;
	close(fd);
	return err;
}

/* What the child tells. */
struct told {
	int failed;
	struct quirks quirks;
};

/* Whatever the dispositions and the mask of our caller are, it ends in time. */
static void end_in_time(void)
{
	sigset_t alarms;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarms, NULL);
	alarm(PATIENCE_S);
}

/* In a child of ours: _exit(), so that nothing of our caller is flushed or told a second time. */
static void try_and_tell(int to)
{
	struct told told = {0};

	end_in_time();
	told.failed = enter_network();
	if (!told.failed)
		try_all(&told.quirks);
	if (write(to, &told, sizeof told) != sizeof told)
		_exit(1);
	_exit(0);
}

/* Its answer, or -ECHILD if it ended without one.  The pipe ends with it, so there is nothing to wait for but that. */
static int hear(int from, struct told *told)
{
	ssize_t n;

	do
		n = read(from, told, sizeof *told);
	while (n < 0 && errno == EINTR);
	return n == sizeof *told ? told->failed : -ECHILD;
}

/*
 * Fills q with what trials of this kernel showed; a quirk that could not be
 * tried (no IPv6, a hook that forbids) is UNKNOWN.  Takes some milliseconds, 2 s
 * at most.  Returns 0; -errno with all of q UNKNOWN where there was no network to
 * try in: -EPERM (no privilege, and user namespaces are not for us), -ENOSPC
 * (their number is limited), -EINVAL (the kernel has none), -ECHILD where the
 * child ended too early, those of pipe2(2) and fork(2).
 */
int quirks_read(struct quirks *q)
{
	struct told told = {0};
	int ends[2], err;
	pid_t pid;

	*q = (struct quirks){0};
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		try_and_tell(ends[1]);
	err = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (!err)
		err = hear(ends[0], &told);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!err)
		*q = told.quirks;
	return err;
}
