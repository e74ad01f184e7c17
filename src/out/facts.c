/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts behind {name} in the texts.  Everything that somebody else chose
 * passes the escaper here.
 */
#define _GNU_SOURCE
#include "out/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/vis.h"
#include "base/xalloc.h"
#include "text/text.h"

/* Appends bytes that somebody else chose: escaped for a terminal, made valid UTF-8 for JSON. */
void facts_raw(struct buf *out, const char *s, const struct scope *scope)
{
	if (scope->style)
		vis(out, s, strlen(s), scope->style->ascii);
	else
		utf8_sanitize(out, s, strlen(s));
}

/* The name of an errno, as errno(3) spells it. */
const char *facts_errno(int err)
{
	const char *name = strerrorname_np(err);

	return name ? name : "an unknown error";
}

/* The oldest process that holds s, NULL if none is known; *others: how many further ones. */
const struct process *facts_holder(const struct report *r, const struct sock *s, size_t *others)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	*others = 0;
	for (size_t i = 1; i < n; i++)
		*others += o[i].process != o[i - 1].process;
	return n ? &r->seen->owners.processes[o->process] : NULL;
}

/* The first socket of the cause at hand; NULL where there is none. */
const struct sock *facts_sock(const struct scope *scope)
{
	return scope->cause ? scope->cause->first : NULL;
}

/* Whole seconds, to the nearest. */
static long long seconds(int64_t ms)
{
	return ms < 0 ? 0 : (long long)((ms + 500) / 1000);
}

/* Appends a span of time in the unit that suits it. */
void facts_duration(struct buf *out, int64_t ms)
{
	long long s = seconds(ms);

	if (s < 120)
		buf_printf(out, "%lld s", s);
	else if (s < 7200)
		buf_printf(out, "%lld min", s / 60);
	else if (s < 2 * 86400)
		buf_printf(out, "%lld h", s / 3600);
	else
		buf_printf(out, "%lld days", s / 86400);
}

static void put_clock(struct buf *out, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	char text[16];

	if (localtime_r(&t, &tm) && strftime(text, sizeof text, "%H:%M:%S", &tm))
		buf_puts(out, text);
}

/* The longest that a socket of the cause stays, or -1. */
static int64_t longest(const struct scope *scope)
{
	int64_t most = -1;

	if (!scope->cause || !scope->cause->socks.n)
		return scope->report->clears_in_ms;
	for (size_t i = 0; rows_next(&scope->cause->socks, &i); i++) {
		struct sock s = row_sock(scope->report, i);
		int64_t ends = sock_ends_ms(&s);

		most = ends > most ? ends : most;
	}
	return most;
}

static void put_left(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	if (s && s->gives_up_ms)
		buf_puts(out, "about ");
	buf_printf(out, "%lld s", seconds(longest(scope)));
}

static void put_clears(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%lld s", seconds(scope->report->clears_in_ms));
}

static void put_span(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	buf_printf(out, "%lld to %lld s", seconds(r->clears_in_ms),
	           (long long)((r->clears_in_ms + r->late_ms + 999) / 1000));
}

static void put_until(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	put_clock(out, r->seen->host.now_ms + r->clears_in_ms + r->late_ms + 999);
}

static int64_t age(const struct scope *scope)
{
	int64_t left = longest(scope);

	return left < 0 || left > 60000 ? 0 : 60000 - left;
}

static void put_age(struct buf *out, const struct scope *scope)
{
	facts_duration(out, age(scope));
}

static void put_since(struct buf *out, const struct scope *scope)
{
	put_clock(out, scope->report->seen->host.now_ms - age(scope));
}

static void put_count(struct buf *out, const struct scope *scope)
{
	unsigned long n = 0;

	for (size_t i = 0; scope->cause && rows_next(&scope->cause->socks, &i); i++)
		n += row_sock(scope->report, i).count;
	buf_printf(out, "%lu", n);
}

static void put_root(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->report->seen->host.own_uid ? "sudo " : "");
}

static void put_address(struct buf *out, const struct addr *a)
{
	char text[ADDR_TEXT];

	addr_format(a, text);
	buf_printf(out, a->family == AF_INET6 ? "[%s]" : "%s", text);
}

static void put_target_address(struct buf *out, const struct scope *scope)
{
	char text[ADDR_TEXT];

	addr_format(&scope->report->request->target.addr, text);
	buf_puts(out, text);
}

static void put_local(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	char text[ENDPOINT_TEXT];

	if (!s)
		return;
	addr_endpoint(&s->local, s->port, NULL, text);
	buf_puts(out, text);
}

static void put_device_name(struct buf *out, const char *name, const struct scope *scope)
{
	buf_puts(out, " on ");
	facts_raw(out, name, scope);
}

/* The type is a part of an abstract name. */
static void put_unix_target(struct buf *out, const struct target *t, const struct scope *scope)
{
	buf_puts(out, "unix ");
	facts_raw(out, t->path, scope);
	if (unix_is_abstract(t->path))
		buf_printf(out, " (%s)", unix_type_text(t->type));
	facts_put_netns(out, scope);
}

static void put_target(struct buf *out, const struct scope *scope)
{
	const struct target *t = &scope->report->request->target;
	char text[ENDPOINT_TEXT];

	if (t->proto == PROTO_UNIX) {
		put_unix_target(out, t, scope);
		return;
	}
	addr_endpoint(&t->addr, t->port, t->ifindex ? t->device : NULL, text);
	buf_printf(out, "%s ", sock_proto_name((enum proto)t->proto));
	if (t->addr.family)
		facts_raw(out, text, scope);
	else
		buf_printf(out, "%u", t->port);
	if (!t->addr.family && t->ifindex)
		put_device_name(out, t->device, scope);
	facts_put_netns(out, scope);
}

/* The options of the requested bind(), so that what is said of it is true. */
static void put_with(struct buf *out, const struct scope *scope)
{
	const struct request *q = scope->report->request;
	const char *lead = " with ";

	if (mixes[q->mix].reuseaddr) {
		buf_printf(out, "%sSO_REUSEADDR", lead);
		lead = " and ";
	}
	if (mixes[q->mix].reuseport) {
		buf_printf(out, "%sSO_REUSEPORT", lead);
		lead = " and ";
	}
	if (q->v6only)
		buf_printf(out, "%sIPV6_V6ONLY", lead);
}

static void put_device(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	const char *name = s ? snapshot_device(scope->report->seen, s->ifindex) : NULL;

	facts_raw(out, name ? name : "?", scope);
}

static void put_ports(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->range ? scope->range->ports : 1);
}

static void put_not_free(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->range ? scope->range->not_free : 1);
}

/* Ports of the range with nothing but TIME_WAIT in the way. */
static void put_waiting(struct buf *out, const struct scope *scope)
{
	size_t n = 0;

	for (size_t i = 0; scope->range && i < scope->range->n; i++) {
		const struct report *r = scope->range->reports[i];

		n += r->ncauses == 1 && (r->causes[0].id == CAUSE_TIME_WAIT || r->causes[0].id == CAUSE_OUTBOUND_TIME_WAIT);
	}
	buf_printf(out, "%zu", n);
}

static void put_low(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%zu", scope->range ? scope->range->low : 1);
}

/* The judged addresses whose result for the requested mix is (or is not) that of the report. */
static size_t put_judged(struct buf *out, const struct report *r, bool like)
{
	size_t n = 0;

	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES) {
		int result = r->binds[i].result == RESULT_UNKNOWN ? 0 : r->binds[i].result;
		bool same = r->verdict == UNSURE ? r->binds[i].result == RESULT_UNKNOWN : result == r->err;

		if (same != like)
			continue;
		buf_puts(out, n++ ? " and " : "");
		put_address(out, &r->binds[i].addr);
	}
	return n;
}

static void put_addresses(struct buf *out, const struct scope *scope)
{
	put_judged(out, scope->report, true);
}

/* Where the families differ: which one is meant. */
static void put_where(struct buf *out, const struct scope *scope)
{
	struct buf other = {0};

	if (put_judged(&other, scope->report, false)) {
		buf_puts(out, " on ");
		put_judged(out, scope->report, true);
		buf_printf(out, " (not on %s)", other.s);
	}
	buf_free(&other);
}

static void put_family(struct buf *out, const struct scope *scope)
{
	buf_puts(out, scope->report->seen->host.has_inet6 == NO ? "IPv6" : "IPv4");
}

static void put_errno(struct buf *out, const struct scope *scope)
{
	buf_puts(out, facts_errno(scope->report->err));
}

static void put_lowest(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->seen->host.unprivileged_port_start);
}

static void put_port(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%u", scope->report->request->target.port);
}

static void put_proto(struct buf *out, const struct scope *scope)
{
	buf_puts(out, sock_proto_name((enum proto)scope->report->request->target.proto));
}

/* What the user typed, without the protocol where the text names it. */
static void put_typed(struct buf *out, const struct scope *scope)
{
	const struct target *t = &scope->report->request->target;
	const char *name = sock_proto_name((enum proto)t->proto), *text = t->text;
	size_t len, own = strlen(name);
	char *bare;

	if (!strncmp(text, name, own) && text[own] == ':')
		text += own + 1;
	len = strlen(text);
	if (len > own && text[len - own - 1] == '/' && !strcmp(text + len - own, name))
		len -= own + 1;
	bare = xasprintf("%.*s", (int)len, text);
	facts_raw(out, bare, scope);
	free(bare);
}

/* The same as a target that means this protocol. */
static void put_argument(struct buf *out, const struct scope *scope)
{
	const struct target *t = &scope->report->request->target;

	if (t->proto == PROTO_UNIX) {
		buf_puts(out, t->type == SOCK_DGRAM ? "-u " : "");
		facts_quote(out, t->text);
		return;
	}
	put_typed(out, scope);
	if (scope->report->request->target.proto == PROTO_UDP)
		buf_puts(out, "/udp");
}

static void put_ss_state(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	switch (s ? s->state : STATE_TIME_WAIT) {
	case STATE_FIN_WAIT_1:
		buf_puts(out, "fin-wait-1");
		break;
	case STATE_FIN_WAIT_2:
		buf_puts(out, "fin-wait-2");
		break;
	case STATE_CLOSING:
		buf_puts(out, "closing");
		break;
	case STATE_LAST_ACK:
		buf_puts(out, "last-ack");
		break;
	default:
		buf_puts(out, "time-wait");
	}
}

static const struct fact facts[] = {
    {"target", put_target},
    {"with", put_with},
    {"device", put_device},
    {"ports", put_ports},
    {"notfree", put_not_free},
    {"low", put_low},
    {"waiting", put_waiting},
    {"where", put_where},
    {"addresses", put_addresses},
    {"errno", put_errno},
    {"lowest", put_lowest},
    {"clears", put_clears},
    {"span", put_span},
    {"left", put_left},
    {"until", put_until},
    {"age", put_age},
    {"since", put_since},
    {"count", put_count},
    {"root", put_root},
    {"local", put_local},
    {"address", put_target_address},
    {"port", put_port},
    {"argument", put_argument},
    {"proto", put_proto},
    {"typed", put_typed},
    {"sstate", put_ss_state},
    {"family", put_family},
    {NULL, NULL},
};

static bool put_fact(struct buf *out, const struct fact *table, const char *name, size_t len,
                     const struct scope *scope)
{
	for (; table->name; table++) {
		if (strlen(table->name) != len || strncmp(table->name, name, len))
			continue;
		table->put(out, scope);
		return true;
	}
	return false;
}

/* Appends text with its {names} filled in; a name that is none stays as it is. */
void facts_expand(struct buf *out, const char *text, const struct scope *scope)
{
	while (*text) {
		size_t plain = strcspn(text, "{"), name = strcspn(text + plain, "}");

		buf_add(out, text, plain);
		text += plain;
		if (!*text)
			return;
		if (text[name] && (put_fact(out, facts, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_who, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_starter, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_look, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_connection, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_to, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_netns, text + 1, name - 1, scope) ||
		                   put_fact(out, facts_unix, text + 1, name - 1, scope) ||
		                   (scope->overview && put_fact(out, facts_overview, text + 1, name - 1, scope))))
			text += name + 1;
		else
			buf_add(out, text++, 1);
	}
}

/* Appends what is left of one socket: "42 s", "~42 s" an estimate, "-" none. */
void facts_left(struct buf *out, const struct sock *s, bool ascii)
{
	int64_t ends = sock_ends_ms(s);

	if (ends < 0) {
		buf_puts(out, "-");
		return;
	}
	if (sock_is_rest(s))
		buf_puts(out, ascii ? "<=" : "\xe2\x89\xa4");
	buf_printf(out, "%s%lld s", s->state == STATE_TIME_WAIT ? "" : "~", seconds(ends));
}
