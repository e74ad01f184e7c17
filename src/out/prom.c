/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics in the text exposition format of Prometheus (version 0.0.4), for the
 * textfile collector of node_exporter.  All series of a metric stand together, as
 * the format wants.  Their number hangs on what was asked and on nothing that
 * is found: every state, role, verdict and kind has its series, 0 too.
 */
#include "out/prom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/vis.h"
#include "base/xalloc.h"
#include "text/text.h"

enum { MS_PER_SECOND = 1000 };

static const char *const verdict_words[] = {[FREE] = "free", [UNSURE] = "unsure", [REFUSED] = "refused", [TAKEN] = "taken"};

/*
 * Appends NAME="VALUE" to labels that begin with a brace.  Backslash, quote and
 * newline are escaped as the format wants; what steers a terminal or is not UTF-8
 * (which Prometheus does not take) has become \xHH before.
 */
void prom_label(struct buf *out, const char *name, const char *value)
{
	struct buf shown = {0};

	for (const char *line = value;; line++) {
		size_t len = strcspn(line, "\n");

		vis(&shown, line, len, false);
		line += len;
		if (!*line)
			break;
		buf_puts(&shown, "\n");
	}
	buf_printf(out, "%s%s=\"", out->s[out->len - 1] == '{' ? "" : ",", name);
	for (size_t i = 0; i < shown.len; i++) {
		char c = shown.s[i];

		if (c == '\\' || c == '"' || c == '\n')
			buf_puts(out, "\\");
		buf_add(out, c == '\n' ? "n" : &c, 1);
	}
	buf_puts(out, "\"");
	buf_free(&shown);
}

/* What stands above the series of a metric. */
static void put_head(struct buf *out, enum metric m)
{
	const struct metric_text *t = &metric_texts[m];

	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", t->name, t->help, t->name);
}

/* Appends the metric that body has the series of, if there is one, and empties body. */
static void put_metric(struct buf *out, enum metric m, struct buf *body)
{
	if (body->len) {
		put_head(out, m);
		buf_add(out, body->s, body->len);
	}
	body->len = 0;
}

/* One series up to its value: the labels that all of the same subject have, then (name not NULL) one more. */
static void begin(struct buf *out, enum metric m, const struct buf *labels, const char *name, const char *value)
{
	buf_puts(out, metric_texts[m].name);
	buf_add(out, labels->s, labels->len);
	if (name)
		prom_label(out, name, value);
}

static void close_labels(struct buf *out)
{
	if (out->s[out->len - 1] == '{')
		out->len--;
	else
		buf_puts(out, "}");
}

static void end(struct buf *out, uint64_t value)
{
	close_labels(out);
	buf_printf(out, " %llu\n", (unsigned long long)value);
}

static void end_seconds(struct buf *out, int64_t ms)
{
	close_labels(out);
	buf_printf(out, " %lld.%03lld\n", (long long)ms / MS_PER_SECOND, (long long)ms % MS_PER_SECOND);
}

/* Of a namespace that somebody has named: its name, or else its inode. */
static void put_netns(struct buf *labels, const struct report *r)
{
	const struct netns *ns = r->request->netns;
	char inode[24];

	if (!ns)
		return;
	snprintf(inode, sizeof inode, "%llu", (unsigned long long)(ns->inode ? ns->inode : r->seen->host.netns));
	prom_label(labels, "netns", ns->name ? ns->name : inode);
}

/* Which states a socket of that protocol can be in; one that this version does not know is shown where there is one. */
static bool has_state(uint8_t proto, int state)
{
	if (state == SHOWN_OTHER)
		return false;
	if (proto == PROTO_UDP)
		return state == SHOWN_UNCONN || state == SHOWN_ESTABLISHED;
	if (proto == PROTO_UNIX)
		return state == SHOWN_LISTEN || state == SHOWN_BOUND || state == SHOWN_ESTABLISHED;
	return state != SHOWN_UNCONN;
}

static void put_states(struct buf *out, enum metric m, const struct buf *labels, uint8_t proto,
                       const uint64_t counts[static SHOWN_STATES])
{
	for (int state = 0; state < SHOWN_STATES; state++) {
		if (!counts[state] && !has_state(proto, state))
			continue;
		begin(out, m, labels, "state", state == SHOWN_OTHER ? "other" : sock_shown_name((enum shown_state)state));
		end(out, counts[state]);
	}
}

/* ---- all ports ---- */

enum role { ROLE_SERVER, ROLE_LINGERING, ROLE_OUTGOING, ROLE_OTHER, ROLES };

static enum role role_of(const struct overview_port *p)
{
	bool lives = false;

	if (p->states[SHOWN_LISTEN] || p->states[SHOWN_UNCONN])
		return ROLE_SERVER;
	for (int state = 0; state < SHOWN_STATES; state++)
		lives |= p->states[state] && !overview_is_lingering((enum shown_state)state);
	return !lives ? ROLE_LINGERING : p->outgoing ? ROLE_OUTGOING : ROLE_OTHER;
}

/* What is counted of the ports of one protocol; binds: without and with SO_REUSEADDR, by enum tri of whether it fails. */
struct tally {
	uint64_t states[SHOWN_STATES], roles[ROLES], binds[2][YES + 1];
};

static struct tally tally_of(const struct overview *o, uint8_t proto)
{
	struct tally t = {0};

	for (size_t i = 0; i < o->n; i++) {
		const struct overview_port *p = &o->v[i];

		if (p->proto != proto)
			continue;
		for (int state = 0; state < SHOWN_STATES; state++)
			t.states[state] += p->states[state];
		t.roles[role_of(p)]++;
		t.binds[0][p->fails]++;
		t.binds[1][p->reuseaddr_fails]++;
	}
	return t;
}

static void put_roles(struct buf *out, const struct buf *labels, const struct tally *t)
{
	static const char *const words[ROLES] = {
	    [ROLE_SERVER] = "server", [ROLE_LINGERING] = "lingering", [ROLE_OUTGOING] = "outgoing", [ROLE_OTHER] = "other"};

	for (int role = 0; role < ROLES; role++) {
		begin(out, METRIC_PORTS, labels, "role", words[role]);
		end(out, t->roles[role]);
	}
}

static void put_binds(struct buf *out, const struct buf *labels, const struct tally *t)
{
	static const char *const words[] = {[NO] = "works", [YES] = "fails", [UNKNOWN] = "unsure"};

	for (int with = 0; with < 2; with++)
		for (int result = 0; result <= YES; result++) {
			begin(out, METRIC_BIND_PORTS, labels, "reuseaddr", with ? "yes" : "no");
			prom_label(out, "result", words[result]);
			end(out, t->binds[with][result]);
		}
}

/* One of the metrics of an overview that are told for each protocol. */
static void put_by_proto(struct buf *out, enum metric m, const struct buf *labels, const struct prom_place *place)
{
	for (uint8_t proto = 0; proto < PROTOS; proto++) {
		struct tally t = tally_of(place->overview, proto);
		struct buf with_proto = {0};

		if (!place->overview->asked[proto])
			continue;
		buf_add(&with_proto, labels->s, labels->len);
		prom_label(&with_proto, "proto", sock_proto_name((enum proto)proto));
		if (m == METRIC_SOCKETS)
			put_states(out, m, &with_proto, proto, t.states);
		else if (m == METRIC_PORTS)
			put_roles(out, &with_proto, &t);
		else
			put_binds(out, &with_proto, &t);
		buf_free(&with_proto);
	}
}

static void put_ephemeral(struct buf *out, enum metric m, const struct buf *labels, const struct prom_place *place)
{
	const struct host *h = &place->about.seen->host;
	const struct overview *o = place->overview;

	if (!h->ephemeral_first || (m != METRIC_EPHEMERAL && !place->overview->asked[PROTO_TCP]))
		return;
	begin(out, m, labels, NULL, NULL);
	end(out, m == METRIC_EPHEMERAL      ? h->ephemeral_last - h->ephemeral_first + 1U
	         : m == METRIC_EPHEMERAL_USED ? o->in_range
	                                      : o->outgoing);
}

static void put_time_wait_end(struct buf *out, enum metric m, const struct buf *labels, const struct prom_place *place)
{
	int64_t latest = 0;

	if (!place->overview->asked[PROTO_TCP])
		return;
	for (size_t i = 0; i < place->overview->n; i++)
		if (place->overview->v[i].time_wait > latest)
			latest = place->overview->v[i].time_wait;
	begin(out, m, labels, NULL, NULL);
	end_seconds(out, latest);
}

static void put_gaps(struct buf *out, enum metric m, const struct buf *labels, const struct prom_place *place)
{
	const struct gaps *gaps = &place->about.seen->gaps;

	for (int kind = 0; kind < GAP_KINDS; kind++) {
		uint64_t n = 0;

		for (size_t i = 0; i < gaps->n; i++)
			n += (int)gaps->v[i].kind == kind ? gaps->v[i].count : 0;
		begin(out, m, labels, "kind", gap_ids[kind]);
		end(out, n);
	}
}

/* Appends the metrics of the overview; of a namespace that may not be entered only that it is a gap. */
void prom_overview(struct buf *out, const struct prom_place *places, size_t n)
{
	static const struct {
		enum metric m;
		void (*put)(struct buf *out, enum metric m, const struct buf *labels, const struct prom_place *place);
	} rows[] = {
	    {METRIC_SOCKETS, put_by_proto},     {METRIC_PORTS, put_by_proto},          {METRIC_BIND_PORTS, put_by_proto},
	    {METRIC_EPHEMERAL, put_ephemeral},  {METRIC_EPHEMERAL_USED, put_ephemeral}, {METRIC_EPHEMERAL_OUTGOING, put_ephemeral},
	    {METRIC_TIME_WAIT_END, put_time_wait_end}, {METRIC_GAPS, put_gaps},
	};
	struct buf body = {0};

	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
		for (size_t i = 0; i < n; i++) {
			bool closed = gap_has(&places[i].about.seen->gaps, GAP_NETNS);
			struct buf labels = {0};

			buf_puts(&labels, "{");
			put_netns(&labels, &places[i].about);
			if (!closed || rows[row].m == METRIC_GAPS)
				rows[row].put(&body, rows[row].m, &labels, &places[i]);
			buf_free(&labels);
		}
		put_metric(out, rows[row].m, &body);
	}
	buf_free(&body);
}

/* ---- targets ---- */

/* The answers to one target, and the labels by which its series differ from those of others. */
struct subject {
	const struct range *range;
	const struct report *look; /* whose request and look stand for all */
	struct buf labels;
};

/* The options of the socket that would be bound, as far as they are not the usual ones. */
static void put_options(struct buf *labels, const struct request *q)
{
	char text[80];
	const char *family = q->family && !q->to.family ? q->family == AF_INET ? ",ipv4" : ",ipv6" : "";

	snprintf(text, sizeof text, "%s%s%s%s", mixes[q->mix].reuseaddr ? ",reuseaddr" : "",
	         mixes[q->mix].reuseport ? ",reuseport" : "", q->v6only ? ",v6only" : "", family);
	if (*text)
		prom_label(labels, "options", text + 1);
	snprintf(text, sizeof text, "%u", q->uid);
	if (q->as_user)
		prom_label(labels, "uid", text);
}

static void put_addresses(struct buf *labels, const struct request *q)
{
	char text[ADDR_TEXT], to[ENDPOINT_TEXT];

	if (q->target.addr.family) {
		addr_format(&q->target.addr, text);
		prom_label(labels, "addr", text);
	}
	if (*q->target.device)
		prom_label(labels, "device", q->target.device);
	if (q->to.family) {
		addr_endpoint(&q->to, q->to_port, NULL, to);
		prom_label(labels, "to", to);
	}
}

static struct subject subject_of(const struct range *range)
{
	struct subject s = {.range = range, .look = range->about};
	const struct request *q = s.look->request;

	if (!q->one_of_many)
		s.look = range->reports[0];
	buf_puts(&s.labels, "{");
	put_netns(&s.labels, s.look);
	prom_label(&s.labels, "target", q->target.text);
	prom_label(&s.labels, "proto", sock_proto_name((enum proto)q->target.proto));
	if (q->target.proto == PROTO_UNIX)
		prom_label(&s.labels, "type", q->target.type == SOCK_DGRAM ? "dgram" : "stream");
	put_addresses(&s.labels, q);
	put_options(&s.labels, q);
	return s;
}

/* The same target named twice has its series once, for Prometheus takes none twice. */
static bool is_new(const struct subject *subjects, size_t n, const struct subject *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(subjects[i].labels.s, s->labels.s))
			return false;
	return true;
}

static void put_verdict(struct buf *out, enum metric m, const struct subject *s)
{
	enum verdict worst = FREE;

	for (size_t i = 0; i < s->range->n; i++)
		if (s->range->reports[i]->verdict > worst)
			worst = s->range->reports[i]->verdict;
	for (int v = FREE; v <= TAKEN; v++) {
		begin(out, m, &s->labels, "verdict", verdict_words[v]);
		end(out, v == (int)worst);
	}
}

static void put_ports(struct buf *out, enum metric m, const struct subject *s)
{
	uint64_t counts[TAKEN + 1] = {0};

	if (!s->look->request->one_of_many)
		return;
	for (size_t i = 0; i < s->range->n; i++)
		counts[s->range->reports[i]->verdict]++;
	counts[FREE] = s->range->ports - s->range->not_free;
	counts[REFUSED] = s->range->not_free - counts[UNSURE] - counts[TAKEN];
	for (int v = FREE; v <= TAKEN; v++) {
		begin(out, m, &s->labels, "verdict", verdict_words[v]);
		end(out, counts[v]);
	}
}

/* Of several ports the last; one that never is counts more than one of which it is not known. */
static void put_clears(struct buf *out, enum metric m, const struct subject *s)
{
	bool never = false, unknown = false;
	int64_t latest = 0;

	for (size_t i = 0; i < s->range->n; i++) {
		const struct report *r = s->range->reports[i];

		never |= r->clears == CLEARS_NEVER;
		unknown |= r->clears == CLEARS_UNKNOWN;
		latest = r->clears_in_ms > latest ? r->clears_in_ms : latest;
	}
	begin(out, m, &s->labels, NULL, NULL);
	if (!never && !unknown) {
		end_seconds(out, latest);
		return;
	}
	close_labels(out);
	buf_puts(out, never ? " +Inf\n" : " NaN\n");
}

/* Not of target 0, which is every port of the range. */
static void put_sockets(struct buf *out, enum metric m, const struct subject *s)
{
	const struct target *t = &s->look->request->target;
	uint64_t counts[SHOWN_STATES] = {0};

	if ((t->proto != PROTO_UNIX && !t->port) || gap_has(&s->look->seen->gaps, GAP_NETNS))
		return;
	for (size_t i = 0; i < s->range->n; i++) {
		const struct report *r = s->range->reports[i];

		for (size_t k = 0; k < r->nrows; k++) {
			struct sock one = row_sock(r, k);

			counts[sock_shown_state(&one)] += one.count;
		}
	}
	put_states(out, m, &s->labels, t->proto, counts);
}

static bool has_gap(const struct report *r, const char *affects)
{
	for (size_t i = 0; i < r->seen->gaps.n; i++)
		if (!strcmp(gap_texts[r->seen->gaps.v[i].kind].affects, affects))
			return true;
	return false;
}

static void put_target_gaps(struct buf *out, enum metric m, const struct subject *s)
{
	static const char *const words[] = {"verdict", "detail"};

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		bool any = has_gap(s->look, words[w]);

		for (size_t i = 0; i < s->range->n; i++)
			any |= has_gap(s->range->reports[i], words[w]);
		begin(out, m, &s->labels, "affects", words[w]);
		end(out, any);
	}
}

static void put_subjects(struct buf *out, const struct subject *subjects, size_t n)
{
	static const struct {
		enum metric m;
		void (*put)(struct buf *out, enum metric m, const struct subject *s);
	} rows[] = {
	    {METRIC_TARGET_VERDICT, put_verdict},  {METRIC_TARGET_PORTS, put_ports},     {METRIC_TARGET_CLEARS, put_clears},
	    {METRIC_TARGET_SOCKETS, put_sockets}, {METRIC_TARGET_GAPS, put_target_gaps},
	};
	struct buf body = {0};

	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
		for (size_t i = 0; i < n; i++)
			rows[row].put(&body, rows[row].m, &subjects[i]);
		put_metric(out, rows[row].m, &body);
	}
	buf_free(&body);
}

/*
 * Appends the metrics of targets: of a range or list as one, of which every port
 * that is not free or has a socket must be among the reports.  Ranges without
 * about are left out.
 */
void prom_targets(struct buf *out, const struct range *ranges, size_t n)
{
	struct subject *subjects = xcalloc(n + 1, sizeof *subjects);
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		if (!ranges[i].about)
			continue;
		subjects[known] = subject_of(&ranges[i]);
		if (is_new(subjects, known, &subjects[known]))
			known++;
		else
			buf_free(&subjects[known].labels);
	}
	put_subjects(out, subjects, known);
	for (size_t i = 0; i < known; i++)
		buf_free(&subjects[i].labels);
	free(subjects);
}
