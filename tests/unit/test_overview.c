/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the overview says of a port whose sockets are written down, and the order of ports. */
#include "model/overview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "model/slice.h"
#include "out/grid.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

/* One port, judged as cmd/overview.c does. */
struct port_look {
	struct snapshot seen;
	struct request request;
	struct report report;
	struct overview o;
};

static void start(struct port_look *l)
{
	*l = (struct port_look){0};
	scene_start(&l->seen, &l->request);
	l->request.mix = MIX_REUSEADDR;
	l->request.probe = PROBE_NEVER;
}

static const struct overview_port *port_of(struct port_look *l)
{
	struct want want;

	owners_sort(&l->seen.owners);
	judge(&l->report, &l->request, &l->seen, false, &want);
	want_free(&want);
	overview_add(&l->o, &l->report);
	return l->o.v;
}

static void end(struct port_look *l)
{
	overview_free(&l->o);
	report_free(&l->report);
	snapshot_free(&l->seen);
}

/* Each socket is counted, in its state; the totals are their sum. */
START_TEST(test_states)
{
	struct port_look l;
	const struct overview_port *p;

	start(&l);
	scene_listener(&l.seen, &l.request);
	for (int i = 0; i < 25; i++)
		scene_time_wait(&l.seen, "127.0.0.1", "127.0.0.1");
	scene_sock(&l.seen, STATE_CLOSE_WAIT, "127.0.0.1", "127.0.0.1")->count = 7;
	scene_sock(&l.seen, STATE_NEW_SYN_RECV, "127.0.0.1", "127.0.0.1");
	p = port_of(&l);
	ck_assert(p->port == 9877 && p->proto == PROTO_TCP);
	ck_assert(p->states[SHOWN_LISTEN] == 1 && p->states[SHOWN_TIME_WAIT] == 25);
	ck_assert(p->states[SHOWN_CLOSE_WAIT] == 7 && p->states[SHOWN_SYN_RECV] == 1);
	ck_assert_uint_eq(overview_sockets(&l.o), 34);
	ck_assert(l.o.listening == 1 && !l.o.lingering && !l.o.in_range);
	end(&l);
}
END_TEST

/* From the first that ends, folded away or not, to the last; what a process holds has no end. */
START_TEST(test_ends)
{
	struct port_look l;
	const struct overview_port *p;

	start(&l);
	for (int i = 0; i < 30; i++)
		scene_time_wait(&l.seen, "127.0.0.1", "127.0.0.1")->expires_ms = 60000 - 1000 * i;
	p = port_of(&l);
	ck_assert(p->soonest == 31000 && p->latest == 60000 && !p->estimate);
	ck_assert(l.o.lingering == 1);
	end(&l);

	start(&l);
	scene_listener(&l.seen, &l.request);
	p = port_of(&l);
	ck_assert(p->soonest == -1 && p->latest == -1);
	end(&l);

	start(&l);
	scene_time_wait(&l.seen, "127.0.0.1", "127.0.0.1");
	*scene_sock(&l.seen, STATE_FIN_WAIT_2, "127.0.0.1", "127.0.0.2") = (struct sock){
	    .state = STATE_FIN_WAIT_2, .timer = TIMER_TIMEWAIT, .expires_ms = 5000, .port = 9877, .count = 1, .peer_port = 5,
	    .local = scene_addr("127.0.0.1"), .peer = scene_addr("127.0.0.2"), .uid = UID_UNKNOWN, .held_by = HELD_KERNEL};
	p = port_of(&l);
	ck_assert(p->soonest == 5000 && p->latest == 42017 && p->estimate);
	end(&l);
}
END_TEST

/* A process once, however many of the sockets it has; one that was not found, and the kernel. */
START_TEST(test_holders)
{
	struct port_look l;
	const struct overview_port *p;
	struct owners *owners = &l.seen.owners;
	struct sock *s;

	start(&l);
	scene_owner(&l.seen, scene_sock(&l.seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node")->age_ms = 9000;
	scene_owner(&l.seen, scene_sock(&l.seen, STATE_LISTEN, "::", NULL), 4712, "node");
	owners->v = xgrow(owners->v, owners->n, sizeof *owners->v);
	owners->v[owners->n++] = (struct owner){7002, 0, 4, YES, true, VIA_FD, 0};
	p = port_of(&l);
	ck_assert(p->nholders == 2 && !p->kernel && !p->hidden && p->uid == UID_UNKNOWN);
	ck_assert(p->holders[0]->pid == 4711 && p->holders[1]->pid == 4712);
	end(&l);

	start(&l);
	s = scene_sock(&l.seen, STATE_LISTEN, "0.0.0.0", NULL);
	s->held_by = HELD_HIDDEN;
	s->uid = 33;
	scene_time_wait(&l.seen, "127.0.0.1", "127.0.0.1");
	p = port_of(&l);
	ck_assert(!p->nholders && p->hidden && p->kernel && p->uid == 33);
	end(&l);
}
END_TEST

static void listener(struct port_look *l)
{
	scene_listener(&l->seen, &l->request);
}

static void bound_reuse(struct port_look *l)
{
	struct sock *s = scene_sock(&l->seen, STATE_CLOSE, "0.0.0.0", NULL);

	scene_owner(&l->seen, s, 4711, "node");
	s->reuseaddr = YES;
}

static void time_wait(struct port_look *l)
{
	scene_time_wait(&l->seen, "127.0.0.1", "127.0.0.1");
}

static void half_open(struct port_look *l)
{
	scene_sock(&l->seen, STATE_NEW_SYN_RECV, "127.0.0.1", "127.0.0.1");
}

static void low_listener(struct port_look *l)
{
	l->request.target.port = 80;
	scene_owner(&l->seen, scene_sock(&l->seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "nginx");
	l->seen.socks[0].port = 80;
}

static void low_half_open(struct port_look *l)
{
	half_open(l);
	l->request.target.port = l->seen.socks[0].port = 80;
}

static const struct fate {
	const char *name;
	void (*make)(struct port_look *l);
	enum tri fails, reuseaddr_fails;
	enum verdict worst;
} fates[] = {
    {"a listener", listener, YES, YES, TAKEN},
    {"bound, both with SO_REUSEADDR", bound_reuse, YES, NO, TAKEN},
    {"TIME_WAIT of nobody knows whom", time_wait, YES, UNKNOWN, TAKEN},
    {"a request holds nothing", half_open, NO, NO, FREE},
    {"EACCES comes first, a listener is in the way", low_listener, YES, YES, TAKEN},
    {"EACCES alone is about who asks", low_half_open, NO, NO, FREE},
};

START_TEST(test_fails)
{
	const struct fate *fate = &fates[_i];
	struct port_look l;
	const struct overview_port *p;

	start(&l);
	fate->make(&l);
	p = port_of(&l);
	ck_assert_msg(p->fails == fate->fails && p->reuseaddr_fails == fate->reuseaddr_fails, "%s: %d %d", fate->name,
	              (int)p->fails, (int)p->reuseaddr_fails);
	ck_assert_msg(l.o.worst == fate->worst, "%s", fate->name);
	end(&l);
}
END_TEST

/* A connection from port to a peer's port, beside it maybe a server here; whether the port is one of outgoing connections. */
static const struct way {
	const char *name;
	uint16_t port, peer_port, server;
	bool outgoing;
} ways[] = {
    {"to a web server", 40000, 443, 0, true},
    {"from outside the range", 9877, 443, 0, false},
    {"a client of a server in the range that has gone", 50051, 40000, 0, false},
    {"to a server here, in the range", 40000, 50051, 50051, true},
    {"beside a server on the same port", 40000, 443, 40000, false},
    {"the ends of the range", 60999, 443, 0, true},
    {"just behind it", 61000, 443, 0, false},
};

START_TEST(test_outgoing)
{
	const struct way *way = &ways[_i];
	struct snapshot whole = {.host = {.ephemeral_first = 32768, .ephemeral_last = 60999}}, s;

	whole.socks = xcalloc(2, sizeof *whole.socks);
	whole.socks[whole.nsocks++] = (struct sock){.state = STATE_TIME_WAIT, .port = way->port, .peer_port = way->peer_port,
	                                            .peer = scene_addr("192.0.2.1"), .count = 1};
	if (way->server)
		whole.socks[whole.nsocks++] = (struct sock){
		    .state = STATE_LISTEN, .port = way->server, .peer = {.family = whole.socks[0].peer.family}, .count = 1};
	slice_order(&whole);
	slice_of(&s, &whole, way->port);
	ck_assert_msg(overview_is_outgoing(&s, way->port) == way->outgoing, "%s", way->name);
	whole.host.ephemeral_first = 0;
	slice_of(&s, &whole, way->port);
	ck_assert_msg(!overview_is_outgoing(&s, way->port), "%s, the range is not known", way->name);
	snapshot_free(&s);
	snapshot_free(&whole);
}
END_TEST

/* They are counted of TCP alone: the range of UDP is its own. */
START_TEST(test_range)
{
	struct port_look l;

	start(&l);
	l.request.target.port = 40000;
	scene_time_wait(&l.seen, "127.0.0.1", "127.0.0.1");
	l.seen.socks[0].port = 40000;
	l.seen.socks[0].peer_port = 443;
	ck_assert(port_of(&l)->outgoing && l.o.in_range == 1 && l.o.outgoing == 1);
	end(&l);

	start(&l);
	scene_udp(&l.seen, &l.request, "127.0.0.1", "127.0.0.1");
	l.request.target.port = l.seen.socks[0].port = 40000;
	l.seen.socks[0].peer_port = 53;
	ck_assert(port_of(&l)->outgoing && !l.o.in_range && !l.o.outgoing);
	end(&l);
}
END_TEST

START_TEST(test_sort)
{
	static const struct overview_port in[] = {
	    {.port = 443}, {.port = 53, .proto = PROTO_UDP}, {.port = 80}, {.port = 53}, {.port = 65535}, {.port = 1}};
	static const uint16_t out[] = {1, 53, 53, 80, 443, 65535};
	struct overview o = {.n = COUNT(in)};

	o.v = xcalloc(COUNT(in), sizeof *o.v);
	memcpy(o.v, in, sizeof in);
	overview_sort(&o);
	for (size_t i = 0; i < COUNT(out); i++)
		ck_assert_uint_eq(o.v[i].port, out[i]);
	ck_assert(o.v[1].proto == PROTO_TCP && o.v[2].proto == PROTO_UDP);
	overview_free(&o);
	overview_sort(&o);
}
END_TEST

/* A cell beside one of four columns, how wide the grid may be, what becomes of it. */
static const struct folding {
	const char *cell;
	size_t width;
	const char *folded;
} foldings[] = {
    {"1 LISTEN, 2 CLOSE", 30, "1 LISTEN, 2 CLOSE"},
    {"1 LISTEN, 2 CLOSE", 23, "1 LISTEN, 2 CLOSE"},
    {"1 LISTEN, 2 CLOSE", 22, "1 LISTEN,\n2 CLOSE"},
    {"1 LISTEN, 2 CLOSE", 1, "1 LISTEN,\n2 CLOSE"},
    {"aa, bb, cc, dd", 14, "aa, bb,\ncc, dd"},
    {"aa, bb, cc, dd", 10, "aa,\nbb,\ncc,\ndd"},
    {"no comma in it", 10, "no comma in it"},
    {"node (pid 4711), 3 more", 22, "node (pid 4711),\n3 more"},
    {"node (pid 4711), 3 more", 20, "node\n(pid 4711),\n3 more"},
    {"", 1, ""},
};

START_TEST(test_fold)
{
	const struct folding *f = &foldings[_i];
	struct grid g = {.ncolumns = 2};
	struct buf *cells = grid_add_row(&g);

	buf_puts(&cells[0], "PORT");
	buf_puts(&cells[1], "STATES");
	cells = grid_add_row(&g);
	buf_puts(&cells[0], "80");
	buf_puts(&cells[1], f->cell);
	grid_fold(&g, 1, f->width);
	ck_assert_str_eq(g.cells[3].s, f->folded);
	ck_assert_str_eq(g.cells[1].s, "STATES");
	grid_free(&g);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("overview");

	add_table(suite, "states", test_states, 1);
	add_table(suite, "ends", test_ends, 1);
	add_table(suite, "holders", test_holders, 1);
	add_table(suite, "fails", test_fails, COUNT(fates));
	add_table(suite, "outgoing", test_outgoing, COUNT(ways));
	add_table(suite, "range", test_range, 1);
	add_table(suite, "sort", test_sort, 1);
	add_table(suite, "fold", test_fold, COUNT(foldings));
	return run_suite(suite);
}
