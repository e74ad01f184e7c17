/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The escaper and its knowledge of UTF-8. */
#include <string.h>

#include "base/vis.h"
#include "tests/unit/suite.h"

static const struct {
	const char *what, *in, *out, *ascii, *utf8; /* ascii, utf8: NULL where they equal out or in */
} rows[] = {
    {"plain", "nginx: worker", "nginx: worker", NULL, NULL},
    {"empty", "", "", NULL, NULL},
    {"letters", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
     "caf\\xC3\\xA9 \\xE2\\x82\\xAC \\xF0\\x9F\\x90\\xA7", NULL},
    {"escape sequence", "\033[31mred", "\\x1B[31mred", NULL, NULL},
    {"newline, tab, DEL", "a\nb\tc\x7f", "a\\x0Ab\\x09c\\x7F", NULL, NULL},
    {"C1 control (CSI)", "\xc2\x9b" "31m", "\\xC2\\x9B31m", NULL, NULL},
    {"raw C1 byte", "\x9b" "31m", "\\x9B31m", NULL, "\xef\xbf\xbd" "31m"},
    {"right-to-left override", "a\xe2\x80\xae" "b", "a\\xE2\\x80\\xAE" "b", NULL, NULL},
    {"bidirectional isolate", "\xe2\x81\xa6", "\\xE2\\x81\\xA6", NULL, NULL},
    {"zero-width space", "\xe2\x80\x8b", "\\xE2\\x80\\x8B", NULL, NULL},
    {"line separator", "\xe2\x80\xa8", "\\xE2\\x80\\xA8", NULL, NULL},
    {"tag character", "\xf3\xa0\x81\x81", "\\xF3\\xA0\\x81\\x81", NULL, NULL},
    {"backslash alone", "a\\b", "a\\b", NULL, NULL},
    {"a forged escape", "\\x1B", "\\x5Cx1B", NULL, NULL},
    {"invalid byte", "a\xff" "b", "a\\xFF" "b", NULL, "a\xef\xbf\xbd" "b"},
    {"overlong slash", "\xc0\xaf", "\\xC0\\xAF", NULL, "\xef\xbf\xbd\xef\xbf\xbd"},
    {"overlong three", "\xe0\x80\xaf", "\\xE0\\x80\\xAF", NULL, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"surrogate", "\xed\xa0\x80", "\\xED\\xA0\\x80", NULL, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"above U+10FFFF", "\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80", NULL,
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"cut off at the end", "a\xe2\x82", "a\\xE2\\x82", NULL, "a\xef\xbf\xbd\xef\xbf\xbd"},
};

static void is(const char *what, const char *how, struct buf *b, const char *wanted)
{
	ck_assert_msg(!strcmp(b->s ? b->s : "", wanted), "%s, %s: '%s', wanted '%s'", what, how, b->s, wanted);
	buf_free(b);
}

START_TEST(test_vis)
{
	const char *in = rows[_i].in, *utf8 = rows[_i].utf8 ? rows[_i].utf8 : in;
	struct buf b = {0};

	vis(&b, in, strlen(in), false);
	is(rows[_i].what, "UTF-8", &b, rows[_i].out);
	vis(&b, in, strlen(in), true);
	is(rows[_i].what, "ASCII", &b, rows[_i].ascii ? rows[_i].ascii : rows[_i].out);
	utf8_sanitize(&b, in, strlen(in));
	is(rows[_i].what, "JSON", &b, utf8);
	ck_assert_msg(utf8_valid(in, strlen(in)) == !rows[_i].utf8, "%s: validity", rows[_i].what);
	ck_assert(utf8_valid(utf8, strlen(utf8)));
}
END_TEST

/* Whatever the bytes: what comes out is printable UTF-8. */
START_TEST(test_all_pairs)
{
	for (int low = 0; low < 256; low++) {
		char in[3] = {(char)_i, (char)low, '\x80'};
		struct buf b = {0};

		vis(&b, in, sizeof in, false);
		ck_assert(utf8_valid(b.s, b.len));
		for (size_t i = 0; i < b.len; i++)
			ck_assert_msg((unsigned char)b.s[i] >= 0x20 && b.s[i] != 0x7f, "bytes %02x %02x", _i, low);
		buf_free(&b);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vis");

	add_table(suite, "vis", test_vis, COUNT(rows));
	add_table(suite, "pairs", test_all_pairs, 256);
	return run_suite(suite);
}
