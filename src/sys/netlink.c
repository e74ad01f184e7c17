/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink conversations: a request and the records that answer it.  libmnl
 * makes the socket; the bytes are walked here, because mnl_nlmsg_ok() of libmnl
 * 1.0.4 and 1.0.5 accepts a length above INT_MAX (RUSTSEC-2025-0142) and
 * mnl_cb_run() drops the error that NLMSG_DONE may carry.  How a dump begins
 * and ends: netlink_dump() and netlink_ack() in net/netlink/af_netlink.c, alike
 * from 5.4 to 7.1.
 */
#include "sys/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/xalloc.h"

/* The kernel fills at most 32 KiB at a time (max_recvmsg_len); it answers within the call, so a pause is a fault. */
enum { RECEIVE_BYTES = 32768, PATIENCE_S = 10, ERRNO_MAX = 4095 };

/* What an NLMSG_ERROR or NLMSG_DONE carries: 0 or -errno; -EBADMSG where it carries neither. */
static int status_of(const struct nlmsghdr *h)
{
	int err;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof err))
		return -EBADMSG;
	memcpy(&err, NLMSG_DATA(h), sizeof err);
	return err <= 0 && err >= -ERRNO_MAX ? err : -EBADMSG;
}

static int hear(struct netlink_talk *t, const struct nlmsghdr *h)
{
	if (h->nlmsg_seq != t->seq || h->nlmsg_pid != t->portid)
		return -EPROTO;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	switch (h->nlmsg_type) {
	case NLMSG_DONE:
	case NLMSG_ERROR:
		t->ended = true;
		return status_of(h);
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	default:
		return h->nlmsg_type < NLMSG_MIN_TYPE ? 0 : t->record(h, t->arg);
	}
}

/*
 * Walks one received datagram (aligned as struct nlmsghdr is) and hands its
 * records to t->record; sets t->ended at the end of the dump and ignores what
 * follows it.  Pure but for the callback, and reads nothing outside the bytes,
 * whatever they are.  Returns 0; -EBADMSG for a length that does not fit,
 * -EPROTO for somebody else's answer, -EINTR for a dump that the kernel calls
 * inconsistent (NLM_F_DUMP_INTR), -ENOBUFS where records were lost, the error
 * that the kernel reports as -errno, or what the callback returned.
 */
int netlink_walk(struct netlink_talk *t, const void *bytes, size_t len)
{
	const char *p = bytes;

	do {
		const struct nlmsghdr *h = (const struct nlmsghdr *)p;
		size_t step;
		int err;

		if (len < sizeof *h || h->nlmsg_len < sizeof *h || h->nlmsg_len > len)
			return -EBADMSG;
		err = hear(t, h);
		if (err)
			return err;
		step = NLMSG_ALIGN((size_t)h->nlmsg_len);
		step = step < len ? step : len;
		p += step;
		len -= step;
	} while (len && !t->ended);
	return 0;
}

static int send_request(struct mnl_socket *nl, const struct netlink_talk *t, const struct nlmsghdr *request)
{
	struct nlmsghdr *copy = (struct nlmsghdr *)xmemdup0(request, request->nlmsg_len);
	int err;

	copy->nlmsg_seq = t->seq;
	copy->nlmsg_pid = t->portid;
	err = mnl_socket_sendto(nl, copy, copy->nlmsg_len) < 0 ? -errno : 0;
	free(copy);
	return err;
}

static int receive_all(struct mnl_socket *nl, struct netlink_talk *t)
{
	char bytes[RECEIVE_BYTES] __attribute__((aligned(__alignof__(struct nlmsghdr))));

	while (!t->ended) {
		ssize_t n = mnl_socket_recvfrom(nl, bytes, sizeof bytes);
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) /* libmnl says ENOSPC for MSG_TRUNC */
			return errno == EAGAIN ? -ETIMEDOUT : errno == ENOSPC ? -EBADMSG : -errno;
		err = netlink_walk(t, bytes, (size_t)n);
		if (err)
			return err;
	}
	return 0;
}

struct netlink {
	struct mnl_socket *nl;
	uint32_t seq;
};

static int prepare(struct mnl_socket *nl)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};

	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
		return -errno;
	return 0;
}

/* A socket of that netlink protocol for any number of requests, to be closed; 0, or -errno with *n NULL. */
int netlink_open(int protocol, struct netlink **n)
{
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	int err = nl ? prepare(nl) : -errno;

	*n = NULL;
	if (err) {
		if (nl)
			mnl_socket_close(nl);
		return err;
	}
	*n = xcalloc(1, sizeof **n);
	(*n)->nl = nl;
	return 0;
}

/*
 * Sends the request (header and payload in one piece; seq and pid are set here)
 * and hands each record to the callback, until the kernel ends the dump,
 * acknowledges or refuses.  Returns 0 when the answer ended properly; -errno of a
 * system call or of the kernel's answer, -ETIMEDOUT after 10 s of silence, those
 * of netlink_walk(); or the callback's value.  Records heard before an error are
 * real but not all.
 */
int netlink_ask(struct netlink *n, const struct nlmsghdr *request, netlink_record *record, void *arg)
{
	struct netlink_talk t = {
	    .seq = ++n->seq, .portid = mnl_socket_get_portid(n->nl), .record = record, .arg = arg};
	int err = send_request(n->nl, &t, request);

	return err ? err : receive_all(n->nl, &t);
}

void netlink_close(struct netlink *n)
{
	mnl_socket_close(n->nl);
	free(n);
}

/* One request on a socket of its own: see netlink_ask(). */
int netlink_dump(int protocol, const struct nlmsghdr *request, netlink_record *record, void *arg)
{
	struct netlink *n;
	int err = netlink_open(protocol, &n);

	if (err)
		return err;
	err = netlink_ask(n, request, record, arg);
	netlink_close(n);
	return err;
}
