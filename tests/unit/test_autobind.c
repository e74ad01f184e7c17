/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which port the kernel can pick: the count of sockets, the rules for bind() and connect(), the list of reserved ports. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "sys/range.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

enum { FIRST = 40000 };

/* One letter a port, from 40000 on: . nothing, L listener, B bound, E connection, T TIME_WAIT, S one with the same ends as
   that which is asked about, D the same in TIME_WAIT, r reserved and free. */
static const struct {
	const char *range;
	const char *local;      /* address of all of them */
	bool autobind_reuse, tw_never;
	int plain, reuseaddr;   /* bind() to 0.0.0.0 */
	int connect;
} rows[] = {
    {"....", "0.0.0.0", false, false, RESULT_OK, RESULT_OK, RESULT_OK},
    {"BBB.", "0.0.0.0", false, false, RESULT_OK, RESULT_OK, RESULT_OK},
    {"BBBr", "0.0.0.0", false, false, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    {"rrrr", "0.0.0.0", false, false, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    {"BLBL", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    {"BLBL", "::1", false, false, RESULT_UNKNOWN, RESULT_UNKNOWN, EADDRNOTAVAIL}, /* whether they are v6only is not told */
    {"BBBB", "0.0.0.0", true, false, EADDRINUSE, RESULT_UNKNOWN, EADDRNOTAVAIL},
    {"LLLL", "0.0.0.0", true, false, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    {"LLEL", "0.0.0.0", true, false, EADDRINUSE, RESULT_UNKNOWN, RESULT_UNKNOWN},
    {"EEEE", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, RESULT_UNKNOWN},
    {"TTTT", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, RESULT_UNKNOWN},
    {"SSSS", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    {"SSSE", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, RESULT_UNKNOWN},
    {"DDDD", "127.0.0.1", false, false, EADDRINUSE, EADDRINUSE, RESULT_UNKNOWN},
    {"DDDD", "127.0.0.1", false, true, EADDRINUSE, EADDRINUSE, EADDRNOTAVAIL},
    /* An odd number of ports: the walk may leave one end out. */
    {"BBBB.", "0.0.0.0", false, false, RESULT_UNKNOWN, RESULT_UNKNOWN, RESULT_UNKNOWN},
    {".BBBB", "0.0.0.0", false, false, RESULT_UNKNOWN, RESULT_UNKNOWN, RESULT_UNKNOWN},
    {"BB.BB", "0.0.0.0", false, false, RESULT_UNKNOWN, RESULT_UNKNOWN, RESULT_UNKNOWN},
    {"B.BBB", "0.0.0.0", false, false, RESULT_OK, RESULT_OK, RESULT_OK},
    {".", "0.0.0.0", false, false, RESULT_OK, RESULT_OK, RESULT_OK},
};

static void add(struct census *c, uint16_t port, char letter, const struct addr *local)
{
	struct sock s = {.local = *local, .port = port, .count = 1, .expires_ms = 30000 + port - FIRST};

	s.v6only = local->family == AF_INET ? NO : UNKNOWN;
	s.state = letter == 'L' ? STATE_LISTEN : letter == 'B' ? STATE_CLOSE : strchr("TD", letter) ? STATE_TIME_WAIT
	                                                                                            : STATE_ESTABLISHED;
	s.peer = (struct addr){.family = local->family};
	if (strchr("ETSD", letter)) {
		s.peer.b[0] = 10;
		s.peer_port = strchr("SD", letter) ? 80 : 81;
	}
	if (letter == 'r')
		port_set_add(&c->reserved, port);
	else if (letter != '.')
		census_add(c, &s);
}

struct fixture {
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;
};

static void start(struct fixture *f, const char *range, const char *local)
{
	struct census *c = &f->seen.census;
	struct addr a;

	*f = (struct fixture){0};
	scene_start(&f->seen, &f->request);
	f->request.target = (struct target){.text = "0"};
	f->request.probe = PROBE_NEVER;
	ck_assert(addr_parse(local, &a) && addr_parse("10.0.0.0", &c->to) && addr_parse("127.0.0.1", &c->from));
	c->to_port = 80;
	c->tw_reuse = 2;
	c->first = f->seen.host.ephemeral_first = FIRST;
	c->last = f->seen.host.ephemeral_last = (uint16_t)(FIRST + strlen(range) - 1);
	for (size_t i = 0; range[i]; i++)
		add(c, (uint16_t)(FIRST + i), range[i], &a);
}

static void again(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	judge(&f->r, &f->request, &f->seen, true, &f->want);
}

static void end(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	snapshot_free(&f->seen);
}

START_TEST(test_rules)
{
	struct fixture f;

	start(&f, rows[_i].range, rows[_i].local);
	f.seen.census.autobind_reuse = rows[_i].autobind_reuse;
	f.seen.census.tw_reuse = rows[_i].tw_never ? 0 : 2;
	again(&f);
	ck_assert_msg(f.r.binds[MIX_PLAIN].result == rows[_i].plain, "%s: %d", rows[_i].range, f.r.binds[0].result);
	ck_assert_msg(f.r.binds[MIX_REUSEADDR].result == rows[_i].reuseaddr, "%s: with SO_REUSEADDR %d", rows[_i].range,
	              f.r.binds[MIX_REUSEADDR].result);
	f.request.to = f.seen.census.to;
	f.request.to_port = 80;
	f.request.family = AF_INET;
	f.seen.route = (struct route){true, 0, f.seen.census.from, f.seen.census.to};
	again(&f);
	ck_assert_msg(f.r.connect.result == rows[_i].connect, "%s: connect() %d", rows[_i].range, f.r.connect.result);
	ck_assert(f.r.connect.decides);
	ck_assert_uint_eq(f.r.ncauses, rows[_i].connect == EADDRNOTAVAIL);
	end(&f);
}
END_TEST

/* The first port is free when the last TIME_WAIT on it has ended; one of 30003 ms more is on 40003. */
START_TEST(test_ends)
{
	static const struct {
		const char *range;
		int64_t ends;
	} ends[] = {{"TTTT", 30000}, {"BETT", 30002}, {"BEBE", -1}, {"rBBT", 30003}};

	for (size_t i = 0; i < COUNT(ends); i++) {
		struct fixture f;

		start(&f, ends[i].range, "0.0.0.0");
		again(&f);
		ck_assert_int_eq(f.r.verdict, TAKEN);
		ck_assert_msg(f.r.clears_in_ms == ends[i].ends, "%s: %ld", ends[i].range, (long)f.r.clears_in_ms);
		ck_assert_int_eq(f.r.clears, ends[i].ends < 0 ? CLEARS_UNKNOWN : CLEARS_TIMER);
		end(&f);
	}
}
END_TEST

/* A million sockets are no more than their kinds. */
START_TEST(test_memory)
{
	struct fixture f;
	struct sock s = {.state = STATE_TIME_WAIT, .timer = TIMER_TIMEWAIT, .count = 1, .v6only = NO};

	start(&f, "....", "0.0.0.0");
	s.local.family = s.peer.family = AF_INET;
	for (uint32_t i = 0; i < 1000000; i++) {
		memcpy(s.local.b, &i, 3);
		s.local.b[3] = 1;
		s.port = (uint16_t)(FIRST + i % 3);
		census_add(&f.seen.census, &s);
	}
	ck_assert_uint_eq(f.seen.census.ngroups, 1);
	ck_assert_uint_eq(f.seen.census.states[STATE_TIME_WAIT], 1000000);
	again(&f);
	ck_assert_uint_eq(f.r.pick.free[0], 1);
	end(&f);
}
END_TEST

/* Half-open requests hold nothing; ports outside of the range do not count; a gap makes "free" uncertain. */
START_TEST(test_not_counted)
{
	struct fixture f;
	struct sock s = {.state = STATE_NEW_SYN_RECV, .port = FIRST, .count = 1, .local = {.family = AF_INET}};

	start(&f, ".", "0.0.0.0");
	census_add(&f.seen.census, &s);
	s.state = STATE_LISTEN;
	s.port = FIRST + 1;
	census_add(&f.seen.census, &s);
	again(&f);
	ck_assert_int_eq(f.r.verdict, FREE);
	gap_add(&f.seen.gaps, GAP_BOUND_ONLY, 0, NULL);
	again(&f);
	ck_assert(f.want.unlisted);
	f.seen.unlisted_read = true;
	again(&f);
	ck_assert(!f.want.unlisted);
	ck_assert_int_eq(f.r.verdict, UNSURE);
	f.seen.census.last = 0;
	again(&f);
	ck_assert_int_eq(f.r.verdict, UNSURE);
	end(&f);
}
END_TEST

static const struct {
	const char *text;
	uint16_t in[3], out;
	size_t n;
} lists[] = {
    {"", {0}, 80, 0},
    {"\n", {0}, 80, 0},
    {"80\n", {80}, 81, 1},
    {"80,8000-8010\n", {80, 8000, 8010}, 8011, 3},
    {"65535-65535", {65535}, 1, 1},
    {"65530-99999", {65530, 65535}, 1, 2},
    {"x80", {0}, 80, 0},
    {"80-", {0}, 81, 0},
};

START_TEST(test_reserved)
{
	struct port_set ports = {0};

	range_parse(lists[_i].text, &ports);
	for (size_t i = 0; i < lists[_i].n; i++)
		ck_assert_msg(port_set_has(&ports, lists[_i].in[i]), "'%s': no %u", lists[_i].text, lists[_i].in[i]);
	ck_assert_msg(!port_set_has(&ports, lists[_i].out), "'%s': %u", lists[_i].text, lists[_i].out);
	port_set_free(&ports);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("autobind");

	add_table(suite, "rules", test_rules, COUNT(rows));
	add_table(suite, "ends", test_ends, 1);
	add_table(suite, "memory", test_memory, 1);
	add_table(suite, "not counted", test_not_counted, 1);
	add_table(suite, "reserved", test_reserved, COUNT(lists));
	return run_suite(suite);
}
