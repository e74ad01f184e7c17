/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text format of Prometheus: labels escaped as its description says, no series
 * twice, each metric in the manual.  Run from the top of the tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "out/prom.h"
#include "tests/unit/suite.h"
#include "text/text.h"

/* https://prometheus.io/docs/instrumenting/exposition_formats/: backslash, quote and newline; any UTF-8 beside them. */
static const struct {
	const char *what, *in, *out;
} labels[] = {
    {"plain", "8000-8010", "8000-8010"},
    {"empty", "", ""},
    {"quote", "a\"b", "a\\\"b"},
    {"backslash", "a\\b", "a\\\\b"},
    {"backslash at the end", "a\\", "a\\\\"},
    {"newline", "a\nb", "a\\nb"},
    {"newlines at the ends", "\na\n", "\\na\\n"},
    {"a written \\n", "a\\nb", "a\\\\nb"},
    {"all three", "\\\"\n", "\\\\\\\"\\n"},
    {"UTF-8", "caf\xc3\xa9", "caf\xc3\xa9"},
    {"no UTF-8", "a\xff", "a\\\\xFF"},
    {"escape sequence", "\033[31m", "\\\\x1B[31m"},
    {"carriage return", "a\rb", "a\\\\x0Db"},
};

START_TEST(test_label)
{
	struct buf b = {0};
	char *wanted = xasprintf("{name=\"%s\",name=\"%s\"", labels[_i].out, labels[_i].out);

	buf_puts(&b, "{");
	prom_label(&b, "name", labels[_i].in);
	prom_label(&b, "name", labels[_i].in);
	ck_assert_msg(!strcmp(b.s, wanted), "%s: %s, wanted %s", labels[_i].what, b.s, wanted);
	buf_free(&b);
	free(wanted);
}
END_TEST

/* What stands before the value. */
static size_t name_length(const char *line)
{
	const char *end = strchr(line, '\n');

	ck_assert_ptr_nonnull(end);
	while (*end != ' ')
		end--;
	return (size_t)(end - line);
}

static size_t series(const struct buf *b, const char *beginning)
{
	size_t n = 0;

	for (const char *line = b->s; line && *line; line = strchr(line, '\n') + 1)
		n += !strncmp(line, beginning, strlen(beginning));
	return n;
}

static void no_series_twice(const struct buf *b)
{
	for (const char *line = b->s; *line; line = strchr(line, '\n') + 1) {
		size_t len = name_length(line);

		for (const char *l = b->s; *l && *line != '#'; l = strchr(l, '\n') + 1)
			ck_assert_msg(l == line || strncmp(l, line, len + 1), "twice: %.*s", (int)len, line);
	}
}

static struct snapshot look(void)
{
	return (struct snapshot){.host = {.netns = 4026531840, .ephemeral_first = 32768, .ephemeral_last = 60999}};
}

/* The number of series does not hang on what is found; a namespace that may not be entered has its gap alone. */
START_TEST(test_bounded)
{
	struct snapshot seen = look();
	struct netns ns = {.inode = 4026532001};
	struct request request = {.netns = &ns};
	struct prom_place place = {.about = {.request = &request, .seen = &seen}};
	struct overview none = {.asked = {true, true}}, many = {.asked = {true, true}};
	struct buf empty = {0}, full = {0}, closed = {0};

	many.v = xcalloc(60000, sizeof *many.v);
	for (many.n = 0; many.n < 60000; many.n++)
		many.v[many.n] = (struct overview_port){.proto = many.n % PROTOS, .port = (uint16_t)many.n, .time_wait = 3,
		                                        .states = {[SHOWN_UNCONN] = 1}};
	place.overview = &none;
	prom_overview(&empty, &place, 1);
	place.overview = &many;
	prom_overview(&full, &place, 1);
	ck_assert_uint_eq(series(&empty, "portwhy_"), series(&full, "portwhy_") - 1); /* tcp has no UNCONN, but here */
	ck_assert_uint_eq(series(&full, "portwhy_bind_ports{netns=\"4026532001\",proto=\"udp\",reuseaddr=\"yes\",result=\"unsure\"} 30000"), 1);
	no_series_twice(&full);
	gap_add(&seen.gaps, GAP_NETNS, 1, "web");
	prom_overview(&closed, &place, 1);
	ck_assert_uint_eq(series(&closed, "portwhy_"), GAP_KINDS);
	ck_assert_uint_eq(series(&closed, "portwhy_gaps{netns=\"4026532001\",kind=\"netns\"} 1"), 1);
	buf_free(&empty);
	buf_free(&full);
	buf_free(&closed);
	overview_free(&many);
	gap_free(&seen.gaps);
}
END_TEST

/* The clears of a range, from those of its ports. */
static const struct {
	const char *what;
	struct report ports[2];
	const char *value, *verdict;
} clearings[] = {
    {"free", {{.clears = CLEARS_NOW}, {.clears = CLEARS_NOW}}, "0.000", "free"},
    {"the last", {{.verdict = TAKEN, .clears = CLEARS_TIMER, .clears_in_ms = 42017}, {.clears = CLEARS_NOW}}, "42.017", "taken"},
    {"never", {{.verdict = TAKEN, .clears = CLEARS_NEVER, .clears_in_ms = -1}, {.verdict = UNSURE, .clears = CLEARS_UNKNOWN, .clears_in_ms = -1}},
     "+Inf", "taken"},
    {"not known", {{.verdict = UNSURE, .clears = CLEARS_UNKNOWN, .clears_in_ms = -1}, {.clears = CLEARS_NOW}}, "NaN", "unsure"},
    {"refused", {{.verdict = REFUSED, .clears = CLEARS_NEVER, .clears_in_ms = -1}, {.verdict = UNSURE, .clears = CLEARS_UNKNOWN}},
     "+Inf", "refused"},
};

START_TEST(test_clears)
{
	struct snapshot seen = look();
	struct request request = {.target = {.text = "80-81", .port = 80}, .one_of_many = true};
	struct report about = {.request = &request, .seen = &seen}, ports[2] = {clearings[_i].ports[0], clearings[_i].ports[1]};
	const struct report *list[] = {&ports[0], &ports[1]};
	struct range ranges[2] = {{.about = &about, .reports = list, .n = 2, .ports = 2, .not_free = 2}};
	char *clears = xasprintf("portwhy_target_clears_seconds{target=\"80-81\",proto=\"tcp\"} %s\n", clearings[_i].value);
	char *verdict = xasprintf("portwhy_target_verdict{target=\"80-81\",proto=\"tcp\",verdict=\"%s\"} 1\n", clearings[_i].verdict);
	struct buf b = {0};

	ports[0].seen = ports[1].seen = &seen;
	ports[0].request = ports[1].request = &request;
	ranges[1] = ranges[0];
	prom_targets(&b, ranges, 2);
	no_series_twice(&b);
	ck_assert_msg(series(&b, clears) == 1, "%s: no %sin\n%s", clearings[_i].what, clears, b.s);
	ck_assert_msg(series(&b, verdict) == 1, "%s: no %sin\n%s", clearings[_i].what, verdict, b.s);
	buf_free(&b);
	free(clears);
	free(verdict);
}
END_TEST

static char *manual(void)
{
	FILE *f = fopen("man/portwhy.1", "r");
	char *all = xcalloc(1, 1 << 20);

	ck_assert_msg(f != NULL, "man/portwhy.1 cannot be read");
	all[fread(all, 1, (1 << 20) - 1, f)] = '\0';
	fclose(f);
	return all;
}

START_TEST(test_texts)
{
	char *man = manual();

	for (int m = 0; m < METRICS; m++) {
		char *entry = xasprintf("\n.It Li %s\n", metric_texts[m].name);

		ck_assert_ptr_nonnull(metric_texts[m].help);
		ck_assert_msg(strstr(man, entry) != NULL, "the manual: no%s", entry);
		free(entry);
	}
	for (int kind = 0; kind < GAP_KINDS; kind++) {
		char *within = xasprintf(" %s ,", gap_ids[kind]), *last = xasprintf(" %s .\n", gap_ids[kind]);

		ck_assert_msg(strstr(man, within) || strstr(man, last), "the manual: no %s", gap_ids[kind]);
		free(within);
		free(last);
	}
	free(man);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prom");

	add_table(suite, "label", test_label, COUNT(labels));
	add_table(suite, "bounded", test_bounded, 1);
	add_table(suite, "clears", test_clears, COUNT(clearings));
	add_table(suite, "texts", test_texts, 1);
	return run_suite(suite);
}
