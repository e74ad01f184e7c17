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
    {"socat", LANG_SHELL},   {"ncat", LANG_SHELL},  {"nginx", LANG_NGINX},     {"systemd", LANG_SYSTEMD},
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

/*
 * The language asked for; for LANG_GUESS that of a live holder of the scope's
 * cause, and LANG_GUESS if none shows it, or if its runtime would have set the
 * option that the socket lacked.
 */
enum language lang_of(const struct scope *scope, enum language asked)
{
	enum language lang = asked;

	for (size_t i = 0; !lang && scope->cause && i < scope->cause->socks.n; i++) {
		size_t others;
		const struct process *p =
		    facts_holder(scope->report, &scope->report->rows[scope->cause->socks.v[i]].s, &others);

		lang = p ? of_process(p) : LANG_GUESS;
	}
	if (!asked && language_texts[lang].sets && scope->cause->facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR))
		return LANG_GUESS;
	return lang;
}

/*
 * Appends what a fix says where the language makes it say something else: that
 * SO_REUSEADDR is set already.  False where it does not.
 */
bool lang_fix_text(struct buf *out, enum fix_id fix, bool now, enum language lang, const struct scope *scope)
{
	const char *text = now ? reuseaddr_set_now : reuseaddr_set, *hole = strstr(text, "{sets}");

	if (fix != FIX_SET_REUSEADDR || !language_texts[lang].sets)
		return false;
	buf_add(out, text, (size_t)(hole - text));
	facts_expand(out, language_texts[lang].sets, scope);
	facts_expand(out, hole + strlen("{sets}"), scope);
	return true;
}
