/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every id has its prose, a fix where it is a cause, golden files, a live test
 * and a section in the manual; every {name} in a text is a fact; pictures and
 * steps tell the same story.  Run from the top of the tree.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "out/facts.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"
#include "text/text.h"

static bool file_has(const char *path, const char *text)
{
	FILE *f = fopen(path, "r");
	char *all = xcalloc(1, 1 << 20);
	bool found;

	ck_assert_msg(f != NULL, "%s cannot be read", path);
	all[fread(all, 1, (1 << 20) - 1, f)] = '\0';
	found = strstr(all, text) != NULL;
	fclose(f);
	free(all);
	return found;
}

static void has(const char *path, const char *format, const char *id)
{
	char *text;

	if (asprintf(&text, format, id) < 0)
		abort();
	ck_assert_msg(file_has(path, text), "%s: no '%s'", path, text);
	free(text);
}

/* Lists of all ids, which make nothing. */
static bool is_a_list(const char *path)
{
	return strstr(path, "/near.py") || strstr(path, "/invariants");
}

/* Words in a case list several facets: the id ends at a quote or a blank. */
static void is_live(const char *id)
{
	static const char *const formats[] = {"\"%s\"", "\"%s ", " %s\"", " %s "};
	bool found = false;
	glob_t files;

	ck_assert_int_eq(glob("tests/live/*.py", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc * COUNT(formats) && !found; i++) {
		const char *path = files.gl_pathv[i % files.gl_pathc];
		char *text;

		if (asprintf(&text, formats[i / files.gl_pathc], id) < 0)
			abort();
		found = !is_a_list(path) && file_has(path, text);
		free(text);
	}
	globfree(&files);
	ck_assert_msg(found, "%s: no live test", id);
}

/* What golden files, live tests and the manual must know of a cause or facet. */
static void is_told_everywhere(const char *id)
{
	is_live(id);
	has("man/portwhy-causes.7", "\n.Ss %s\n", id);
}

/* Some golden file shows the text. */
static void has_golden(const char *id, const char *format)
{
	glob_t files;
	char *text;
	bool found = false;

	if (asprintf(&text, format, id) < 0 || glob("tests/golden/*.term", 0, NULL, &files))
		abort();
	for (size_t i = 0; i < files.gl_pathc; i++)
		found |= file_has(files.gl_pathv[i], text);
	ck_assert_msg(found, "no golden file has '%s'", text);
	globfree(&files);
	free(text);
}

/* No {name} is left: all of them are facts. */
static void expands(const char *id, const char *text)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;
	struct scope scope = {.report = &r};
	struct gap gap = {.object = "x", .count = 1};
	struct buf b = {0};

	scene_start(&seen, &request);
	scene_owner(&seen, scene_sock(&seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
	judge(&r, &request, &seen, true, &want);
	scope.cause = &r.causes[0];
	scope.gap = &gap;
	ck_assert_msg(text && *text, "%s: no text", id);
	facts_expand(&b, text, &scope);
	ck_assert_msg(!strchr(b.s, '{'), "%s: '%s'", id, b.s);
	buf_free(&b);
	want_free(&want);
	report_free(&r);
	snapshot_free(&seen);
}

START_TEST(test_cause)
{
	const struct cause_text *t = &cause_texts[_i];

	ck_assert(t->id != NULL);
	expands(t->id, t->title);
	expands(t->id, t->one);
	if (t->many)
		expands(t->id, t->many);
	is_told_everywhere(t->id);
	has_golden(t->id, "[%s]\n");
}
END_TEST

START_TEST(test_facet)
{
	const struct facet_text *t = &facet_texts[_i];

	ck_assert(t->id != NULL);
	expands(t->id, t->text);
	is_told_everywhere(t->id);
	has_golden(t->id, "[%s]\n");
}
END_TEST

START_TEST(test_fix)
{
	const struct fix_text *t = &fix_texts[_i];

	ck_assert(t->id != NULL);
	expands(t->id, t->text);
	if (t->now)
		expands(t->id, t->now);
	if (t->command)
		expands(t->id, t->command);
	has("man/portwhy-causes.7", "%s", t->id);
}
END_TEST

/* What fits a line of the narrowest terminal, 60 columns, behind an indent. */
static void is_narrow(const char *code)
{
	for (size_t len; *code; code += len + 1) {
		len = strcspn(code, "\n");
		ck_assert_msg(code[len] == '\n', "a line without an end: '%s'", code);
		ck_assert_msg(len <= 58, "too wide: '%.*s'", (int)len, code);
	}
}

/* A language has code or needs none, or has that of C, which has code wherever some language has. */
START_TEST(test_language)
{
	enum language language = (enum language)_i + 1;
	const struct language_text *t = &language_texts[language];

	ck_assert(t->word && t->name);
	has("man/portwhy.1", "Cm %s", t->word);
	for (int f = 0; f < FIXES; f++) {
		enum language c = LANG_C, shown = language;
		const struct snippet_text *s = snippet((enum fix_id)f, &shown), *in_c = snippet((enum fix_id)f, &c);

		ck_assert(shown == language || shown == LANG_C);
		ck_assert(!s->none || shown == language);
		ck_assert_msg(!in_c->none && !in_c->code == !(s->code || s->none), "%s: %s", t->word, fix_texts[f].id);
		if (s->code)
			is_narrow(s->code);
	}
}
END_TEST

START_TEST(test_lines)
{
	for (int i = 0; i < HEADLINES; i++)
		expands("headline", headline_texts[i]);
	for (int i = 0; i < SECOND_LINES; i++)
		expands("second line", second_line_texts[i]);
	for (int i = 0; i < RANGE_LINES; i++)
		expands("range", range_texts[i]);
	for (int i = 0; i < LOOKS; i++)
		expands("look", look_texts[i]);
	for (int i = 0; i < NOTES; i++)
		expands(note_texts[i].id, note_texts[i].text);
	for (int i = 0; i < GAP_KINDS; i++) {
		expands("gap", gap_texts[i].what);
		expands("gap", gap_texts[i].consequence);
	}
}
END_TEST

/* A gap that can hide a socket says so in the JSON. */
START_TEST(test_gaps)
{
	struct gaps gaps = {0};

	gap_add(&gaps, (enum gap_kind)_i, 0, "x");
	if (gap_hides_sockets(&gaps))
		ck_assert_msg(!strcmp(gap_texts[_i].affects, "verdict"), "gap %d", _i);
	gap_free(&gaps);
}
END_TEST

static bool in_column(const struct story_text *t, size_t from, bool here, const char *state, size_t *at)
{
	for (size_t i = from; i < t->nlines; i++) {
		const char *cell = here ? t->lines[i].here : t->lines[i].there;

		*at = i;
		if (cell && !strncmp(cell, state, strlen(state)))
			return true;
	}
	return false;
}

/* The states of the steps stand in the picture, each end's in its column, in order; one line is "now". */
START_TEST(test_story)
{
	const struct story_text *t = &story_texts[_i];
	size_t at[2] = {0, 0}, now = 0;

	for (size_t i = 0; i < t->nsteps; i++) {
		bool here = !strcmp(t->steps[i].end, "local");

		ck_assert_msg(in_column(t, at[here], here, t->steps[i].state, &at[here]), "story %d: no %s", _i,
		              t->steps[i].state);
	}
	for (size_t i = 0; i < t->nlines; i++)
		now += t->lines[i].now;
	ck_assert_uint_eq(now, t->nlines ? 1 : 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");

	add_table(suite, "cause", test_cause, CAUSES);
	add_table(suite, "facet", test_facet, FACETS);
	add_table(suite, "fix", test_fix, FIXES);
	add_table(suite, "language", test_language, LANGUAGES - 1);
	add_table(suite, "lines", test_lines, 1);
	add_table(suite, "gaps", test_gaps, GAP_KINDS);
	add_table(suite, "story", test_story, STORIES);
	return run_suite(suite);
}
