/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about how something was found out, and what was not seen. */
#include "out/facts.h"

#include <string.h>
#include <sys/socket.h>

static void put_sockets(struct buf *out, const struct scope *scope)
{
	unsigned long n = 0;

	for (size_t i = 0; i < scope->report->seen->nsocks; i++)
		n += scope->report->seen->socks[i].count;
	buf_printf(out, "%lu", n);
}

static void put_source(struct buf *out, const struct scope *scope)
{
	if (gap_has(&scope->report->seen->gaps, GAP_UNIX_DIAG)) {
		buf_puts(out, "/proc/net/unix");
		return;
	}
	buf_puts(out, gap_has(&scope->report->seen->gaps, GAP_SOCK_DIAG) ? "/proc/net/tcp" : "sock_diag (netlink)");
}

static void put_holders(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->report->seen->owners.nprocesses);
}

static void put_trials(struct buf *out, const struct scope *scope)
{
	static const char *const names[MIXES] = {"plain", "SO_REUSEADDR", "SO_REUSEPORT", "both"};
	const struct snapshot *seen = scope->report->seen;

	for (size_t i = 0; i < seen->nprobes; i++) {
		const struct probe *p = &seen->probes[i];
		char text[ADDR_TEXT];

		if (!p->addr.family) {
			buf_puts(out, p->err ? facts_errno(p->err) : "it works");
			continue;
		}
		addr_format(&p->addr, text);
		buf_printf(out, p->addr.family == AF_INET6 ? "%s[%s]" : "%s%s", i ? ", " : "", text);
		buf_printf(out, " %s %s", names[p->mix], p->err ? facts_errno(p->err) : "works");
	}
}

static void put_object(struct buf *out, const struct scope *scope)
{
	if (scope->gap && scope->gap->object)
		facts_raw(out, scope->gap->object, scope);
}

static void put_more(struct buf *out, const struct scope *scope)
{
	if (scope->gap && scope->gap->count > 1)
		buf_printf(out, " and %zu more", scope->gap->count - 1);
}

static void put_fd_tables(struct buf *out, const struct scope *scope)
{
	if (scope->gap && scope->gap->count > 1)
		buf_printf(out, "fd tables of %zu processes", scope->gap->count);
	else
		buf_printf(out, "fd table of pid %s", scope->gap && scope->gap->object ? scope->gap->object : "?");
}

/* What hides something, where that is known: the first, and how many more. */
static void put_hindrance(struct buf *out, const struct scope *scope)
{
	if (!scope->gap || !scope->gap->object)
		return;
	buf_puts(out, " (");
	facts_raw(out, scope->gap->object, scope);
	if (scope->gap->count > 1)
		buf_printf(out, " and %zu more", scope->gap->count - 1);
	buf_puts(out, ")");
}

/* WSL's kernels call themselves so ("5.15.167.4-microsoft-standard-WSL2"). */
static void put_windows(struct buf *out, const struct scope *scope)
{
	const char *release = scope->report->seen->host.release;

	if (release && strstr(release, "-microsoft"))
		buf_puts(out, windows_hint);
}

static const struct locality *nearest(const struct scope *scope)
{
	const struct locality *l = snapshot_locality(scope->report->seen, &scope->report->request->target.addr);

	return l && l->nearest.family ? l : NULL;
}

/* An interface has the very address. */
static bool is_here(const struct scope *scope)
{
	const struct locality *l = nearest(scope);

	return l && addr_same(&l->nearest, &l->addr);
}

static void put_no_address(struct buf *out, const struct scope *scope)
{
	facts_expand(out, no_address_texts[is_here(scope)], scope);
}

static void put_nearest(struct buf *out, const struct scope *scope)
{
	if (nearest(scope))
		facts_expand(out, nearest_texts[is_here(scope)], scope);
}

static void put_nearest_address(struct buf *out, const struct scope *scope)
{
	char text[ADDR_TEXT] = "?";

	if (nearest(scope))
		addr_format(&nearest(scope)->nearest, text);
	buf_puts(out, text);
}

static void put_nearest_device(struct buf *out, const struct scope *scope)
{
	facts_raw(out, nearest(scope) ? nearest(scope)->device : "?", scope);
}

/* The device that the socket would be bound to, the host that it would be connected to. */
static void put_asked_ends(struct buf *out, const struct scope *scope)
{
	const struct request *q = scope->report->request;
	char to[ENDPOINT_TEXT];

	if (q->target.ifindex && !strchr(q->target.text, '%')) {
		buf_puts(out, "--device=");
		facts_raw(out, q->target.device, scope);
		buf_puts(out, " ");
	}
	if (q->to.family) {
		addr_endpoint(&q->to, q->to_port, snapshot_device(scope->report->seen, q->to_ifindex), to);
		buf_puts(out, "--to=");
		facts_raw(out, to, scope);
		buf_puts(out, " ");
	}
}

/* The options that ask for the same socket; nothing where none was given. */
static void put_asked(struct buf *out, const struct scope *scope)
{
	const struct request *q = scope->report->request;

	if (q->target.proto == PROTO_UNIX)
		return;
	if (q->family && !q->to.family)
		buf_puts(out, q->family == AF_INET ? "-4 " : "-6 ");
	buf_puts(out, mixes[q->mix].reuseaddr ? "--reuseaddr " : "");
	buf_puts(out, mixes[q->mix].reuseport ? "--reuseport " : "");
	buf_puts(out, q->v6only ? "--v6only " : "");
	if (q->as_user)
		buf_printf(out, "--user=%u ", q->uid);
	put_asked_ends(out, scope);
}

const struct fact facts_look[] = {
    {"sockets", put_sockets}, {"source", put_source}, {"holders", put_holders}, {"trials", put_trials},
    {"object", put_object},   {"fdtables", put_fd_tables}, {"hindrance", put_hindrance}, {"more", put_more}, {"windows", put_windows},
    {"noaddress", put_no_address}, {"nearest", put_nearest}, {"nearestaddress", put_nearest_address}, {"nearestdevice", put_nearest_device},
    {"asked", put_asked}, {NULL, NULL},
};
