/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language of the code in a fix: asked for, or that of the program which
 * holds the socket.  A compiled program does not show what it was written in.
 */
#include "out/lang.h"

#include <string.h>

/* The language that --lang calls so; LANG_GUESS where there is none. */
enum language lang_parse(const char *word)
{
	for (int l = LANG_GUESS + 1; l < LANGUAGES; l++)
		if (!strcmp(language_texts[l].word, word))
			return (enum language)l;
	return LANG_GUESS;
}

/* What interpreters and servers are called, behind which digits, dots, dashes and colons may follow. */
static const struct {
	const char *program;
	enum language lang;
} programs[] = {
    {"python", LANG_PYTHON}, {"pypy", LANG_PYTHON}, {"gunicorn", LANG_PYTHON}, {"uvicorn", LANG_PYTHON},
    {"node", LANG_NODE},     {"nodejs", LANG_NODE}, {"java", LANG_JAVA},       {"ruby", LANG_RUBY},
    {"puma", LANG_RUBY},     {"php", LANG_PHP},     {"php-fpm", LANG_PHP},     {"perl", LANG_PERL},
    {"socat", LANG_SHELL},   {"ncat", LANG_SHELL},  {"nginx", LANG_NGINX},     {"apache", LANG_APACHE},
    {"httpd", LANG_APACHE},  {"systemd", LANG_SYSTEMD},
};

static enum language of_name(const char *name)
{
	const char *base;

	if (!name)
		return LANG_GUESS;
	base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		size_t len = strlen(programs[i].program);

		if (!strncmp(base, programs[i].program, len) && base[len + strspn(base + len, "0123456789.:-")] == '\0')
			return programs[i].lang;
	}
	return LANG_GUESS;
}

/* The program file first: a process may call itself anything. */
static enum language of_process(const struct process *p)
{
	enum language lang = of_name(p->exe);

	if (!lang)
		lang = of_name(p->comm);
	return lang || !p->ncmdline ? lang : of_name(p->cmdline[0]);
}

/* Facets that show a fix to be missing where it is needed. */
static const struct {
	enum facet_id facet;
	enum fix_id fix;
} missing[] = {
    {FACET_OWNER_LACKED_REUSEADDR, FIX_SET_REUSEADDR},
    {FACET_INHERITED_FD, FIX_SET_CLOEXEC},
    {FACET_BLOCKED_ACCEPT, FIX_SHUTDOWN_BEFORE_CLOSE},
};

static bool has_fix(const struct cause *c, enum fix_id id)
{
	for (size_t i = 0; i < c->nfixes; i++)
		if (c->fixes[i].id == id)
			return true;
	return false;
}

/* Whether servers in that language do by themselves what this cause shows to be missing: it is in another. */
static bool is_of_another(const struct cause *c, enum language lang)
{
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
		if (c->facets & FACET_BIT(missing[i].facet) && snippet(missing[i].fix, &lang)->none)
			return true;
	return has_fix(c, FIX_WAIT_FOR_CONNECTIONS) && snippet(FIX_SET_REUSEADDR, &lang)->none;
}

/*
 * The language asked for; for LANG_GUESS that of a live holder of the scope's
 * cause, and LANG_GUESS if none shows it, or if its runtime would have done
 * what was not done.
 */
enum language lang_of(const struct scope *scope, enum language asked)
{
	enum language lang = asked;

	for (size_t i = 0; !lang && scope->cause && rows_next(&scope->cause->socks, &i); i++) {
		size_t others;
		struct sock s = row_sock(scope->report, i);
		const struct process *p = facts_holder(scope->report, &s, &others);

		lang = p ? of_process(p) : LANG_GUESS;
	}
	return !asked && lang && is_of_another(scope->cause, lang) ? LANG_GUESS : lang;
}

/* As snippet(); of UDP only what sets an option of any socket, as the others open one of TCP. */
const struct snippet_text *lang_snippet(enum fix_id fix, enum language *lang, const struct scope *scope)
{
	const struct snippet_text *s = snippet(fix, lang);

	if (scope->report->request->target.proto != PROTO_UDP || !s->code || *lang == LANG_CXX || *lang == LANG_PYTHON)
		return s;
	*lang = LANG_C;
	return snippet(fix, lang);
}

/*
 * Appends what a fix says where the language makes it say something else: that
 * nothing is to be done.  False where it does not.
 */
bool lang_fix_text(struct buf *out, enum fix_id fix, bool now, enum language lang, const struct scope *scope)
{
	const char *text = now ? snippet_none_now : snippet_none, *hole = strstr(text, "{none}");
	const char *none = snippet(fix, &lang)->none;

	if (!none || (now && fix != FIX_SET_REUSEADDR))
		return false;
	buf_add(out, text, (size_t)(hole - text));
	facts_expand(out, none, scope);
	facts_expand(out, hole + strlen("{none}"), scope);
	return true;
}
