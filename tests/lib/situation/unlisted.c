/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that no table but sock_diag's shows, and what looks like one of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/syscall.h>

#include "../situation.h"

static void bound_here(const struct situation *s, uint16_t port)
{
	int fd = tcp_bound(s->on, port, s->options);

	holder(getpid());
	fact("holder_fd", fd);
}

/* The socket is of another network namespace, the process that holds it of this one. */
static void bound_elsewhere(const struct situation *s, uint16_t port)
{
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	need(here >= 0 && !unshare(CLONE_NEWNET), "unshare");
	loopback_up();
	tcp_bound(s->on, port, s->options);
	need(!setns(here, CLONE_NEWNET), "setns");
}

/* The same by MPTCP, where this kernel has it; count: connections of it, its listener gone. */
static void mptcp(const struct situation *s, uint16_t port)
{
	struct place p = place(s->on, port);
	int fd = socket(p.sa.ss_family, SOCK_STREAM, 262), client, child;

	if (fd < 0) {
		printf("skip=no MPTCP here: %s\n", strerror(errno));
		exit(0);
	}
	set_options(fd, p.sa.ss_family, s->options);
	need(!bind(fd, (struct sockaddr *)&p.sa, p.len), "bind");
	holder(getpid());
	if (s->to)
		need(!listen(fd, 8), "listen");
	if (!s->count)
		return;
	client = socket(p.sa.ss_family, SOCK_STREAM, 262);
	p = place(s->to, port);
	need(client >= 0 && !connect(client, (struct sockaddr *)&p.sa, p.len), "connect");
	child = accept(fd, NULL, NULL);
	need(child >= 0, "accept");
	close(fd);
}

static void unbound(const struct situation *s, uint16_t port)
{
	(void)s;
	(void)port;
	need(socket(AF_INET, SOCK_STREAM, 0) >= 0, "socket");
}

/* An accepted connection that its peer has reset: the socket still shows the port, and holds it no longer. */
static void reset_child(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);
	struct linger none = {.l_onoff = 1};

	need(!setsockopt(p.client, SOL_SOCKET, SO_LINGER, &none, sizeof none), "SO_LINGER");
	close(p.client);
	wait_for_state(p.server, TCP_CLOSE);
	need(local_port(p.server) == port, "the port is still shown");
	fact("holder_fd", p.server);
}

/* No process has a descriptor: it is on its way from one unix socket to the other. */
static void in_flight(const struct situation *s, uint16_t port)
{
	int fd = tcp_bound(s->on, port, s->options), ends[2];
	char c = 'x', control[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec data = {.iov_base = &c, .iov_len = 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	*h = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
	need(sendmsg(ends[0], &m, 0) == 1, "sendmsg");
	close(fd);
	fact("holder_fd", ends[1]);
}

/* The same, in an io_uring. */
static void in_ring(const struct situation *s, uint16_t port)
{
	struct io_uring_params params = {0};
	int fd = tcp_bound(s->on, port, s->options), ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0) {
		printf("skip=no io_uring here: %s\n", strerror(errno));
		exit(0);
	}
	need(!syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1), "IORING_REGISTER_FILES");
	close(fd);
	fact("holder_fd", ring);
}

const struct situation unlisted_situations[] = {
    {"bound-here", bound_here, "0.0.0.0", 0, NULL, 0},
    {"bound-v6only", bound_here, "::", V6ONLY, NULL, 0},
    {"bound-specific", bound_here, "127.0.0.1", 0, NULL, 0},
    {"bound-mapped", bound_here, "::ffff:127.0.0.1", REUSEADDR, NULL, 0},
    {"bound-elsewhere", bound_elsewhere, "0.0.0.0", 0, NULL, 0},
    {"mptcp-bound", mptcp, "0.0.0.0", 0, NULL, 0},
    {"mptcp-listener", mptcp, "0.0.0.0", 0, "127.0.0.1", 0},
    {"mptcp-v6-listener", mptcp, "::", 0, "::1", 0},
    {"mptcp-connection", mptcp, "0.0.0.0", 0, "127.0.0.1", 1},
    {"unbound", unbound, NULL, 0, NULL, 0},
    {"reset-child", reset_child, "0.0.0.0", 0, "127.0.0.1", 0},
    {"in-flight", in_flight, "0.0.0.0", 0, NULL, 0},
    {"in-ring", in_ring, "0.0.0.0", 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
