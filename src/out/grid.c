/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells in rows and columns, laid out by libsmartcols; where they are too wide, one cell a line. */
#include "out/grid.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "out/color.h"
#include "out/wrap.h"

enum { BETWEEN = 2, BLOCK = 1000 };

static struct buf *cell(const struct grid *g, size_t row, size_t column)
{
	return &g->cells[row * g->ncolumns + column];
}

/* Of the widest of its lines. */
static size_t text_width(const char *text)
{
	size_t most = 0;

	while (text && *text) {
		size_t len = strcspn(text, "\n"), columns = wrap_columns(text, len);

		most = columns > most ? columns : most;
		text += len + (text[len] == '\n');
	}
	return most;
}

static size_t column_width(const struct grid *g, size_t c)
{
	size_t most = g->widths[c];

	for (size_t r = 0; r < g->nrows && g->mode != GRID_PRINTS; r++) {
		size_t columns = text_width(cell(g, r, c)->s);

		most = columns > most ? columns : most;
	}
	return most;
}

/* All rows but the head leave it. */
static void let_go(struct grid *g)
{
	for (size_t c = 0; c < g->ncolumns; c++)
		g->widths[c] = column_width(g, c);
	if (g->mode == GRID_PRINTS) {
		grid_print(g->out, g, g->indent, g->style);
		buf_drain(g->out);
	}
	for (size_t r = 1; r < g->nrows; r++)
		for (size_t c = 0; c < g->ncolumns; c++)
			buf_free(cell(g, r, c));
	g->nrows = 1;
	g->continued = true;
}

/* Adds a row of empty cells, the first of which it returns; only until the next. */
struct buf *grid_add_row(struct grid *g)
{
	size_t size = g->ncolumns * sizeof *g->cells;

	if (g->mode != GRID_KEEPS && g->nrows > BLOCK)
		let_go(g);
	g->cells = xgrow(g->cells, g->nrows, size);
	memset(cell(g, g->nrows, 0), 0, size);
	return cell(g, g->nrows++, 0);
}

/* The columns of the terminal that it takes, without the indent. */
size_t grid_width(const struct grid *g)
{
	size_t width = 0;

	for (size_t c = 0; c < g->ncolumns; c++)
		width += column_width(g, c) + (c ? BETWEEN : 0);
	return width;
}

/* The next blank at which a cell may be broken: behind a comma, or before a parenthesis. */
static char *next_break(char *at)
{
	for (at = strchr(at, ' '); at && at[-1] != ',' && at[1] != '('; at = strchr(at + 1, ' '))
		;
	return at;
}

/* Breaks a line at the last such blank that lets it fit, or the first that there is. */
static void fold_cell(char *text, size_t width)
{
	char *start = text, *last = NULL;

	for (char *at = next_break(text + 1); at; at = next_break(at + 1)) {
		if (last && wrap_columns(start, (size_t)(at - start)) > width) {
			*last = '\n';
			start = last + 1;
		}
		last = at;
	}
	if (last && wrap_columns(start, strlen(start)) > width)
		*last = '\n';
}

/* Breaks the cells of a column behind commas and before parentheses, so that the grid is no wider than width, if it can be. */
void grid_fold(struct grid *g, size_t column, size_t width)
{
	size_t all = grid_width(g), own = column_width(g, column), others = all - own;

	if (all <= width)
		return;
	g->folded |= UINT32_C(1) << column;
	for (size_t r = 1; r < g->nrows; r++)
		if (cell(g, r, column)->len)
			fold_cell(cell(g, r, column)->s, width > others ? width - others : 1);
}

/* One cell of such a record: behind the head, wrapped where even a line for itself is too short. */
static void print_cell(struct buf *out, const struct buf *head, size_t indent, char *text, size_t width)
{
	buf_fill(out, ' ', GRID_INDENT);
	buf_add(out, head->s, head->len);
	buf_fill(out, ' ', indent - GRID_INDENT - head->len);
	for (char *fold = strchr(text, '\n'); fold; fold = strchr(fold, '\n'))
		*fold = ' ';
	text += strspn(text, " ");
	wrap(out, text, indent, indent, width, NULL);
}

/* Too wide for the terminal: one cell a line, so that none is cut. */
static void print_records(struct buf *out, const struct grid *g, size_t width)
{
	size_t indent = 0;

	for (size_t c = 0; c < g->ncolumns; c++)
		indent = cell(g, 0, c)->len > indent ? cell(g, 0, c)->len : indent;
	indent += GRID_INDENT + BETWEEN;
	for (size_t r = 1; r < g->nrows; r++) {
		buf_puts(out, r > 1 || g->continued ? "\n" : "");
		for (size_t c = 0; c < g->ncolumns; c++)
			print_cell(out, cell(g, 0, c), indent, cell(g, r, c)->s, width);
	}
}

/* vis() has been there: the library shall not escape again. */
static struct libscols_table *new_table(const struct style *style, size_t indent)
{
	struct libscols_table *t = scols_new_table();

	if (!t || scols_table_enable_noencoding(t, 1) || scols_table_enable_ascii(t, style->ascii) ||
	    scols_table_set_column_separator(t, "  ") || scols_table_set_termforce(t, SCOLS_TERMFORCE_ALWAYS) ||
	    scols_table_set_termwidth(t, style->width - indent))
		die("out of memory");
	return t;
}

/* A folded one has its lines apart already. */
static void add_column(struct libscols_table *t, const char *head, bool folded)
{
	struct libscols_column *c = scols_table_new_column(t, head, 0, folded ? SCOLS_FL_WRAP : 0);

	if (!c || (folded && (scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) ||
	                      scols_column_set_safechars(c, "\n"))))
		die("out of memory");
}

/* Its blocks are tables of their own, and shall look like one: blanks make the first row as wide as all. */
static void widen(struct grid *g)
{
	for (size_t c = 0; c < g->ncolumns; c++)
		buf_fill(cell(g, 1, c), ' ', column_width(g, c) - text_width(cell(g, 1, c)->s));
}

static void fill(struct libscols_table *t, const struct grid *g)
{
	for (size_t c = 0; c < g->ncolumns; c++)
		add_column(t, cell(g, 0, c)->s, g->folded >> c & 1);
	for (size_t r = 1; r < g->nrows; r++) {
		struct libscols_line *line = scols_table_new_line(t, NULL);

		for (size_t c = 0; c < g->ncolumns; c++)
			if (!line || scols_line_set_data(line, c, cell(g, r, c)->s))
				die("out of memory");
	}
}

/* Lines with an indent and without blanks at their ends. */
static void print_table(struct buf *out, struct grid *g, size_t indent, const struct style *style)
{
	struct libscols_table *t = new_table(style, indent);
	size_t start = out->len;
	char *text = NULL;

	if (g->mode == GRID_PRINTS && g->nrows > 1)
		widen(g);
	fill(t, g);
	if (scols_table_enable_noheadings(t, g->continued) || scols_print_table_to_string(t, &text))
		die("out of memory");
	for (char *line = text, *end; line && *line; line = end) {
		size_t len = strcspn(line, "\n");

		end = line + len + (line[len] == '\n');
		while (len && line[len - 1] == ' ')
			len--;
		buf_fill(out, ' ', indent);
		buf_add(out, line, len);
		buf_puts(out, "\n");
	}
	if (!g->continued)
		color_span(out, start, start + strcspn(out->s + start, "\n"), ROLE_HEADING, style);
	free(text);
	scols_unref_table(t);
}

/*
 * Prints it behind an indent.  Where it is wider than the terminal it becomes
 * records, one cell a line, so that none is cut.  Of one that prints (g->mode): the
 * rows that have not left it yet.
 */
void grid_print(struct buf *out, struct grid *g, size_t indent, const struct style *style)
{
	if (indent + grid_width(g) > style->width)
		print_records(out, g, style->width);
	else
		print_table(out, g, indent, style);
}

/* Empties a grid that has measured all rows: now they are added again, and printed block by block; the last by grid_print(). */
void grid_restart(struct grid *g, struct buf *out, size_t indent, const struct style *style)
{
	struct grid again = {.ncolumns = g->ncolumns, .mode = GRID_PRINTS, .out = out, .indent = indent, .style = style};

	for (size_t c = 0; c < g->ncolumns; c++)
		again.widths[c] = column_width(g, c);
	grid_free(g);
	*g = again;
}

void grid_free(struct grid *g)
{
	for (size_t r = 0; r < g->nrows; r++)
		for (size_t c = 0; c < g->ncolumns; c++)
			buf_free(cell(g, r, c));
	free(g->cells);
}
