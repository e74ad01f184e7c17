/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trials of an earlier look count as long as the sockets are the same ones in the same states. */
#include <errno.h>
#include <stdlib.h>

#include "model/snapshot.h"
#include "tests/unit/suite.h"

#define LISTENS {.state = STATE_LISTEN, .port = 9877, .cookie = 1, .inode = 7, .count = 1}
#define WAITS {.state = STATE_TIME_WAIT, .port = 9877, .peer_port = 5, .cookie = 2, .expires_ms = 4000, .count = 1}

static const struct row {
	const char *what;
	struct sock now[3];
	size_t n;
	bool trials, alike;
} rows[] = {
    {"the same", {LISTENS, WAITS}, 2, true, true},
    {"in another order", {WAITS, LISTENS}, 2, true, true},
    {"timers and queues", {{.state = STATE_LISTEN, .port = 9877, .cookie = 1, .inode = 7, .receive_queue = 3, .count = 1},
                           {.state = STATE_TIME_WAIT, .port = 9877, .peer_port = 5, .cookie = 2, .expires_ms = 1, .count = 1}}, 2, true, true},
    {"not asked for", {LISTENS, WAITS}, 2, false, false},
    {"one is gone", {WAITS}, 1, true, false},
    {"all are gone", {{0}}, 0, true, false},
    {"one more", {LISTENS, WAITS, WAITS}, 3, true, false},
    {"another state", {{.state = STATE_CLOSE, .port = 9877, .cookie = 1, .inode = 7, .count = 1}, WAITS}, 2, true, false},
    {"another cookie", {{.state = STATE_LISTEN, .port = 9877, .cookie = 3, .inode = 7, .count = 1}, WAITS}, 2, true, false},
    {"another inode", {{.state = STATE_LISTEN, .port = 9877, .cookie = 1, .inode = 8, .count = 1}, WAITS}, 2, true, false},
    {"another peer", {LISTENS, {.state = STATE_TIME_WAIT, .port = 9877, .peer_port = 6, .cookie = 2, .count = 1}}, 2, true, false},
};

START_TEST(test_recall)
{
	const struct row *row = &rows[_i];
	struct sock then[] = {LISTENS, WAITS}, now[3];
	struct probe probes[] = {{.mix = MIX_REUSEADDR, .err = EADDRINUSE}, {.mix = MIX_BOTH}};
	struct snapshot before = {.socks = then, .nsocks = 2, .probes = probes, .nprobes = 2, .quirks_read = true, .quirks.udp_any_unseen = YES};
	struct snapshot s = {.socks = now, .nsocks = row->n};

	for (size_t i = 0; i < row->n; i++)
		now[i] = row->now[i];
	snapshot_recall(&s, &before, row->trials);
	ck_assert_msg(s.nprobes == (row->alike ? 2 : 0), "%s: %zu trials", row->what, s.nprobes);
	for (size_t i = 0; i < s.nprobes; i++)
		ck_assert_msg(s.probes[i].mix == probes[i].mix && s.probes[i].err == probes[i].err, "%s: trial %zu", row->what, i);
	ck_assert_msg(s.quirks_read && s.quirks.udp_any_unseen == YES, "%s: the kernel does not change", row->what);
	free(s.probes);
}
END_TEST

/* What a second look takes over: a refusal without SO_REUSEPORT is asked again, unless a trial has spoiled the answer. */
static const struct kept_row {
	const char *what;
	enum tri memory;
	bool read, success;
	size_t kept;
} kept[] = {
    {"none has worked", YES, true, false, 0},
    {"the port remembers nothing of SO_REUSEADDR", NO, true, true, 1},
    {"it does, and a trial without it has worked", YES, true, true, 2},
    {"nobody knows", UNKNOWN, true, true, 2},
    {"nobody asked", UNKNOWN, false, true, 1},
};

START_TEST(test_keep)
{
	const struct kept_row *row = &kept[_i];
	struct sock then[] = {WAITS};
	struct probe probes[] = {{.mix = MIX_REUSEADDR, .err = EADDRINUSE}, {.mix = MIX_REUSEPORT}};
	struct snapshot before = {.socks = then, .nsocks = 1, .probes = probes, .nprobes = row->success ? 2 : 1,
	                          .quirks_read = row->read, .quirks.reuseaddr_memory = (uint8_t)row->memory};
	struct snapshot s = {0};

	snapshot_keep_trials(&s, &before);
	ck_assert_msg(s.nprobes == row->kept, "%s: %zu", row->what, s.nprobes);
	ck_assert(row->kept < 2 || (s.probes[0].mix == MIX_REUSEADDR && s.probes[0].err == EADDRINUSE));
	free(s.probes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("recall");

	add_table(suite, "recall", test_recall, COUNT(rows));
	add_table(suite, "keep", test_keep, COUNT(kept));
	return run_suite(suite);
}
