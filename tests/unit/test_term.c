/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every scene as a person sees it: no line is wider than the terminal, in
 * either set of characters and in every language; colour changes nothing but
 * the colour.
 */
#define _GNU_SOURCE
#include "out/term.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "out/wrap.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

static void render(struct buf *out, const struct scene *scene, const struct style *style)
{
	struct snapshot seen = {0};
	struct request request = {0};
	struct report report;
	struct want want;

	scene_start(&seen, &request);
	scene->make(&seen, &request);
	owners_sort(&seen.owners);
	judge(&report, &request, &seen, true, &want);
	term_report(out, &report, style);
	want_free(&want);
	report_free(&report);
	snapshot_free(&seen);
}

static void check_lines(const struct scene *scene, const struct buf *b, const struct style *style)
{
	for (const char *line = b->s; *line; line++) {
		size_t len = strcspn(line, "\n"), columns = wrap_columns(line, len);

		ck_assert_msg(columns <= style->width, "%s: %zu columns of %zu: '%.*s'", scene->slug, columns, style->width,
		              (int)len, line);
		ck_assert_msg(!len || line[len - 1] != ' ', "%s: blanks at the end of '%.*s'", scene->slug, (int)len, line);
		line += len;
		ck_assert_msg(*line == '\n', "%s: the last line does not end", scene->slug);
	}
	for (size_t i = 0; style->ascii && i < b->len; i++)
		ck_assert_msg((unsigned char)b->s[i] < 0x7f, "%s: byte %zu is not ASCII", scene->slug, i);
}

/* Longer than a narrow terminal wherever something can be long. */
static void make_long(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "2001:db8:1111:2222:3333:4444:5555:6666", NULL);
	struct process *p = scene_owner(seen, s, 4711, "a_rather_long_one \xe2\x82\xac and\nmore");

	(void)request;
	free(p->cwd);
	p->cwd = strdup("/srv/www/with_no_blank_in_it/and_another_folder/and_one_more/until_it_fits_nowhere");
	scene_sock(seen, STATE_TIME_WAIT, "2001:db8:1111:2222:3333:4444:5555:6666",
	           "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff")->expires_ms = 42000;
}

START_TEST(test_long)
{
	const struct scene scene = {"long", make_long, false};

	for (size_t width = 60; width <= 100; width++) {
		struct style style = {.width = width, .ascii = width % 2};
		struct buf b = {0};

		render(&b, &scene, &style);
		check_lines(&scene, &b, &style);
		buf_free(&b);
	}
}
END_TEST

START_TEST(test_width)
{
	static const size_t widths[] = {60, 61, 72, 80, 100};

	for (size_t w = 0; w < COUNT(widths); w++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			struct style style = {.width = widths[w], .ascii = ascii, .lang = (enum language)(_i % LANGUAGES)};
			struct buf b = {0};

			render(&b, scene_at((size_t)_i), &style);
			check_lines(scene_at((size_t)_i), &b, &style);
			buf_free(&b);
		}
	}
}
END_TEST

START_TEST(test_language_width)
{
	for (size_t i = 0; scene_at(i); i++) {
		struct style style = {.width = 60, .lang = (enum language)_i};
		struct buf b = {0};

		render(&b, scene_at(i), &style);
		check_lines(scene_at(i), &b, &style);
		buf_free(&b);
	}
}
END_TEST

/* Takes the escapes out; each line must end as it began, without colour. */
static void bleach(struct buf *b)
{
	size_t kept = 0;
	bool colored = false;

	for (size_t i = 0; i < b->len; i++) {
		if (b->s[i] == '\033') {
			colored = strncmp(b->s + i, "\033[0m", 4) != 0;
			i += strcspn(b->s + i, "m");
			continue;
		}
		ck_assert(b->s[i] != '\n' || !colored);
		b->s[kept++] = b->s[i];
	}
	b->s[kept] = '\0';
	b->len = kept;
}

START_TEST(test_color)
{
	struct style plain = {.width = 60}, color = {.width = 60, .color = true};
	struct buf p = {0}, c = {0};

	render(&p, scene_at((size_t)_i), &plain);
	render(&c, scene_at((size_t)_i), &color);
	ck_assert(!strchr(p.s, '\033'));
	ck_assert_msg(!strncmp(c.s, "\033[1;3", 5), "%s: the answer has no colour", scene_at((size_t)_i)->slug);
	bleach(&c);
	ck_assert_str_eq(c.s, p.s);
	buf_free(&p);
	buf_free(&c);
}
END_TEST

static size_t count_scenes(void)
{
	size_t n = 0;

	while (scene_at(n))
		n++;
	return n;
}

int main(void)
{
	Suite *suite = suite_create("term");

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	add_table(suite, "width", test_width, count_scenes());
	add_table(suite, "long", test_long, 1);
	add_table(suite, "language width", test_language_width, LANGUAGES);
	add_table(suite, "color", test_color, count_scenes());
	return run_suite(suite);
}
