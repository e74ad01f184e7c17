/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about a connect(): where to, from where, and why not. */
#include "out/facts.h"

#include <errno.h>
#include <sys/socket.h>

#include "text/text.h"

static void put_to(struct buf *out, const struct scope *scope)
{
	const struct request *q = scope->report->request;
	char text[ENDPOINT_TEXT];

	addr_endpoint(&q->to, q->to_port, NULL, text);
	buf_puts(out, text);
}

static void put_bare(struct buf *out, const struct addr *a)
{
	char text[ADDR_TEXT];

	addr_format(a, text);
	buf_printf(out, a->family == AF_INET6 ? "[%s]" : "%s", text);
}

static void put_from(struct buf *out, const struct scope *scope)
{
	put_bare(out, &scope->report->connect.from);
}

/* The source address, where the target does not say it. */
static void put_whence(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	if (!r->connect.from.family || addr_equal(&r->connect.from, &r->request->target.addr))
		return;
	buf_puts(out, " from ");
	put_bare(out, &r->connect.from);
}

static void put_to_port(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->request->to_port);
}

/* What that errno of connect() means. */
static void put_means(struct buf *out, const struct scope *scope)
{
	static const struct {
		int err;
		enum route_reason reason;
	} reasons[] = {
	    {ENETUNREACH, ROUTE_NONE},  {EHOSTUNREACH, ROUTE_UNREACHABLE}, {EINVAL, ROUTE_NOT_FROM_HERE},
	    {EACCES, ROUTE_PROHIBITED}, {EPERM, ROUTE_DENIED},             {EADDRNOTAVAIL, ROUTE_NO_SOURCE},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].err == scope->report->err)
			buf_puts(out, route_reason_texts[reasons[i].reason]);
}

static void put_old_state(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	buf_puts(out, r->connect.blocked_by.n ? sock_state_name(&r->rows[r->connect.blocked_by.v[0]].s) : "?");
}

/* See out/facts.h. */
const struct fact facts_to[] = {
    {"to", put_to},         {"toport", put_to_port}, {"from", put_from},          {"whence", put_whence},
    {"means", put_means},   {"oldstate", put_old_state}, {NULL, NULL},
};
