/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that a terminal shows while "portwhy wait" waits. */
#include "out/progress.h"

#include <errno.h>

#include "base/vis.h"
#include "model/unix.h"
#include "out/color.h"
#include "out/facts.h"
#include "out/wrap.h"
#include "text/text.h"

enum { CELLS = 10 };

/* The cause that ends last, where timers end all of them; otherwise the first. */
static const struct cause *last_cause(const struct report *r)
{
	for (size_t i = 0; i < r->ncauses; i++)
		for (size_t k = 0; rows_next(&r->causes[i].socks, &k); k++) {
			struct sock s = row_sock(r, k);

			if (r->clears_in_ms >= 0 && sock_ends_ms(&s) == r->clears_in_ms)
				return &r->causes[i];
		}
	return r->ncauses ? r->causes : NULL;
}

static enum progress_text text_of(const struct report *r, const struct cause *c)
{
	if (r->err == EADDRNOTAVAIL && !r->connect.decides)
		return PROGRESS_ADDRESS;
	if (!r->request->target.port && r->request->target.proto == PROTO_TCP)
		return PROGRESS_EXHAUSTED;
	switch (c ? c->id : CAUSES) {
	case CAUSE_LISTENER:
	case CAUSE_UNIX_LISTENER:
		return PROGRESS_LISTENS;
	case CAUSE_UNIX_BOUND:
	case CAUSE_UNIX_ABSTRACT:
	case CAUSE_UDP_SOCKET:
		return PROGRESS_HOLDS;
	case CAUSE_UNIX_ELSEWHERE:
	case CAUSE_UNIX_STALE_PATH:
	case CAUSE_UNIX_NOT_A_SOCKET:
		return PROGRESS_FILE;
	case CAUSE_INVISIBLE_HOLDER:
		return PROGRESS_UNSEEN;
	default:
		break;
	}
	if (!c || !c->socks.n)
		return PROGRESS_OTHER;
	return c->first->inode ? PROGRESS_HOLDS : PROGRESS_STATE;
}

/* What keeps bind() from working, and who, of a report that is not free: "tcp 9877: TIME_WAIT". */
void progress_subject(struct buf *out, const struct report *r, const struct style *style)
{
	struct scope scope = {.report = r, .cause = last_cause(r), .style = style};

	facts_expand(out, progress_texts[text_of(r, scope.cause)], &scope);
}

/* Time goes down to the second that has begun; where no timer runs, up. */
static void put_time(struct buf *out, const struct progress *p)
{
	if (p->left < 0 && p->waited < 0) {
		/* Nothing to say. */
	} else if (p->left < 0) {
		buf_puts(out, ", waited ");
		facts_duration(out, p->waited - p->waited % 1000);
	} else if (!p->left) {
		buf_puts(out, ", due");
	} else {
		buf_puts(out, p->about ? ", about " : ", ");
		facts_duration(out, (p->left + 999) / 1000 * 1000);
		buf_puts(out, " left");
	}
	if (p->more)
		buf_printf(out, " (and %zu more)", p->more);
}

static void put_bar(struct buf *out, const struct progress *p, const struct style *style)
{
	int64_t gone = p->whole > 0 && p->left <= p->whole ? CELLS * (p->whole - p->left) / p->whole : 0;
	size_t start;

	buf_puts(out, "  [");
	start = out->len;
	for (int i = 0; i < CELLS; i++)
		buf_puts(out, i < gone ? (style->ascii ? "#" : "\xe2\x96\x88") : style->ascii ? "." : "\xe2\x96\x91");
	color_from(out, start, ROLE_HERE, style);
	buf_puts(out, "]");
}

/* As much of the text as fits into the columns; "..." stands for the rest. */
static void put_cut(struct buf *out, const char *text, size_t columns)
{
	struct buf all = {0};
	size_t fits = 0;
	unsigned int c;

	buf_puts(&all, text);
	if (wrap_columns(all.s, all.len) <= columns) {
		buf_puts(out, text);
		buf_free(&all);
		return;
	}
	for (size_t n; fits < all.len; fits += n) {
		n = utf8_decode(all.s + fits, all.len - fits, &c);
		n = n ? n : 1;
		if (wrap_columns(all.s, fits + n) + 3 > columns)
			break;
	}
	buf_add(out, text, fits);
	buf_puts(out, &"..."[columns < 3 ? 3 - columns : 0]);
	buf_free(&all);
}

/* "tcp 9877: TIME_WAIT, 42 s left" */
void progress_words(struct buf *out, const struct progress *p)
{
	buf_puts(out, p->subject);
	put_time(out, p);
}

/*
 * The words, and a bar where a timer runs, in fewer columns than the terminal
 * has: a line that fills the last one would wrap.  The bar goes first where there
 * is no room, then the end of the subject, the time last.
 */
void progress_line(struct buf *out, const struct progress *p, const struct style *style)
{
	enum { BAR = CELLS + 4, SUBJECT = 16 };
	size_t room = style->width ? style->width - 1 : 0, used;
	struct buf time = {0};
	bool bar;

	buf_puts(&time, "");
	put_time(&time, p);
	used = wrap_columns(time.s, time.len);
	bar = p->left >= 0 && used + BAR + SUBJECT <= room;
	used += bar ? BAR : 0;
	put_cut(out, p->subject, used < room ? room - used : 0);
	put_cut(out, time.s, room < used ? room : used);
	if (bar)
		put_bar(out, p, style);
	buf_free(&time);
}
