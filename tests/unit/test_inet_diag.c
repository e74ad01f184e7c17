/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sock_diag records: fields, attributes of every length, hostile bytes, and a dump of a real 6.18 kernel. */
#include "sys/inet_diag.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "guard.h"
#include "sys/netlink.h"

enum { FIXED = 16 + 72, ATTRS_MAX = 64, DUMP_MAX = 8192, TYPE_CGROUP_ID = 21 };

struct message {
	struct nlmsghdr h;
	struct inet_diag_msg m;
	char attrs[ATTRS_MAX];
};

static struct message message_of(uint8_t state, const char *local)
{
	struct message msg = {.h = {.nlmsg_len = FIXED, .nlmsg_type = TCPDIAG_GETSOCK}, .m.idiag_state = state};
	struct addr a;

	ck_assert(addr_parse(local, &a));
	msg.m.idiag_family = a.family;
	memcpy(msg.m.id.idiag_src, a.b, sizeof a.b);
	msg.m.id.idiag_sport = htons(9877);
	return msg;
}

/* Parses a copy that ends at a closed page. */
static bool parse(const struct message *msg, struct sock *s)
{
	size_t len = msg->h.nlmsg_len < sizeof msg->h ? sizeof msg->h : msg->h.nlmsg_len;
	struct guard g = guard_open(sizeof *msg);
	bool ok = inet_diag_parse(guard_put(&g, msg, len, NLMSG_ALIGNTO), s);

	guard_close(&g);
	return ok;
}

static const struct record {
	const char *name, *local;
	uint8_t state, timer;
	uint32_t expires, uid, inode;
	int32_t want_expires;
	uint32_t want_uid;
	enum tri want_v6only;
} records[] = {
    {"a listener", "127.0.0.1", STATE_LISTEN, 0, 0, 1000, 9, -1, 1000, NO},
    {"no timer, whatever expires says", "127.0.0.1", STATE_LISTEN, 0, 55, 0, 9, -1, 0, NO},
    {"native IPv6", "::1", STATE_LISTEN, 0, 0, 0, 9, -1, 0, UNKNOWN},
    {"IPv6 wildcard", "::", STATE_LISTEN, 0, 0, 0, 9, -1, 0, UNKNOWN},
    {"v4-mapped", "::ffff:127.0.0.1", STATE_LISTEN, 0, 0, 0, 9, -1, 0, NO},
    {"v4-mapped wildcard", "::ffff:0.0.0.0", STATE_LISTEN, 0, 0, 0, 9, -1, 0, NO},
    {"TIME_WAIT", "127.0.0.1", STATE_TIME_WAIT, 3, 42017, 0, 0, 42017, UID_UNKNOWN, NO},
    {"TIME_WAIT that is over", "127.0.0.1", STATE_TIME_WAIT, 3, 0, 0, 0, 0, UID_UNKNOWN, NO},
    {"a timer that is late", "127.0.0.1", STATE_TIME_WAIT, 3, 0xffffff38U, 0, 0, 0, UID_UNKNOWN, NO},
    {"the longest timer", "127.0.0.1", STATE_ESTABLISHED, 2, INT32_MAX, 5, 9, INT32_MAX, 5, NO},
    {"FIN_WAIT_2 minisocket", "::1", STATE_FIN_WAIT_2, 3, 60000, 0, 0, 60000, UID_UNKNOWN, UNKNOWN},
    {"FIN_WAIT_2 orphan above 60 s", "::1", STATE_FIN_WAIT_2, 2, 30000, 7, 0, 30000, 7, UNKNOWN},
    {"FIN_WAIT_2 with a process", "::1", STATE_FIN_WAIT_2, 0, 0, 7, 9, -1, 7, UNKNOWN},
    {"FIN_WAIT_2, timer 3, but an inode", "::1", STATE_FIN_WAIT_2, 3, 5, 7, 9, 5, 7, UNKNOWN},
    {"half-open, as all kernels name it", "127.0.0.1", STATE_SYN_RECV, 1, 900, 0, 0, 900, UID_UNKNOWN, NO},
    {"half-open, by its own number", "127.0.0.1", STATE_NEW_SYN_RECV, 1, 900, 0, 0, 900, UID_UNKNOWN, NO},
    {"SYN_RECV with a process", "127.0.0.1", STATE_SYN_RECV, 1, 900, 7, 9, 900, 7, NO},
    {"not accepted yet", "127.0.0.1", STATE_ESTABLISHED, 0, 0, 7, 0, -1, 7, NO},
    {"a state of the future", "127.0.0.1", 200, 0, 0, 7, 9, -1, 7, NO},
    {"a timer of the future", "127.0.0.1", STATE_ESTABLISHED, 9, 100, 7, 9, 100, 7, NO},
};

START_TEST(meaning)
{
	const struct record *r = &records[_i];
	struct message msg = message_of(r->state, r->local);
	struct sock s;

	msg.m.idiag_timer = r->timer;
	msg.m.idiag_expires = r->expires;
	msg.m.idiag_uid = r->uid;
	msg.m.idiag_inode = r->inode;
	ck_assert_msg(parse(&msg, &s), "%s: not a record", r->name);
	ck_assert_msg(s.state == r->state && s.timer == r->timer && s.inode == r->inode, "%s: plain fields", r->name);
	ck_assert_msg(s.expires_ms == r->want_expires, "%s: expires in %d", r->name, s.expires_ms);
	ck_assert_msg(s.uid == r->want_uid, "%s: uid %u", r->name, s.uid);
	ck_assert_msg(s.v6only == r->want_v6only, "%s: v6only %u", r->name, s.v6only);
	ck_assert_msg(s.count == 1 && !s.reuseaddr && !s.reuseport && !s.held_by, "%s: made up", r->name);
}
END_TEST

/* Byte order, and no field in another's place. */
START_TEST(fields)
{
	struct message msg = message_of(STATE_ESTABLISHED, "2001:db8::1");
	struct addr local, peer;
	struct sock s;

	ck_assert(addr_parse("2001:db8::1", &local) && addr_parse("2001:db8::2", &peer));
	memcpy(msg.m.id.idiag_dst, peer.b, sizeof peer.b);
	msg.m.id.idiag_dport = htons(41918);
	msg.m.id.idiag_if = 3;
	msg.m.id.idiag_cookie[0] = 0x55667788;
	msg.m.id.idiag_cookie[1] = 0x11223344;
	msg.m.idiag_retrans = 6;
	msg.m.idiag_rqueue = 11;
	msg.m.idiag_wqueue = 12;
	ck_assert(parse(&msg, &s));
	ck_assert(addr_equal(&s.local, &local) && addr_equal(&s.peer, &peer));
	ck_assert(s.port == 9877 && s.peer_port == 41918 && s.ifindex == 3 && s.retransmits == 6);
	ck_assert(s.receive_queue == 11 && s.send_queue == 12 && s.cookie == 0x1122334455667788);
}
END_TEST

/* An IPv4 record's address is four bytes, whatever stands in the other twelve. */
START_TEST(rubbish_behind_ipv4)
{
	struct message msg = message_of(STATE_LISTEN, "127.0.0.1");
	struct addr want;
	struct sock s;

	msg.m.id.idiag_src[3] = msg.m.id.idiag_dst[3] = 0xdeadbeef;
	ck_assert(parse(&msg, &s) && addr_parse("127.0.0.1", &want));
	ck_assert(addr_equal(&s.local, &want) && addr_is_any(&s.peer));
}
END_TEST

static const uint8_t families[] = {0, AF_UNIX, AF_NETLINK, 255};

START_TEST(other_family)
{
	struct message msg = message_of(STATE_LISTEN, "127.0.0.1");
	struct sock s;

	msg.m.idiag_family = families[_i];
	ck_assert_msg(!parse(&msg, &s), "family %u", families[_i]);
}
END_TEST

/* Attributes as they stand in the message: the length claimed, and how many bytes of value there are. */
struct attr {
	uint16_t type, len, present;
};

static const struct attr_row {
	const char *name;
	struct attr attrs[3];
	char fill;             /* every byte of every value */
	uint8_t shutdown;
	enum tri v6only;
	uint64_t cgroup;
} attr_rows[] = {
    {"none", {{0, 0, 0}}, 3, 0, UNKNOWN, 0},
    {"shutdown", {{INET_DIAG_SHUTDOWN, 5, 4}}, 3, 3, UNKNOWN, 0},
    {"shutdown, empty", {{INET_DIAG_SHUTDOWN, 4, 0}}, 3, 0, UNKNOWN, 0},
    {"shutdown, long", {{INET_DIAG_SHUTDOWN, 12, 8}}, 3, 3, UNKNOWN, 0},
    {"shutdown, last and unpadded", {{INET_DIAG_SHUTDOWN, 5, 1}}, 3, 3, UNKNOWN, 0},
    {"v6only yes", {{INET_DIAG_SKV6ONLY, 5, 4}}, 1, 0, YES, 0},
    {"v6only no", {{INET_DIAG_SKV6ONLY, 5, 4}}, 0, 0, NO, 0},
    {"v6only, empty", {{INET_DIAG_SKV6ONLY, 4, 0}}, 1, 0, UNKNOWN, 0},
    {"v6only, long", {{INET_DIAG_SKV6ONLY, 8, 4}}, 1, 0, YES, 0},
    {"cgroup", {{TYPE_CGROUP_ID, 12, 8}}, 1, 0, UNKNOWN, 0x0101010101010101},
    {"cgroup, seven bytes", {{TYPE_CGROUP_ID, 11, 8}}, 1, 0, UNKNOWN, 0},
    {"cgroup, four bytes", {{TYPE_CGROUP_ID, 8, 4}}, 1, 0, UNKNOWN, 0},
    {"cgroup, long", {{TYPE_CGROUP_ID, 20, 16}}, 1, 0, UNKNOWN, 0x0101010101010101},
    {"all three",
     {{TYPE_CGROUP_ID, 12, 8}, {INET_DIAG_SKV6ONLY, 5, 4}, {INET_DIAG_SHUTDOWN, 5, 4}},
     1,
     1,
     YES,
     0x0101010101010101},
    {"unknown ones are passed over", {{99, 4, 0}, {77, 9, 8}, {INET_DIAG_SHUTDOWN, 5, 4}}, 3, 3, UNKNOWN, 0},
    {"the flag bits of a type", {{INET_DIAG_SHUTDOWN | NLA_F_NESTED | NLA_F_NET_BYTEORDER, 5, 4}}, 3, 3, UNKNOWN, 0},
    {"type 0", {{0, 5, 4}, {INET_DIAG_SHUTDOWN, 5, 4}}, 3, 3, UNKNOWN, 0},
    {"length 0", {{INET_DIAG_SHUTDOWN, 0, 4}}, 3, 0, UNKNOWN, 0},
    {"length 3", {{INET_DIAG_SHUTDOWN, 3, 4}}, 3, 0, UNKNOWN, 0},
    {"longer than the message by one", {{INET_DIAG_SHUTDOWN, 6, 1}}, 3, 0, UNKNOWN, 0},
    {"longer than the message, but not than its padding", {{TYPE_CGROUP_ID, 12, 7}}, 3, 0, UNKNOWN, 0},
    {"length 65535", {{INET_DIAG_SHUTDOWN, 65535, 4}}, 3, 0, UNKNOWN, 0},
    {"nothing behind a bad one", {{99, 1, 4}, {INET_DIAG_SHUTDOWN, 5, 4}}, 3, 0, UNKNOWN, 0},
    {"what came before a bad one", {{INET_DIAG_SHUTDOWN, 5, 4}, {99, 65535, 4}}, 3, 3, UNKNOWN, 0},
};

static void put_attrs(struct message *msg, const struct attr *a, size_t n, char fill)
{
	size_t at = 0;

	for (size_t i = 0; i < n && a[i].type + a[i].len; i++) {
		struct nlattr header = {.nla_len = a[i].len, .nla_type = a[i].type};

		memcpy(msg->attrs + at, &header, sizeof header);
		memset(msg->attrs + at + sizeof header, fill, a[i].present);
		at += sizeof header + a[i].present;
	}
	msg->h.nlmsg_len = FIXED + (uint32_t)at;
}

START_TEST(attributes)
{
	const struct attr_row *r = &attr_rows[_i];
	struct message msg = message_of(STATE_LISTEN, "::");
	struct sock s;

	put_attrs(&msg, r->attrs, 3, r->fill);
	ck_assert_msg(parse(&msg, &s), "%s: not a record", r->name);
	ck_assert_msg(s.shutdown == r->shutdown, "%s: shutdown %u", r->name, s.shutdown);
	ck_assert_msg(s.v6only == r->v6only, "%s: v6only %u", r->name, s.v6only);
	ck_assert_msg(s.cgroup == r->cgroup, "%s: cgroup %llx", r->name, (unsigned long long)s.cgroup);
}
END_TEST

/* No attribute makes an IPv4 or v4-mapped socket v6only. */
START_TEST(v6only_of_ipv4)
{
	static const struct attr v6only = {INET_DIAG_SKV6ONLY, 5, 4};
	struct message msg = message_of(STATE_LISTEN, _i ? "::ffff:127.0.0.1" : "127.0.0.1");
	struct sock s;

	put_attrs(&msg, &v6only, 1, 1);
	ck_assert(parse(&msg, &s));
	ck_assert_int_eq(s.v6only, NO);
}
END_TEST

/* The message cut at every length: a record from the fixed part on, each attribute once it is whole. */
START_TEST(cut)
{
	static const struct attr attrs[] = {{TYPE_CGROUP_ID, 12, 8}, {INET_DIAG_SKV6ONLY, 5, 4}};
	struct message msg = message_of(STATE_LISTEN, "::");
	uint32_t len = (uint32_t)_i;
	struct sock s = {.port = 1};
	bool ok;

	put_attrs(&msg, attrs, 2, 1);
	ck_assert_uint_eq(msg.h.nlmsg_len, FIXED + 20);
	msg.h.nlmsg_len = len;
	ok = parse(&msg, &s);
	ck_assert_msg(ok == (len >= FIXED), "length %u: %d", len, ok);
	ck_assert_msg(ok || s.port == 1, "length %u: touched", len);
	ck_assert_msg(!ok || !!s.cgroup == (len >= FIXED + 12), "length %u: cgroup", len);
	ck_assert_msg(!ok || s.v6only == (len >= FIXED + 17 ? YES : UNKNOWN), "length %u: v6only", len);
}
END_TEST

/* Random attributes of random length; only the guard page judges. */
START_TEST(random_attributes)
{
	struct message msg = message_of(STATE_LISTEN, "::");
	struct guard g = guard_open(sizeof msg);

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		struct sock s;

		for (size_t k = 0; k < ATTRS_MAX; k++) /* small bytes: lengths that nearly fit */
			msg.attrs[k] = (char)(random() % (random() % 8 ? 26 : 256));
		msg.h.nlmsg_len = FIXED + (uint32_t)(random() % (ATTRS_MAX + 1));
		ck_assert(inet_diag_parse(guard_put(&g, &msg, msg.h.nlmsg_len, NLMSG_ALIGNTO), &s));
	}
	guard_close(&g);
}
END_TEST

/* The sockets of the captured dump: each is there once. */
static const struct kind {
	const char *local;
	uint16_t port;
	uint8_t state, timer;
	bool has_inode;
	enum tri v6only;
	uint8_t shutdown;
} kinds[] = {
    {"127.0.0.1", 9877, STATE_LISTEN, TIMER_NONE, true, NO, 0},
    {"127.0.0.7", 9877, STATE_LISTEN, TIMER_NONE, true, NO, 0},
    {"::1", 9877, STATE_LISTEN, TIMER_NONE, true, YES, 0},
    {"::ffff:127.0.0.2", 9877, STATE_LISTEN, TIMER_NONE, true, NO, 0},
    {"127.0.0.3", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"::ffff:127.0.0.4", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"::1", 9878, STATE_CLOSE, TIMER_NONE, true, YES, 0},
    {"::", 9879, STATE_CLOSE, TIMER_NONE, true, YES, 0},
    {"::", 9880, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"127.0.0.1", 9877, STATE_ESTABLISHED, TIMER_NONE, true, NO, 0},
    {"127.0.0.1", 9877, STATE_ESTABLISHED, TIMER_NONE, false, NO, 0},
    {"::1", 9877, STATE_ESTABLISHED, TIMER_NONE, true, UNKNOWN, 0},
    {"::ffff:127.0.0.2", 9877, STATE_ESTABLISHED, TIMER_NONE, true, NO, 0},
    {"127.0.0.1", 9877, STATE_TIME_WAIT, TIMER_TIMEWAIT, false, NO, 0},
    {"::1", 9877, STATE_TIME_WAIT, TIMER_TIMEWAIT, false, UNKNOWN, 0},
    {"127.0.0.1", 9877, STATE_FIN_WAIT_2, TIMER_TIMEWAIT, false, NO, 0},
    {"::1", 9877, STATE_FIN_WAIT_2, TIMER_TIMEWAIT, false, UNKNOWN, 0},
    {"127.0.0.1", 9877, STATE_FIN_WAIT_2, TIMER_NONE, true, NO, 2},
    {"127.0.0.1", 9877, STATE_CLOSE_WAIT, TIMER_NONE, true, NO, 1},
    {"127.0.0.1", 9877, STATE_FIN_WAIT_1, TIMER_RETRANSMIT, false, NO, 3},
    {"127.0.0.1", 9877, STATE_LAST_ACK, TIMER_RETRANSMIT, false, NO, 3},
    {"127.0.0.1", 9877, STATE_CLOSING, TIMER_RETRANSMIT, true, NO, 3},
    {"127.0.0.1", 9877, STATE_SYN_RECV, TIMER_RETRANSMIT, false, NO, 0},
    {"127.0.0.6", 9877, STATE_SYN_SENT, TIMER_RETRANSMIT, true, NO, 0},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct seen {
	struct sock v[2 * KINDS];
	size_t n;
};

static int add(const struct nlmsghdr *h, void *arg)
{
	struct seen *seen = arg;

	ck_assert_uint_lt(seen->n, 2 * KINDS);
	ck_assert_msg(inet_diag_parse(h, &seen->v[seen->n]), "record %zu", seen->n);
	seen->n++;
	return 0;
}

/* Walks a file of datagrams.  Returns what netlink_walk() does. */
static int replay(const char *path, struct seen *seen, bool *ended)
{
	struct netlink_talk t = {.record = add, .arg = seen};
	struct guard g = guard_open(DUMP_MAX);
	static char bytes[DUMP_MAX];
	FILE *f = fopen(path, "rb");
	struct nlmsghdr *h;
	size_t len;
	int err;

	ck_assert_msg(f, "%s cannot be read (tests run at the top of the tree)", path);
	len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	h = guard_put(&g, bytes, len, NLMSG_ALIGNTO);
	t.seq = h->nlmsg_seq;
	t.portid = h->nlmsg_pid;
	err = netlink_walk(&t, h, len);
	*ended = t.ended;
	guard_close(&g);
	return err;
}

static bool is_of_kind(const struct sock *s, const struct kind *k)
{
	struct addr local;

	ck_assert(addr_parse(k->local, &local));
	return addr_equal(&s->local, &local) && s->port == k->port && s->state == k->state && s->timer == k->timer &&
	       !!s->inode == k->has_inode && s->v6only == k->v6only && s->shutdown == k->shutdown;
}

START_TEST(captured_kinds)
{
	const struct kind *k = &kinds[_i];
	struct seen seen = {0};
	unsigned int times = 0;
	bool ended;

	ck_assert_int_eq(replay("tests/data/linux-6.18/sock_diag.dump", &seen, &ended), 0);
	for (size_t i = 0; i < seen.n; i++)
		times += is_of_kind(&seen.v[i], k);
	ck_assert_msg(times == 1, "%s port %u state %u timer %u: %u times", k->local, k->port, k->state, k->timer,
	              times);
}
END_TEST

START_TEST(captured_whole)
{
	struct seen seen = {0};
	bool ended;

	ck_assert_int_eq(replay("tests/data/linux-6.18/sock_diag.dump", &seen, &ended), 0);
	ck_assert(ended);
	ck_assert_uint_eq(seen.n, KINDS);
	for (size_t i = 0; i < seen.n; i++) {
		const struct sock *s = &seen.v[i];
		bool is_short = sock_is_minisocket(s) || sock_is_half_open(s);

		ck_assert_msg(s->cookie, "record %zu: cookie", i);
		ck_assert_msg(!!s->cgroup == !is_short, "record %zu: cgroup", i);
		ck_assert_msg(s->uid == (is_short ? UID_UNKNOWN : 0), "record %zu: uid", i);
		ck_assert_msg((s->ifindex == 1) == (s->local.b[3] == 7), "record %zu: device", i);
		ck_assert_msg((s->expires_ms < 0) == !s->timer, "record %zu: timer", i);
	}
}
END_TEST

/* UDP sockets in the order in which they were dumped: the newest first, the two families mixed. */
static const struct kind udp_kinds[] = {
    {"127.0.0.1", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"224.0.0.1", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"127.0.0.7", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"::", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"::", 9877, STATE_CLOSE, TIMER_NONE, true, YES, 0},
    {"::1", 9877, STATE_ESTABLISHED, TIMER_NONE, true, UNKNOWN, 0},
    {"127.0.0.1", 9877, STATE_ESTABLISHED, TIMER_NONE, true, NO, 0},
    {"::ffff:127.0.0.2", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"::1", 9877, STATE_CLOSE, TIMER_NONE, true, YES, 0},
    {"127.0.0.1", 9877, STATE_CLOSE, TIMER_NONE, true, NO, 0},
    {"127.0.0.1", 9878, STATE_CLOSE, TIMER_NONE, true, NO, 0},
};

START_TEST(captured_udp)
{
	size_t n = sizeof udp_kinds / sizeof *udp_kinds;
	struct seen seen = {0};
	bool ended;

	ck_assert_int_eq(replay("tests/data/linux-6.18/udp.dump", &seen, &ended), 0);
	ck_assert(ended);
	ck_assert_uint_eq(seen.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct sock *s = &seen.v[i];

		ck_assert_msg(is_of_kind(s, &udp_kinds[i]), "record %zu: not %s state %u", i, udp_kinds[i].local,
		              udp_kinds[i].state);
		ck_assert_msg(s->cookie && s->cgroup && !s->uid && s->expires_ms < 0, "record %zu: cookie, cgroup, uid, timer", i);
		ck_assert_msg(s->peer_port == (s->state == STATE_ESTABLISHED ? 41918 : 0), "record %zu: peer", i);
		ck_assert_msg((s->ifindex == 1) == (s->local.b[3] == 7), "record %zu: device", i);
	}
}
END_TEST

START_TEST(captured_refusals)
{
	static const char *const paths[] = {"tests/data/linux-6.18/refused.dump",
	                                    "tests/data/linux-6.18/no_handler.dump"};
	struct seen seen = {0};
	bool ended;

	ck_assert_msg(replay(paths[_i], &seen, &ended) == -ENOENT, "%s", paths[_i]);
	ck_assert_uint_eq(seen.n, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("inet_diag");
	TCase *c = tcase_create("parse");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, meaning, 0, sizeof records / sizeof *records);
	tcase_add_test(c, fields);
	tcase_add_test(c, rubbish_behind_ipv4);
	tcase_add_loop_test(c, other_family, 0, sizeof families);
	tcase_add_loop_test(c, attributes, 0, sizeof attr_rows / sizeof *attr_rows);
	tcase_add_loop_test(c, v6only_of_ipv4, 0, 2);
	tcase_add_loop_test(c, cut, 0, FIXED + 20 + 1);
	tcase_add_test(c, random_attributes);
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) { /* as the captured files are */
		tcase_add_loop_test(c, captured_kinds, 0, KINDS);
		tcase_add_test(c, captured_whole);
		tcase_add_test(c, captured_udp);
		tcase_add_loop_test(c, captured_refusals, 0, 2);
	}
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
