/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of a close sequence: this end at the left, the peer at the right, time downwards. */
#include "out/ladder.h"

#include <string.h>

#include "out/color.h"
#include "out/wrap.h"
#include "text/text.h"

enum { MARK = 3, ARROW = 19, GAP = 1 };

static void pad_to(struct buf *out, size_t start, size_t column)
{
	size_t used = wrap_columns(out->s + start, out->len - start);

	buf_fill(out, ' ', column > used ? column - used : 0);
}

static void put_arrow(struct buf *out, const char *arrow, bool ascii)
{
	const char *dash = ascii ? "-" : "\xe2\x94\x80";
	bool right = arrow[0] == '>';
	size_t dashes = ARROW - strlen(arrow + 1) - 3;

	if (!right)
		buf_puts(out, ascii ? "<" : "\xe2\x86\x90");
	for (size_t i = 0; i < dashes / 2 + (right ? dashes % 2 : 0); i++)
		buf_puts(out, dash);
	buf_printf(out, " %s ", arrow + 1);
	for (size_t i = 0; i < dashes / 2 + (right ? 0 : dashes % 2); i++)
		buf_puts(out, dash);
	if (right)
		buf_puts(out, ascii ? ">" : "\xe2\x86\x92");
}

/* Where arrows begin: behind the longest text that shares a line with one. */
static size_t arrow_column(const struct ladder_line *lines, size_t n)
{
	size_t most = strlen("ESTABLISHED");

	for (size_t i = 0; i < n; i++)
		if (lines[i].arrow && lines[i].here && strlen(lines[i].here) + 1 > most)
			most = strlen(lines[i].here) + 1;
	return MARK + most;
}

/* Appends what stands at one end; without a scope, no more than what is true of every socket. */
static void put_cell(struct buf *out, const char *text, const struct scope *scope)
{
	const char *fact = strchr(text, '{'), *remark = strstr(text, "  ");

	if (scope)
		facts_expand(out, text, scope);
	else
		buf_add(out, text, fact && remark ? (size_t)(remark - text) : strlen(text));
}

/* The mark of a line stands at its edge; only this end is in colour. */
static void put_line(struct buf *out, const struct ladder_line *line, const struct scope *scope,
                     const struct style *style, size_t column)
{
	size_t start = out->len, end;

	buf_puts(out, !line->now ? "   " : style->ascii ? "=> " : "\xe2\x87\x92  ");
	if (line->here)
		put_cell(out, line->here, scope);
	end = out->len;
	if (line->arrow) {
		pad_to(out, start, column);
		put_arrow(out, line->arrow, style->ascii);
	}
	if (line->there) {
		pad_to(out, start, column + ARROW + GAP);
		put_cell(out, line->there, scope);
	}
	buf_puts(out, "\n");
	if (line->now)
		color_span(out, start, end, ROLE_HERE, style);
}

static void put_ends(struct buf *out, const struct sock *s, size_t column, size_t width)
{
	char here[ENDPOINT_TEXT], there[ENDPOINT_TEXT];
	size_t start = out->len;

	addr_endpoint(&s->local, s->port, NULL, here);
	addr_endpoint(&s->peer, s->peer_port, NULL, there);
	buf_printf(out, "   %s (this end)", here);
	if (column + ARROW + GAP + strlen(there) + strlen(" (peer)") > width ||
	    out->len - start + 2 > column + ARROW + GAP) {
		buf_puts(out, "\n");
		start = out->len;
	}
	pad_to(out, start, width < column + ARROW + GAP + strlen(there) + 7 ? MARK : column + ARROW + GAP);
	buf_printf(out, "%s (peer)\n", there);
}

/* Draws the story of the scope's cause for its first socket. */
void ladder(struct buf *out, const struct scope *scope)
{
	const struct story_text *story = &story_texts[scope->cause->story];
	size_t column = arrow_column(story->lines, story->nlines);

	put_ends(out, scope->cause->first, column, scope->style->width);
	for (size_t i = 0; i < story->nlines; i++)
		put_line(out, &story->lines[i], scope, scope->style, column);
}

static bool is_in(const char *cell, const char *state)
{
	size_t len = strlen(state);

	return cell && !strncmp(cell, state, len) && (!cell[len] || cell[len] == ' ');
}

/* Draws a picture of no socket in particular; the lines with that state at either end are marked (NULL: the picture's own). */
void ladder_general(struct buf *out, const struct ladder_line *lines, size_t n, const char *state,
                    const struct style *style)
{
	size_t column = arrow_column(lines, n), start = out->len;

	buf_puts(out, "   this end");
	pad_to(out, start, column + ARROW + GAP);
	buf_puts(out, "the peer\n");
	for (size_t i = 0; i < n; i++) {
		struct ladder_line line = lines[i];

		line.now = state ? is_in(line.here, state) || is_in(line.there, state) : line.now;
		put_line(out, &line, NULL, style, column);
	}
}
