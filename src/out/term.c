/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report for a person: the answer, who and what, why, the fix, what each
 * bind() gets, the picture.
 */
#include "out/term.h"

#include <string.h>

#include "out/color.h"
#include "out/facts.h"
#include "out/headline.h"
#include "out/ladder.h"
#include "out/lang.h"
#include "out/table.h"
#include "out/wrap.h"
#include "text/text.h"

/* Fills in a text and wraps it; lead stands before its first line, tag (may be NULL) in brackets at the end of the last. */
void term_paragraph(struct buf *out, const char *lead, const char *text, const struct scope *scope, size_t indent,
                      const char *tag)
{
	struct buf b = {0};

	facts_expand(&b, text, scope);
	buf_puts(out, lead);
	wrap(out, b.s ? b.s : "", strlen(lead), indent, scope->style->width - 1, tag);
	if (tag)
		color_span(out, out->len - strlen(tag) - 3, out->len - 1, ROLE_ID, scope->style);
	buf_free(&b);
}

static void put_heading(struct buf *out, const char *text, const struct style *style)
{
	size_t start = out->len;

	buf_printf(out, "\n%s\n", text);
	color_from(out, start, ROLE_HEADING, style);
}

static enum role role_of(enum verdict verdict)
{
	return verdict == FREE ? ROLE_FREE : verdict == UNSURE ? ROLE_UNSURE : ROLE_TAKEN;
}

static void put_answer(struct buf *out, const struct scope *scope)
{
	enum second_line more[SECOND_LINES];
	size_t n = headline_more(scope->report, more), start = out->len;

	term_paragraph(out, "", headline_texts[headline_of(scope->report)], scope, 0, NULL);
	color_from(out, start, role_of(scope->report->verdict), scope->style);
	for (size_t i = 0; i < n; i++)
		term_paragraph(out, "", second_line_texts[more[i]], scope, 0, NULL);
}

static void put_why(struct buf *out, const struct scope *scope)
{
	const struct cause *c = scope->cause;
	const struct cause_text *text = &cause_texts[c->id];
	bool many = c->socks.n > 1 || (c->first && c->first->count > 1);

	size_t start = out->len;

	term_paragraph(out, "Why: ", text->title, scope, 2, text->id);
	color_span(out, start, start + strlen("Why:"), ROLE_HEADING, scope->style);
	term_paragraph(out, "  ", many && text->many ? text->many : text->one, scope, 2, NULL);
	for (size_t f = 0; f < FACETS; f++)
		if (c->facets & FACET_BIT(f))
			term_paragraph(out, "  ", facet_texts[f].text, scope, 2, facet_texts[f].id);
}

/* The code keeps its lines; its indent gives way on a narrow terminal. */
static void put_code(struct buf *out, const char *snippet_text, const struct scope *scope)
{
	size_t indent = 16, len, width = scope->style->width, start = out->len;
	struct buf b = {0};
	const char *code;

	facts_expand(&b, snippet_text, scope);
	code = b.s;
	for (const char *p = code; *p; p += len + 1) {
		len = strcspn(p, "\n");
		while (indent > 1 && indent + len > width)
			indent--;
	}
	while (*code) {
		len = strcspn(code, "\n");
		buf_fill(out, ' ', indent);
		buf_add(out, code, len);
		buf_puts(out, "\n");
		code += len + (code[len] == '\n');
	}
	color_from(out, start, ROLE_CODE, scope->style);
	buf_free(&b);
}

/* A command stays on one line, so that it can be copied. */
static void put_command(struct buf *out, const char *command, const struct scope *scope)
{
	size_t start;

	buf_puts(out, ": ");
	start = out->len;
	facts_expand(out, command, scope);
	for (char *p = out->s + start; *p; p++)
		if (*p == ' ')
			*p = WRAP_TIE;
}

static void put_fix(struct buf *out, const struct fix *fix, const struct scope *scope, const char *lead, bool now)
{
	const struct fix_text *text = &fix_texts[fix->id];
	enum language asked = lang_of(scope, scope->style->lang), lang = asked ? asked : LANG_C;
	const char *code = now ? NULL : lang_snippet(fix->id, &lang, scope)->code;
	struct buf b = {0};

	if (!lang_fix_text(&b, fix->id, now, lang, scope))
		buf_puts(&b, now && text->now ? text->now : text->text);
	if (text->command)
		put_command(&b, text->command, scope);
	if (code)
		buf_printf(&b, " (%s):", language_texts[lang].name);
	term_paragraph(out, lead, b.s, scope, 12, NULL);
	if (code)
		put_code(out, code, scope);
	if (fix->id == FIX_SET_REUSEADDR && code && !asked)
		term_paragraph(out, "            ", other_languages, scope, 12, NULL);
	buf_free(&b);
}

static void put_fixes(struct buf *out, const struct scope *scope, bool now)
{
	bool first = true;

	for (size_t i = 0; i < scope->cause->nfixes; i++) {
		const struct fix *fix = &scope->cause->fixes[i];

		if (now ? !fix->helps_now : !fix->permanent)
			continue;
		put_fix(out, fix, scope, !first && fix->then ? "            then " : !first ? "            or " : now ? "  now       " : "  for good  ", now);
		first = false;
	}
}

static void put_cause(struct buf *out, const struct scope *scope)
{
	buf_puts(out, "\n");
	put_why(out, scope);
	if (!scope->cause->nfixes)
		return;
	put_heading(out, "Fix", scope->style);
	put_fixes(out, scope, true);
	put_fixes(out, scope, false);
}

static void put_notes(struct buf *out, const struct scope *scope)
{
	for (size_t i = 0; i < NOTES; i++)
		if (scope->report->notes & 1U << i)
			term_paragraph(out, "", note_texts[i].text, scope, 2, NULL);
}

static void put_unix_looks(struct buf *out, const struct scope *scope)
{
	const struct unix_file *f = &scope->report->seen->file;

	if (f->asked)
		term_paragraph(out, "  ", look_texts[LOOK_PATH], scope, 4, NULL);
	term_paragraph(out, "  ", look_texts[LOOK_NAMES], scope, 4, NULL);
	if (f->asked && f->kind == FILE_SOCKET)
		term_paragraph(out, "  ", look_texts[f->alive_asked ? LOOK_CONNECT : LOOK_NO_CONNECT], scope, 4, NULL);
}

/* What was looked at and how. */
static void put_looks(struct buf *out, const struct scope *scope)
{
	const struct snapshot *seen = scope->report->seen;

	buf_puts(out, "\nLooked at\n");
	if (scope->report->request->target.proto == PROTO_UNIX)
		put_unix_looks(out, scope);
	else
		term_paragraph(out, "  ", look_texts[LOOK_SOCKETS], scope, 4, NULL);
	term_paragraph(out, "  ", look_texts[seen->owners_read ? LOOK_OWNERS : LOOK_NO_OWNERS], scope, 4, NULL);
	if (seen->options_read && seen->owners.n)
		term_paragraph(out, "  ", look_texts[LOOK_OPTIONS], scope, 4, NULL);
	if (!seen->file.asked)
		term_paragraph(out, "  ", look_texts[seen->nprobes ? LOOK_TRIALS : LOOK_NO_TRIALS], scope, 4, NULL);
}

/* What was not seen. */
void term_gaps(struct buf *out, struct scope *scope)
{
	const struct gaps *gaps = &scope->report->seen->gaps;

	if (!gaps->n)
		return;
	put_heading(out, "Not seen", scope->style);
	for (size_t i = 0; i < gaps->n; i++) {
		const struct gap_text *text = &gap_texts[gaps->v[i].kind];
		struct buf b = {0};

		scope->gap = &gaps->v[i];
		buf_puts(&b, text->what);
		if (gaps->v[i].err)
			buf_printf(&b, " (%s)", facts_errno(gaps->v[i].err));
		buf_printf(&b, ": %s", text->consequence);
		term_paragraph(out, "  ", b.s, scope, 4, NULL);
		buf_free(&b);
	}
	scope->gap = NULL;
}

/* Where a bind() was tried and worked, nothing that was not seen can matter. */
static void put_gaps(struct buf *out, struct scope *scope)
{
	if (scope->report->verdict != FREE || scope->style->verbose || gap_has(&scope->report->seen->gaps, GAP_OTHER_NETNS))
		term_gaps(out, scope);
}

/* Why some of the results are unknown. */
static void put_doubts(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	unsigned int doubts = 0;

	for (size_t i = 0; i < r->nbinds; i++)
		doubts |= 1U << r->binds[i].doubt;
	for (unsigned int d = DOUBT_NONE + 1; d < DOUBTS; d++) {
		struct buf b = {0};

		if (!(doubts & 1U << d))
			continue;
		buf_printf(&b, "unknown: %s", doubt_texts[d].text);
		if (r->request->probe == PROBE_NEVER)
			buf_puts(&b, doubt_untried);
		term_paragraph(out, "  ", b.s, scope, 4, NULL);
		buf_free(&b);
	}
}

/* What each bind() gets, where there is more than one. */
static void put_binds(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	if (r->verdict == FREE || !r->nbinds || gap_has(&r->seen->gaps, GAP_NETNS) ||
	    (!r->request->target.port && r->connect.asked))
		return;
	if (r->nbinds > 1) {
		buf_puts(out, "\n");
		table_binds(out, r, scope->style);
	} else if (r->binds[0].doubt) {
		buf_puts(out, "\n");
	}
	put_doubts(out, scope);
}

static void put_pictures(struct buf *out, struct scope *scope)
{
	const struct report *r = scope->report;

	for (size_t i = 0; i < r->ncauses; i++) {
		scope->cause = &r->causes[i];
		if (scope->cause->story == STORY_NONE)
			continue;
		put_heading(out, "How it came to this", scope->style);
		ladder(out, scope);
	}
	scope->cause = NULL;
}

/* Appends the report of one target. */
void term_report(struct buf *out, const struct report *r, const struct style *style)
{
	struct scope scope = {.report = r, .cause = r->ncauses ? &r->causes[0] : NULL, .style = style};
	bool sockets = false;

	put_answer(out, &scope);
	put_notes(out, &scope);
	for (size_t i = 0; i < r->nrows; i++)
		sockets |= row_is_told(r, i);
	if (sockets) {
		buf_puts(out, "\n");
		table_sockets(out, r, style);
	}
	for (size_t i = 0; i < r->ncauses; i++) {
		scope.cause = &r->causes[i];
		put_cause(out, &scope);
	}
	scope.cause = NULL;
	if (style->verbose)
		put_looks(out, &scope);
	put_gaps(out, &scope);
	put_binds(out, &scope);
	put_pictures(out, &scope);
}

/* Appends the answer to a range or list: one line a port that is not free, or with style->verbose the whole report of each. */
void term_range(struct buf *out, const struct range *range, const struct style *style)
{
	struct scope scope = {.report = range->about, .range = range, .style = style};
	bool exhausted = range_is_exhausted(range);

	term_paragraph(out, "", range_texts[exhausted ? RANGE_EXHAUSTED : range->not_free ? RANGE_NOT_FREE : RANGE_FREE], &scope, 0, NULL);
	if (exhausted)
		term_paragraph(out, "", note_texts[NOTE_RESERVED_EXHAUSTED].text, &scope, 2, NULL);
	if (range->low)
		term_paragraph(out, "", note_texts[NOTE_LOW_PORTS_REFUSED].text, &scope, 2, NULL);
	if (range->n)
		buf_puts(out, "\n");
	if (range->n && !style->verbose)
		table_ports(out, range->reports, range->n, style);
	if (!style->verbose && gap_has(&range->about->seen->gaps, GAP_OTHER_NETNS))
		put_gaps(out, &scope);
	for (size_t i = 0; style->verbose && i < range->n; i++) {
		buf_puts(out, i ? "\n" : "");
		term_report(out, range->reports[i], style);
	}
}
