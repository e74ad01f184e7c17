/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bind rule against the kernel itself: one holder and one bind() at a
 * time, all combinations of address, state, options and request, in a network
 * namespace of the test's own.  A port is used once, so no bucket remembers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "judge/conflict.h"
#include "judge/quirk.h"
#include "sys/quirks.h"
#include "tests/unit/sandbox.h"
#include "tests/unit/suite.h"

static const struct {
	const char *text;
	bool v6only;
} names[] = {
    {"0.0.0.0", false},          {"127.0.0.1", false}, {"127.0.0.2", false}, {"127.0.0.6", false},
    {"::", false},               {"::", true},         {"::1", false},       {"::ffff:0.0.0.0", false},
    {"::ffff:127.0.0.1", false},
};

enum { NAMES = COUNT(names), KINDS = 4 };

enum kind { BOUND, LISTENING, ACCEPTED, DEAD };

static const char *const kinds[KINDS] = {"bound", "listening", "accepted", "TIME_WAIT"};

static bool enter_namespace(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd;
	bool up;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return false;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	up = !ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
	return up;
}

static struct sockaddr_storage address(const char *text, uint16_t port, socklen_t *len)
{
	struct sockaddr_storage ss = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ss;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		*len = sizeof *v4;
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		*len = sizeof *v6;
	}
	return ss;
}

/* A socket bound to that name; the errno of bind() in *err. */
static int bind_on(const char *device, const char *text, bool v6only, struct mix mix, uint16_t port, int *err)
{
	socklen_t len;
	struct sockaddr_storage ss = address(text, port, &len);
	int fd = socket(ss.ss_family, SOCK_STREAM, 0), on = 1, only = v6only;

	ck_assert_int_ge(fd, 0);
	if (mix.reuseaddr)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (mix.reuseport)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (ss.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	ck_assert(!*device || !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)));
	*err = bind(fd, (struct sockaddr *)&ss, len) ? errno : 0;
	return fd;
}

/* What a record of that socket would tell: its own name and options. */
static struct sock facts_of(int fd, enum sock_state state)
{
	struct sockaddr_storage ss;
	struct sock s = {.state = (uint8_t)state, .count = 1, .inode = 1, .uid = getuid(), .v6only = NO};
	socklen_t len = sizeof ss;
	char device[IF_NAMESIZE] = "";
	int value;

	ck_assert(!getsockname(fd, (struct sockaddr *)&ss, &len));
	s.local.family = (uint8_t)ss.ss_family;
	s.peer.family = s.local.family;
	if (ss.ss_family == AF_INET)
		memcpy(s.local.b, &((struct sockaddr_in *)&ss)->sin_addr, 4);
	else
		memcpy(s.local.b, &((struct sockaddr_in6 *)&ss)->sin6_addr, 16);
	len = sizeof value;
	ck_assert(!getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &len));
	s.reuseaddr = (uint8_t)tri_of(value);
	ck_assert(!getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, &len));
	s.reuseport = (uint8_t)tri_of(value);
	if (ss.ss_family == AF_INET6 && !getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &len))
		s.v6only = (uint8_t)tri_of(value);
	len = sizeof device;
	ck_assert(!getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &len));
	s.ifindex = len ? if_nametoindex(device) : 0;
	return s;
}

/* A client of the listener; IPv6 where that one takes it. */
static int connect_to(const char *listener, uint16_t port)
{
	const char *to = strcmp(listener, "::") && strcmp(listener, "::1") ? listener : "::1";
	struct sockaddr_storage ss;
	socklen_t len;
	int fd;

	if (!strcmp(to, "0.0.0.0") || !strcmp(to, "::ffff:0.0.0.0"))
		to = "127.0.0.1";
	ss = address(to, port, &len);
	fd = socket(ss.ss_family, SOCK_STREAM, 0);
	ck_assert_msg(!connect(fd, (struct sockaddr *)&ss, len), "connect %s: %s", to, strerror(errno));
	return fd;
}

struct holder {
	int fds[2];
	struct sock s;
};

static void make_holder(struct holder *h, const char *device, size_t name, enum kind kind, struct mix mix, uint16_t port)
{
	int err, listener = bind_on(device, names[name].text, names[name].v6only, mix, port, &err), client, child;
	char c;

	*h = (struct holder){.fds = {-1, -1}};
	ck_assert_int_eq(err, 0);
	h->fds[0] = listener;
	h->s = facts_of(listener, kind == BOUND ? STATE_CLOSE : STATE_LISTEN);
	if (kind == BOUND)
		return;
	ck_assert(!listen(listener, 8));
	if (kind == LISTENING)
		return;
	client = connect_to(names[name].text, port);
	child = accept(listener, NULL, NULL);
	ck_assert_int_ge(child, 0);
	close(listener);
	h->s = facts_of(child, kind == ACCEPTED ? STATE_ESTABLISHED : STATE_TIME_WAIT);
	h->fds[0] = child;
	h->fds[1] = client;
	if (kind == ACCEPTED)
		return;
	close(child); /* this end first; the client reads its FIN, then answers with its own */
	ck_assert_int_eq(read(client, &c, 1), 0);
	close(client);
	h->fds[0] = h->fds[1] = -1;
	h->s.inode = 0;
	h->s.timer = TIMER_TIMEWAIT;
}

static void end_holder(struct holder *h)
{
	struct linger hard = {1, 0};

	for (int i = 1; i >= 0; i--) {
		if (h->fds[i] < 0)
			continue;
		if (h->fds[1] >= 0)
			setsockopt(h->fds[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
		close(h->fds[i]);
	}
}

/* Whether this kernel is known to decide otherwise: by trials of its own, that judge/quirk.c then lets decide. */
static bool is_quirk(const struct binder *s, struct sock *t, enum tri says)
{
	struct snapshot seen = {.socks = t, .nsocks = 1};

	ck_assert_int_eq(quirks_read(&seen.quirks), 0);
	return quirk_blocks(&seen, s, t, says) == UNKNOWN;
}

static void try_pair(const char *const devices[2], size_t holder, enum kind kind, unsigned int hmix, size_t request,
                     unsigned int rmix, uint16_t port)
{
	struct holder h;
	struct binder s = {.mix = mixes[rmix], .v6only = names[request].v6only, .uid = getuid()};
	enum tri says;
	int err, fd;

	ck_assert(addr_parse(names[request].text, &s.addr));
	s.ifindex = if_nametoindex(devices[1]);
	make_holder(&h, devices[0], holder, kind, mixes[hmix], port);
	fd = bind_on(devices[1], names[request].text, names[request].v6only, mixes[rmix], port, &err);
	close(fd);
	says = conflict_blocks(&s, &h.s);
	end_holder(&h);
	if (says != tri_of(err != 0) && is_quirk(&s, &h.s, says))
		return;
	ck_assert_msg((err == 0 || err == EADDRINUSE) && says == tri_of(err != 0),
	              "%s holder %s%s mix %u on '%s', bind %s%s mix %u on '%s': the kernel says %s, the rule %s", kinds[kind],
	              names[holder].text, names[holder].v6only ? " v6only" : "", hmix, devices[0],
	              names[request].text, names[request].v6only ? " v6only" : "", rmix, devices[1], err ? strerrorname_np(err) : "ok",
	              says == YES ? "blocks" : says == NO ? "does not block" : "unknown");
}

static const char *const no_devices[2] = {"", ""};

/* One kind of holder and one of its addresses with all else. */
START_TEST(test_pairs)
{
	size_t holder = (size_t)_i % NAMES;
	enum kind kind = (enum kind)((size_t)_i / NAMES);
	uint16_t port = 10000;

	if (!enter_namespace()) {
		printf("skip pairs: no user and network namespace: %s\n", strerror(errno));
		return;
	}
	for (unsigned int hmix = 0; hmix < MIXES; hmix++)
		for (size_t request = 0; request < NAMES; request++)
			for (unsigned int rmix = 0; rmix < MIXES; rmix++)
				try_pair(no_devices, holder, kind, hmix, request, rmix, port++);
}
END_TEST

/* Devices of holder and request; a connection takes the device that it came by. */
static const char *const devices[][2] = {{"", "lo"}, {"lo", ""}, {"lo", "lo"}, {"lo", "v0"}, {"v0", "lo"}, {"v0", "v0"}};

/* Holder and request on devices: addresses that are on both, or that IPv4 does not look for there. */
START_TEST(test_devices)
{
	static const size_t on_any[] = {0, 1, 4, 5, 8};
	uint16_t port = 10000;
	const char *const *pair = devices[(size_t)_i % COUNT(devices)];
	enum kind kind = (enum kind)((size_t)_i / COUNT(devices));

	if ((kind >= ACCEPTED && strcmp(pair[0], "lo")) || !sandbox_enter())
		return;
	if (system("ip link add v0 type veth peer name v1 && ip link set v0 up")) {
		skip("no second device");
		return;
	}
	for (size_t holder = 0; holder < COUNT(on_any); holder++)
		for (unsigned int hmix = 0; hmix < MIXES; hmix++)
			for (size_t request = 0; request < COUNT(on_any); request++)
				for (unsigned int rmix = 0; rmix < MIXES; rmix++)
					try_pair(pair, on_any[holder], kind, hmix, on_any[request], rmix, port++);
}
END_TEST

/* What is not known makes the answer unknown only where it decides. */
static const struct {
	const char *what, *holder, *request;
	unsigned int mix;
	struct sock s;
	enum tri blocks;
	uint32_t ifindex; /* of the request */
} rows[] = {
    {"plain bind over unknown flags", "127.0.0.1", "0.0.0.0", MIX_PLAIN, {.state = STATE_TIME_WAIT}, YES, 0},
    {"reuseaddr over unknown flags", "127.0.0.1", "0.0.0.0", MIX_REUSEADDR, {.state = STATE_TIME_WAIT}, UNKNOWN, 0},
    {"reuseaddr over unknown flags elsewhere", "127.0.0.1", "127.0.0.2", MIX_REUSEADDR, {.state = STATE_TIME_WAIT}, NO, 0},
    {"reuseaddr over a listener", "127.0.0.1", "0.0.0.0", MIX_REUSEADDR, {.state = STATE_LISTEN}, YES, 0},
    {"reuseport over a listener of unknown flags", "127.0.0.1", "0.0.0.0", MIX_REUSEPORT, {.state = STATE_LISTEN}, UNKNOWN, 0},
    {"reuseport over another user's", "127.0.0.1", "0.0.0.0", MIX_REUSEPORT, {.state = STATE_LISTEN, .uid = 7}, YES, 0},
    {"reuseport, minisocket of no user", "127.0.0.1", "0.0.0.0", MIX_REUSEPORT,
     {.state = STATE_TIME_WAIT, .uid = UID_UNKNOWN, .reuseport = YES}, NO, 0},
    {"IPv4 over IPv6 of unknown v6only", "::1", "0.0.0.0", MIX_PLAIN, {.state = STATE_TIME_WAIT}, UNKNOWN, 0},
    {"IPv4 elsewhere over the same", "::1", "127.0.0.1", MIX_PLAIN, {.state = STATE_TIME_WAIT}, NO, 0},
    {"IPv4 over [::] of unknown v6only", "::", "127.0.0.1", MIX_PLAIN, {.state = STATE_LISTEN}, UNKNOWN, 0},
    {"half-open request", "0.0.0.0", "0.0.0.0", MIX_PLAIN, {.state = STATE_SYN_RECV}, NO, 0},
    {"device not told", "0.0.0.0", "0.0.0.0", MIX_PLAIN, {.state = STATE_LISTEN, .ifindex = IFINDEX_UNKNOWN}, YES, 0},
    {"device not told, one asked", "0.0.0.0", "0.0.0.0", MIX_PLAIN, {.state = STATE_LISTEN, .ifindex = IFINDEX_UNKNOWN},
     UNKNOWN, 2},
    {"device not told, elsewhere", "127.0.0.1", "127.0.0.2", MIX_PLAIN,
     {.state = STATE_LISTEN, .ifindex = IFINDEX_UNKNOWN}, NO, 2},
    {"SYN_RECV with an inode", "0.0.0.0", "0.0.0.0", MIX_PLAIN, {.state = STATE_SYN_RECV, .inode = 5}, YES, 0},
};

START_TEST(test_unknown)
{
	struct sock t = rows[_i].s;
	struct binder s = {.mix = mixes[rows[_i].mix], .ifindex = rows[_i].ifindex};

	ck_assert(addr_parse(rows[_i].holder, &t.local) && addr_parse(rows[_i].request, &s.addr));
	ck_assert_msg(conflict_blocks(&s, &t) == rows[_i].blocks, "%s: %d, wanted %d", rows[_i].what,
	              conflict_blocks(&s, &t), rows[_i].blocks);
}
END_TEST

/* Sockets of UDP: ADDRESS, then letters: a, p: has SO_REUSEADDR, SO_REUSEPORT (A, P: not known), u: of another user,
 * c: connected, d: on device 2, 6: v6only. */
static const struct {
	const char *what, *request;
	unsigned int mix;
	const char *holders[4];
	unsigned int ordered, unordered; /* what conflict_udp() says */
	unsigned int crowded;            /* and conflict_udp_crowded() */
} udp_rows[] = {
    {"nobody", "0.0.0.0", MIX_PLAIN, {NULL}, LET_IN, LET_IN, LET_IN},
    {"one", "0.0.0.0", MIX_PLAIN, {"0.0.0.0"}, REFUSED_BY_ONE, REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"elsewhere", "127.0.0.1", MIX_PLAIN, {"127.0.0.2"}, LET_IN, LET_IN, LET_IN},
    {"one with reuseaddr, plain", "0.0.0.0", MIX_PLAIN, {"0.0.0.0 a"}, REFUSED_BY_ONE, REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"both with reuseaddr", "0.0.0.0", MIX_REUSEADDR, {"0.0.0.0 a"}, LET_IN, LET_IN, LET_IN},
    {"of whatever user", "0.0.0.0", MIX_REUSEADDR, {"0.0.0.0 au"}, LET_IN, LET_IN, LET_IN},
    {"reuseport of one user", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0 p"}, LET_IN, LET_IN, LET_IN},
    {"reuseport of two", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0 pu"}, REFUSED_BY_ONE, REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"lets in first", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0 ap", "0.0.0.0 a"}, LET_IN, LET_IN | REFUSED_BY_ONE, LET_IN},
    {"refuses first", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0 a", "0.0.0.0 ap"}, REFUSED_BY_ONE, LET_IN | REFUSED_BY_ONE,
     REFUSED_BY_ONE},
    {"passed by, then refused", "0.0.0.0", MIX_BOTH, {"127.0.0.1 a", "127.0.0.1"}, REFUSED_BY_ONE, REFUSED_BY_ONE, LET_IN},
    {"passed by, then let in, then nobody looks", "0.0.0.0", MIX_BOTH, {"0.0.0.0 a", "0.0.0.0 p", "0.0.0.0"}, LET_IN,
     LET_IN | REFUSED_BY_ONE, LET_IN},
    {"reuseaddr not known", "0.0.0.0", MIX_REUSEADDR, {"0.0.0.0 A"}, LET_IN | REFUSED_BY_ONE, LET_IN | REFUSED_BY_ONE,
     LET_IN | REFUSED_BY_ONE},
    {"not known, but plain", "0.0.0.0", MIX_PLAIN, {"0.0.0.0 AP"}, REFUSED_BY_ONE, REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"not known, behind one that refuses", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0", "0.0.0.0 P"}, REFUSED_BY_ONE,
     LET_IN | REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"not known, before one that refuses", "0.0.0.0", MIX_REUSEADDR, {"0.0.0.0 A", "0.0.0.0"}, REFUSED_BY_ONE,
     REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"reuseport not known of another user", "0.0.0.0", MIX_REUSEPORT, {"0.0.0.0 Pu"}, REFUSED_BY_ONE, REFUSED_BY_ONE,
     REFUSED_BY_ONE},
    {"on another device", "0.0.0.0", MIX_PLAIN, {"0.0.0.0 d"}, LET_IN, LET_IN, LET_IN},
    {"IPv4 over v6only", "0.0.0.0", MIX_PLAIN, {":: 6"}, LET_IN, LET_IN, LET_IN},
    {"multicast under the wildcard", "224.0.0.1", MIX_PLAIN, {"0.0.0.0"}, REFUSED_BY_ONE, REFUSED_BY_ONE, REFUSED_BY_ONE},
    /* By address: that chain first, then the wildcards'; both must let in, and the order between them does not count. */
    {"its own chain lets in, the wildcard's refuses", "127.0.0.1", MIX_REUSEPORT, {"127.0.0.1 ap", "0.0.0.0 a"}, LET_IN,
     LET_IN | REFUSED_BY_ONE, REFUSED_BY_ONE},
    {"mapped is in the chain of IPv4", "127.0.0.1", MIX_PLAIN, {"::ffff:127.0.0.1"}, REFUSED_BY_ONE, REFUSED_BY_ONE,
     REFUSED_BY_ONE},
    {"a wildcard misses specific addresses", "0.0.0.0", MIX_PLAIN, {"127.0.0.1"}, REFUSED_BY_ONE, REFUSED_BY_ONE, LET_IN},
    {"connected: its place is not known", "127.0.0.1", MIX_REUSEPORT, {"127.0.0.1 apc", "127.0.0.1 a"}, LET_IN,
     LET_IN | REFUSED_BY_ONE, LET_IN | REFUSED_BY_ONE},
};

static struct sock udp_holder(const char *text)
{
	struct sock s = {.proto = PROTO_UDP, .state = STATE_CLOSE, .count = 1, .v6only = NO, .reuseaddr = NO, .reuseport = NO};
	const char *letters = strchr(text, ' ');
	size_t len = letters ? (size_t)(letters - text) : strlen(text);
	char address[ADDR_TEXT];

	snprintf(address, sizeof address, "%.*s", (int)len, text);
	ck_assert(addr_parse(address, &s.local));
	for (const char *p = letters ? letters : ""; *p; p++) {
		s.reuseaddr = *p == 'a' ? YES : *p == 'A' ? UNKNOWN : s.reuseaddr;
		s.reuseport = *p == 'p' ? YES : *p == 'P' ? UNKNOWN : s.reuseport;
		s.uid = *p == 'u' ? 7 : s.uid;
		s.state = *p == 'c' ? STATE_ESTABLISHED : s.state;
		s.ifindex = *p == 'd' ? 2 : s.ifindex;
		s.v6only = *p == '6' ? YES : s.v6only;
	}
	return s;
}

START_TEST(test_udp)
{
	struct binder s = {.proto = PROTO_UDP, .mix = mixes[udp_rows[_i].mix], .ifindex = 1};
	const char *const *holders = udp_rows[_i].holders;
	struct udp_walk w = {0};

	ck_assert(addr_parse(udp_rows[_i].request, &s.addr));
	for (size_t n = 0; n < 4 && holders[n]; n++) {
		struct sock t = udp_holder(holders[n]);

		conflict_udp_meet(&w, &s, &t);
	}
	ck_assert_msg(conflict_udp(&w, true) == udp_rows[_i].ordered, "%s: ordered: %u", udp_rows[_i].what,
	              conflict_udp(&w, true));
	ck_assert_msg(conflict_udp(&w, false) == udp_rows[_i].unordered, "%s: unordered: %u", udp_rows[_i].what,
	              conflict_udp(&w, false));
	ck_assert_msg(conflict_udp_crowded(&w) == udp_rows[_i].crowded, "%s: crowded: %u", udp_rows[_i].what,
	              conflict_udp_crowded(&w));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("conflict");

	add_table(suite, "pairs", test_pairs, KINDS * NAMES);
	add_table(suite, "devices", test_devices, KINDS * COUNT(devices));
	add_table(suite, "unknown", test_unknown, COUNT(rows));
	add_table(suite, "udp", test_udp, COUNT(udp_rows));
	return run_suite(suite);
}
