/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about a connection: its other end, who opened it, what is under way. */
#include "out/facts.h"

static void put_peer(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	char text[ENDPOINT_TEXT];

	if (!s || sock_is_rest(s))
		return;
	addr_endpoint(&s->peer, s->peer_port, NULL, text);
	buf_puts(out, text);
}

static void put_peer_state(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope), *p = s ? snapshot_peer(scope->report->seen, s) : NULL;

	buf_puts(out, p ? sock_state_name(p) : "?");
}

static void put_state(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	buf_puts(out, s ? sock_state_name(s) : "?");
}

/* "probably" where it is inferred. */
static void put_opened(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->cause && scope->cause->inferred ? "probably opened" : "opened");
}

static void put_uses(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->cause && scope->cause->inferred ? "probably uses" : "uses");
}

static void put_is(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->cause && scope->cause->inferred ? "is probably" : "is");
}

static void put_range(struct buf *out, const struct scope *scope)
{
	const struct host *h = &scope->report->seen->host;

	buf_printf(out, "%u to %u", h->ephemeral_first, h->ephemeral_last);
}

static void put_retransmits(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	buf_printf(out, "%u", s ? s->retransmits : 0);
}

static void put_unread(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	buf_printf(out, "%u", s ? sock_unread(s) : 0);
}

static void put_remote(struct buf *out, const struct scope *scope)
{
	size_t n = scope->report->seen->remote_lingering;

	buf_printf(out, "%zu connection%s", n, n == 1 ? "" : "s");
}

static void put_linger(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->report->seen->remote_lingering == 1 ? "lingers" : "linger");
}

static void put_they_do(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->report->seen->remote_lingering == 1 ? "it does" : "they do");
}

/* See out/facts.h. */
const struct fact facts_connection[] = {
    {"peer", put_peer},
    {"state", put_state},
    {"peerstate", put_peer_state},
    {"opened", put_opened},
    {"peeropened", put_opened},
    {"uses", put_uses},
    {"is", put_is},
    {"range", put_range},
    {"retransmits", put_retransmits},
    {"unread", put_unread},
    {"remote", put_remote},
    {"linger", put_linger},
    {"theydo", put_they_do},
    {NULL, NULL},
};
