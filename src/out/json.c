/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON document of the interface, built with jansson; the keys stand in the order that the interface gives. */
#define _GNU_SOURCE
#include "out/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/msg.h"
#include "base/vis.h"
#include "out/facts.h"
#include "out/json_bytes.h"
#include "out/json_connect.h"
#include "out/json_suspects.h"
#include "out/lang.h"
#include "text/text.h"

static const char *const verdicts[] = {[FREE] = "free", [UNSURE] = "unsure", [REFUSED] = "refused", [TAKEN] = "taken"};
static const char *const clears_names[] = {
    [CLEARS_NOW] = "now",     [CLEARS_TIMER] = "timer",     [CLEARS_ESTIMATE] = "estimate",
    [CLEARS_NEVER] = "never", [CLEARS_UNKNOWN] = "unknown",
};
static const char *const holders[] = {
    [HELD_UNKNOWN] = "unknown", [HELD_PROCESS] = "process", [HELD_KERNEL] = "kernel", [HELD_HIDDEN] = "hidden"};

/* The name of a verdict, as in the JSON. */
const char *json_verdict(enum verdict v)
{
	return verdicts[v];
}

static json_t *expanded(const char *text, const struct scope *scope)
{
	struct buf b = {0};
	json_t *value;

	facts_expand(&b, text, scope);
	value = json_bytes(b.s ? b.s : "");
	buf_free(&b);
	return value;
}

static json_t *tri(enum tri t)
{
	return t == UNKNOWN ? json_null() : json_boolean(t == YES);
}

static json_t *number_or_null(int64_t n)
{
	return n < 0 ? json_null() : json_integer(n);
}

static json_t *address(const struct addr *a)
{
	char text[ADDR_TEXT];

	if (!a->family)
		return json_null();
	addr_format(a, text);
	return json_string(text);
}

static json_t *unix_type(unsigned int type)
{
	return json_string(type == SOCK_DGRAM ? "dgram" : type == SOCK_SEQPACKET ? "seqpacket" : "stream");
}

static json_t *target(const struct target *t)
{
	json_t *o = json_object();

	json_set_bytes(o, "text", t->text);
	json_set(o, "proto", json_string(sock_proto_name((enum proto)t->proto)));
	json_set(o, "addr", address(&t->addr));
	json_set(o, "port", t->path ? json_null() : json_integer(t->port));
	json_set(o, "device", t->ifindex ? json_bytes(t->device) : json_null());
	json_set_bytes(o, "path", t->path);
	if (t->path)
		json_set(o, "type", unix_type(t->type));
	return o;
}

static json_t *result_of(int result)
{
	return json_string(result == RESULT_OK ? "ok" : result == RESULT_UNKNOWN ? "unknown" : facts_errno(result));
}

static json_t *listen_of(const struct report *r, const struct bind *b)
{
	if (b->result != RESULT_OK || r->request->target.proto != PROTO_TCP)
		return json_null();
	return json_string(b->listen == RESULT_OK        ? "ok"
	                   : b->listen == RESULT_UNKNOWN ? "unknown"
	                                                 : facts_errno(b->listen));
}

static void put_bind(struct json_stream *st, const struct report *r, const struct bind *b)
{
	json_t *o = json_object();

	if (r->request->target.path)
		json_set_bytes(o, "addr", r->request->target.path);
	else
		json_set(o, "addr", address(&b->addr));
	json_set(o, "reuseaddr", json_boolean(mixes[b->mix].reuseaddr));
	json_set(o, "reuseport", json_boolean(mixes[b->mix].reuseport));
	json_set(o, "v6only", json_boolean(r->request->v6only && b->addr.family == AF_INET6));
	json_set(o, "result", result_of(b->result));
	json_set(o, "listen", listen_of(r, b));
	json_set(o, "by", json_string(b->by_probe ? "probe" : "rules"));
	json_set(o, "unknown", b->doubt ? json_string(doubt_texts[b->doubt].id) : json_null());
	json_stream_open(st, NULL, '{');
	json_stream_members(st, o);
	json_stream_rows(st, "blocked_by", &b->blocked_by);
	json_stream_close(st, '}');
}

static json_t *endpoint(const struct addr *a, uint16_t port)
{
	json_t *o = json_object();

	json_set(o, "addr", address(a));
	json_set(o, "port", json_integer(port));
	return o;
}

static json_t *step(const struct story_step *s, const struct sock *sock)
{
	json_t *o = json_object();
	bool timed = s->timed && sock->state == STATE_TIME_WAIT && sock->expires_ms >= 0;

	json_set(o, "at_ms", timed ? json_integer(sock->expires_ms - 60000) : json_null());
	json_set(o, "end", json_string(s->end));
	json_set(o, "event", json_string(s->event));
	json_set(o, "segment", s->segment ? json_string(s->segment) : json_null());
	json_set(o, "state", json_string(s->state));
	return o;
}

static json_t *story(const struct cause *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < story_texts[c->story].nsteps; i++)
		json_append(array, step(&story_texts[c->story].steps[i], c->first));
	return array;
}

/* What to do: for good, or where the language says that it is done already, that. */
static json_t *fix_words(const struct fix *f, enum language lang, const struct scope *scope)
{
	struct buf b = {0};
	json_t *value = NULL;

	if (lang_fix_text(&b, f->id, !f->permanent, lang, scope))
		value = json_bytes(b.s);
	buf_free(&b);
	return value ? value : expanded(fix_texts[f->id].text, scope);
}

static json_t *fix(const struct fix *f, const struct scope *scope, enum language asked)
{
	const struct fix_text *text = &fix_texts[f->id];
	enum language guess = lang_of(scope, asked), lang = guess ? guess : LANG_C;
	const char *code = lang_snippet(f->id, &lang, scope)->code;
	json_t *o = json_object();

	json_set(o, "id", json_string(text->id));
	json_set(o, "text", fix_words(f, lang, scope));
	json_set(o, "helps_now", json_boolean(f->helps_now));
	json_set(o, "permanent", json_boolean(f->permanent));
	json_set(o, "command", text->command ? expanded(text->command, scope) : json_null());
	json_set(o, "code", code ? expanded(code, scope) : json_null());
	return o;
}

static void put_cause(struct json_stream *st, const struct report *r, const struct cause *c, enum language lang)
{
	struct scope scope = {.report = r, .cause = c};
	const struct cause_text *text = &cause_texts[c->id];
	bool many = c->socks.n > 1 || (c->first && c->first->count > 1);
	json_t *o = json_object(), *facets = json_array();

	for (size_t i = 0; i < FACETS; i++)
		if (c->facets & FACET_BIT(i))
			json_append(facets, json_string(facet_texts[i].id));
	json_set(o, "id", json_string(text->id));
	json_set(o, "certainty", json_string(c->inferred ? "inferred" : "proof"));
	json_set(o, "title", expanded(text->title, &scope));
	json_set(o, "text", expanded(many && text->many ? text->many : text->one, &scope));
	json_stream_open(st, NULL, '{');
	json_stream_members(st, o);
	json_stream_rows(st, "sockets", &c->socks);
	json_stream_value(st, "facets", facets);
	json_stream_value(st, "story", story(c));
	json_stream_open(st, "fixes", '[');
	for (size_t i = 0; i < c->nfixes; i++)
		json_stream_value(st, NULL, fix(&c->fixes[i], &scope, lang));
	json_stream_close(st, ']');
	json_stream_close(st, '}');
}

static json_t *local(const struct snapshot *seen, const struct sock *s)
{
	const struct unix_name *n = snapshot_name(seen, s);
	json_t *o = n ? json_object() : endpoint(&s->local, s->port);

	if (n) {
		json_set_bytes(o, "path", n->text);
		json_set(o, "type", unix_type(n->type));
		return o;
	}
	json_set(o, "device", json_bytes(snapshot_device(seen, s->ifindex)));
	return o;
}

static json_t *timer(const struct sock *s)
{
	json_t *o;

	if (s->timer == TIMER_NONE)
		return json_null();
	o = json_object();
	json_set(o, "kind", json_string(sock_timer_name(s)));
	json_set(o, "expires_ms", number_or_null(s->expires_ms));
	return o;
}

/* How it holds the socket, where not by a descriptor of its own. */
static const char *const vias[VIAS] = {[VIA_TASK] = "task", [VIA_IO_URING] = "io-uring"};

static json_t *owner(const struct owner *own, const struct process *p)
{
	json_t *o = json_object(), *args = json_array(), *parents = json_array();
	bool valid = true;
	char letter[2] = {p->state, '\0'};

	for (size_t i = 0; i < p->ncmdline; i++) {
		json_append(args, json_bytes(p->cmdline[i]));
		valid &= utf8_valid(p->cmdline[i], strlen(p->cmdline[i]));
	}
	for (size_t i = 0; i < p->nparents; i++) {
		json_t *parent = json_object();

		json_set(parent, "pid", json_integer(p->parents[i].pid));
		json_set_bytes(parent, "comm", p->parents[i].comm);
		json_append(parents, parent);
	}
	json_set(o, "pid", json_integer(p->pid));
	json_set(o, "fd", json_integer(own->fd));
	if (own->via != VIA_FD)
		json_set(o, "via", json_string(vias[own->via]));
	if (own->tid)
		json_set(o, "tid", json_integer(own->tid));
	json_set_bytes(o, "comm", p->comm);
	json_set_bytes(o, "exe", p->exe);
	json_set(o, "cmdline", args);
	if (!valid) {
		json_t *twins = json_array();

		for (size_t i = 0; i < p->ncmdline; i++)
			json_append(twins, json_hex(p->cmdline[i]));
		json_set(o, "cmdline_bytes_hex", twins);
	}
	json_set_bytes(o, "cwd", p->cwd);
	json_set(o, "uid", p->uid == UID_UNKNOWN ? json_null() : json_integer(p->uid));
	json_set_bytes(o, "user", p->user);
	json_set(o, "state", p->state ? json_string(letter) : json_null());
	json_set(o, "cloexec", tri(own->cloexec));
	json_set_bytes(o, "unit", p->unit);
	json_set_bytes(o, "container", p->container);
	json_set(o, "parents", parents);
	return o;
}

static json_t *owners(const struct snapshot *seen, const struct sock *s)
{
	json_t *array = json_array();
	size_t n;
	const struct owner *o = owners_of(&seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++)
		json_append(array, owner(&o[i], &seen->owners.processes[o[i].process]));
	return array;
}

static json_t *cgroup_path_of(const struct snapshot *seen, const struct sock *s)
{
	const struct cgroup *g = snapshot_cgroup(seen, s->cgroup);

	return json_bytes(g ? g->path : NULL);
}

static json_t *sock(const struct report *r, const struct sock *s, enum tri blocks, enum tri matches)
{
	bool rest = sock_is_rest(s), connected = !rest && s->peer_port;
	bool aged = !rest && s->state == STATE_TIME_WAIT && s->expires_ms >= 0;
	json_t *o = json_object();
	char cookie[24];

	snprintf(cookie, sizeof cookie, "%llu", (unsigned long long)s->cookie);
	json_set(o, "proto", json_string(sock_proto_name((enum proto)s->proto)));
	json_set(o, "state", json_string(sock_state_name(s)));
	json_set(o, "blocks", tri(blocks));
	if (matches != UNKNOWN)
		json_set(o, "matches", json_boolean(matches == YES));
	json_set(o, "held_by", json_string(holders[s->held_by]));
	json_set(o, "local", local(r->seen, s));
	json_set(o, "peer", connected ? endpoint(&s->peer, s->peer_port) : json_null());
	json_set(o, "timer", timer(s));
	json_set(o, "age_ms", aged ? json_integer(60000 - s->expires_ms) : json_null());
	json_set(o, "uid", s->uid == UID_UNKNOWN ? json_null() : json_integer(s->uid));
	json_set(o, "inode", rest || !s->inode ? json_null() : json_integer(s->inode));
	json_set(o, "cookie", rest || !s->cookie ? json_null() : json_string(cookie));
	json_set(o, "reuseaddr", tri((enum tri)s->reuseaddr));
	json_set(o, "reuseport", tri((enum tri)s->reuseport));
	json_set(o, "v6only", tri((enum tri)s->v6only));
	json_set(o, "cgroup", cgroup_path_of(r->seen, s));
	json_set(o, "owners", owners(r->seen, s));
	json_suspects(o, r->seen, s);
	json_set(o, "count", json_integer(s->count));
	return o;
}

static json_t *row(const struct report *r, size_t i)
{
	struct sock s = row_sock(r, i);

	return sock(r, &s, (enum tri)r->rows[i].blocks, (enum tri)r->rows[i].matches);
}

/* What was not seen by the look of that report. */
json_t *json_gaps(const struct report *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->seen->gaps.n; i++) {
		const struct gap *g = &r->seen->gaps.v[i];
		struct scope scope = {.report = r, .gap = g};
		json_t *o = json_object();

		json_set(o, "what", expanded(gap_texts[g->kind].what, &scope));
		json_set(o, "errno", g->err ? json_string(facts_errno(g->err)) : json_null());
		json_set(o, "consequence", expanded(gap_texts[g->kind].consequence, &scope));
		json_set(o, "affects", json_string(gap_texts[g->kind].affects));
		json_append(array, o);
	}
	return array;
}

/* A network namespace by its inode (0: not known) and name (ns may be NULL). */
json_t *json_netns(uint64_t inode, const struct netns *ns)
{
	json_t *o = json_object();

	json_set(o, "inode", inode ? json_integer((json_int_t)inode) : json_null());
	json_set_bytes(o, "name", ns ? ns->name : NULL);
	return o;
}

/* Those of one other network namespace; they are no rows of the report. */
static json_t *socks_elsewhere(const struct report *r, const struct elsewhere *e)
{
	const struct report there = {.request = r->request, .seen = r->seen->others};
	json_t *array = json_array();

	for (size_t i = 0; i < e->n; i++)
		json_append(array, sock(&there, &there.seen->socks[e->first + i], NO, UNKNOWN));
	return array;
}

static json_t *note(enum note_id id, const struct scope *scope)
{
	const struct elsewhere *e = scope->elsewhere;
	json_t *o = json_object();

	json_set(o, "id", json_string(note_texts[id].id));
	json_set(o, "text", expanded(note_texts[id].text, scope));
	json_set(o, "sockets", e ? socks_elsewhere(scope->report, e) : json_array());
	json_set(o, "netns", e ? json_netns(e->ns.inode, &e->ns) : json_null());
	return o;
}

static json_t *notes(const struct report *r)
{
	json_t *array = json_array();
	struct scope scope = {.report = r};

	for (size_t i = 0; i < NOTES; i++)
		if (r->notes & 1U << i && i != NOTE_OTHER_NETNS)
			json_append(array, note((enum note_id)i, &scope));
	for (size_t i = 0; r->notes & 1U << NOTE_OTHER_NETNS && i < r->seen->nelsewhere; i++)
		json_append(array, note(NOTE_OTHER_NETNS, &(struct scope){.report = r, .elsewhere = &r->seen->elsewhere[i]}));
	return array;
}

static json_t *report_head(const struct report *r)
{
	json_t *o = json_object();

	json_set(o, "target", target(&r->request->target));
	json_set(o, "netns", json_netns(r->seen->host.netns, r->request->netns));
	json_set(o, "verdict", json_string(verdicts[r->verdict]));
	json_set(o, "errno", r->err ? json_string(facts_errno(r->err)) : json_null());
	json_set(o, "clears_in_ms", number_or_null(r->clears_in_ms));
	json_set(o, "late_ms", number_or_null(r->late_ms));
	json_set(o, "clears", json_string(clears_names[r->clears]));
	return o;
}

static void put_report(struct json_stream *st, const struct report *r, enum language lang)
{
	json_stream_open(st, NULL, '{');
	json_stream_members(st, report_head(r));
	json_stream_open(st, "binds", '[');
	for (size_t i = 0; i < r->nbinds; i++)
		put_bind(st, r, &r->binds[i]);
	json_stream_close(st, ']');
	json_stream_value(st, "connect", json_connect(r));
	json_stream_value(st, "ephemeral", json_ephemeral(r));
	json_stream_open(st, "causes", '[');
	for (size_t i = 0; i < r->ncauses; i++)
		put_cause(st, r, &r->causes[i], lang);
	json_stream_close(st, ']');
	json_stream_open(st, "sockets", '[');
	for (size_t i = 0; i < r->nrows; i++)
		json_stream_value(st, NULL, row(r, i));
	json_stream_close(st, ']');
	json_stream_value(st, "gaps", json_gaps(r));
	json_stream_value(st, "notes", notes(r));
	json_stream_close(st, '}');
}

/* The notes that belong to no report: of each range the ports that it does not list. */
static json_t *range_notes(const struct document *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->nranges; i++) {
		struct scope scope = {.report = d->ranges[i].about, .range = &d->ranges[i]};

		if (d->ranges[i].low)
			json_append(array, note(NOTE_LOW_PORTS_REFUSED, &scope));
		if (range_is_exhausted(&d->ranges[i]))
			json_append(array, note(NOTE_RESERVED_EXHAUSTED, &scope));
	}
	return array;
}

/* What every document begins with, at the time of the look. */
json_t *json_head(const struct host *host)
{
	json_t *o = json_object();

	json_set(o, "schema", json_integer(1));
	json_set(o, "version", json_string(VERSION));
	json_set(o, "kernel", json_bytes(host->release));
	json_set(o, "time", json_time(host->now_ms));
	return o;
}

/*
 * Writes the one document of a run: the host as the first report saw it, the worst
 * verdict.  st is a stream with nothing in it yet.
 */
void json_document(struct json_stream *st, const struct document *d)
{
	json_stream_open(st, NULL, '{');
	json_stream_members(st, json_head(d->host));
	json_stream_value(st, "verdict", json_string(verdicts[d->verdict]));
	json_stream_value(st, "notes", range_notes(d));
	json_stream_open(st, "reports", '[');
	for (size_t i = 0; i < d->n; i++)
		put_report(st, d->reports[i], d->lang);
	json_stream_close(st, ']');
	json_stream_close(st, '}');
}
