/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of somebody else's socket, which sock_diag does not tell: a
 * duplicate of the holder's descriptor (pidfd_getfd(2), Linux 5.6) and
 * getsockopt(2).  pidfd_getfd() needs PTRACE_MODE_ATTACH_REALCREDS: root, or
 * the same user and a dumpable process; Yama may refuse it.
 */
#define _GNU_SOURCE
#include "sys/sockopt.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Numbers that are the same on every architecture and that older headers lack. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/*
 * A descriptor of the process, or of a thread with a table of its own (from 6.9 on,
 * PIDFD_THREAD), to be closed; -errno: -EINVAL or -ENOENT (a thread, before that),
 * -ESRCH (gone), -ENOSYS (before 5.3).
 */
int sockopt_open(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0 && (errno == EINVAL || errno == ENOENT))
		pidfd = (int)syscall(SYS_pidfd_open, pid, PIDFD_THREAD);
	return pidfd < 0 ? -errno : pidfd;
}

static int duplicate(int pidfd, int fd)
{
	int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	return copy < 0 ? -errno : copy;
}

/*
 * A duplicate of that descriptor of a process or thread, to be closed; -errno where
 * it may not be had: those of sockopt_open(), -EBADF (gone), -EPERM (not ours to
 * look at), -ENOSYS (before 5.6).
 */
int sockopt_duplicate(pid_t pid, int fd)
{
	int pidfd = sockopt_open(pid), copy = pidfd < 0 ? pidfd : duplicate(pidfd, fd);

	if (pidfd >= 0)
		close(pidfd);
	return copy;
}

/* An option that is an int; false if the socket does not know it. */
static bool get(int fd, int level, int name, int *value)
{
	socklen_t len = sizeof *value;

	return !getsockopt(fd, level, name, value, &len) && len == sizeof *value;
}

static enum tri is_mptcp(int fd)
{
	int protocol;

	return get(fd, SOL_SOCKET, SO_PROTOCOL, &protocol) ? tri_of(protocol == IPPROTO_MPTCP) : UNKNOWN;
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) ? 0 : cookie;
}

/*
 * Whether the descriptor, whose cookie is not that of the record, is its socket
 * all the same: the record may have none.  Behind an MPTCP descriptor (every
 * listener of Go 1.24 and later) it is that of its subflow: same inode, another
 * cookie.
 */
static bool is_same(int fd, const struct sock *s)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISSOCK(st.st_mode) || (uint32_t)st.st_ino != s->inode)
		return false;
	return !s->cookie || is_mptcp(fd) == YES;
}

/* All or nothing: s is changed only where both flags could be read. */
static int read_flags(int fd, struct sock *s, enum tri mptcp)
{
	int reuseaddr, reuseport, v6only;

	if (!get(fd, SOL_SOCKET, SO_REUSEADDR, &reuseaddr) || !get(fd, SOL_SOCKET, SO_REUSEPORT, &reuseport))
		return -errno;
	s->mptcp = (uint8_t)mptcp;
	s->reuseaddr = tri_of(reuseaddr);
	s->reuseport = tri_of(reuseport);
	if (s->local.family == AF_INET6 && get(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only))
		s->v6only = tri_of(v6only);
	return 0;
}

/*
 * What sockopt_read() reads, and the device, of a socket that we have a
 * descriptor of.  s->local must be known.  Returns 0 or -errno.
 */
int sockopt_read_all(int fd, struct sock *s)
{
	int ifindex;

	if (!get(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &ifindex))
		return -errno;
	s->ifindex = (uint32_t)ifindex;
	if (addr_is_mapped(&s->local) || s->local.family == AF_INET)
		s->v6only = NO;
	return read_flags(fd, s, is_mptcp(fd));
}

/*
 * Reads SO_REUSEADDR, SO_REUSEPORT, whether it is MPTCP and (of an AF_INET6 socket) IPV6_V6ONLY of
 * the socket s, which is descriptor fd of the process that pidfd is of, into s.  Nothing on the
 * socket is changed; only should its owner close it in that very moment, the
 * close of the duplicate is the last one.  Returns 0; -ESTALE if the descriptor
 * is another file by now; or -errno, s unchanged: those of sockopt_duplicate(), and
 * pidfd if that is one.
 */
int sockopt_read(int pidfd, int fd, struct sock *s)
{
	int copy = pidfd < 0 ? pidfd : duplicate(pidfd, fd), err;

	if (copy < 0)
		return copy;
	if (s->cookie && cookie_of(copy) == s->cookie)
		err = read_flags(copy, s, NO);
	else
		err = is_same(copy, s) ? read_flags(copy, s, is_mptcp(copy)) : -ESTALE;
	close(copy);
	return err;
}
