/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The language of the code in a fix: asked for, guessed from the holder, and what it makes the fix say. */
#include "out/lang.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

/* Who holds the socket, and the language that shows. */
static const struct holder {
	const char *comm, *exe, *argument;
	enum language lang;
} rows[] = {
    {"python3.11", "/usr/bin/python3.11", "python3", LANG_PYTHON},
    {"gunicorn: worke", "/usr/bin/python3.12", NULL, LANG_PYTHON},
    {"MainThread", "/usr/local/bin/node", NULL, LANG_NODE},
    {"node", NULL, NULL, LANG_NODE},
    {"nodejs", NULL, NULL, LANG_NODE},
    {"java", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java", NULL, LANG_JAVA},
    {"ruby3.1", NULL, NULL, LANG_RUBY},
    {"php-fpm8.2", "/usr/sbin/php-fpm8.2", NULL, LANG_PHP},
    {"php", NULL, NULL, LANG_PHP},
    {"x", NULL, "/usr/bin/perl", LANG_PERL},
    {"nginx", "/usr/sbin/nginx", "nginx: master process", LANG_NGINX},
    {"apache2", "/usr/sbin/apache2", "/usr/sbin/apache2", LANG_APACHE},
    {"httpd", "/usr/local/apache2/bin/httpd", "httpd", LANG_APACHE},
    {"systemd", "/usr/lib/systemd/systemd", NULL, LANG_SYSTEMD},
    {"systemd-resolve", "/usr/lib/systemd/systemd-resolved", NULL, LANG_GUESS},
    {"pythonic", NULL, NULL, LANG_GUESS},
    {"node_exporter", "/usr/bin/node_exporter", NULL, LANG_GUESS},
    {"server", "/srv/server", "./server", LANG_GUESS},
    {NULL, NULL, NULL, LANG_GUESS},
};

static void judge_holder(const struct holder *row, struct snapshot *seen, struct request *request, struct report *r)
{
	struct want want;
	struct process *p;

	scene_start(seen, request);
	p = scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "x");
	free(p->comm);
	free(p->exe);
	for (size_t i = 0; i < p->ncmdline; i++)
		free(p->cmdline[i]);
	free(p->cmdline);
	p->comm = row->comm ? xstrdup(row->comm) : NULL;
	p->exe = row->exe ? xstrdup(row->exe) : NULL;
	p->ncmdline = row->argument != NULL;
	p->cmdline = row->argument ? xcalloc(1, sizeof *p->cmdline) : NULL;
	if (row->argument)
		p->cmdline[0] = xstrdup(row->argument);
	judge(r, request, seen, true, &want);
	want_free(&want);
}

START_TEST(test_guess)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct scope scope = {.report = &r};
	enum language lang;

	judge_holder(&rows[_i], &seen, &request, &r);
	scope.cause = &r.causes[0];
	ck_assert_msg(lang_of(&scope, LANG_GUESS) == rows[_i].lang, "%s, %s: %d", rows[_i].comm, rows[_i].exe,
	              lang_of(&scope, LANG_GUESS));
	ck_assert(lang_of(&scope, LANG_PERL) == LANG_PERL);
	/* A runtime that would have set the option which the socket lacked is not what made it. */
	r.causes[0].facets |= FACET_BIT(FACET_OWNER_LACKED_REUSEADDR);
	lang = rows[_i].lang;
	if (lang && snippet(FIX_SET_REUSEADDR, &lang)->none)
		lang = LANG_GUESS;
	ck_assert(lang_of(&scope, LANG_GUESS) == lang);
	ck_assert(lang_of(&scope, LANG_NODE) == LANG_NODE);
	report_free(&r);
	snapshot_free(&seen);
}
END_TEST

START_TEST(test_words)
{
	struct scope scope = {0};
	struct buf b = {0};

	ck_assert(!lang_fix_text(&b, FIX_SET_REUSEADDR, false, LANG_C, &scope));
	ck_assert(!lang_fix_text(&b, FIX_WAIT, false, LANG_NODE, &scope));
	ck_assert(b.len == 0);
	ck_assert(lang_fix_text(&b, FIX_SET_REUSEADDR, false, LANG_NGINX, &scope));
	ck_assert_str_eq(b.s, "nginx sets SO_REUSEADDR by itself: nothing is to be added");
	ck_assert(!lang_fix_text(&b, FIX_SET_CLOEXEC, true, LANG_GO, &scope));
	ck_assert(!lang_fix_text(&b, FIX_SET_CLOEXEC, false, LANG_C, &scope));
	b.len = 0;
	ck_assert(lang_fix_text(&b, FIX_SET_CLOEXEC, false, LANG_GO, &scope));
	ck_assert_str_eq(b.s, "Go's sockets are close-on-exec by themselves: nothing is to be added");
	buf_free(&b);
}
END_TEST

START_TEST(test_parse)
{
	for (int l = LANG_GUESS + 1; l < LANGUAGES; l++)
		ck_assert(lang_parse(language_texts[l].word) == (enum language)l);
	ck_assert(lang_parse("") == LANG_GUESS);
	ck_assert(lang_parse("pyth") == LANG_GUESS);
	ck_assert(lang_parse("python3") == LANG_GUESS);
}
END_TEST

/* What proves that nobody did it is not said to be done already: the program that forgot it is another. */
START_TEST(test_missing)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct scope scope = {.report = &r};

	judge_holder(&rows[0], &seen, &request, &r);
	scope.cause = &r.causes[0];
	ck_assert(lang_of(&scope, LANG_GUESS) == LANG_PYTHON);
	r.causes[0].facets |= FACET_BIT(FACET_INHERITED_FD);
	ck_assert(lang_of(&scope, LANG_GUESS) == LANG_GUESS);
	ck_assert(lang_of(&scope, LANG_PYTHON) == LANG_PYTHON);
	r.causes[0].facets = FACET_BIT(FACET_BLOCKED_ACCEPT);
	ck_assert(lang_of(&scope, LANG_GUESS) == LANG_PYTHON);
	report_free(&r);
	snapshot_free(&seen);
}
END_TEST

/* A socket of UDP gets no code that opens one of TCP. */
START_TEST(test_udp)
{
	struct request request = {0};
	struct report r = {.request = &request};
	struct scope scope = {.report = &r};
	enum language java = LANG_JAVA, python = LANG_PYTHON;

	ck_assert(lang_snippet(FIX_SET_REUSEPORT, &java, &scope)->code && java == LANG_JAVA);
	request.target.proto = PROTO_UDP;
	ck_assert(lang_snippet(FIX_SET_CLOEXEC, &java, &scope)->none && java == LANG_JAVA);
	ck_assert(lang_snippet(FIX_SET_REUSEPORT, &java, &scope)->code && java == LANG_C);
	ck_assert(lang_snippet(FIX_SET_REUSEPORT, &python, &scope)->code && python == LANG_PYTHON);
}
END_TEST

/* As the report shows it: every line fits 80 columns, with the longest port, behind its indent. */
START_TEST(test_width)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct scope scope = {.report = &r};
	enum language lang = (enum language)_i + 1;

	judge_holder(&rows[0], &seen, &request, &r);
	request.target.port = 65535;
	for (int f = 0; f < FIXES; f++) {
		enum language shown = lang;
		const char *code = snippet((enum fix_id)f, &shown)->code;
		struct buf b = {0};

		facts_expand(&b, code ? code : "", &scope);
		for (size_t at = 0, len; at < b.len; at += len + 1) {
			len = strcspn(b.s + at, "\n");
			ck_assert_msg(16 + len <= 80, "too wide: %.*s", (int)len, b.s + at);
		}
		buf_free(&b);
	}
	report_free(&r);
	snapshot_free(&seen);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lang");

	add_table(suite, "guess", test_guess, COUNT(rows));
	add_table(suite, "words", test_words, 1);
	add_table(suite, "parse", test_parse, 1);
	add_table(suite, "missing", test_missing, 1);
	add_table(suite, "udp", test_udp, 1);
	add_table(suite, "width", test_width, LANGUAGES - 1);
	return run_suite(suite);
}
