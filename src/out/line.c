/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line for each socket that "check" was told to look for: fields for cut(1) and awk(1), separated by tabs. */
#include "out/line.h"

#include <string.h>

#include "base/vis.h"
#include "out/facts.h"
#include "text/text.h"

enum { MS_PER_SECOND = 1000 };

static void put_text(struct buf *out, const char *text)
{
	vis(out, text && *text ? text : "?", text && *text ? strlen(text) : 1, true);
}

static void put_local(struct buf *out, const struct report *r, const struct sock *s)
{
	const struct unix_name *n = snapshot_name(r->seen, s);
	char text[ENDPOINT_TEXT];

	if (n) {
		put_text(out, n->text);
		return;
	}
	addr_endpoint(&s->local, s->port, snapshot_device(r->seen, s->ifindex), text);
	put_text(out, text);
}

/* An orphan that is not in TIME_WAIT or FIN_WAIT_2 retransmits, and ends when the kernel gives up. */
static bool ends_some_time(const struct sock *s)
{
	return !s->inode && (s->state == STATE_FIN_WAIT_1 || s->state == STATE_FIN_WAIT_2 || s->state == STATE_CLOSING ||
	                     s->state == STATE_LAST_ACK || s->state == STATE_TIME_WAIT);
}

/* Whole seconds, rounded up. */
static void put_left(struct buf *out, const struct sock *s)
{
	int64_t ends = sock_ends_ms(s);

	if (ends < 0)
		buf_puts(out, ends_some_time(s) ? "?" : "-");
	else
		buf_printf(out, "%s%llds", s->state == STATE_TIME_WAIT ? "" : "~",
		           (long long)(ends + MS_PER_SECOND - 1) / MS_PER_SECOND);
}

static void put_holder(struct buf *out, const struct report *r, const struct sock *s)
{
	size_t others;
	const struct process *p = facts_holder(r, s, &others);

	if (!p) {
		buf_puts(out, !s->inode || s->held_by == HELD_KERNEL ? "kernel" : "?");
		return;
	}
	put_text(out, p->comm);
	buf_printf(out, "[%ld]", (long)p->pid);
	if (others)
		buf_printf(out, "+%zu", others);
}

static void put_cause(struct buf *out, const struct report *r, size_t row)
{
	bool blocks = r->rows[row].blocks == YES && r->rows[row].cause >= 0;

	buf_puts(out, blocks ? cause_texts[r->causes[r->rows[row].cause].id].id : "-");
}

static void end(struct buf *out, const char *netns)
{
	if (netns) {
		buf_puts(out, "\t");
		put_text(out, netns);
	}
	buf_puts(out, "\n");
}

/* Appends the line of one socket.  netns: what its namespace is called, raw, where there may be several; NULL: no field. */
void line_row(struct buf *out, const struct report *r, size_t row, const char *netns)
{
	struct sock s = row_sock(r, row);

	buf_printf(out, "%s\t", sock_proto_name((enum proto)s.proto));
	put_local(out, r, &s);
	buf_printf(out, "\t%s\t", sock_state_name(&s));
	put_left(out, &s);
	buf_puts(out, "\t");
	put_holder(out, r, &s);
	buf_puts(out, "\t");
	put_cause(out, r, row);
	end(out, netns);
}

/* The line of what bind() meets where no socket is there: a file that was left, a range without a port. */
void line_alone(struct buf *out, const struct report *r, const char *netns)
{
	const struct target *t = &r->request->target;

	buf_printf(out, "%s\t", sock_proto_name((enum proto)t->proto));
	put_text(out, t->path ? t->path : t->text);
	buf_printf(out, "\t-\t-\t-\t%s", r->ncauses ? cause_texts[r->causes[0].id].id : "-");
	end(out, netns);
}
