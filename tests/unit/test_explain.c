/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portwhy explain: every id has its text, told without a fact of any socket;
 * it fits the terminal; what it points to is there; what was mistyped is found.
 */
#define _GNU_SOURCE
#include "cmd/explain.h"

#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/remedy.h"
#include "out/ladder.h"
#include "out/wrap.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

enum { ALL = CAUSES + FACETS + NOTES + FIXES + STATE_MAX - 1 };

/* The i-th of the list. */
static struct explained nth(int i)
{
	struct explained *all, e;

	ck_assert_uint_eq(explain_all(&all), ALL);
	e = all[i];
	free(all);
	return e;
}

static const char *id_of(const struct explained *e)
{
	return explain_id(e->kind, e->text);
}

/* Each id of a kind stands in its table once. */
START_TEST(test_once)
{
	const struct explain_kind_text *kind = &explain_kinds[_i];

	for (size_t i = 0; i < kind->n; i++) {
		ck_assert_msg(kind->rows[i].id < kind->n, "%s %zu: no such id", kind->name, i);
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(kind->rows[i].id != kind->rows[k].id, "%s twice",
			              explain_id((enum explain_kind)_i, &kind->rows[i]));
	}
	ck_assert_msg(kind->rows[0].group != NULL, "%s: no heading", kind->name);
}
END_TEST

static void is_plain(const char *id, const char *text)
{
	ck_assert_msg(text && *text, "%s: no text", id);
	ck_assert_msg(!strpbrk(text, "{}\n"), "%s: '%s'", id, text);
}

/* The state's parts are all there; what a see points to is another id. */
START_TEST(test_text)
{
	struct explained e = nth(_i), other;
	char see[200], *save = NULL;

	is_plain(id_of(&e), e.text->line);
	is_plain(id_of(&e), explain_title(e.kind, e.text));
	for (size_t i = 0; i < EXPLAIN_PARTS; i++)
		if (explain_kinds[e.kind].heads[i] || !i)
			is_plain(id_of(&e), e.text->parts[i]);
	ck_assert_msg(wrap_columns(e.text->line, strlen(e.text->line)) <= 53, "%s: too long for the list", id_of(&e));
	ck_assert_msg(e.text->see && strlen(e.text->see) < sizeof see, "%s: nothing to see", id_of(&e));
	strcpy(see, e.text->see);
	for (char *word = strtok_r(see, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		ck_assert_msg(explain_find(&other, word) && other.text != e.text, "%s: see %s?", id_of(&e), word);
		ck_assert_str_eq(id_of(&other), word);
	}
	if (e.kind == KIND_CAUSE)
		ck_assert_msg(e.nfixes > 0, "%s: no fix", id_of(&e));
}
END_TEST

/* A {name} of letters alone: a fact that nobody filled in.  Code may have braces of its own. */
static bool has_fact(const char *text)
{
	for (; (text = strchr(text, '{')); text++) {
		size_t len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz");

		if (len && text[len + 1] == '}')
			return true;
	}
	return false;
}

static void check_output(const char *id, const struct buf *b, const struct style *style)
{
	ck_assert_msg(!has_fact(b->s), "%s: a fact is left: %s", id, b->s);
	for (const char *line = b->s; *line; line++) {
		size_t len = strcspn(line, "\n");

		ck_assert_msg(wrap_columns(line, len) <= style->width, "%s: wider than %zu: '%.*s'", id, style->width, (int)len,
		              line);
		ck_assert_msg(line[len] == '\n', "%s: no end of line", id);
		ck_assert_msg(!len || line[len - 1] != ' ', "%s: blanks at the end: '%.*s'", id, (int)len, line);
		for (size_t i = 0; style->ascii && i < len; i++)
			ck_assert_msg(line[i] >= ' ' && line[i] <= '~', "%s: not ASCII: '%.*s'", id, (int)len, line);
		line += len;
	}
}

/* Each id, at every width, in both sets of characters, with code in every language. */
START_TEST(test_output)
{
	static const size_t widths[] = {60, 80, 100};
	struct explained e = nth(_i);

	for (size_t i = 0; i < 2 * COUNT(widths) * LANGUAGES; i++) {
		struct style style = {
		    .width = widths[i / 2 % COUNT(widths)],
		    .ascii = i % 2,
		    .lang = (enum language)(i / 2 / COUNT(widths)),
		};
		struct buf b = {0};

		explain_term(&b, &e, &style);
		check_output(id_of(&e), &b, &style);
		buf_free(&b);
	}
}
END_TEST

/* On 80 columns a line for each id; narrower ones are filled, not passed. */
START_TEST(test_list)
{
	struct style wide = {.width = 80}, narrow = {.width = 60, .ascii = true};
	struct buf b = {0};
	size_t rows = 0;

	explain_list(&b, &wide);
	check_output("list", &b, &wide);
	for (const char *p = b.s; *p; p += strcspn(p, "\n") + 1)
		rows += *p == ' ';
	ck_assert_uint_eq(rows, ALL);
	b.len = 0;
	explain_list(&b, &narrow);
	check_output("list", &b, &narrow);
	buf_free(&b);
}
END_TEST

/* The states have the names that sockets are shown with. */
START_TEST(test_states)
{
	struct sock s = {.state = (uint8_t)(_i + 1), .peer_port = 1};
	struct explained e;

	ck_assert_msg(explain_find(&e, sock_state_name(&s)), "no %s", sock_state_name(&s));
	ck_assert_int_eq(e.kind, KIND_STATE);
	ck_assert_uint_eq(e.text->id, s.state);
}
END_TEST

/* The picture of a cause is the one that reports of it have. */
START_TEST(test_stories)
{
	const struct scene *scene = scene_at((size_t)_i);
	struct snapshot seen = {0};
	struct request request = {0};
	struct report report;
	struct want want;

	scene_start(&seen, &request);
	scene->make(&seen, &request);
	owners_sort(&seen.owners);
	judge(&report, &request, &seen, true, &want);
	for (size_t i = 0; i < report.ncauses; i++) {
		const struct cause *c = &report.causes[i];
		const struct explain_text *t = explain_causes;

		while (t->id != c->id)
			t++;
		if (c->story != STORY_RESET)
			ck_assert_msg(!t->story == !c->story, "%s: %s", scene->slug, cause_texts[c->id].id);
	}
	want_free(&want);
	report_free(&report);
	snapshot_free(&seen);
}
END_TEST

static bool is_line(const struct ladder_line *a, const struct ladder_line *b)
{
	const char *one[] = {a->here, a->arrow, a->there}, *other[] = {b->here, b->arrow, b->there};

	for (size_t i = 0; i < COUNT(one); i++)
		if (!one[i] != !other[i] || (one[i] && strcmp(one[i], other[i])))
			return false;
	return true;
}

/* The whole of a simultaneous close begins as the picture of its middle does in a report. */
START_TEST(test_at_once)
{
	const struct story_text *middle = &story_texts[STORY_CLOSING];

	for (size_t i = 0; !middle->lines[i].now; i++)
		ck_assert_msg(is_line(&middle->lines[i], &close_texts[CLOSE_AT_ONCE].lines[i]), "line %zu", i);
}
END_TEST

/* A state is marked wherever a close goes through it, at either end: FIN_WAIT_1 of a simultaneous one on two lines. */
START_TEST(test_marks)
{
	static const struct {
		const char *state;
		int marks;
	} rows[] = {
	    {"ESTABLISHED", 3}, {"FIN_WAIT_1", 3}, {"FIN_WAIT_2", 1}, {"TIME_WAIT", 2}, {"CLOSE_WAIT", 1},
	    {"LAST_ACK", 1},    {"CLOSING", 1},    {"CLOSE", 0},      {"LISTEN", 0},
	};
	struct style style = {.width = 80, .ascii = true};
	struct explained e;
	struct buf b = {0};
	int marks = 0;

	ck_assert(explain_find(&e, rows[_i].state));
	explain_term(&b, &e, &style);
	for (const char *p = b.s; (p = strstr(p, "\n=> ")); p++)
		marks++;
	ck_assert_msg(marks == rows[_i].marks, "%s: %d marks:\n%s", rows[_i].state, marks, b.s);
	buf_free(&b);
}
END_TEST

/* The manual, which the caller frees. */
static char *manual(void)
{
	static const char path[] = "man/portwhy-causes.7";
	FILE *f = fopen(path, "r");
	char *all = calloc(1, 1 << 20);

	ck_assert_msg(f && fread(all, 1, (1 << 20) - 1, f), "%s cannot be read", path);
	fclose(f);
	return all;
}

/* The manual tells every state, and draws the ways in which a connection ends as they are drawn here. */
START_TEST(test_manual)
{
	struct style style = {.width = 80, .ascii = true};
	char *man = manual();

	for (size_t i = 0; i < explain_kinds[KIND_STATE].n; i++) {
		struct buf b = {0};

		buf_printf(&b, "\n.It %s\n", explain_id(KIND_STATE, &explain_states[i]));
		ck_assert_msg(strstr(man, b.s) != NULL, "no state '%s'", b.s);
		buf_free(&b);
	}
	for (int i = 0; i < CLOSE_WAYS; i++) {
		const struct close_text *c = &close_texts[i];
		const struct story_text *story = &story_texts[c->story];
		struct buf b = {0};

		ladder_general(&b, c->lines ? c->lines : story->lines, c->lines ? c->nlines : story->nlines, "", &style);
		ck_assert_msg(strstr(man, b.s) != NULL, "not drawn so:\n%s", b.s);
		buf_free(&b);
	}
	free(man);
}
END_TEST

static const struct {
	const char *typed, *found, *near; /* near: of an unknown one, with blanks between */
} names[] = {
    {"time-wait", "time-wait", NULL},
    {"TIME_WAIT", "TIME_WAIT", NULL},
    {"time_wait", "TIME_WAIT", NULL},
    {"TIME-WAIT", "TIME_WAIT", NULL},
    {"fin_wait_2", "FIN_WAIT_2", NULL},
    {"Fin-Wait-2", "FIN_WAIT_2", NULL},
    {"closing", "closing", NULL},
    {"CLOSING", "CLOSING", NULL},
    {"Listen", "LISTEN", NULL},
    {"bound", "BOUND", NULL},
    {"Listener", NULL, "listener LISTEN"},
    {"tme-wait", NULL, "time-wait TIME_WAIT"},
    {"time-wiat", NULL, "time-wait TIME_WAIT"},
    {"fin-wait", NULL, "fin-wait-1 fin-wait-2-orphan fin-wait-2-half-closed FIN_WAIT_1 FIN_WAIT_2"},
    {"FIN_WAIT2", NULL, "FIN_WAIT_2"},
    {"ESTAB", NULL, "ESTABLISHED"},
    {"dual", NULL, "dual-stack"},
    {"manny", NULL, "many"},
    {"mnay", NULL, ""},
    {"listener-2", NULL, "listener LISTEN"},
    {"9877", NULL, ""},
    {"", NULL, ""},
    {"x", NULL, ""},
    {"\x1b[31m", NULL, ""},
};

START_TEST(test_name)
{
	const char *near[NEAR_MAX];
	struct explained e;
	struct buf b = {0};
	bool found = explain_find(&e, names[_i].typed);

	ck_assert_msg(found == (names[_i].found != NULL), "'%s'", names[_i].typed);
	if (found) {
		ck_assert_str_eq(id_of(&e), names[_i].found);
		return;
	}
	buf_puts(&b, "");
	for (size_t n = explain_near(names[_i].typed, near), i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", near[i]);
	ck_assert_msg(!strcmp(b.s, names[_i].near), "'%s': near %s", names[_i].typed, b.s);
	buf_free(&b);
}
END_TEST

/* Nothing overflows, and nothing is near, where the text is long. */
START_TEST(test_long_name)
{
	const char *near[NEAR_MAX];
	char *text = calloc(1, 100001);
	struct explained e;

	memset(text, 'w', 100000);
	ck_assert(!explain_find(&e, text));
	ck_assert_uint_eq(explain_near(text, near), 0);
	free(text);
}
END_TEST

START_TEST(test_json)
{
	struct explained *all;
	struct buf b = {0};
	size_t n = explain_all(&all);
	json_t *doc, *list;

	explain_json(&b, all, n, LANG_GUESS);
	doc = json_loads(b.s, 0, NULL);
	list = json_object_get(doc, "explain");
	ck_assert_int_eq(json_integer_value(json_object_get(doc, "schema")), 1);
	ck_assert_uint_eq(json_array_size(list), n);
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_array_get(list, i);

		ck_assert_str_eq(json_string_value(json_object_get(o, "id")), id_of(&all[i]));
		ck_assert_str_eq(json_string_value(json_object_get(o, "kind")), explain_kinds[all[i].kind].word);
		ck_assert(strstr(json_string_value(json_object_get(o, "text")), all[i].text->parts[0]) != NULL);
		ck_assert_uint_eq(json_array_size(json_object_get(o, "fixes")), all[i].nfixes);
	}
	ck_assert(!has_fact(b.s));
	json_decref(doc);
	buf_free(&b);
	free(all);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain");
	size_t nscenes = 0;

	setlocale(LC_ALL, "C.UTF-8");
	while (scene_at(nscenes))
		nscenes++;
	add_table(suite, "once", test_once, KINDS);
	add_table(suite, "text", test_text, ALL);
	add_table(suite, "output", test_output, ALL);
	add_table(suite, "list", test_list, 1);
	add_table(suite, "states", test_states, STATE_CLOSING);
	add_table(suite, "stories", test_stories, nscenes);
	add_table(suite, "at once", test_at_once, 1);
	add_table(suite, "marks", test_marks, 9);
	add_table(suite, "manual", test_manual, 1);
	add_table(suite, "name", test_name, COUNT(names));
	add_table(suite, "long name", test_long_name, 1);
	add_table(suite, "json", test_json, 1);
	return run_suite(suite);
}
