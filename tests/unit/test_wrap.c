/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words into lines: what fits, tags, words and commands that no line can hold, wide characters. */
#define _GNU_SOURCE
#include "out/wrap.h"

#include <locale.h>
#include <string.h>

#include "tests/unit/suite.h"

/* In text a ~ stands for WRAP_TIE. */
static const struct row {
	const char *text;
	size_t first, indent, width;
	const char *tag, *expected;
} rows[] = {
    {"", 0, 0, 20, NULL, "\n"},
    {"one two three", 0, 2, 9, NULL, "one two\n  three\n"},
    {"one two three", 0, 2, 7, NULL, "one two\n  three\n"},
    {"one two three", 2, 2, 7, NULL, "one\n  two\n  three\n"},
    {"abcdefghij", 0, 1, 4, NULL, "abcd\n efg\n hij\n"},
    {"one two", 0, 2, 20, "id", "one two         [id]\n"},
    {"one two", 0, 2, 10, "id", "one two\n      [id]\n"},
    {"say~this now", 0, 2, 8, NULL, "say this\n  now\n"},
    {"a say~this", 0, 2, 10, NULL, "a say this\n"},
    {"a say~this", 0, 2, 9, NULL, "a\n  say \\\n  this\n"},
    {"kill~4711~4712~4713", 0, 2, 12, NULL, "kill 4711 \\\n  4712 4713\n"},
    {"kill~4711~4712", 0, 2, 11, NULL, "kill 4711 \\\n  4712\n"},
    {"run~'a~b~c'~d", 0, 1, 10, NULL, "run \\\n 'a b c' d\n"},
    {"\xe4\xb8\xad\xe4\xb8\xad \xe4\xb8\xad", 0, 0, 5, NULL, "\xe4\xb8\xad\xe4\xb8\xad\n\xe4\xb8\xad\n"},
    {"\xe2\x94\x80\xe2\x94\x80 \xe2\x94\x80", 0, 0, 4, NULL, "\xe2\x94\x80\xe2\x94\x80 \xe2\x94\x80\n"},
};

START_TEST(test_wrap)
{
	const struct row *row = &rows[_i];
	struct buf text = {0}, out = {0};

	buf_puts(&text, row->text);
	for (char *p = text.s; *p; p++)
		*p = *p == '~' ? WRAP_TIE : *p;
	wrap(&out, text.s, row->first, row->indent, row->width, row->tag);
	ck_assert_msg(!strcmp(out.s, row->expected), "'%s' at %zu:\n%s", row->text, row->width, out.s);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wrap");

	setlocale(LC_ALL, "C.UTF-8");
	add_table(suite, "wrap", test_wrap, COUNT(rows));
	return run_suite(suite);
}
