/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of the table of sockets: lists of names, and what stands in each for some sockets. */
#define _GNU_SOURCE
#include "out/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/options.h"
#include "judge/judge.h"
#include "out/overview.h"
#include "out/term.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

enum { NONE = 255 };

/* A list, what it names, and what of it is no name. */
static const struct list {
	const char *text, *bad;
	bool added;
	unsigned char v[4];
} lists[] = {
    {"STATE", NULL, false, {COLUMN_STATE, NONE}},
    {"pid,Held-By,RECV-q", NULL, false, {COLUMN_PID, COLUMN_HELD_BY, COLUMN_RECV_Q, NONE}},
    {"+UID", NULL, true, {COLUMN_UID, NONE}},
    {"UID,UID", NULL, false, {COLUMN_UID, COLUMN_UID, NONE}},
    {"", "", false, {NONE}},
    {"+", "", true, {NONE}},
    {"STATE,", "", false, {NONE}},
    {"STATE,,PID", "", false, {NONE}},
    {"HELD BY", "HELD BY", false, {NONE}},
    {"UI", "UI", false, {NONE}},
    {"UIDS", "UIDS", false, {NONE}},
    {"PID,+UID", "+UID", false, {NONE}},
    {"\033[1m", "\\x1B[1m", false, {NONE}},
};

START_TEST(test_parse)
{
	const struct list *list = &lists[_i];
	struct columns columns;
	struct buf bad = {0};

	ck_assert_msg(columns_parse(&columns, list->text, column_name, &bad) == !list->bad, "'%s'", list->text);
	if (list->bad) {
		ck_assert_msg(!strcmp(bad.s ? bad.s : "", list->bad), "'%s': '%s'", list->text, bad.s);
	} else {
		ck_assert(columns.added == list->added);
		for (size_t i = 0; list->v[i] != NONE; i++)
			ck_assert(columns.n > i && columns.v[i] == list->v[i]);
	}
	buf_free(&bad);
}
END_TEST

/* Any number of names is no overrun. */
START_TEST(test_many)
{
	struct buf list = {0}, bad = {0};
	struct columns columns;

	for (int i = 0; i < 1000; i++)
		buf_puts(&list, "UID,");
	buf_puts(&list, "PID");
	ck_assert(columns_parse(&columns, list.s, column_name, &bad));
	ck_assert_uint_eq(columns.n, COLUMNS_MAX);
	buf_free(&list);
}
END_TEST

static void make_three(struct snapshot *seen)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "127.0.0.1", NULL);

	s->receive_queue = 3;
	s->send_queue = 128;
	s->cookie = 77;
	scene_owner(seen, s, 4711, "node");
	s->v6only = UNKNOWN;
	s->reuseaddr = YES;
	s = scene_sock(seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 42000;
	s->cookie = 78;
	s = scene_sock(seen, STATE_TIME_WAIT, "127.0.0.1", NULL);
	s->peer.family = 0;
	s->count = 9;
	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 43000;
	s->retransmits = 5;
}

/* What a column shows of a listener, of a TIME_WAIT and of nine more. */
static const struct row_text {
	enum column column;
	const char *listener, *time_wait, *rest;
} cells[] = {
    {COLUMN_STATE, "LISTEN", "TIME_WAIT", "TIME_WAIT"},
    {COLUMN_LOCAL, "127.0.0.1:9877", "127.0.0.1:9877", "127.0.0.1:9877"},
    {COLUMN_PEER, "-", "127.0.0.1:41918", "9 more"},
    {COLUMN_LEFT, "-", "42 s", "<=43 s"},
    {COLUMN_HELD_BY, "node (pid 4711)", "the kernel, no process", "the kernel, no process"},
    {COLUMN_UID, "1000", "-", "-"},
    {COLUMN_USER, "alice", "-", "-"},
    {COLUMN_PID, "4711", "-", "-"},
    {COLUMN_FD, "3", "-", "-"},
    {COLUMN_INODE, "7001", "-", "-"},
    {COLUMN_COOKIE, "77", "78", "-"},
    {COLUMN_TIMER, "-", "timewait", "timewait"},
    {COLUMN_RETRANS, "0", "0", "-"},
    {COLUMN_RECV_Q, "3", "0", "-"},
    {COLUMN_SEND_Q, "128", "0", "-"},
    {COLUMN_REUSEADDR, "yes", "?", "?"},
    {COLUMN_REUSEPORT, "no", "?", "?"},
    {COLUMN_V6ONLY, "?", NULL, NULL},
    {COLUMN_DEVICE, "-", "-", "-"},
    {COLUMN_CGROUP, "-", "-", "-"},
    {COLUMN_COUNT, "1", "1", "9"},
};

START_TEST(test_cell)
{
	const struct row_text *row = &cells[_i];
	const char *const expected[] = {row->listener, row->time_wait, row->rest};
	struct snapshot seen;
	struct request request;
	struct style style = {.width = 80, .ascii = true};
	struct report r = {.seen = &seen, .request = &request};

	scene_start(&seen, &request);
	make_three(&seen);
	owners_sort(&seen.owners);
	for (size_t i = 0; i < COUNT(expected); i++) {
		struct buf b = {0};

		column_put(&b, row->column, &r, &seen.socks[i], &style);
		ck_assert_msg(b.len > 0, "%s: nothing", column_head(row->column));
		ck_assert_msg(!expected[i] || !strcmp(b.s, expected[i]), "%s, socket %zu: '%s'", column_head(row->column), i,
		              b.s);
		buf_free(&b);
	}
	snapshot_free(&seen);
}
END_TEST

static bool file_has(const char *path, const char *word)
{
	static char all[1 << 18];
	FILE *f = fopen(path, "r");

	ck_assert_msg(f != NULL, "%s cannot be read", path);
	all[fread(all, 1, sizeof all - 1, f)] = '\0';
	fclose(f);
	return strstr(all, word) != NULL;
}

/* --help and the manual name every column of both tables. */
START_TEST(test_told)
{
	struct buf names = {0};

	columns_names(&names, _i ? overview_column_name : column_name);
	for (char *save, *name = strtok_r(names.s, ", ", &save); name; name = strtok_r(NULL, ", ", &save)) {
		ck_assert_msg(strstr(options_help(), name) != NULL, "--help: no %s", name);
		ck_assert_msg(file_has("man/portwhy.1", name), "the manual: no %s", name);
	}
	buf_free(&names);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("column");

	add_table(suite, "parse", test_parse, COUNT(lists));
	add_table(suite, "many", test_many, 1);
	add_table(suite, "cell", test_cell, COUNT(cells));
	add_table(suite, "told", test_told, 2);
	return run_suite(suite);
}
