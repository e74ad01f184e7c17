/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of sockets, as the kernel announces it to the destroy groups of
 * NETLINK_SOCK_DIAG (sock_diag_broadcast_destroy(), 4.2; nobody needs a privilege
 * to listen).  It comes when the last reference to a full socket goes, and then
 * its port is free already: a listener, a bound socket, a connection, also one of
 * which a TIME_WAIT remains.  The state is CLOSE whatever it was, and port and
 * cookie are those that a dump had shown.  Nothing is said of TIME_WAIT and the
 * FIN_WAIT_2 minisocket, of unix sockets, of the kernel's own, nor of a socket
 * that lives on without its port.
 */
#include "sys/destroyed.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/inet_diag.h"
#include "sys/netlink.h"

#define GROUP_BIT(group) (1U << ((group) - 1))

static unsigned int groups_of(const struct destroyed *d)
{
	return (d->tcp ? GROUP_BIT(SKNLGRP_INET_TCP_DESTROY) | GROUP_BIT(SKNLGRP_INET6_TCP_DESTROY) : 0) |
	       (d->udp ? GROUP_BIT(SKNLGRP_INET_UDP_DESTROY) | GROUP_BIT(SKNLGRP_INET6_UDP_DESTROY) : 0);
}

/*
 * So that on a machine that closes thousands of connections a second we are not
 * woken for those of other ports.  Where it cannot be had, heard() sorts them out.
 */
static void filter_ports(const struct destroyed *d)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, NLMSG_HDRLEN + offsetof(struct inet_diag_msg, id.idiag_sport)),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, d->first, 0, 1),
	    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, d->last, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, 0),
	    BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};

	if (setsockopt(d->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)) {
		/* Then all of them come. */
	}
}

/*
 * Begins to listen, in the network namespace that we are in; d says for what.
 * What ends from now on will be heard.  Returns 0, or -errno with d->fd -1.
 */
int destroyed_open(struct destroyed *d)
{
	struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_groups = groups_of(d)};
	int err;

	d->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
	if (d->fd < 0)
		return -errno;
	filter_ports(d);
	if (!bind(d->fd, (const struct sockaddr *)&to, sizeof to))
		return 0;
	err = -errno;
	destroyed_close(d);
	return err;
}

struct hearing {
	const struct destroyed *d;
	uint64_t cookie;
	bool heard;
};

static int hear(const struct nlmsghdr *h, void *arg)
{
	struct hearing *to = arg;
	struct sock s;

	if (inet_diag_parse(h, &s) && s.port >= to->d->first && s.port <= to->d->last)
		to->heard |= !to->cookie || !s.cookie || s.cookie == to->cookie;
	return 0;
}

/*
 * Takes all that was heard so far.  True if one of these sockets has ended, or
 * (cookie not 0) the one with that cookie, or if some news were lost (ENOBUFS) or
 * not understood: then a look must tell.
 */
bool destroyed_heard(struct destroyed *d, uint64_t cookie)
{
	struct hearing to = {.d = d, .cookie = cookie};
	char bytes[8192] __attribute__((aligned(__alignof__(struct nlmsghdr))));

	for (;;) {
		struct netlink_talk talk = {.record = hear, .arg = &to}; /* what is announced to all has no number and is of the kernel: 0 */
		ssize_t n = recv(d->fd, bytes, sizeof bytes, 0);

		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			return to.heard || (errno != EAGAIN && errno != EWOULDBLOCK);
		if (n < 0 ? errno == ENOBUFS : netlink_walk(&talk, bytes, (size_t)n) != 0)
			to.heard = true;
	}
}

void destroyed_close(struct destroyed *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
