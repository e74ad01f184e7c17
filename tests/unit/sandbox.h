/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private place for tests that make sockets: a user and a network namespace
 * of their own.  What needs another one may nest.  A test that cannot have it
 * says so and passes.
 */
#ifndef TESTS_UNIT_SANDBOX_H
#define TESTS_UNIT_SANDBOX_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/addr.h"

static inline bool skip(const char *reason)
{
	printf("skip: %s (%s)\n", reason, strerror(errno));
	fflush(stdout);
	return false;
}

static inline bool put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Root of a new user namespace, with the other namespaces of flags.  False, having said why, where there is none. */
static inline bool sandbox_unshare(int flags)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[32];

	if (unshare(CLONE_NEWUSER | flags))
		return skip("no user namespace");
	put_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	if (!put_text("/proc/self/uid_map", map))
		return skip("no uid map");
	snprintf(map, sizeof map, "0 %u 1", gid);
	return put_text("/proc/self/gid_map", map) || skip("no gid map");
}

static inline void sandbox_link(const char *name, bool up)
{
	struct ifreq r = {.ifr_flags = up ? IFF_UP : 0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(r.ifr_name, name, IFNAMSIZ - 1);
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	close(fd);
}

/* An empty network of our own, lo up. */
static inline bool sandbox_enter(void)
{
	if (!sandbox_unshare(CLONE_NEWNET))
		return false;
	sandbox_link("lo", true);
	return true;
}

/* In a test of its own process: becomes nobody, if root.  False, having said why, where that cannot be. */
static inline bool sandbox_drop_root(void)
{
	const char *fork = getenv("CK_FORK");

	if (geteuid())
		return true;
	if (fork && !strcmp(fork, "no"))
		return skip("CK_FORK=no: would not get root back");
	return (!setgroups(0, NULL) && !setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534)) ||
	       skip("cannot become nobody");
}

/* How many descriptors we have: more where one leaks. */
static inline int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

struct place {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} u;
	socklen_t len;
};

static inline struct place place_of(const char *text, uint16_t port)
{
	struct place p = {.len = sizeof p.u.v4};
	struct addr a;

	ck_assert_msg(addr_parse(text, &a), "%s is no address", text);
	p.u.sa.sa_family = a.family;
	if (a.family == AF_INET) {
		p.u.v4.sin_port = htons(port);
		memcpy(&p.u.v4.sin_addr, a.b, sizeof p.u.v4.sin_addr);
		return p;
	}
	p.u.v6.sin6_port = htons(port);
	memcpy(&p.u.v6.sin6_addr, a.b, sizeof p.u.v6.sin6_addr);
	p.len = sizeof p.u.v6;
	return p;
}

static inline void set_option(int fd, int level, int name, int value)
{
	ck_assert_msg(!setsockopt(fd, level, name, &value, sizeof value), "option %d: %s", name, strerror(errno));
}

/* bind() of a plain TCP socket that is closed at once: 0 or the errno. */
static inline int really_bind(const char *text, uint16_t port)
{
	struct place p = place_of(text, port);
	int fd = socket(p.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	ck_assert_int_ge(fd, 0);
	if (p.u.sa.sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	err = bind(fd, &p.u.sa, p.len) ? errno : 0;
	close(fd);
	return err;
}

#endif
