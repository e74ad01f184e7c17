/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All ports that are in use, one line each, for a person. */
#include "out/overview.h"

#include <stdlib.h>
#include <string.h>

#include "base/vis.h"
#include "out/column.h"
#include "out/facts.h"
#include "out/grid.h"
#include "out/term.h"
#include "text/text.h"

enum {
	PORT_PORT, PORT_PROTO, PORT_BIND, PORT_STATES, PORT_CLEARS, PORT_USER, PORT_HELD_BY, PORT_SOCKETS, PORT_LINGERING,
	PORT_PIDS, PORT_COLUMNS
};

enum { MS_PER_SECOND = 1000 };

/* What a cell is about. */
struct cell {
	const struct overview_port *p;
	const struct report *about; /* the look that has seen it */
	const struct style *style;
};

static void put_text(struct buf *out, const char *text, const struct cell *c)
{
	vis(out, text, strlen(text), c->style->ascii);
}

static void put_port(struct buf *out, const struct cell *c)
{
	buf_printf(out, "%u", c->p->port);
}

static void put_proto(struct buf *out, const struct cell *c)
{
	buf_puts(out, sock_proto_name((enum proto)c->p->proto));
}

static enum bind_now bind_now(const struct overview_port *p)
{
	if (p->fails != YES)
		return p->fails == NO ? BIND_WORKS : BIND_UNSURE;
	return p->reuseaddr_fails == YES ? BIND_FAILS : p->reuseaddr_fails == NO ? BIND_REUSE : BIND_MAYBE;
}

static void put_bind(struct buf *out, const struct cell *c)
{
	buf_puts(out, bind_now_words[bind_now(c->p)]);
}

static void put_states(struct buf *out, const struct cell *c)
{
	const char *between = "";

	for (int state = 0; state < SHOWN_STATES; state++) {
		if (!c->p->states[state])
			continue;
		buf_puts(out, between);
		if (c->p->states[state] > 1)
			buf_printf(out, "%u ", c->p->states[state]);
		buf_puts(out, sock_shown_name((enum shown_state)state));
		between = ", ";
	}
}

static long long seconds(int64_t ms)
{
	return (ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
}

static void put_clears(struct buf *out, const struct cell *c)
{
	const struct overview_port *p = c->p;

	if (p->latest < 0)
		buf_puts(out, "-");
	else if (seconds(p->soonest) == seconds(p->latest))
		buf_printf(out, "%s%lld s", p->estimate ? "~" : "", seconds(p->latest));
	else
		buf_printf(out, "%s%lld-%lld s", p->estimate ? "~" : "", seconds(p->soonest), seconds(p->latest));
}

static void put_user(struct buf *out, const struct cell *c)
{
	const struct process *holder = c->p->nholders ? c->p->holders[0] : NULL;
	uint32_t uid = holder ? holder->uid : c->p->uid;
	const char *name = c->style->numeric ? NULL : snapshot_user(c->about->seen, uid);

	if (name)
		put_text(out, name, c);
	else if (uid == UID_UNKNOWN)
		buf_puts(out, "-");
	else
		buf_printf(out, "%u", uid);
}

static void put_held_by(struct buf *out, const struct cell *c)
{
	const struct overview_port *p = c->p;

	if (p->nholders) {
		put_text(out, p->holders[0]->comm ? p->holders[0]->comm : "?", c);
		buf_printf(out, " (pid %ld)", (long)p->holders[0]->pid);
	} else {
		buf_puts(out, p->hidden ? "hidden" : "the kernel");
	}
	if (p->nholders > 1)
		buf_printf(out, ", %zu more", p->nholders - 1);
}

static void put_sockets(struct buf *out, const struct cell *c)
{
	uint64_t n = 0;

	for (int state = 0; state < SHOWN_STATES; state++)
		n += c->p->states[state];
	buf_printf(out, "%llu", (unsigned long long)n);
}

static void put_lingering(struct buf *out, const struct cell *c)
{
	uint64_t n = 0;

	for (int state = 0; state < SHOWN_STATES; state++)
		n += overview_is_lingering((enum shown_state)state) ? c->p->states[state] : 0;
	buf_printf(out, "%llu", (unsigned long long)n);
}

static void put_pids(struct buf *out, const struct cell *c)
{
	for (size_t i = 0; i < c->p->nholders; i++)
		buf_printf(out, "%s%ld", i ? ", " : "", (long)c->p->holders[i]->pid);
	buf_puts(out, c->p->nholders ? "" : "-");
}

static const struct {
	const char *name, *head; /* for -o; above the column where that differs */
	void (*put)(struct buf *out, const struct cell *c);
} table[PORT_COLUMNS] = {
    [PORT_PORT] = {"PORT", NULL, put_port},
    [PORT_PROTO] = {"PROTO", NULL, put_proto},
    [PORT_BIND] = {"BIND", NULL, put_bind},
    [PORT_STATES] = {"STATES", NULL, put_states},
    [PORT_CLEARS] = {"CLEARS", NULL, put_clears},
    [PORT_USER] = {"USER", NULL, put_user},
    [PORT_HELD_BY] = {"HELD-BY", "HELD BY", put_held_by},
    [PORT_SOCKETS] = {"SOCKETS", NULL, put_sockets},
    [PORT_LINGERING] = {"LINGERING", NULL, put_lingering},
    [PORT_PIDS] = {"PIDS", NULL, put_pids},
};

/* The name of a column of this table, for -o; NULL behind the last. */
const char *overview_column_name(size_t column)
{
	return column < PORT_COLUMNS ? table[column].name : NULL;
}

static struct columns columns_shown(const struct style *style)
{
	struct columns columns = {
	    .v = {PORT_PORT, PORT_PROTO, PORT_BIND, PORT_STATES, PORT_CLEARS, PORT_USER, PORT_HELD_BY}, .n = 7};

	if (style->columns.n && !style->columns.added)
		return style->columns;
	for (size_t i = 0; i < style->columns.n && columns.n < COLUMNS_MAX; i++)
		columns.v[columns.n++] = style->columns.v[i];
	return columns;
}

static bool is_listed(const struct overview_port *p, const struct report *about)
{
	return !p->outgoing || about->request->all;
}

static void put_head(struct grid *g, const struct columns *columns)
{
	struct buf *cells = grid_add_row(g);

	for (size_t c = 0; c < columns->n; c++) {
		unsigned char column = columns->v[c];

		buf_puts(&cells[c], table[column].head ? table[column].head : table[column].name);
	}
}

static void put_table(struct buf *out, const struct overview *o, const struct report *about, const struct style *style)
{
	struct columns columns = columns_shown(style);
	struct grid g = {.ncolumns = columns.n};

	put_head(&g, &columns);
	for (size_t i = 0; i < o->n; i++) {
		struct cell cell = {&o->v[i], about, style};
		struct buf *cells;

		if (!is_listed(cell.p, about))
			continue;
		cells = grid_add_row(&g);
		for (size_t c = 0; c < columns.n; c++)
			table[columns.v[c]].put(&cells[c], &cell);
	}
	for (size_t c = 0; c < columns.n; c++)
		if (columns.v[c] == PORT_STATES || columns.v[c] == PORT_HELD_BY || columns.v[c] == PORT_PIDS)
			grid_fold(&g, c, style->width - GRID_INDENT);
	if (g.nrows > 1) {
		buf_puts(out, "\n");
		grid_print(out, &g, GRID_INDENT, style);
	}
	grid_free(&g);
}

/* What the words in the column BIND mean, those that stand there. */
static void put_legend(struct buf *out, const struct overview *o, const struct scope *scope)
{
	struct columns columns = columns_shown(scope->style);
	bool used[BIND_NOWS] = {false}, shown = false;
	bool first = true;

	for (size_t c = 0; c < columns.n; c++)
		shown |= columns.v[c] == PORT_BIND;
	for (size_t i = 0; shown && i < o->n; i++)
		if (is_listed(&o->v[i], scope->report))
			used[bind_now(&o->v[i])] = true;
	for (int i = 0; i < BIND_NOWS; i++) {
		if (!used[i])
			continue;
		buf_puts(out, first ? "\n" : "");
		term_paragraph(out, first ? "  BIND  " : "        ", bind_now_texts[i], scope, 10, NULL);
		first = false;
	}
}

/*
 * Appends the overview of one network namespace: a sum, the table, what its words
 * mean, the ephemeral range.  about stands for the look at it.
 */
void overview_term(struct buf *out, const struct overview *o, const struct report *about, const struct style *style)
{
	struct scope scope = {.report = about, .overview = o, .style = style};
	bool unseen = gap_has(&about->seen->gaps, GAP_NETNS);

	term_paragraph(out, "", overview_texts[unseen ? OVERVIEW_UNSEEN : o->n ? OVERVIEW_HEAD : OVERVIEW_NONE], &scope, 0, NULL);
	if (o->n) {
		term_paragraph(out, "", overview_texts[OVERVIEW_SUM], &scope, 0, NULL);
		put_table(out, o, about, style);
		put_legend(out, o, &scope);
	}
	if (o->in_range) {
		buf_puts(out, "\n");
		term_paragraph(out, "", overview_texts[OVERVIEW_RANGE], &scope, 0, NULL);
	}
	term_gaps(out, &scope);
}

static void put_protocols(struct buf *out, const struct scope *scope)
{
	const bool *asked = scope->overview->asked;

	buf_puts(out, asked[PROTO_TCP] ? asked[PROTO_UDP] ? "TCP and UDP" : "TCP" : "UDP");
}

static void put_all_ports(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->overview->n);
}

static void put_servers(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->overview->listening);
}

static void put_only_lingering(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->overview->lingering);
}

static void put_totals(struct buf *out, const struct scope *scope)
{
	const char *between = "";

	for (int state = 0; state < SHOWN_STATES; state++) {
		unsigned long long n = scope->overview->totals[state];

		if (!n)
			continue;
		buf_printf(out, "%s%llu %s", between, n, sock_shown_name((enum shown_state)state));
		between = ", ";
	}
}

static void put_range_first(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->seen->host.ephemeral_first);
}

static void put_range_last(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->seen->host.ephemeral_last);
}

static void put_range_size(struct buf *out, const struct scope *scope)
{
	const struct host *h = &scope->report->seen->host;

	buf_printf(out, "%u", h->ephemeral_last - h->ephemeral_first + 1);
}

static void put_in_range(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->overview->in_range);
}

static void put_outgoing(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->overview->outgoing);
}

static void put_listed(struct buf *out, const struct scope *scope)
{
	if (scope->overview->outgoing && !scope->report->request->all)
		buf_puts(out, overview_not_listed);
}

const struct fact facts_overview[] = {
    {"protocols", put_protocols},   {"allports", put_all_ports},   {"servers", put_servers},
    {"lingering", put_only_lingering}, {"totals", put_totals},     {"rangefirst", put_range_first},
    {"rangelast", put_range_last},  {"rangesize", put_range_size}, {"inrange", put_in_range},
    {"outgoing", put_outgoing},     {"listed", put_listed},        {NULL, NULL},
};
