/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of a wait: its time, its bar, and that it never fills the last column. */
#define _GNU_SOURCE
#include "out/progress.h"

#include <locale.h>
#include <string.h>

#include "base/vis.h"
#include "out/wrap.h"
#include "tests/unit/suite.h"

#define SUBJECT "tcp 9877: TIME_WAIT"

static const struct {
	struct progress p;
	size_t width;
	const char *line;
} rows[] = {
    {{SUBJECT, 42017, 60000, false, 0, 0}, 80, SUBJECT ", 43 s left  [##........]"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 80, SUBJECT ", 42 s left  [###.......]"},
    {{SUBJECT, 60000, 60000, false, 0, 0}, 80, SUBJECT ", 60 s left  [..........]"},
    {{SUBJECT, 1, 60000, false, 0, 0}, 80, SUBJECT ", 1 s left  [#########.]"},
    {{SUBJECT, 0, 60000, false, 60000, 0}, 80, SUBJECT ", due  [##########]"},
    {{SUBJECT, 70000, 60000, false, 0, 0}, 80, SUBJECT ", 70 s left  [..........]"},
    {{SUBJECT, 0, 0, false, 0, 0}, 80, SUBJECT ", due  [..........]"},
    {{SUBJECT, 42000, 60000, true, 0, 2}, 80, SUBJECT ", about 42 s left (and 2 more)  [###.......]"},
    {{SUBJECT, -1, 0, false, 12999, 0}, 80, SUBJECT ", waited 12 s"},
    {{SUBJECT, -1, 0, false, -1, 0}, 80, SUBJECT},
    {{SUBJECT, -1, 0, false, 0, 1}, 80, SUBJECT ", waited 0 s (and 1 more)"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 45, SUBJECT ", 42 s left  [###.......]"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 44, "tcp 9877: TIME_..., 42 s left  [###.......]"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 41, SUBJECT ", 42 s left"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 20, "tcp 9..., 42 s left"},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 10, ", 42 s..."},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 3, ".."},
    {{SUBJECT, 42000, 60000, false, 0, 0}, 0, ""},
    {{"x\xe2\x82\xacyz", -1, 0, false, 0, 0}, 17, "x\xe2\x82\xacyz, waited 0 s"},
    {{"x\xe2\x82\xacyzwv", -1, 0, false, 0, 0}, 18, "x\xe2\x82\xac..., waited 0 s"},
};

static size_t columns(const char *s)
{
	return wrap_columns(s, strlen(s));
}

START_TEST(test_line)
{
	const struct style style = {.width = rows[_i].width, .ascii = true};
	struct buf b = {0};

	setlocale(LC_ALL, "C.UTF-8");
	buf_puts(&b, "");
	progress_line(&b, &rows[_i].p, &style);
	ck_assert_str_eq(b.s, rows[_i].line);
	ck_assert(!rows[_i].width || columns(b.s) < rows[_i].width);
	buf_free(&b);
}
END_TEST

/* Of any width: short enough, and never in the middle of a character. */
START_TEST(test_width)
{
	struct progress p = {.subject = "tcp [::1]:9877: \xe6\x97\xa5\xe6\x9c\xac (pid 4711, root) listens on it", .left = _i % 2 ? 42000 : -1, .whole = 60000, .more = 3};

	setlocale(LC_ALL, "C.UTF-8");
	for (size_t width = 1; width < 100; width++) {
		struct style style = {.width = width};
		struct buf b = {0};

		buf_puts(&b, "");
		progress_line(&b, &p, &style);
		ck_assert_msg(columns(b.s) < width, "%zu: '%s'", width, b.s);
		ck_assert_msg(utf8_valid(b.s, b.len), "%zu: '%s'", width, b.s);
		buf_free(&b);
	}
}
END_TEST

/* Colour adds escapes to the bar and nothing else. */
START_TEST(test_color)
{
	struct progress p = {.subject = SUBJECT, .left = 42000, .whole = 60000};
	struct style style = {.width = 80, .ascii = true, .color = true};
	struct buf b = {0};

	progress_line(&b, &p, &style);
	ck_assert_str_eq(b.s, SUBJECT ", 42 s left  [\033[1;33m###.......\033[0m]");
	buf_free(&b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("progress");
	TCase *whole = tcase_create("whole");

	add_table(suite, "line", test_line, COUNT(rows));
	add_table(suite, "width", test_width, 2);
	tcase_add_test(whole, test_color);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
