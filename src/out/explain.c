/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "portwhy explain" for a person: the list of all ids, and one id in full. */
#include "out/explain.h"

#include <string.h>

#include "out/color.h"
#include "out/ladder.h"
#include "out/wrap.h"

enum { ID_COLUMNS = 24, INDENT = 2 };

/* Appends a command or code with words in the place of its {facts}; a {name} that is none stays as it is. */
void explain_general(struct buf *out, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "{"), name = strcspn(text + plain, "}");
		const struct explain_word *w = explain_words;

		buf_add(out, text, plain);
		text += plain;
		if (!*text)
			return;
		while (w->name && (strlen(w->name) != name - 1 || strncmp(w->name, text + 1, name - 1)))
			w++;
		if (text[name] && w->name) {
			buf_puts(out, w->word);
			text += name + 1;
		} else {
			buf_add(out, text++, 1);
		}
	}
}

/* A heading, with a line before it that is empty but for the first of all. */
static void put_heading(struct buf *out, const char *text, const struct style *style)
{
	size_t start = out->len;

	buf_printf(out, "%s%s\n", start ? "\n" : "", text);
	color_from(out, start, ROLE_HEADING, style);
}

static void put_paragraph(struct buf *out, const char *text, const struct style *style)
{
	buf_fill(out, ' ', INDENT);
	wrap(out, text, INDENT, INDENT, style->width - 1, NULL);
}

/* One line of a list: the id, and what it is. */
static void put_row(struct buf *out, enum explain_kind kind, const struct explain_text *t, const struct style *style)
{
	const char *id = explain_id(kind, t);
	size_t len = strlen(id), gap = len < ID_COLUMNS ? ID_COLUMNS - len : 1, start = out->len;

	buf_fill(out, ' ', INDENT);
	buf_printf(out, "%s", id);
	color_from(out, start, ROLE_ID, style);
	buf_fill(out, ' ', gap);
	wrap(out, t->line, INDENT + len + gap, INDENT + ID_COLUMNS, style->width - 1, NULL);
}

/* Appends the list of all ids. */
void explain_list(struct buf *out, const struct style *style)
{
	for (int k = 0; k < KINDS; k++)
		for (size_t i = 0; i < explain_kinds[k].n; i++) {
			const struct explain_text *t = &explain_kinds[k].rows[i];

			if (t->group)
				put_heading(out, t->group, style);
			put_row(out, (enum explain_kind)k, t, style);
		}
}

static const struct explain_text *row_of(enum explain_kind kind, unsigned int id)
{
	const struct explain_text *t = explain_kinds[kind].rows;

	while (t->id != id)
		t++;
	return t;
}

static void put_title(struct buf *out, const struct explained *e, const struct style *style)
{
	const char *id = explain_id(e->kind, e->text), *name = explain_kinds[e->kind].name;
	size_t start = out->len, lead = strlen(id) + 2;

	buf_printf(out, "%s: ", id);
	wrap(out, explain_title(e->kind, e->text), lead, INDENT, style->width - 1, name);
	color_span(out, out->len - strlen(name) - 3, out->len - 1, ROLE_ID, style);
	color_span(out, start, start + lead - 1, ROLE_HEADING, style);
}

static void put_parts(struct buf *out, const struct explained *e, const struct style *style)
{
	for (size_t i = 0; i < EXPLAIN_PARTS; i++) {
		const char *head = explain_kinds[e->kind].heads[i];

		if (!e->text->parts[i])
			continue;
		if (head)
			put_heading(out, head, style);
		put_paragraph(out, e->text->parts[i], style);
	}
}

/* Lines as they are, two columns in: each must be copied whole. */
static void put_code(struct buf *out, const char *head, const char *text, const struct style *style)
{
	struct buf b = {0};
	size_t start, len;

	put_heading(out, head, style);
	start = out->len;
	explain_general(&b, text);
	for (const char *p = b.s; p && *p; p += len + (p[len] == '\n')) {
		len = strcspn(p, "\n");
		buf_fill(out, ' ', INDENT);
		buf_add(out, p, len);
		buf_puts(out, "\n");
	}
	color_from(out, start, ROLE_CODE, style);
	buf_free(&b);
}

/* What stands behind a fix: the command, the code in the language of the style, or why it needs none there. */
static void put_means(struct buf *out, enum fix_id id, const struct style *style)
{
	enum language lang = style->lang ? style->lang : LANG_C;
	const struct snippet_text *s = snippet(id, &lang);
	struct buf head = {0};

	if (fix_texts[id].command)
		put_code(out, "Command", fix_texts[id].command, style);
	buf_printf(&head, "In %s", language_texts[lang].name);
	if (s->none) {
		put_heading(out, head.s, style);
		put_paragraph(out, s->none, style);
	} else if (s->code) {
		put_code(out, head.s, s->code, style);
	}
	buf_free(&head);
}

static void put_fixes(struct buf *out, const struct explained *e, const struct style *style)
{
	if (e->nfixes)
		put_heading(out, "Fixes", style);
	for (size_t i = 0; i < e->nfixes; i++)
		put_row(out, KIND_FIX, row_of(KIND_FIX, e->fixes[i].id), style);
	if (e->causes)
		put_heading(out, "For", style);
	for (size_t i = 0; i < CAUSES; i++)
		if (e->causes & 1U << explain_causes[i].id)
			put_row(out, KIND_CAUSE, &explain_causes[i], style);
}

/* All ways in which a connection ends, that state marked. */
static void put_closes(struct buf *out, const char *state, const struct style *style)
{
	for (int i = 0; i < CLOSE_WAYS; i++) {
		const struct close_text *c = &close_texts[i];
		const struct story_text *story = &story_texts[c->story];

		put_heading(out, c->title, style);
		put_paragraph(out, c->text, style);
		ladder_general(out, c->lines ? c->lines : story->lines, c->lines ? c->nlines : story->nlines, state, style);
	}
}

static void put_see(struct buf *out, const struct explained *e, const struct style *style)
{
	struct buf b = {0};

	for (const char *p = e->text->see; p && *p; p++)
		buf_puts(&b, *p == ' ' ? ", " : (char[]){*p, '\0'});
	if (e->kind != KIND_NOTE)
		buf_puts(&b, ", portwhy-causes(7)");
	put_heading(out, "See also", style);
	put_paragraph(out, b.s, style);
	buf_free(&b);
}

/* Appends all that is known of one id without a look at any socket. */
void explain_term(struct buf *out, const struct explained *e, const struct style *style)
{
	const struct story_text *story = &story_texts[e->text->story];

	put_title(out, e, style);
	buf_puts(out, "\n");
	put_parts(out, e, style);
	if (e->kind == KIND_FIX)
		put_means(out, (enum fix_id)e->text->id, style);
	put_fixes(out, e, style);
	if (story->nlines) {
		put_heading(out, "How it comes to this", style);
		ladder_general(out, story->lines, story->nlines, NULL, style);
	}
	if (e->kind == KIND_STATE)
		put_closes(out, explain_id(e->kind, e->text), style);
	put_see(out, e, style);
}
