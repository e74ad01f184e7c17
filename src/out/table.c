/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of a report, laid out by libsmartcols: who holds the port, and what each bind() gets. */
#include "out/table.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "model/fold.h"
#include "base/xalloc.h"
#include "model/fold.h"
#include "out/color.h"
#include "out/facts.h"
#include "out/wrap.h"

enum { INDENT = 2, BETWEEN = 2, COLUMNS = 5 };

/* Cells row by row; the first row is the head. */
struct grid {
	struct buf (*rows)[COLUMNS];
	size_t nrows, ncolumns;
};

static struct buf *add_row(struct grid *g)
{
	g->rows = xgrow(g->rows, g->nrows, sizeof *g->rows);
	memset(g->rows[g->nrows], 0, sizeof *g->rows);
	return g->rows[g->nrows++];
}

static size_t grid_width(const struct grid *g)
{
	size_t width = 0;

	for (size_t c = 0; c < g->ncolumns; c++) {
		size_t most = 0;

		for (size_t r = 0; r < g->nrows; r++) {
			size_t columns = wrap_columns(g->rows[r][c].s, g->rows[r][c].len);

			most = columns > most ? columns : most;
		}
		width += most + (c ? BETWEEN : 0);
	}
	return width;
}

/* One cell of such a record: behind the head, wrapped where even a line for itself is too short. */
static void print_cell(struct buf *out, const struct buf *head, size_t indent, const char *text, size_t width)
{
	buf_fill(out, ' ', INDENT);
	buf_add(out, head->s, head->len);
	buf_fill(out, ' ', indent - INDENT - head->len);
	text += strspn(text, " ");
	wrap(out, text, indent, indent, width, NULL);
}

/* Too wide for the terminal: one cell a line, so that none is cut. */
static void print_records(struct buf *out, const struct grid *g, size_t width)
{
	size_t indent = 0;

	for (size_t c = 0; c < g->ncolumns; c++)
		indent = g->rows[0][c].len > indent ? g->rows[0][c].len : indent;
	indent += INDENT + BETWEEN;
	for (size_t r = 1; r < g->nrows; r++) {
		for (size_t c = 0; c < g->ncolumns; c++)
			print_cell(out, &g->rows[0][c], indent, g->rows[r][c].s, width);
		if (r + 1 < g->nrows)
			buf_puts(out, "\n");
	}
}

/* vis() has been there: the library shall not escape again. */
static struct libscols_table *new_table(const struct style *style)
{
	struct libscols_table *t = scols_new_table();

	if (!t || scols_table_enable_noencoding(t, 1) || scols_table_enable_ascii(t, style->ascii) ||
	    scols_table_set_column_separator(t, "  ") || scols_table_set_termforce(t, SCOLS_TERMFORCE_ALWAYS) ||
	    scols_table_set_termwidth(t, style->width))
		die("out of memory");
	return t;
}

static void fill(struct libscols_table *t, const struct grid *g)
{
	for (size_t c = 0; c < g->ncolumns; c++)
		if (!scols_table_new_column(t, g->rows[0][c].s, 0, 0))
			die("out of memory");
	for (size_t r = 1; r < g->nrows; r++) {
		struct libscols_line *line = scols_table_new_line(t, NULL);

		for (size_t c = 0; c < g->ncolumns; c++)
			if (!line || scols_line_set_data(line, c, g->rows[r][c].s))
				die("out of memory");
	}
}

/* Lines with an indent and without blanks at their ends. */
static void print_table(struct buf *out, const struct grid *g, size_t indent, const struct style *style)
{
	struct libscols_table *t = new_table(style);
	size_t start = out->len;
	char *text = NULL;

	fill(t, g);
	if (scols_print_table_to_string(t, &text))
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
	color_span(out, start, start + strcspn(out->s + start, "\n"), ROLE_HEADING, style);
	free(text);
	scols_unref_table(t);
}

static void print_grid(struct buf *out, const struct grid *g, size_t indent, const struct style *style)
{
	if (indent + grid_width(g) > style->width)
		print_records(out, g, style->width);
	else
		print_table(out, g, indent, style);
}

static void grid_free(struct grid *g)
{
	for (size_t r = 0; r < g->nrows; r++)
		for (size_t c = 0; c < g->ncolumns; c++)
			buf_free(&g->rows[r][c]);
	free(g->rows);
}

static void put_endpoint(struct buf *out, const struct addr *a, uint16_t port, const char *device)
{
	char text[ENDPOINT_TEXT];

	addr_endpoint(a, port, device, text);
	if (a->family)
		buf_puts(out, text);
	else
		buf_printf(out, "*:%u", port);
}

static void put_peer(struct buf *out, const struct sock *s)
{
	if (sock_is_rest(s))
		buf_printf(out, "%u more", s->count);
	else if (s->peer_port)
		put_endpoint(out, &s->peer, s->peer_port, NULL);
	else
		buf_puts(out, "-");
}

static void put_user(struct buf *out, const struct report *r, uint32_t uid, const struct style *style)
{
	const char *name = style->numeric ? NULL : snapshot_user(r->seen, uid);

	if (name)
		vis(out, name, strlen(name), style->ascii);
	else
		buf_printf(out, "%u", uid);
}

static void put_held_by(struct buf *out, const struct report *r, const struct sock *s, const struct style *style,
                        bool brief)
{
	size_t others;
	const struct process *p = facts_holder(r, s, &others);

	if (p) {
		vis(out, p->comm ? p->comm : "?", p->comm ? strlen(p->comm) : 1, style->ascii);
		buf_printf(out, " (pid %ld)", (long)p->pid);
		if (others)
			buf_printf(out, " and %zu more", others);
	} else if (!s->inode) {
		buf_puts(out, s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT
		                  ? "the listener's queue"
		                  : brief ? "the kernel"
		                  : "the kernel, no process");
	} else {
		buf_puts(out, s->held_by == HELD_HIDDEN ? "hidden, of user " : "not found, of user ");
		put_user(out, r, s->uid, style);
	}
}

enum { WITH_PEER = 1, WITH_LEFT = 2, BRIEF = 4 };

/* PEER and LEFT only where some socket has one. */
static int columns_needed(const struct report *r)
{
	int needed = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		if (r->rows[i].cause < 0)
			continue;
		if (r->rows[i].s.peer_port || sock_is_rest(&r->rows[i].s))
			needed |= WITH_PEER;
		if (sock_ends_ms(&r->rows[i].s) >= 0)
			needed |= WITH_LEFT;
	}
	return needed;
}

static void put_sock(struct buf *cells, const struct report *r, const struct sock *s, int needed,
                     const struct style *style)
{
	buf_puts(cells++, sock_state_name(s));
	put_endpoint(cells++, &s->local, s->port, snapshot_device(r->seen, s->ifindex));
	if (needed & WITH_PEER)
		put_peer(cells++, s);
	if (needed & WITH_LEFT)
		facts_left(cells++, s, style->ascii);
	put_held_by(cells, r, s, style, needed & BRIEF);
}

/* One more socket that gets no row of its own; local is cleared where they differ. */
static void add_to_rest(struct sock *rest, const struct sock *s)
{
	uint32_t count = rest->count + s->count;
	bool elsewhere = rest->count && !addr_equal(&rest->local, &s->local);

	if (!rest->count || sock_ends_ms(s) > sock_ends_ms(rest))
		*rest = *s;
	rest->count = count;
	rest->peer = (struct addr){0};
	if (elsewhere)
		rest->local = (struct addr){0};
}

/*
 * The rows of one cause: ten and, where there are more, one for the rest.  The
 * report folds by local address too, and of those there may be many.
 */
static void put_cause(struct grid *g, const struct report *r, const struct cause *c, int needed,
                      const struct style *style)
{
	struct sock rest = {0};
	size_t shown = 0;

	for (size_t i = 0; i < c->socks.n; i++) {
		const struct sock *s = &r->rows[c->socks.v[i]].s;

		if (sock_is_rest(s) || shown == FOLD_SAMPLES) {
			add_to_rest(&rest, s);
			continue;
		}
		put_sock(add_row(g), r, s, needed, style);
		shown++;
	}
	if (rest.count)
		put_sock(add_row(g), r, &rest, needed, style);
}

static struct grid socket_grid(const struct report *r, int needed, const struct style *style)
{
	struct grid g = {0};
	struct buf *head = add_row(&g);

	buf_puts(&head[g.ncolumns++], "STATE");
	buf_puts(&head[g.ncolumns++], "LOCAL");
	if (needed & WITH_PEER)
		buf_puts(&head[g.ncolumns++], "PEER");
	if (needed & WITH_LEFT)
		buf_puts(&head[g.ncolumns++], "LEFT");
	buf_puts(&head[g.ncolumns++], "HELD BY");
	for (size_t i = 0; i < r->ncauses; i++)
		put_cause(&g, r, &r->causes[i], needed, style);
	return g;
}

/* The sockets that are a cause, one line each; with fewer words, then as records, where that is too wide. */
void table_sockets(struct buf *out, const struct report *r, const struct style *style)
{
	int needed = columns_needed(r);
	struct grid g = socket_grid(r, needed, style);

	if (INDENT + grid_width(&g) > style->width) {
		grid_free(&g);
		g = socket_grid(r, needed | BRIEF, style);
	}
	print_grid(out, &g, INDENT, style);
	grid_free(&g);
}

/* What each address gives each mix of options; on a narrow terminal the options lose their SO_. */
void table_binds(struct buf *out, const struct report *r, const struct style *style)
{
	static const char *const heads[COLUMNS] = {"bind() now", "plain", "SO_REUSEADDR", "SO_REUSEPORT", "both"};
	size_t prefix = style->width < 66 ? 3 : 0;
	struct grid g = {.ncolumns = COLUMNS};
	struct buf *cells = add_row(&g);

	for (size_t c = 0; c < COLUMNS; c++)
		buf_puts(&cells[c], heads[c] + (heads[c][0] == 'S' ? prefix : 0));
	for (size_t i = 0; i < r->nbinds; i++) {
		const struct bind *b = &r->binds[i];
		char address[ADDR_TEXT];

		if (i % MIXES == 0) {
			cells = add_row(&g);
			addr_format(&b->addr, address);
			buf_printf(&cells[0], b->addr.family == AF_INET6 ? "  [%s]" : "  %s", address);
		}
		buf_puts(&cells[1 + b->mix], b->result == RESULT_OK        ? "works"
		                             : b->result == RESULT_UNKNOWN ? "unknown"
		                                                           : facts_errno(b->result));
	}
	print_grid(out, &g, 0, style);
	grid_free(&g);
}
