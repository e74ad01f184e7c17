/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers into words: lateness of the wheel, and when a report clears. */
#include <string.h>

#include "judge/judge.h"
#include "judge/when.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

/* kernel/time/timer.c prints this table in its head comment: granularity by HZ and distance. */
static const struct {
	unsigned int hz;
	int64_t timeout_ms, late_ms;
} wheel[] = {
    {1000, 62, 1},       {1000, 63, 8},      {1000, 504, 64},     {1000, 60000, 4096}, {300, 60000, 1706},
    {250, 252, 32},      {250, 16000, 256},  {250, 60000, 2048},  {100, 60000, 5120},  {0, 60000, 5120},
};

START_TEST(test_wheel)
{
	int64_t late = when_late_ms(wheel[_i].hz, wheel[_i].timeout_ms);

	ck_assert_msg(late == wheel[_i].late_ms, "HZ %u, %lld ms: %lld, wanted %lld", wheel[_i].hz,
	              (long long)wheel[_i].timeout_ms, (long long)late, (long long)wheel[_i].late_ms);
}
END_TEST

/*
 * When the kernel gives up an orphan that retransmits.  A peer that hears
 * nothing was waited for on 6.18: 106 s with the default of 8, 30 s window
 * probes to a closed window: 341 s.
 */
static const struct {
	const char *what;
	struct sock s;
	unsigned int retries;
	int32_t least, most;
} orphans[] = {
    {"FIN just sent", {.state = STATE_FIN_WAIT_1, .timer = TIMER_RETRANSMIT, .expires_ms = 204, .rto_ms = 204}, 8, 100000, 110000},
    {"half-way", {.state = STATE_LAST_ACK, .timer = TIMER_RETRANSMIT, .expires_ms = 26000, .rto_ms = 26112, .retransmits = 7}, 8, 75000, 80000},
    {"last wait", {.state = STATE_CLOSING, .timer = TIMER_RETRANSMIT, .expires_ms = 9000, .rto_ms = 52224, .retransmits = 8}, 8, 9000, 9001},
    {"two retries", {.state = STATE_FIN_WAIT_1, .timer = TIMER_RETRANSMIT, .expires_ms = 204, .rto_ms = 204}, 2, 1400, 1700},
    {"window probe", {.state = STATE_FIN_WAIT_1, .timer = TIMER_PROBE, .expires_ms = 204, .rto_ms = 204}, 8, 300000, 380000},
    {"nothing known of the time-out", {.state = STATE_FIN_WAIT_1, .timer = TIMER_RETRANSMIT, .expires_ms = 200}, 8, 100000, 110000},
    {"a process has it", {.state = STATE_FIN_WAIT_1, .timer = TIMER_RETRANSMIT, .expires_ms = 204, .inode = 9}, 8, 0, 0},
    {"FIN_WAIT_2", {.state = STATE_FIN_WAIT_2, .timer = TIMER_TIMEWAIT, .expires_ms = 204}, 8, 0, 0},
    {"no timer", {.state = STATE_FIN_WAIT_1, .expires_ms = -1}, 8, 0, 0},
};

START_TEST(test_gives_up)
{
	int32_t ms = when_gives_up_ms(&orphans[_i].s, orphans[_i].retries);

	ck_assert_msg(ms >= orphans[_i].least && ms <= orphans[_i].most, "%s: %d ms", orphans[_i].what, ms);
}
END_TEST

/* A socket as state, timer, its end, inode. */
struct given {
	enum sock_state state;
	enum sock_timer timer;
	int32_t expires_ms;
	uint32_t inode;
};

static const struct {
	const char *what;
	struct given socks[3];
	enum clears clears;
	int64_t in_ms;
} reports[] = {
    {"TIME_WAIT", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 42017, 0}}, CLEARS_TIMER, 42017},
    {"TIME_WAIT that is due", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 0, 0}}, CLEARS_TIMER, 0},
    {"the latest of two", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 1000, 0}, {STATE_TIME_WAIT, TIMER_TIMEWAIT, 2000, 0}},
     CLEARS_TIMER, 2000},
    {"orphan as a minisocket", {{STATE_FIN_WAIT_2, TIMER_TIMEWAIT, 41000, 0}}, CLEARS_ESTIMATE, 41000},
    {"orphan before it is one", {{STATE_FIN_WAIT_2, TIMER_KEEPALIVE, 41000, 0}}, CLEARS_ESTIMATE, 101000},
    {"half-closed with keepalive", {{STATE_FIN_WAIT_2, TIMER_KEEPALIVE, 41000, 9}}, CLEARS_NEVER, -1},
    {"half-closed", {{STATE_FIN_WAIT_2, TIMER_NONE, -1, 9}}, CLEARS_NEVER, -1},
    {"listener", {{STATE_LISTEN, TIMER_NONE, -1, 9}}, CLEARS_NEVER, -1},
    {"never wins", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 1000, 0}, {STATE_LISTEN, TIMER_NONE, -1, 9}}, CLEARS_NEVER, -1},
    {"estimate wins over timer", {{STATE_TIME_WAIT, TIMER_TIMEWAIT, 50000, 0}, {STATE_FIN_WAIT_2, TIMER_TIMEWAIT, 1, 0}},
     CLEARS_ESTIMATE, 50000},
    {"nothing", {{0}}, CLEARS_NOW, 0},
};

START_TEST(test_clears)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;

	scene_start(&seen, &request);
	for (const struct given *g = reports[_i].socks; g->state; g++) {
		struct sock *s = scene_sock(&seen, g->state, "127.0.0.1", "127.0.0.1");

		s->timer = (uint8_t)g->timer;
		s->expires_ms = g->expires_ms;
		s->inode = g->inode;
		s->peer_port = g->state == STATE_LISTEN ? 0 : s->peer_port;
	}
	judge(&r, &request, &seen, true, &want);
	ck_assert_msg(r.clears == reports[_i].clears && r.clears_in_ms == reports[_i].in_ms, "%s: %d in %lld ms",
	              reports[_i].what, r.clears, (long long)r.clears_in_ms);
	ck_assert_msg((r.late_ms == 2048) == (r.clears == CLEARS_TIMER || r.clears == CLEARS_ESTIMATE), "%s: late",
	              reports[_i].what);
	report_free(&r);
	want_free(&want);
	snapshot_free(&seen);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("when");

	add_table(suite, "wheel", test_wheel, COUNT(wheel));
	add_table(suite, "gives up", test_gives_up, COUNT(orphans));
	add_table(suite, "clears", test_clears, COUNT(reports));
	return run_suite(suite);
}
