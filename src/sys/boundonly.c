/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP sockets that no table lists: before Linux 6.8 those that are bound and
 * nothing more are in no dump, and in /proc/net/tcp they never are.  They have a
 * descriptor: what is a TCP socket there (its xattr system.sockprotoname,
 * net/socket.c, says so without a look inside) and is not among the listed ones
 * is duplicated (pidfd_getfd(2), Linux 5.6) and asked.
 *
 * A descriptor is in no table of /proc while it is on its way through a unix
 * socket (scm_fds in unix_show_fdinfo(), 5.8) or registered with an io_uring
 * (UserFiles in its fdinfo): where there are such, a socket may be among them.
 * Processes of a pid namespace further out are not in /proc either.
 */
#define _GNU_SOURCE
#include "sys/boundonly.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "sys/fdwalk.h"
#include "sys/procfile.h"
#include "sys/sockopt.h"

/* Numbers that are the same on every architecture and that older headers lack. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

enum { FDINFO_MAX = 64 << 10, OBJECT_MAX = 48, PROTOCOL_NAME = 32, LINK = 64 };

struct scan {
	struct snapshot *seen;
	int procfd;
	const struct idset *listed;
	int own;            /* a socket of our network namespace */
	struct gaps hidden; /* what may hide one */
};

__attribute__((format(printf, 3, 4))) static void hide(struct scan *scan, int err, const char *format, ...)
{
	char object[OBJECT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(object, sizeof object, format, args);
	va_end(args);
	gap_add(&scan->hidden, GAP_BOUND_ONLY, -err, object);
}

static bool is_gone(int err)
{
	return err == -ENOENT || err == -ESRCH || err == -EBADF || err == -ESTALE;
}

/* Whether the socket is of our network namespace.  Before SO_NETNS_COOKIE (5.14) that takes CAP_NET_ADMIN there. */
static enum tri is_here(const struct scan *scan, int fd)
{
	uint64_t ours, theirs;
	socklen_t len = sizeof ours, size = sizeof theirs;
	struct stat st;
	int ns;
	bool known;

	if (!getsockopt(scan->own, SOL_SOCKET, SO_NETNS_COOKIE, &ours, &len) &&
	    !getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &theirs, &size))
		return tri_of(ours == theirs);
	ns = ioctl(fd, SIOCGSKNS);
	if (ns < 0)
		return UNKNOWN;
	known = !fstat(ns, &st);
	close(ns);
	return known && scan->seen->host.netns ? tri_of(st.st_ino == scan->seen->host.netns) : UNKNOWN;
}

static uint16_t take_address(const struct sockaddr_storage *from, struct addr *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;

	*a = (struct addr){.family = (uint8_t)from->ss_family};
	if (from->ss_family == AF_INET) {
		memcpy(a->b, &v4->sin_addr, sizeof v4->sin_addr);
		return ntohs(v4->sin_port);
	}
	memcpy(a->b, &v6->sin6_addr, sizeof v6->sin6_addr);
	return ntohs(v6->sin6_port);
}

/*
 * Reads state and peer.  False if the socket may have lost its port: a
 * connection that was reset, or failed, keeps showing the port that it has given
 * back, unless bind() had asked for that very one (inet_put_port() clears
 * inet_num, not inet_sport).  What has ever been a connection has an advmss
 * (tcp_connect_init(), tcp_create_openreq_child()).
 */
static bool read_state(int fd, struct sock *s)
{
	struct sockaddr_storage peer;
	struct tcp_info info;
	socklen_t len = sizeof info, size = sizeof peer;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) ||
	    len < offsetof(struct tcp_info, tcpi_advmss) + sizeof info.tcpi_advmss)
		return false;
	s->state = info.tcpi_state;
	s->peer = (struct addr){.family = s->local.family};
	if (!getpeername(fd, (struct sockaddr *)&peer, &size))
		s->peer_port = take_address(&peer, &s->peer);
	return s->state != STATE_CLOSE || !info.tcpi_advmss;
}

/*
 * Reads the TCP socket behind our duplicate of its descriptor.  Returns 0, with
 * *u filled; 1 if it holds no port of this network namespace; or -errno.
 */
static int read_socket(const struct scan *scan, int fd, uint32_t inode, struct unlisted *u)
{
	struct sock *s = &u->s;
	struct sockaddr_storage local;
	socklen_t len = sizeof local, size = sizeof s->cookie;
	struct stat st;
	enum tri here;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode) || (uint32_t)st.st_ino != inode)
		return -ESTALE;
	here = is_here(scan, fd);
	if (here == NO)
		return 1;
	if (getsockname(fd, (struct sockaddr *)&local, &len) < 0)
		return -errno;
	if (local.ss_family != AF_INET && local.ss_family != AF_INET6)
		return 1;
	*s = (struct sock){.state = STATE_CLOSE, .count = 1, .expires_ms = -1, .inode = inode, .uid = st.st_uid};
	s->port = take_address(&local, &s->local);
	if (!s->port)
		return 1;
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &s->cookie, &size))
		s->cookie = 0;
	u->certain = read_state(fd, s) && here == YES;
	return sockopt_read_all(fd, s);
}

static bool is_known(const struct scan *scan, uint32_t inode)
{
	const struct snapshot *s = scan->seen;

	for (size_t i = 0; i < s->nunlisted; i++)
		if (s->unlisted[i].s.inode == inode)
			return true;
	return idset_has(scan->listed, inode);
}

static void take_socket(struct scan *scan, pid_t pid, int fd, uint32_t inode)
{
	struct snapshot *s = scan->seen;
	struct unlisted u = {.pid = pid, .fd = fd};
	int copy = sockopt_duplicate(pid, fd), err;

	err = copy < 0 ? copy : read_socket(scan, copy, inode, &u);
	if (copy >= 0)
		close(copy);
	if (err < 0 && !is_gone(err))
		hide(scan, err, "fd %d of pid %d", fd, (int)pid);
	if (err)
		return;
	s->unlisted = xgrow(s->unlisted, s->nunlisted, sizeof *s->unlisted);
	s->unlisted[s->nunlisted++] = u;
}

/* A line of the descriptor's fdinfo that counts descriptors which are in no table. */
static void look_for_others(struct scan *scan, pid_t pid, int fd, const char *key)
{
	char path[LINK];
	struct buf b = {0};
	const char *line;
	int err;

	snprintf(path, sizeof path, "%d/fdinfo/%d", (int)pid, fd);
	err = procfile_read(scan->procfd, path, FDINFO_MAX, &b);
	line = !err && b.len ? strstr(b.s, key) : NULL;
	if (err ? !is_gone(err) : line && strtoul(line + strlen(key), NULL, 10))
		hide(scan, err, "%.*s of fd %d of pid %d", (int)strlen(key) - 1, key, fd, (int)pid);
	buf_free(&b);
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* An error of a link that is still there is none of a descriptor that was closed. */
static bool is_there(int table, int fd, const char *target)
{
	char name[LINK], link[LINK];
	ssize_t n;

	snprintf(name, sizeof name, "%d", fd);
	n = readlinkat(table, name, link, sizeof link);
	return n >= 0 && (size_t)n == strlen(target) && !memcmp(link, target, (size_t)n);
}

static int take_link(void *arg, int table, pid_t pid, int fd, const char *target)
{
	struct scan *scan = arg;
	char path[LINK], name[PROTOCOL_NAME] = "";
	uint32_t inode = fdwalk_inode(target);

	if (!strcmp(target, "anon_inode:[io_uring]"))
		look_for_others(scan, pid, fd, "UserFiles:");
	if (!inode || is_known(scan, inode))
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d/%d", table, fd);
	if (getxattr(path, "system.sockprotoname", name, sizeof name - 1) < 0) {
		int err = -errno;

		if (is_there(table, fd, target))
			hide(scan, err, "fd %d of pid %d", fd, (int)pid);
	} else if (begins(name, "TCP") || begins(name, "MPTCP")) {
		take_socket(scan, pid, fd, inode);
	} else if (begins(name, "UNIX")) {
		look_for_others(scan, pid, fd, "scm_fds:");
	}
	return 0;
}

static void take_refusal(void *arg, int err, pid_t pid)
{
	hide(arg, err, "fd table of pid %d", (int)pid);
}

/* In any pid namespace but the first there may be processes that its /proc does not list. */
static void look_at_namespace(struct scan *scan)
{
	char *link = NULL;
	int err = procfile_link(scan->procfd, "self/ns/pid", &link);

	if (err || strcmp(link, FIRST_PID_NAMESPACE))
		hide(scan, err, "processes outside of %s", link ? link : "/proc");
	free(link);
}

/*
 * Finds the TCP sockets of this network namespace that have a port and are not
 * among the listed inodes: fills s->unlisted, and s->unlisted_read.  procfd is a
 * descriptor of /proc, or -errno where it could not be opened.  GAP_BOUND_ONLY is
 * taken away from s->gaps where nothing can be hidden any more; otherwise there
 * is one for each kind of failure, with the first thing that failed.
 *
 * Not certain are sockets that may have lost their port (read_state()) or be of
 * another network namespace; they count for their own port alone.  Taken for
 * bound is, wrongly, a listener without bind() that was shut down.
 */
void boundonly_scan(struct snapshot *s, int procfd, const struct idset *listed)
{
	struct scan scan = {.seen = s, .procfd = procfd, .listed = listed};
	struct fdwalk walk = {.procfd = procfd, .arg = &scan, .link = take_link, .refused = take_refusal};
	int err;

	scan.own = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = fdwalk(&walk);
	if (err)
		hide(&scan, err, "/proc");
	look_at_namespace(&scan);
	if (scan.own >= 0)
		close(scan.own);
	gap_close(&s->gaps, GAP_BOUND_ONLY);
	gap_copy_kind(&s->gaps, &scan.hidden, GAP_BOUND_ONLY);
	gap_free(&scan.hidden);
	s->unlisted_read = true;
}
