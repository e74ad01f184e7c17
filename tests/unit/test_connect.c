/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What connect() gets beside one socket: the rule, without a kernel. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "judge/judge.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

static const struct {
	const char *what;
	enum sock_state state;
	const char *local, *peer;  /* of the socket; the connection is from 10.0.0.1:9877 to 10.0.0.2:80 */
	uint16_t peer_port;
	uint32_t on, device, vrf;  /* the socket's device; that of the one that connects, and its VRF */
	int result;
} rows[] = {
    {"nothing", 0, NULL, NULL, 0, 0, 0, 0, RESULT_OK},
    {"established", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, EADDRNOTAVAIL},
    {"mapped", STATE_ESTABLISHED, "::ffff:10.0.0.1", "::ffff:10.0.0.2", 80, 0, 0, 0, EADDRNOTAVAIL},
    {"SYN sent", STATE_SYN_SENT, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, EADDRNOTAVAIL},
    {"half-open", STATE_NEW_SYN_RECV, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, EADDRNOTAVAIL},
    {"orphan that is no minisocket", STATE_FIN_WAIT_1, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, EADDRNOTAVAIL},
    {"other peer", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.3", 80, 0, 0, 0, RESULT_OK},
    {"other port of the peer", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 81, 0, 0, 0, RESULT_OK},
    {"other source", STATE_ESTABLISHED, "10.0.0.4", "10.0.0.2", 80, 0, 0, 0, RESULT_OK},
    {"listener", STATE_LISTEN, "10.0.0.1", NULL, 0, 0, 0, 0, RESULT_OK},
    {"reset, its port bound", STATE_CLOSE, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, RESULT_OK},
    {"TIME_WAIT", STATE_TIME_WAIT, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, RESULT_UNKNOWN},
    {"FIN_WAIT_2 minisocket", STATE_FIN_WAIT_2, "10.0.0.1", "10.0.0.2", 80, 0, 0, 0, RESULT_UNKNOWN},
    {"TIME_WAIT to another peer", STATE_TIME_WAIT, "10.0.0.1", "10.0.0.3", 80, 0, 0, 0, RESULT_OK},
    {"we on a device, it on none", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 0, 2, 0, EADDRNOTAVAIL},
    {"both on one", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 2, 2, 0, EADDRNOTAVAIL},
    {"on two", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 3, 2, 0, RESULT_OK},
    {"it on a device, we on none", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 2, 0, 0, RESULT_OK},
    {"its device not told", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, IFINDEX_UNKNOWN, 0, 0, RESULT_UNKNOWN},
    {"it on our VRF", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 5, 2, 5, EADDRNOTAVAIL},
    {"we in a VRF, it on no device", STATE_ESTABLISHED, "10.0.0.1", "10.0.0.2", 80, 0, 2, 5, RESULT_UNKNOWN},
};

struct fixture {
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;
};

static struct addr parse(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

static void ask(struct fixture *f)
{
	f->request.to = parse("10.0.0.2");
	f->request.to_port = 80;
	f->request.family = AF_INET;
	f->request.mix = MIX_REUSEADDR;
	f->seen.route = (struct route){true, 0, parse("10.0.0.1"), parse("10.0.0.2")};
}

static void start(struct fixture *f, int i)
{
	*f = (struct fixture){0};
	scene_start(&f->seen, &f->request);
	ask(f);
	f->request.target.ifindex = rows[i].device;
	f->seen.l3mdev = rows[i].vrf;
	if (rows[i].local) {
		struct sock *s = scene_sock(&f->seen, rows[i].state, rows[i].local, rows[i].peer);

		s->peer_port = rows[i].peer_port;
		s->ifindex = rows[i].on;
		s->reuseaddr = YES;
		s->reuseport = NO;
		s->timer = rows[i].result == RESULT_UNKNOWN ? TIMER_TIMEWAIT : TIMER_NONE;
	}
	judge(&f->r, &f->request, &f->seen, true, &f->want);
}

static void end(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	snapshot_free(&f->seen);
}

START_TEST(test_rule)
{
	struct fixture f;

	start(&f, _i);
	ck_assert_msg(f.r.connect.result == rows[_i].result, "%s: %d", rows[_i].what, f.r.connect.result);
	ck_assert_msg(!f.r.connect.blocked_by.n == (rows[_i].result == RESULT_OK), "%s: blocked by", rows[_i].what);
	end(&f);
}
END_TEST

/* The one in the way stands first, and who pointed to a row still does. */
START_TEST(test_order)
{
	struct fixture f = {0};
	struct sock *s;

	scene_start(&f.seen, &f.request);
	ask(&f);
	for (int i = 0; i < 3; i++) {
		s = scene_sock(&f.seen, STATE_ESTABLISHED, "10.0.0.1", i == 1 ? "10.0.0.2" : "10.0.0.3");
		s->peer_port = 80;
		s->reuseaddr = YES;
		s->reuseport = NO;
		s->uid = (uint32_t)i;
	}
	judge(&f.r, &f.request, &f.seen, true, &f.want);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_int_eq(f.r.err, EADDRNOTAVAIL);
	ck_assert(f.r.connect.blocked_by.n == 1 && rows_first(&f.r.connect.blocked_by) == 0);
	ck_assert_uint_eq(row_sock(&f.r, 0).uid, 1);
	ck_assert_int_eq(f.r.rows[0].blocks, YES);
	ck_assert_uint_eq(f.r.ncauses, 1);
	ck_assert_int_eq(f.r.causes[0].id, CAUSE_CONNECT_TUPLE_IN_USE);
	ck_assert_uint_eq(f.r.binds[MIX_PLAIN].blocked_by.n, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert(rows_have(&f.r.binds[MIX_PLAIN].blocked_by, i));
	end(&f);
}
END_TEST

/* UDP has no such rule; where bind() fails, that is the answer. */
START_TEST(test_not_reached)
{
	struct fixture f;

	start(&f, 1);
	f.request.target.proto = PROTO_UDP;
	report_free(&f.r);
	judge(&f.r, &f.request, &f.seen, true, &f.want);
	ck_assert_int_eq(f.r.connect.result, RESULT_OK);
	f.request.target.proto = PROTO_TCP;
	f.request.mix = MIX_PLAIN;
	report_free(&f.r);
	judge(&f.r, &f.request, &f.seen, true, &f.want);
	ck_assert_int_eq(f.r.err, EADDRINUSE);
	ck_assert(!f.r.connect.decides);
	ck_assert_int_eq(f.r.causes[0].id, CAUSE_ACCEPTED_CONNECTION);
	end(&f);
}
END_TEST

/* Of many alike ones ten are told apart, and that one. */
START_TEST(test_folded)
{
	struct fixture f = {0};

	scene_start(&f.seen, &f.request);
	ask(&f);
	for (int i = 0; i < 20; i++) {
		struct sock *s = scene_sock(&f.seen, STATE_ESTABLISHED, "10.0.0.1", i == 15 ? "10.0.0.2" : "10.0.0.3");

		s->peer_port = 80;
		s->reuseaddr = YES;
		s->reuseport = NO;
	}
	judge(&f.r, &f.request, &f.seen, true, &f.want);
	ck_assert_int_eq(f.r.err, EADDRNOTAVAIL);
	ck_assert_uint_eq(f.r.nrows, 12);
	end(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("connect");

	add_table(suite, "rule", test_rule, COUNT(rows));
	add_table(suite, "order", test_order, 1);
	add_table(suite, "folded", test_folded, 1);
	add_table(suite, "not reached", test_not_reached, 1);
	return run_suite(suite);
}
