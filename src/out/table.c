/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of a report: who holds the port, and what each bind() gets. */
#include "out/table.h"

#include <sys/socket.h>

#include "model/fold.h"
#include "out/column.h"
#include "out/facts.h"
#include "out/grid.h"
#include "text/text.h"

static void put_sock(struct grid *g, const struct report *r, const struct sock *s, const struct columns *columns,
                     const struct style *style)
{
	struct buf *cells = grid_add_row(g);

	for (size_t c = 0; c < columns->n; c++)
		column_put(&cells[c], (enum column)columns->v[c], r, s, style);
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

/* How many sockets of a cause have a row; all, where the row of the rest would stand for one alone. */
static size_t most_shown(const struct report *r, int cause)
{
	bool folds = false;
	size_t n = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (r->rows[i].cause != cause || !row_is_told(r, i))
			continue;
		folds |= sock_is_rest(&s);
		n++;
	}
	return r->request->all || (!folds && n == FOLD_SAMPLES + 1) ? SIZE_MAX : FOLD_SAMPLES;
}

/*
 * The rows of one cause (-1: that may be one): ten and, where there are more, one
 * for the rest.  The report folds by local address too, and of those there may
 * be many.
 */
static void put_cause(struct grid *g, const struct report *r, int cause, const struct columns *columns,
                      const struct style *style)
{
	struct sock rest = {0};
	size_t shown = 0, most = most_shown(r, cause);

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (r->rows[i].cause != cause || !row_is_told(r, i))
			continue;
		if (sock_is_rest(&s) || shown == most) {
			add_to_rest(&rest, &s);
			continue;
		}
		put_sock(g, r, &s, columns, style);
		shown++;
	}
	if (rest.count)
		put_sock(g, r, &rest, columns, style);
}

static void put_socks(struct grid *g, const struct report *r, const struct style *style)
{
	struct columns columns = columns_of(r, style);
	struct buf *head;

	g->ncolumns = columns.n;
	head = grid_add_row(g);
	for (size_t c = 0; c < columns.n; c++)
		buf_puts(&head[c], column_head((enum column)columns.v[c]));
	for (int cause = -1; cause < (int)r->ncauses; cause++)
		put_cause(g, r, cause, &columns, style);
}

/*
 * The sockets that are a cause, one line each; with fewer words, then as records,
 * where that is too wide.  Where there are very many all are put twice, to be
 * measured, then printed.
 */
void table_sockets(struct buf *out, const struct report *r, const struct style *style)
{
	struct style brief = *style;
	struct grid g = {.mode = GRID_MEASURES};

	put_socks(&g, r, style);
	if (GRID_INDENT + grid_width(&g) > style->width) {
		brief.brief = true;
		grid_free(&g);
		g = (struct grid){.mode = GRID_MEASURES};
		put_socks(&g, r, &brief);
	}
	if (g.continued) {
		grid_restart(&g, out, GRID_INDENT, style);
		put_socks(&g, r, &brief);
	}
	grid_print(out, &g, GRID_INDENT, style);
	grid_free(&g);
}

static void put_ports_left(struct buf *out, const struct report *r)
{
	if (r->clears != CLEARS_TIMER && r->clears != CLEARS_ESTIMATE)
		buf_puts(out, "-");
	else
		buf_printf(out, "%s%lld s", r->clears == CLEARS_TIMER ? "" : "~", (long long)(r->clears_in_ms + 500) / 1000);
}

/* One port of a range: the first cause stands for all.  errnos: with what bind() says. */
static void put_port(struct buf *cells, const struct report *r, bool errnos, const struct style *style)
{
	const struct cause *c = r->ncauses ? &r->causes[0] : NULL;

	buf_printf(cells++, "%u", r->request->target.port);
	if (errnos)
		buf_puts(cells++, r->verdict == UNSURE ? "unsure" : r->verdict == FREE ? "free" : facts_errno(r->err));
	buf_puts(cells++, c ? cause_texts[c->id].id : r->verdict == UNSURE ? "unsure" : "-");
	put_ports_left(cells++, r);
	if (c && c->socks.n)
		column_put(cells, COLUMN_HELD_BY, r, c->first, style);
	else
		buf_puts(cells, "-");
}

static struct grid grid_of_ports(const struct report *const *reports, size_t n, bool errnos, const struct style *style)
{
	static const char *const heads[] = {"PORT", "BIND", "CAUSE", "LEFT", "HELD BY"};
	struct grid g = {.ncolumns = errnos ? 5 : 4};
	struct buf *cells = grid_add_row(&g);

	for (size_t c = 0; c < 5; c++)
		if (c != 1 || errnos)
			buf_puts(cells++, heads[c]);
	for (size_t i = 0; i < n; i++)
		put_port(grid_add_row(&g), reports[i], errnos, style);
	return g;
}

/* The ports of a range, a line each; on a narrow terminal without what bind() says. */
void table_ports(struct buf *out, const struct report *const *reports, size_t n, const struct style *style)
{
	struct grid g = grid_of_ports(reports, n, true, style);

	if (GRID_INDENT + grid_width(&g) > style->width) {
		grid_free(&g);
		g = grid_of_ports(reports, n, false, style);
	}
	grid_print(out, &g, GRID_INDENT, style);
	grid_free(&g);
}

/* What each address gives each mix of options; on a narrow terminal the options lose their SO_. */
void table_binds(struct buf *out, const struct report *r, const struct style *style)
{
	static const char *const heads[1 + MIXES] = {"bind() now", "plain", "SO_REUSEADDR", "SO_REUSEPORT", "both"};
	size_t prefix = style->width < 66 ? 3 : 0;
	struct grid g = {.ncolumns = 1 + MIXES};
	struct buf *cells = grid_add_row(&g);

	for (size_t c = 0; c < 1 + MIXES; c++)
		buf_puts(&cells[c], heads[c] + (heads[c][0] == 'S' ? prefix : 0));
	for (size_t i = 0; i < r->nbinds; i++) {
		const struct bind *b = &r->binds[i];
		char address[ADDR_TEXT];

		if (i % MIXES == 0) {
			cells = grid_add_row(&g);
			addr_format(&b->addr, address);
			buf_printf(&cells[0], b->addr.family == AF_INET6 ? "  [%s]" : "  %s", address);
		}
		buf_puts(&cells[1 + b->mix], b->result == RESULT_OK        ? "works"
		                             : b->result == RESULT_UNKNOWN ? "unknown"
		                                                           : facts_errno(b->result));
	}
	grid_print(out, &g, 0, style);
	grid_free(&g);
}
