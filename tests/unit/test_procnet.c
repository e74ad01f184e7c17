/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/net/tcp and tcp6, udp and udp6: lines good, cut and hostile; whole tables; the captured ones beside the captured dump. */
#include "sys/procnet.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "guard.h"
#include "sys/inet_diag.h"
#include "sys/netlink.h"

enum { LINE_BYTES = 256, SOCKS = 64, DUMP_MAX = 8192 };

#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define LISTENER                                                                                                       \
	"   0: 0100007F:2695 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 9467 3 0 100 0\n"

/* Parses a copy that ends, with its NUL, at a closed page. */
static bool parse(const char *line, int family, struct sock *s)
{
	struct guard g = guard_open(LINE_BYTES);
	bool ok = procnet_parse(guard_put(&g, line, strlen(line) + 1, 1), family, s);

	guard_close(&g);
	return ok;
}

/* What the column st to the column inode says, behind the addresses. */
static const struct row {
	const char *name, *rest;
	uint8_t state, timer, retransmits;
	uint32_t send, receive, uid, inode;
	int32_t expires;
} rows[] = {
    {"a listener", "0A 00000000:00000003 00:00000000 00000000  1000        0 9467 3 0", 10, 0, 0, 0, 3, 1000, 9467, -1},
    {"no timer", "01 00000000:00000000 00:00000063 00000000     0        0 7 ", 1, 0, 0, 0, 0, 0, 7, -1},
    {"retransmission", "04 00000001:00000002 01:00000009 00000005     0        3 0 2 0", 4, 1, 5, 1, 2, 0, 0, 90},
    {"keepalive", "01 00000000:00000000 02:000AFC7F 00000005  1000        2 7 2 0", 1, 2, 2, 0, 0, 1000, 7, 7199990},
    {"window probe", "01 000000FF:00000000 04:00000064 00000000     0        9 7 2 0", 1, 4, 9, 255, 0, 0, 7, 1000},
    {"TIME_WAIT", "06 0:0 03:00001760 00000000     0        0 0 3 0", 6, 3, 0, 0, 0, UID_UNKNOWN, 0, 59840},
    {"TIME_WAIT, over", "06 0:0 03:00000000 00000000     0        0 0 3 0", 6, 3, 0, 0, 0, UID_UNKNOWN, 0, 0},
    {"FIN_WAIT_2 minisocket", "05 0:0 03:00000064 00000000     0        0 0 3 0", 5, 3, 0, 0, 0, UID_UNKNOWN, 0, 1000},
    {"FIN_WAIT_2 orphan", "05 0:0 02:00000064 00000000  1000        0 0 3 0", 5, 2, 0, 0, 0, 1000, 0, 1000},
    {"FIN_WAIT_2, owned", "05 0:0 00:00000000 00000000  1000        0 8 3 0", 5, 0, 0, 0, 0, 1000, 8, -1},
    {"half-open", "03 0:0 01:00000059 00000000  1000        0 0 0 0", 3, 1, 0, 0, 0, UID_UNKNOWN, 0, 890},
    {"not accepted yet", "01 0:0 00:00000000 00000000  1000        0 0 1 0", 1, 0, 0, 0, 0, 1000, 0, -1},
    {"queues at their limit", "01 FFFFFFFF:FFFFFFFF 00:0 0 0 0 7 1 0", 1, 0, 0, UINT32_MAX, UINT32_MAX, 0, 7, -1},
    {"uid, inode at their limit", "01 0:0 00:0 0 4294967295 0 4294967295 ", 1, 0, 0, 0, 0, UINT32_MAX, UINT32_MAX, -1},
    {"a timer beyond any clock", "01 0:0 02:FFFFFFFF 0 0 0 7 ", 1, 2, 0, 0, 0, 0, 7, INT32_MAX},
    {"more retransmissions than fit", "01 0:0 01:0 FFFFFFFF 0 0 7 ", 1, 1, 255, 0, 0, 0, 7, 0},
};

START_TEST(columns)
{
	const struct row *r = &rows[_i];
	char line[LINE_BYTES];
	struct sock s;

	snprintf(line, sizeof line, "  12: 0100007F:2695 0200007F:C958 %s", r->rest);
	ck_assert_msg(parse(line, AF_INET, &s), "%s: not a line", r->name);
	ck_assert_msg(s.state == r->state && s.timer == r->timer, "%s: state %u timer %u", r->name, s.state, s.timer);
	ck_assert_msg(s.retransmits == r->retransmits, "%s: retransmits %u", r->name, s.retransmits);
	ck_assert_msg(s.send_queue == r->send && s.receive_queue == r->receive, "%s: queues", r->name);
	ck_assert_msg(s.uid == r->uid && s.inode == r->inode, "%s: uid %u inode %u", r->name, s.uid, s.inode);
	ck_assert_msg(s.expires_ms == r->expires, "%s: expires in %d", r->name, s.expires_ms);
	ck_assert_msg(s.port == 9877 && s.peer_port == 0xc958 && s.count == 1 && s.v6only == NO, "%s: rest", r->name);
	ck_assert_msg(!s.cookie && !s.cgroup && s.ifindex == IFINDEX_UNKNOWN && !s.reuseaddr && !s.reuseport, "%s: made up", r->name);
}
END_TEST

/* The column as this machine's byte order prints it. */
static const struct address {
	const char *want;
	int family;
	enum tri v6only;
} addresses[] = {
    {"127.0.0.1", AF_INET, NO},          {"0.0.0.0", AF_INET, NO},
    {"255.254.253.252", AF_INET, NO},    {"::1", AF_INET6, UNKNOWN},
    {"::", AF_INET6, UNKNOWN},           {"::ffff:127.0.0.2", AF_INET6, NO},
    {"::ffff:0.0.0.0", AF_INET6, NO},    {"2001:db8:1:2:3:4:5:6", AF_INET6, UNKNOWN},
    {"fe80::abcd", AF_INET6, UNKNOWN},
};

START_TEST(address_words)
{
	const struct address *a = &addresses[_i];
	struct addr want;
	char hex[40] = "", line[LINE_BYTES];
	struct sock s;
	uint32_t words[4];

	ck_assert(addr_parse(a->want, &want));
	memcpy(words, want.b, sizeof words);
	for (int i = 0; i < (a->family == AF_INET ? 1 : 4); i++)
		sprintf(hex + 8 * i, "%08X", words[i]);
	snprintf(line, sizeof line, "   0: %s:2695 %s:0001 0A 0:0 00:0 0 0 0 9467 3", hex, hex);
	ck_assert_msg(parse(line, a->family, &s), "%s: not a line", a->want);
	ck_assert_msg(addr_equal(&s.local, &want) && addr_equal(&s.peer, &want), "%s", a->want);
	ck_assert_msg(s.v6only == a->v6only, "%s: v6only %u", a->want, s.v6only);
}
END_TEST

static const char *const refused[] = {
    "",
    "\n",
    HEADING,
    "   0:",
    "   : 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "  0x: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0  0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007F 2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007FF:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007G:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0x00007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 00000000000000000000000001000000:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007F:12695 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007F:-1 00000000:0000 0A 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A :0 00:0 0 0 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 100 0:0 00:0 0 0 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A 100000000:0 00:0 0 0 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 100:0 0 0 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 -1 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 4294967296 0 9467 ",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 99999999999999999999999999 ",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 9467x",
    "   0: 0100007F:2695 00000000:0000 0A 0:0 00:0 0 0 0 ",
};

START_TEST(hostile_lines)
{
	struct sock s;

	ck_assert_msg(!parse(refused[_i], AF_INET, &s), "\"%s\"", refused[_i]);
	ck_assert_msg(!parse(refused[_i], AF_INET6, &s), "\"%s\" as IPv6", refused[_i]);
}
END_TEST

/* A line cut anywhere is no line until the inode has ended: a shorter number would be another socket's. */
START_TEST(cut_line)
{
	const char *inode = strstr(LISTENER, "9467");
	char line[] = LISTENER;
	struct sock s;
	bool ok;

	line[_i] = '\0';
	ok = parse(line, AF_INET, &s);
	ck_assert_msg(ok == (_i > inode - LISTENER + 4), "cut at %d: \"%s\"", _i, line);
	ck_assert_msg(!ok || s.inode == 9467, "cut at %d: inode %u", _i, s.inode);
}
END_TEST

struct seen {
	struct sock v[SOCKS];
	size_t n;
};

static void take(const struct sock *s, void *arg)
{
	struct seen *seen = arg;

	ck_assert_uint_lt(seen->n, SOCKS);
	seen->v[seen->n++] = *s;
}

static void put_file(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

#define LISTENER6                                                                                                      \
	"   0: 00000000000000000000000001000000:2695 00000000000000000000000000000000:0000 0A 00000000:00000000"       \
	" 00:00000000 00000000     0        0 9470 1\n"
#define OTHER_PORT "   1: 0100007F:2696 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9 3 0\n"

#define CUT_LATE "   1: 0100007F:2695 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9 3 0"
#define SPACES "                                                                                                    " \
               "                                            "

/* udp pads its slots to five places, and has a heading of its own. */
#define UDP_HEADING "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
#define UNCONNECTED \
	" 2778: 0100007F:2695 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 9471 2 00000000dd8adb17 0\n"

/* Whole tables; NULL: the file is not there. */
static const struct table {
	const char *name, *tcp, *tcp6;
	int want;
	size_t socks;
	enum proto proto; /* that is asked for; the files are those of this one */
} tables[] = {
    {"both families", HEADING LISTENER, HEADING LISTENER6, 0, 2, PROTO_TCP},
    {"both families of UDP", UDP_HEADING UNCONNECTED UNCONNECTED, HEADING LISTENER6, 0, 3, PROTO_UDP},
    {"a host without IPv6, UDP", UDP_HEADING UNCONNECTED, NULL, 0, 1, PROTO_UDP},
    {"no udp", NULL, HEADING, -ENOENT, 0, PROTO_UDP},
    {"a line of UDP that is not one", UDP_HEADING UNCONNECTED "rubbish\n", HEADING, -EBADMSG, 1, PROTO_UDP},
    {"nothing there", HEADING, HEADING, 0, 0, PROTO_TCP},
    {"other ports are left out", HEADING OTHER_PORT LISTENER OTHER_PORT, HEADING, 0, 1, PROTO_TCP},
    {"a host without IPv6", HEADING LISTENER, NULL, 0, 1, PROTO_TCP},
    {"no tcp", NULL, HEADING LISTENER6, -ENOENT, 0, PROTO_TCP},
    {"empty tcp", "", HEADING, -EBADMSG, 0, PROTO_TCP},
    {"empty tcp6", HEADING LISTENER, "", -EBADMSG, 1, PROTO_TCP},
    {"no heading", LISTENER LISTENER, HEADING, -EBADMSG, 0, PROTO_TCP},
    {"a line that is not one", HEADING LISTENER "rubbish\n", HEADING, -EBADMSG, 1, PROTO_TCP},
    {"an empty line", HEADING "\n" LISTENER, HEADING, -EBADMSG, 0, PROTO_TCP},
    {"the last line without its end", HEADING LISTENER "   1: 0100007F:2695", HEADING, -EBADMSG, 1, PROTO_TCP},
    {"the last line without its newline", HEADING LISTENER CUT_LATE, HEADING, -EBADMSG, 1, PROTO_TCP},
    {"a line longer than any", HEADING LISTENER CUT_LATE SPACES SPACES SPACES SPACES "\n", HEADING, -EBADMSG, 1, PROTO_TCP},
    {"an IPv6 line in tcp", HEADING LISTENER6, HEADING, -EBADMSG, 0, PROTO_TCP},
};

START_TEST(whole_tables)
{
	static const char *const names[PROTOS][2] = {{"net/tcp", "net/tcp6"}, {"net/udp", "net/udp6"}};
	const struct table *t = &tables[_i];
	const char *tmp = getenv("TMPDIR");
	struct seen seen = {0};
	char path[4096];
	int dir, got;

	snprintf(path, sizeof path, "%s/portwhy.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(mkdirat(dir, "net", 0700), 0);
	if (t->tcp)
		put_file(dir, names[t->proto][0], t->tcp);
	if (t->tcp6)
		put_file(dir, names[t->proto][1], t->tcp6);
	got = procnet_ask(dir, t->proto, 9877, take, &seen);
	unlinkat(dir, names[t->proto][0], 0);
	unlinkat(dir, names[t->proto][1], 0);
	unlinkat(dir, "net", AT_REMOVEDIR);
	rmdir(path);
	close(dir);
	ck_assert_msg(got == t->want, "%s: returned %d", t->name, got);
	ck_assert_msg(seen.n == t->socks, "%s: %zu sockets", t->name, seen.n);
	for (size_t i = 0; i < seen.n; i++)
		ck_assert_msg(seen.v[i].proto == t->proto, "%s: protocol of socket %zu", t->name, i);
}
END_TEST

static int add(const struct nlmsghdr *h, void *arg)
{
	struct sock s;

	ck_assert(inet_diag_parse(h, &s));
	if (s.port == 9877)
		take(&s, arg);
	return 0;
}

static void replay(const char *path, struct seen *seen)
{
	static char bytes[DUMP_MAX] __attribute__((aligned(8)));
	struct netlink_talk t = {.record = add, .arg = seen};
	FILE *f = fopen(path, "rb");
	struct nlmsghdr h;
	size_t len;

	ck_assert_msg(f, "%s cannot be read (tests run at the top of the tree)", path);
	len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	memcpy(&h, bytes, sizeof h);
	t.seq = h.nlmsg_seq;
	t.portid = h.nlmsg_pid;
	ck_assert_int_eq(netlink_walk(&t, bytes, len), 0);
}

/* The same socket, but for what /proc/net/tcp does not show and for the milliseconds between the two looks. */
static bool is_same(const struct sock *a, const struct sock *b)
{
	return a->state == b->state && a->timer == b->timer && a->inode == b->inode && a->uid == b->uid &&
	       a->retransmits == b->retransmits && a->port == b->port && a->peer_port == b->peer_port &&
	       addr_equal(&a->local, &b->local) && addr_equal(&a->peer, &b->peer) &&
	       a->receive_queue == b->receive_queue && abs(a->expires_ms - b->expires_ms) <= 20;
}

/* The captured tables say of each socket what the captured dump says; only the bound-only ones are missing. */
START_TEST(like_sock_diag)
{
	struct seen diag = {0}, proc = {0};
	int dir = open("tests/data/linux-6.18", O_RDONLY | O_DIRECTORY);
	size_t bound_only = 0;

	replay("tests/data/linux-6.18/sock_diag.dump", &diag);
	ck_assert_int_eq(procnet_ask(dir, PROTO_TCP, 9877, take, &proc), 0);
	close(dir);
	for (size_t i = 0; i < diag.n; i++) {
		size_t times = 0;

		for (size_t k = 0; k < proc.n; k++)
			times += is_same(&diag.v[i], &proc.v[k]);
		bound_only += sock_is_bound_only(&diag.v[i]);
		ck_assert_msg(times == !sock_is_bound_only(&diag.v[i]), "record %zu: %zu times", i, times);
	}
	ck_assert_uint_eq(bound_only, 2);
	ck_assert_uint_eq(proc.n, diag.n - bound_only);
}
END_TEST

/* The same for UDP: all of them are there, in an order of their own. */
START_TEST(udp_like_sock_diag)
{
	struct seen diag = {0}, proc = {0};
	int dir = open("tests/data/linux-6.18", O_RDONLY | O_DIRECTORY);

	replay("tests/data/linux-6.18/udp.dump", &diag);
	ck_assert_int_eq(procnet_ask(dir, PROTO_UDP, 9877, take, &proc), 0);
	close(dir);
	ck_assert_uint_eq(proc.n, 10);
	ck_assert_uint_eq(diag.n, 10);
	for (size_t i = 0; i < diag.n; i++) {
		size_t times = 0;

		for (size_t k = 0; k < proc.n; k++)
			times += is_same(&diag.v[i], &proc.v[k]);
		ck_assert_msg(times == 1, "record %zu: %zu times", i, times);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("procnet");
	TCase *c = tcase_create("parse");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, columns, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(c, address_words, 0, sizeof addresses / sizeof *addresses);
	tcase_add_loop_test(c, hostile_lines, 0, sizeof refused / sizeof *refused);
	tcase_add_loop_test(c, cut_line, 0, sizeof LISTENER - 1);
	tcase_add_loop_test(c, whole_tables, 0, sizeof tables / sizeof *tables);
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) { /* as the captured files are */
		tcase_add_test(c, like_sock_diag);
		tcase_add_test(c, udp_like_sock_diag);
	}
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
