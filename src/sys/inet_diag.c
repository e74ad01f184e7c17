/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP and UDP sockets from NETLINK_SOCK_DIAG.  Records: inet_sk_diag_fill(),
 * inet_twsk_diag_fill() and inet_req_diag_fill() in the kernel's inet_diag.c,
 * alike from 5.4 to 7.1.  SHUTDOWN, SKV6ONLY and CGROUP_ID come unasked.
 */
#include "sys/inet_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "sys/netlink.h"

/* Numbers of the kernel that older headers lack: CGROUP_ID is of 5.8, INET_DIAG_REQ_PROTOCOL of 5.10. */
enum { ATTR_CGROUP_ID = 21, REQUEST_PROTOCOL = 3 };

static struct addr address(uint8_t family, const __be32 *raw)
{
	struct addr a = {.family = family};

	memcpy(a.b, raw, family == AF_INET ? 4 : 16);
	return a;
}

/* A timer that should have fired comes as 0, from some kernels as a small negative number. */
static int32_t milliseconds(const struct inet_diag_msg *m)
{
	if (m->idiag_timer == TIMER_NONE)
		return -1;
	return m->idiag_expires > INT32_MAX ? 0 : (int32_t)m->idiag_expires;
}

/* One attribute of at least its header's length; one that is too short for its type says nothing. */
static void take_attribute(const struct nlattr *a, void *arg)
{
	struct sock *s = arg;
	const char *value = (const char *)a + NLA_HDRLEN;
	size_t len = a->nla_len - (size_t)NLA_HDRLEN;

	switch (a->nla_type & NLA_TYPE_MASK) {
	case INET_DIAG_SHUTDOWN:
		if (len >= 1)
			s->shutdown = *value & 3;
		break;
	case INET_DIAG_SKV6ONLY:
		if (len >= 1)
			s->v6only = tri_of(*value);
		break;
	case ATTR_CGROUP_ID:
		if (len >= sizeof s->cgroup)
			memcpy(&s->cgroup, value, sizeof s->cgroup);
		break;
	}
}

/*
 * Hands the attributes of one record (nlmsg_len bytes at h, at least a struct
 * inet_diag_msg) to take, never beyond its end.  Stops at the first that does
 * not fit: what it would have said stays unknown.
 */
void inet_diag_attributes(const struct nlmsghdr *h, inet_diag_attribute *take, void *arg)
{
	size_t at = NLMSG_LENGTH(sizeof(struct inet_diag_msg));

	while (h->nlmsg_len > at && h->nlmsg_len - at >= sizeof(struct nlattr)) {
		const struct nlattr *a = (const struct nlattr *)((const char *)h + at);

		if (a->nla_len < sizeof *a || a->nla_len > h->nlmsg_len - at)
			return;
		take(a, arg);
		at += NLA_ALIGN((size_t)a->nla_len);
	}
}

/*
 * Reads one record (nlmsg_len bytes at h, of which at least the header is
 * there) into *s; pure.  False, with *s untouched, if it is too short or not of
 * AF_INET or AF_INET6.  Times are in milliseconds from the kernel's answer on.
 * The uid of minisockets and half-open requests is unknown: the kernel fills in
 * 0 there.  v6only of native IPv6 is known in LISTEN and CLOSE alone: in no
 * other state the attribute comes.
 */
bool inet_diag_parse(const struct nlmsghdr *h, struct sock *s)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof *m) || (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
		return false;
	*s = (struct sock){
	    .state = m->idiag_state,
	    .timer = m->idiag_timer,
	    .retransmits = m->idiag_retrans,
	    .port = ntohs(m->id.idiag_sport),
	    .peer_port = ntohs(m->id.idiag_dport),
	    .local = address(m->idiag_family, m->id.idiag_src),
	    .peer = address(m->idiag_family, m->id.idiag_dst),
	    .ifindex = m->id.idiag_if,
	    .uid = m->idiag_uid,
	    .inode = m->idiag_inode,
	    .receive_queue = m->idiag_rqueue,
	    .send_queue = m->idiag_wqueue,
	    .count = 1,
	    .expires_ms = milliseconds(m),
	    .cookie = m->id.idiag_cookie[0] | (uint64_t)m->id.idiag_cookie[1] << 32,
	};
	inet_diag_attributes(h, take_attribute, s);
	if (m->idiag_family == AF_INET || addr_is_mapped(&s->local))
		s->v6only = NO;
	if (sock_is_minisocket(s) || sock_is_half_open(s))
		s->uid = UID_UNKNOWN;
	return true;
}

struct question {
	enum proto proto;
	uint16_t port;
	void (*take)(const struct sock *s, void *arg);
	void *arg;
	bool *bound_only;
	bool any_taken;
};

/* The kernel ignores the port for bound-only sockets: all of them come, and are sorted out here. */
static int answer(const struct nlmsghdr *h, void *arg)
{
	struct question *q = arg;
	struct sock s;

	if (!inet_diag_parse(h, &s))
		return -EBADMSG;
	s.proto = (uint8_t)q->proto;
	if (sock_is_bound_only(&s))
		*q->bound_only = true;
	if (q->port && s.port != q->port)
		return 0;
	q->any_taken = true;
	q->take(&s, q->arg);
	return 0;
}

/*
 * Both families in one walk of the tables; only the older request takes
 * AF_UNSPEC.  Its own field for the protocol is the type of message: another one
 * is named by an attribute (5.10).
 */
static int walk_at_once(const struct inet_diag_filter *f, netlink_record *record, void *arg)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req r;
		struct nlattr a;
		uint32_t protocol;
	} request = {
	    .h = {.nlmsg_len = sizeof request,
	          .nlmsg_type = TCPDIAG_GETSOCK,
	          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .r = {.idiag_family = AF_UNSPEC,
	          .idiag_ext = f->extensions,
	          .id.idiag_sport = htons(f->port),
	          .id.idiag_dport = htons(f->peer_port),
	          .idiag_states = f->states},
	    .a = {.nla_len = sizeof request.a + sizeof request.protocol, .nla_type = REQUEST_PROTOCOL},
	    .protocol = IPPROTO_UDP,
	};

	if (f->proto == PROTO_TCP)
		request.h.nlmsg_len = offsetof(__typeof__(request), a);
	return netlink_dump(NETLINK_SOCK_DIAG, &request.h, record, arg);
}

static int walk_family(const struct inet_diag_filter *f, uint8_t family, netlink_record *record, void *arg)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} request = {
	    .h = {.nlmsg_len = sizeof request,
	          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .r = {.sdiag_family = family,
	          .sdiag_protocol = IPPROTO_TCP,
	          .idiag_ext = f->extensions,
	          .id.idiag_sport = htons(f->port),
	          .id.idiag_dport = htons(f->peer_port),
	          .idiag_states = f->states},
	};

	return netlink_dump(NETLINK_SOCK_DIAG, &request.h, record, arg);
}

/*
 * One dump of sockets through the filter, record by record: both families at
 * once, or (TCP) where the older request is refused the newer one for each.  UDP
 * sockets come in the order of the kernel's table, the two families as they are
 * mixed there, and that order counts (judge/conflict.c).  Returns
 * 0, the first non-zero return of record, or -errno of netlink_dump().  After a
 * refusal that came behind some records the newer request is not tried; *any is
 * true if there were any.
 */
int inet_diag_walk(const struct inet_diag_filter *f, const bool *any, netlink_record *record, void *arg)
{
	int err = walk_at_once(f, record, arg);

	if (!err || *any || f->proto == PROTO_UDP)
		return err;
	err = walk_family(f, AF_INET, record, arg);
	return err ? err : walk_family(f, AF_INET6, record, arg);
}

static void put_address(__be32 raw[4], const struct addr *a)
{
	bool mapped = addr_is_mapped(a);

	memcpy(raw, a->b + (mapped ? 12 : 0), addr_is_ipv4(a) ? 4 : 16);
}

/*
 * Hands the TCP connection that has both ends of like, and no device or that of
 * like, to record.  No table is walked for it: the kernel finds it as it would for
 * a packet that came (inet_diag_find_one_icsk()), which may be a listener instead,
 * and connections with IPv4 addresses by these, whatever their family.  Returns 0;
 * -ENOENT where there is none; -errno of netlink_ask().
 */
int inet_diag_find(struct netlink *n, const struct sock *like, netlink_record *record, void *arg)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} request = {
	    .h = {.nlmsg_len = sizeof request,
	          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	          .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
	    .r = {.sdiag_family = addr_is_ipv4(&like->local) ? AF_INET : AF_INET6,
	          .sdiag_protocol = IPPROTO_TCP,
	          .id.idiag_sport = htons(like->port),
	          .id.idiag_dport = htons(like->peer_port),
	          .id.idiag_if = like->ifindex == IFINDEX_UNKNOWN ? 0 : like->ifindex,
	          .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};

	put_address(request.r.id.idiag_src, &like->local);
	put_address(request.r.id.idiag_dst, &like->peer);
	return netlink_ask(n, &request.h, record, arg);
}

/*
 * Hands every socket of that protocol in this network namespace with that local port (0: any) to
 * take, in dump order: listeners, then bound-only ones, then the rest.  Sets
 * *bound_only if a bound-only socket of any port was listed (proof that this
 * kernel lists them; it is left alone otherwise).  Returns 0 when all were
 * seen; -errno of netlink_dump() otherwise: those handed over are real, but
 * others may be missing.  Where the older request is refused before a socket
 * was handed over, the newer one is tried for each family.
 */
int inet_diag_ask(enum proto proto, uint16_t port, bool *bound_only, void (*take)(const struct sock *s, void *arg), void *arg)
{
	struct question q = {.proto = proto, .port = port, .take = take, .arg = arg, .bound_only = bound_only};
	struct inet_diag_filter f = {.proto = proto, .port = port, .states = INET_DIAG_ALL_STATES};

	return inet_diag_walk(&f, &q.any_taken, answer, &q);
}

/*
 * The same for sockets that wait for somebody to come: TCP listeners, and UDP ones
 * that are not connected.  Of TCP only the table of listeners is walked, which is
 * short, and not that of all connections of the machine, as for any other state
 * (inet_diag_dump_icsk() in net/ipv4/inet_diag.c).
 */
int inet_diag_servers(enum proto proto, uint16_t port, void (*take)(const struct sock *s, void *arg), void *arg)
{
	bool bound_only = false;
	struct question q = {.proto = proto, .port = port, .take = take, .arg = arg, .bound_only = &bound_only};
	struct inet_diag_filter f = {.proto = proto, .port = port, .states = 1U << (proto == PROTO_UDP ? STATE_CLOSE : STATE_LISTEN)};

	return inet_diag_walk(&f, &q.any_taken, answer, &q);
}
