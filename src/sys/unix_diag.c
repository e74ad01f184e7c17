/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix sockets from NETLINK_SOCK_DIAG: sk_diag_fill() in net/unix/diag.c, alike
 * from 5.4 to 7.1.  The device of UNIX_DIAG_VFS is written as the kernel writes
 * its own, major << 20 | minor, and the inode's number is cut to 32 bits.
 * Sockets of other network namespaces are not listed, nor connections that
 * nobody has accepted.
 */
#include "sys/unix_diag.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/netlink.h"

/* Numbers of the kernel that older headers lack: the user is of 5.3. */
enum { SHOW_UID = 0x40, ATTR_UID = 7 };

/* Both sides of the copy are there: the value has at least size bytes. */
static void copy(void *to, const char *value, size_t len, size_t size)
{
	if (len >= size)
		memcpy(to, value, size);
}

static void take_file(const char *value, size_t len, struct unix_name *n)
{
	struct unix_diag_vfs vfs;

	if (len < sizeof vfs)
		return;
	memcpy(&vfs, value, sizeof vfs);
	n->has_file = true;
	n->inode = vfs.udiag_vfs_ino;
	n->dev = vfs.udiag_vfs_dev;
}

static void take_queues(const char *value, size_t len, struct sock *s)
{
	struct unix_diag_rqlen queues;

	if (len < sizeof queues)
		return;
	memcpy(&queues, value, sizeof queues);
	s->receive_queue = queues.udiag_rqueue;
	s->send_queue = queues.udiag_wqueue;
}

/* The NUL that ends a path comes with it (unix_mkname_bsd()); those in an abstract name are its own. */
static void take_name(const char *value, size_t len, struct unix_name *n)
{
	n->bytes = (char *)value;
	n->len = len && *value ? strnlen(value, len) : len;
}

static void take_attribute(const struct nlattr *a, struct sock *s, struct unix_name *n)
{
	const char *value = (const char *)a + NLA_HDRLEN;
	size_t len = a->nla_len - (size_t)NLA_HDRLEN;

	switch (a->nla_type & NLA_TYPE_MASK) {
	case UNIX_DIAG_NAME:
		take_name(value, len, n);
		break;
	case UNIX_DIAG_VFS:
		take_file(value, len, n);
		break;
	case UNIX_DIAG_RQLEN:
		take_queues(value, len, s);
		break;
	case ATTR_UID:
		copy(&s->uid, value, len, sizeof s->uid);
		break;
	}
}

/*
 * Reads one record (nlmsg_len bytes at h, of which at least the header is
 * there); pure.  False, with nothing touched, if it is too short or not of
 * AF_UNIX.  n->bytes points into the record; len is 0 for a socket without a
 * name.  An attribute that is too short says nothing, behind one that does not
 * fit none is read.
 */
bool unix_diag_parse(const struct nlmsghdr *h, struct sock *s, struct unix_name *n)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	size_t at = NLMSG_LENGTH(sizeof *m);

	if (h->nlmsg_len < at || m->udiag_family != AF_UNIX)
		return false;
	*n = (struct unix_name){.type = m->udiag_type};
	*s = (struct sock){
	    .proto = PROTO_UNIX,
	    .state = m->udiag_state,
	    .peer = {.family = AF_UNIX},
	    .uid = UID_UNKNOWN,
	    .inode = m->udiag_ino,
	    .count = 1,
	    .expires_ms = -1,
	    .cookie = m->udiag_cookie[0] | (uint64_t)m->udiag_cookie[1] << 32,
	};
	while (h->nlmsg_len > at && h->nlmsg_len - at >= sizeof(struct nlattr)) {
		const struct nlattr *a = (const struct nlattr *)((const char *)h + at);

		if (a->nla_len < sizeof *a || a->nla_len > h->nlmsg_len - at)
			break;
		take_attribute(a, s, n);
		at += NLA_ALIGN((size_t)a->nla_len);
	}
	return true;
}

struct question {
	unix_taker *take;
	void *arg;
};

static int answer(const struct nlmsghdr *h, void *arg)
{
	struct question *q = arg;
	struct unix_name n;
	struct sock s;

	if (!unix_diag_parse(h, &s, &n))
		return -EBADMSG;
	q->take(&s, &n, q->arg);
	return 0;
}

/*
 * Hands every unix socket of this network namespace to take, in dump order.
 * Returns 0 when all were seen; -errno of netlink_dump() otherwise: those handed
 * over are real, but others may be missing.  No privilege is needed.
 */
int unix_diag_ask(unix_taker *take, void *arg)
{
	struct {
		struct nlmsghdr h;
		struct unix_diag_req r;
	} request = {
	    .h = {.nlmsg_len = sizeof request,
	          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .r = {.sdiag_family = AF_UNIX,
	          .udiag_states = UINT32_MAX,
	          .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_RQLEN | SHOW_UID},
	};
	struct question q = {take, arg};

	return netlink_dump(NETLINK_SOCK_DIAG, &request.h, answer, &q);
}
