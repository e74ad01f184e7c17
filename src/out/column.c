/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of the table of sockets: which, what they are called, what stands in them. */
#include "out/column.h"

#include <string.h>
#include <strings.h>

#include "base/vis.h"
#include "model/fold.h"
#include "out/facts.h"

/* What a cell is about. */
struct cell {
	const struct report *r;
	const struct sock *s;
	const struct style *style;
};

static void put_state(struct buf *out, const struct cell *c)
{
	buf_puts(out, sock_state_name(c->s));
}

/* A device may be named with almost any byte. */
static void put_endpoint(struct buf *out, const struct addr *a, uint16_t port, const char *device)
{
	char text[ENDPOINT_TEXT];

	addr_endpoint(a, port, device, text);
	if (a->family)
		vis(out, text, strlen(text), true);
	else
		buf_printf(out, "*:%u", port);
}

static void put_local(struct buf *out, const struct cell *c)
{
	const struct unix_name *n = snapshot_name(c->r->seen, c->s);

	if (n) {
		vis(out, n->text, strlen(n->text), c->style->ascii);
		return;
	}
	put_endpoint(out, &c->s->local, c->s->port, snapshot_device(c->r->seen, c->s->ifindex));
}

static void put_peer(struct buf *out, const struct cell *c)
{
	if (sock_is_rest(c->s))
		buf_printf(out, "%u more", c->s->count);
	else if (c->s->peer_port)
		put_endpoint(out, &c->s->peer, c->s->peer_port, NULL);
	else
		buf_puts(out, "-");
}

static void put_left(struct buf *out, const struct cell *c)
{
	facts_left(out, c->s, c->style->ascii);
}

static void put_text(struct buf *out, const char *text, const struct cell *c)
{
	if (text && *text)
		vis(out, text, strlen(text), c->style->ascii);
	else
		buf_puts(out, "-");
}

static void put_user(struct buf *out, const struct cell *c)
{
	const char *name = c->style->numeric ? NULL : snapshot_user(c->r->seen, c->s->uid);

	if (name)
		put_text(out, name, c);
	else if (c->s->uid == UID_UNKNOWN)
		buf_puts(out, "-");
	else
		buf_printf(out, "%u", c->s->uid);
}

static void put_uid(struct buf *out, const struct cell *c)
{
	if (c->s->uid == UID_UNKNOWN)
		buf_puts(out, "-");
	else
		buf_printf(out, "%u", c->s->uid);
}

static void put_held_by(struct buf *out, const struct cell *c)
{
	const struct sock *s = c->s;
	size_t others;
	const struct process *p = facts_holder(c->r, s, &others);

	if (p) {
		put_text(out, p->comm ? p->comm : "?", c);
		buf_printf(out, " (pid %ld)", (long)p->pid);
		if (others)
			buf_printf(out, " and %zu more", others);
	} else if (!s->inode && (s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT)) {
		buf_puts(out, "the listener's queue");
	} else if (!s->inode) {
		buf_puts(out, c->style->brief ? "the kernel" : "the kernel, no process");
	} else if (s->held_by == HELD_KERNEL) {
		buf_puts(out, "the kernel");
	} else {
		buf_puts(out, s->held_by == HELD_HIDDEN ? "hidden, of user " : "not found, of user ");
		put_user(out, c);
	}
}

/* A number that no socket has as 0, and that the rest of a group does not share. */
static void put_own(struct buf *out, unsigned long long n, const struct cell *c)
{
	if (n && !sock_is_rest(c->s))
		buf_printf(out, "%llu", n);
	else
		buf_puts(out, "-");
}

static void put_inode(struct buf *out, const struct cell *c)
{
	put_own(out, c->s->inode, c);
}

static void put_cookie(struct buf *out, const struct cell *c)
{
	put_own(out, c->s->cookie, c);
}

static void put_timer(struct buf *out, const struct cell *c)
{
	buf_puts(out, c->s->timer == TIMER_NONE ? "-" : sock_timer_name(c->s));
}

/* A number that may be 0; the rest of a group has many. */
static void put_number(struct buf *out, uint32_t n, const struct cell *c)
{
	if (sock_is_rest(c->s))
		buf_puts(out, "-");
	else
		buf_printf(out, "%u", n);
}

static void put_retrans(struct buf *out, const struct cell *c)
{
	put_number(out, c->s->retransmits, c);
}

static void put_recv_q(struct buf *out, const struct cell *c)
{
	put_number(out, c->s->receive_queue, c);
}

static void put_send_q(struct buf *out, const struct cell *c)
{
	put_number(out, c->s->send_queue, c);
}

static void put_cgroup(struct buf *out, const struct cell *c)
{
	const struct cgroup *g = snapshot_cgroup(c->r->seen, c->s->cgroup);

	put_text(out, g ? g->path : NULL, c);
}

static void put_pid(struct buf *out, const struct cell *c)
{
	size_t others;
	const struct process *p = facts_holder(c->r, c->s, &others);

	if (!p)
		buf_puts(out, "-");
	else
		buf_printf(out, others ? "%ld+%zu" : "%ld", (long)p->pid, others);
}

static void put_fd(struct buf *out, const struct cell *c)
{
	size_t n;
	const struct owner *o = owners_of(&c->r->seen->owners, c->s->inode, &n);

	if (n && !sock_is_rest(c->s))
		buf_printf(out, "%d", o->fd);
	else
		buf_puts(out, "-");
}

static void put_tri(struct buf *out, uint8_t tri)
{
	buf_puts(out, tri == YES ? "yes" : tri == NO ? "no" : "?");
}

static void put_v6only(struct buf *out, const struct cell *c)
{
	put_tri(out, c->s->v6only);
}

static void put_reuseaddr(struct buf *out, const struct cell *c)
{
	put_tri(out, c->s->reuseaddr);
}

static void put_reuseport(struct buf *out, const struct cell *c)
{
	put_tri(out, c->s->reuseport);
}

static void put_count(struct buf *out, const struct cell *c)
{
	buf_printf(out, "%u", c->s->count);
}

static void put_device(struct buf *out, const struct cell *c)
{
	put_text(out, snapshot_device(c->r->seen, c->s->ifindex), c);
}

static const struct {
	const char *name, *head; /* for -o; above the column where that differs */
	void (*put)(struct buf *out, const struct cell *c);
} table[COLUMNS] = {
    [COLUMN_STATE] = {"STATE", NULL, put_state},
    [COLUMN_LOCAL] = {"LOCAL", NULL, put_local},
    [COLUMN_PEER] = {"PEER", NULL, put_peer},
    [COLUMN_LEFT] = {"LEFT", NULL, put_left},
    [COLUMN_HELD_BY] = {"HELD-BY", "HELD BY", put_held_by},
    [COLUMN_UID] = {"UID", NULL, put_uid},
    [COLUMN_USER] = {"USER", NULL, put_user},
    [COLUMN_PID] = {"PID", NULL, put_pid},
    [COLUMN_FD] = {"FD", NULL, put_fd},
    [COLUMN_INODE] = {"INODE", NULL, put_inode},
    [COLUMN_COOKIE] = {"COOKIE", NULL, put_cookie},
    [COLUMN_TIMER] = {"TIMER", NULL, put_timer},
    [COLUMN_RETRANS] = {"RETRANS", NULL, put_retrans},
    [COLUMN_RECV_Q] = {"RECV-Q", NULL, put_recv_q},
    [COLUMN_SEND_Q] = {"SEND-Q", NULL, put_send_q},
    [COLUMN_REUSEADDR] = {"REUSEADDR", NULL, put_reuseaddr},
    [COLUMN_REUSEPORT] = {"REUSEPORT", NULL, put_reuseport},
    [COLUMN_V6ONLY] = {"V6ONLY", NULL, put_v6only},
    [COLUMN_DEVICE] = {"DEVICE", NULL, put_device},
    [COLUMN_CGROUP] = {"CGROUP", NULL, put_cgroup},
    [COLUMN_COUNT] = {"COUNT", NULL, put_count},
};

/* The words above a column. */
const char *column_head(enum column column)
{
	return table[column].head ? table[column].head : table[column].name;
}

/* Appends what stands in that column for a socket of the report. */
void column_put(struct buf *out, enum column column, const struct report *r, const struct sock *s,
                const struct style *style)
{
	table[column].put(out, &(struct cell){.r = r, .s = s, .style = style});
}

/* The name of a column of the table of sockets, for -o; NULL behind the last. */
const char *column_name(size_t column)
{
	return column < COLUMNS ? table[column].name : NULL;
}

/* Appends the names of all columns of a table. */
void columns_names(struct buf *out, column_namer *name_of)
{
	for (size_t i = 0; name_of(i); i++)
		buf_printf(out, "%s%s", i ? ", " : "", name_of(i));
}

static bool add(struct columns *columns, column_namer *name_of, const char *name, size_t len)
{
	for (size_t i = 0; name_of(i); i++) {
		if (strlen(name_of(i)) != len || strncasecmp(name_of(i), name, len))
			continue;
		if (columns->n < COLUMNS_MAX)
			columns->v[columns->n++] = (unsigned char)i;
		return true;
	}
	return false;
}

/*
 * Reads names of columns of a table with commas between them, + before the list to add
 * them to the default ones; upper and lower case are the same, columns beyond
 * COLUMNS_MAX are dropped.  False: what was put into bad is no name.
 */
bool columns_parse(struct columns *columns, const char *list, column_namer *name_of, struct buf *bad)
{
	*columns = (struct columns){.added = *list == '+'};
	list += columns->added;
	for (size_t len;; list += len + 1) {
		len = strcspn(list, ",");
		if (!add(columns, name_of, list, len)) {
			vis(bad, list, len, true);
			return false;
		}
		if (!list[len])
			return true;
	}
}

/* The table folds what has more rows than it shows (out/table.c): PEER tells how many. */
static bool is_cut(const struct report *r)
{
	bool cut = false;

	for (size_t i = 0; i < r->ncauses && !r->request->all; i++)
		cut |= r->causes[i].socks.n > FOLD_SAMPLES + 1;
	return cut;
}

/* PEER and LEFT only where some socket has one. */
static struct columns default_columns(const struct report *r)
{
	struct columns columns = {.v = {COLUMN_STATE, COLUMN_LOCAL}, .n = 2};
	bool peer = is_cut(r), left = false;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (!row_is_told(r, i))
			continue;
		peer |= s.peer_port || sock_is_rest(&s);
		left |= sock_ends_ms(&s) >= 0;
	}
	if (peer)
		columns.v[columns.n++] = COLUMN_PEER;
	if (left)
		columns.v[columns.n++] = COLUMN_LEFT;
	columns.v[columns.n++] = COLUMN_HELD_BY;
	return columns;
}

/* The columns to show of a report. */
struct columns columns_of(const struct report *r, const struct style *style)
{
	struct columns columns;

	if (style->columns.n && !style->columns.added)
		return style->columns;
	columns = default_columns(r);
	for (size_t i = 0; i < style->columns.n && columns.n < COLUMNS_MAX; i++)
		columns.v[columns.n++] = style->columns.v[i];
	return columns;
}
