/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about a connect(): where to, from where, and why not. */
#include "out/facts.h"

#include <errno.h>
#include <string.h>
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

	struct sock old;

	if (!r->connect.blocked_by.n) {
		buf_puts(out, "?");
		return;
	}
	old = row_sock(r, rows_first(&r->connect.blocked_by));
	buf_puts(out, sock_state_name(&old));
}

/* A port that the kernel picks. */

static void put_free_of(struct buf *out, const struct report *r, size_t from, size_t to)
{
	buf_printf(out, "%u of %u ports of the range are free on ", r->pick.free[from], r->pick.ports);
	for (size_t i = from; i < to; i++) {
		buf_puts(out, i > from ? " and " : "");
		put_bare(out, &r->binds[i * MIXES].addr);
	}
}

/* How many are free on each address. */
static void put_picks(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	size_t n = r->nbinds / MIXES;

	if (n < 2 || r->pick.free[0] == r->pick.free[1]) {
		put_free_of(out, r, 0, n);
		return;
	}
	put_free_of(out, r, 0, 1);
	buf_puts(out, ", ");
	put_free_of(out, r, 1, 2);
}

static void put_unused(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->pick.free[0]);
}

static void put_shared(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->pick.open);
}

static void put_pick_ports(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->pick.ports);
}

static void put_reserved(struct buf *out, const struct scope *scope)
{
	if (scope->report->pick.reserved)
		buf_printf(out, " without %u of ip_local_reserved_ports", scope->report->pick.reserved);
}

/* What has to be said of the ports that are reserved already. */
static void put_reserved_too(struct buf *out, const struct scope *scope)
{
	const struct census *c = &scope->report->seen->census;
	enum reserved_too which = c->reserved_read ? RESERVED_NONE : RESERVED_NOT_READ;

	for (unsigned int port = 1; port <= UINT16_MAX && !which; port++)
		if (port_set_has(&c->reserved, (uint16_t)port))
			which = RESERVED_SOME;
	buf_puts(out, reserved_too_texts[which]);
}

static bool is_to_be_reserved(const struct report *r, unsigned int port)
{
	return port == r->request->target.port || port_set_has(&r->seen->census.reserved, (uint16_t)port);
}

/* The port and those that are reserved already, as ip_local_reserved_ports wants them: "80,8000-8010". */
static void put_reserve_these(struct buf *out, const struct scope *scope)
{
	const char *between = "";

	for (unsigned int first = 1, last; first <= UINT16_MAX; first = last + 1) {
		last = first;
		if (!is_to_be_reserved(scope->report, first))
			continue;
		while (last < UINT16_MAX && is_to_be_reserved(scope->report, last + 1))
			last++;
		buf_printf(out, last > first ? "%s%u-%u" : "%s%u", between, first, last);
		between = ",";
	}
}

/* What is on the ports that are taken on one address, or two that are alike. */
static void put_taken(struct buf *out, const struct pick *p, size_t at)
{
	const char *between = "";

	for (uint8_t state = 1; state < STATE_MAX; state++) {
		struct sock like = {.state = state};

		if (!p->states[at][state])
			continue;
		buf_printf(out, "%s%u in %s", between, p->states[at][state], sock_state_name(&like));
		between = ", ";
	}
	buf_puts(out, *between ? "" : "none");
	for (size_t i = 0; i < p->npeers[at]; i++) {
		const struct peer_count *peer = &p->peers[at][i];
		char text[ENDPOINT_TEXT];

		addr_endpoint(&peer->addr, peer->port, NULL, text);
		buf_puts(out, i ? ", " : "; connections: ");
		buf_printf(out, "%s%u to %s", p->at_least[at] ? "at least " : "", peer->n, text);
	}
}

static bool taken_alike(const struct pick *p)
{
	if (memcmp(p->states[0], p->states[1], sizeof p->states[0]) || p->npeers[0] != p->npeers[1])
		return false;
	for (size_t i = 0; i < p->npeers[0]; i++)
		if (p->peers[0][i].n != p->peers[1][i].n || p->peers[0][i].port != p->peers[1][i].port ||
		    !addr_equal(&p->peers[0][i].addr, &p->peers[1][i].addr))
			return false;
	return true;
}

/* The ports that are taken, by state and by peer, on each address judged. */
static void put_taken_ports(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	size_t n = r->connect.asked ? 1 : r->nbinds / MIXES;
	bool alike = n > 1 && taken_alike(&r->pick);

	for (size_t i = 0; i < n; i++) {
		if (!r->connect.asked) {
			buf_puts(out, !i ? "on " : alike ? " and " : "; on ");
			put_bare(out, &r->binds[i * MIXES].addr);
		}
		if (alike && !i)
			continue;
		buf_puts(out, r->connect.asked ? "" : ": ");
		put_taken(out, &r->pick, i);
	}
}

/* Who holds most of them, and how many nobody who may be seen. */
static void put_most(struct buf *out, const struct scope *scope)
{
	const struct snapshot *seen = scope->report->seen;

	for (size_t i = 0; i < seen->census.ntop && i < seen->owners.nprocesses; i++) {
		const struct process *p = &seen->owners.processes[i];

		buf_puts(out, i ? ", " : " Who has most of them: ");
		facts_raw(out, p->comm ? p->comm : "?", scope);
		buf_printf(out, " (pid %ld) %u", (long)p->pid, seen->census.top[i].ports);
	}
	if (seen->census.ntop)
		buf_puts(out, ".");
	if (seen->census.unseen)
		buf_printf(out, " Of %u no process may be seen.", seen->census.unseen);
}

static void put_pick_rule(struct buf *out, const struct scope *scope)
{
	buf_puts(out, pick_rule_texts[scope->report->connect.asked]);
}

static void put_tw_reuse(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->seen->census.tw_reuse);
}

/* A range that has more ports and, while it can, leaves the low ones to servers. */
static void put_wider(struct buf *out, const struct scope *scope)
{
	const struct host *h = &scope->report->seen->host;
	unsigned int first = h->ephemeral_first > 10240 ? 10240 : 1024;

	if (first < h->unprivileged_port_start)
		first = h->unprivileged_port_start;
	buf_printf(out, "%u 65535", first);
}

/* See out/facts.h. */
const struct fact facts_to[] = {
    {"to", put_to},         {"toport", put_to_port}, {"from", put_from},          {"whence", put_whence},
    {"means", put_means},   {"oldstate", put_old_state}, {"picks", put_picks},
    {"unused", put_unused}, {"shared", put_shared}, {"pickports", put_pick_ports}, {"reserved", put_reserved},
    {"reservedtoo", put_reserved_too}, {"reservethese", put_reserve_these},
    {"taken", put_taken_ports}, {"most", put_most}, {"pickrule", put_pick_rule}, {"twreuse", put_tw_reuse}, {"wider", put_wider},
    {NULL, NULL},
};
