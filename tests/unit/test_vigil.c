/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long nothing need be looked at, and for whose end. */
#include "judge/vigil.h"

#include <errno.h>

#include "judge/judge.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

/* A socket as state, timer, its end, inode; one of cookie 0 has none that is known. */
struct given {
	enum sock_state state;
	enum sock_timer timer;
	int32_t expires_ms;
	uint32_t inode;
	uint64_t cookie;
};

static const struct row_of {
	const char *what;
	struct given socks[3];
	uint64_t cookie;         /* whose end is awaited */
	int64_t ms, unannounced; /* the pause where ends are announced, and where not */
} rows[] = {
    {"free", {{0}}, 0, 0, 0},
    {"a listener", {{STATE_LISTEN, TIMER_NONE, -1, 9, 7}}, 7, 5000, 500},
    {"bound", {{STATE_CLOSE, TIMER_NONE, -1, 9, 7}}, 7, 5000, 500},
    {"a listener of /proc/net", {{STATE_LISTEN, TIMER_NONE, -1, 9, 0}}, 0, 5000, 500},
    {"TIME_WAIT", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 42017, 0, 7}}, 0, 5000, 500},
    {"TIME_WAIT, soon", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 2017, 0, 7}}, 0, 2017, 500},
    {"TIME_WAIT, in a moment", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 1, 0, 7}}, 0, 10, 10},
    {"TIME_WAIT, overdue", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 0, 0, 7}}, 0, 200, 200},
    {"the later of two", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 0, 0, 7}, {STATE_TIME_WAIT, TIMER_TIMEWAIT, 3000, 0, 8}}, 0, 3000, 500},
    {"FIN_WAIT_2, a minisocket", {{STATE_FIN_WAIT_2, TIMER_TIMEWAIT, 900, 0, 7}}, 0, 900, 500},
    {"FIN_WAIT_2, an orphan", {{STATE_FIN_WAIT_2, TIMER_KEEPALIVE, 900, 0, 7}}, 7, 5000, 500},
    {"FIN_WAIT_1, an orphan", {{STATE_FIN_WAIT_1, TIMER_RETRANSMIT, 900, 0, 7}}, 7, 5000, 500},
    {"TIME_WAIT and a connection", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 0, 0, 7}, {STATE_ESTABLISHED, TIMER_NONE, -1, 9, 8}}, 8, 5000, 500},
};

static void make(struct snapshot *seen, const struct given *g)
{
	for (; g->state; g++) {
		struct sock *s = scene_sock(seen, g->state, "0.0.0.0", "127.0.0.1");

		s->timer = (uint8_t)g->timer;
		s->expires_ms = g->expires_ms;
		s->inode = g->inode;
		s->cookie = g->cookie;
		if (g->state != STATE_LISTEN && g->state != STATE_CLOSE) {
			s->local = scene_addr("127.0.0.1");
			continue;
		}
		s->peer = scene_addr("0.0.0.0");
		s->peer_port = 0;
	}
}

START_TEST(test_sockets)
{
	const struct row_of *row = &rows[_i];
	struct vigil v = {0};
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;

	scene_start(&seen, &request);
	make(&seen, row->socks);
	judge(&r, &request, &seen, false, &want);
	vigil_add(&v, &r);
	ck_assert_msg(v.cookie == row->cookie, "%s: cookie %llu", row->what, (unsigned long long)v.cookie);
	ck_assert_msg(vigil_ms(&v, true) == row->ms, "%s: %lld ms", row->what, (long long)vigil_ms(&v, true));
	ck_assert_msg(vigil_ms(&v, false) == row->unannounced, "%s, unannounced: %lld ms", row->what, (long long)vigil_ms(&v, false));
	report_free(&r);
	want_free(&want);
	snapshot_free(&seen);
}
END_TEST

/* What has no sockets, and several reports: who comes last decides, and one that lives is enough. */
START_TEST(test_reports)
{
	struct request unix_name = {.target = {.proto = PROTO_UNIX, .path = "/x"}}, tcp = {0};
	struct request abstract = {.target = {.proto = PROTO_UNIX, .path = "@x"}};
	struct sock socks[] = {{.state = STATE_LISTEN, .inode = 9, .cookie = 7, .peer.family = 2},
	                       {.state = STATE_LISTEN, .inode = 9, .cookie = 7}};
	struct snapshot seen = {.socks = socks, .nsocks = COUNT(socks)};
	struct row listener = {.blocks = YES}, maybe = {.blocks = UNKNOWN}, rest = {.blocks = YES, .place = 1};
	struct report path = {.request = &unix_name, .verdict = TAKEN, .err = EADDRINUSE, .clears_in_ms = -1};
	struct report address = {.request = &tcp, .verdict = REFUSED, .err = EADDRNOTAVAIL, .clears_in_ms = -1};
	struct report timer = {.request = &tcp, .verdict = TAKEN, .err = EADDRINUSE, .clears_in_ms = 3000};
	struct report held = {.request = &tcp, .seen = &seen, .verdict = TAKEN, .err = EADDRINUSE, .clears_in_ms = -1, .rows = &listener, .nrows = 1};
	struct vigil v = {0};

	vigil_add(&v, &path);
	ck_assert(vigil_ms(&v, true) == 250 && v.place == &unix_name);
	vigil_add(&v, &address);
	ck_assert(vigil_ms(&v, true) == 500 && v.place == &unix_name);
	vigil_add(&v, &timer);
	ck_assert_int_eq(vigil_ms(&v, true), 3000);
	vigil_add(&v, &path);
	ck_assert(vigil_ms(&v, true) == 3000 && !v.cookie);
	vigil_add(&v, &held);
	vigil_add(&v, &timer);
	ck_assert(vigil_ms(&v, true) == 5000 && v.cookie == 7);
	v = (struct vigil){0};
	held.rows = &maybe;
	vigil_add(&v, &held);
	held.rows = &rest;
	vigil_add(&v, &held);
	ck_assert(!v.cookie && !v.place && vigil_ms(&v, true) == 5000);
	vigil_add(&v, &address);
	ck_assert(v.place == &tcp);
	v = (struct vigil){0};
	path.request = &abstract;
	vigil_add(&v, &path);
	ck_assert(!v.place && vigil_ms(&v, true) == 500);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vigil");
	TCase *whole = tcase_create("whole");

	add_table(suite, "sockets", test_sockets, COUNT(rows));
	tcase_add_test(whole, test_reports);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
