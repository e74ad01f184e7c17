/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement beyond single pairs: results, verdicts, what is wanted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "tests/unit/judged.h"
#include "tests/unit/suite.h"

START_TEST(test_free_is_tried)
{
	struct fixture f = begin();

	ck_assert(again(&f));
	ck_assert_int_eq(f.r.verdict, FREE);
	ck_assert_uint_eq(f.want.nprobes, 1); /* one a round: [::], then 0.0.0.0 */
	ck_assert_uint_eq(f.want.probes[0].mix, MIX_PLAIN);
	ck_assert_uint_eq(f.want.probes[0].addr.family, AF_INET6);
	f.request.probe = PROBE_NEVER;
	ck_assert(!again(&f));
	f.request.probe = PROBE_ALWAYS;
	ck_assert(again(&f));
	for (size_t i = 0; i < MIXES; i++) {
		static const unsigned int order[MIXES] = {MIX_PLAIN, MIX_REUSEPORT, MIX_BOTH, MIX_REUSEADDR};

		ck_assert(again(&f));
		ck_assert_uint_eq(f.want.nprobes, 1);
		ck_assert_uint_eq(f.want.probes[0].mix, order[i]);
		scene_probe_all(&f.seen, order[i], 0);
	}
	ck_assert(!again(&f));
	end(&f);
}
END_TEST

/* What the rules decide is not tried: only what a port may remember of SO_REUSEPORT is open. */
START_TEST(test_taken_is_not_tried)
{
	struct fixture f = begin();

	scene_owner(&f.seen, scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
	refuse_reuseport(&f);
	ck_assert_uint_eq(f.seen.nprobes, 2); /* the memory of one mix is that of both */
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_int_eq(f.r.err, EADDRINUSE);
	ck_assert_uint_eq(f.r.ncauses, 1);
	ck_assert_int_eq(f.r.causes[0].id, CAUSE_LISTENER);
	end(&f);
}
END_TEST

/* Owners first, then the options behind their descriptors, then probes. */
START_TEST(test_rounds)
{
	struct fixture f = begin();
	struct sock *s;

	s = scene_sock(&f.seen, STATE_CLOSE, "0.0.0.0", NULL);
	f.seen.owners_read = f.seen.options_read = false;
	ck_assert(again(&f));
	ck_assert(f.want.owners && !f.want.noptions && !f.want.nprobes);
	f.seen.owners_read = true;
	ck_assert(again(&f));
	ck_assert(!f.want.owners && f.want.noptions == 1 && f.want.options[0] == 0 && !f.want.nprobes);
	f.seen.options_read = true; /* they could not be read */
	ck_assert(again(&f));
	ck_assert(!f.want.owners && !f.want.noptions);
	for (size_t i = 0; i < 2; i++) { /* plain is taken whatever the options are; the refusals tell what they are */
		static const unsigned int order[] = {MIX_REUSEPORT, MIX_BOTH};

		ck_assert_uint_eq(f.want.nprobes, 1);
		ck_assert_uint_eq(f.want.probes[0].mix, order[i]);
		scene_probe_all(&f.seen, order[i], EADDRINUSE);
		again(&f);
	}
	ck_assert(!again(&f));
	f.seen.nprobes = 0;
	s->reuseaddr = s->reuseport = NO;
	refuse_reuseport(&f);
	ck_assert_uint_eq(f.seen.nprobes, 2);
	end(&f);
}
END_TEST

/* A quiet run on a listener needs neither owners nor options nor a probe of the requested mix. */
START_TEST(test_quiet_listener)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL);
	f.seen.owners_read = f.seen.options_read = false;
	ck_assert(!judge(&f.r, &f.request, &f.seen, false, &f.want));
	ck_assert_int_eq(f.r.verdict, TAKEN);
	end(&f);
}
END_TEST

/* Options of 3 connections beside their listener change no result: read once, for what a kill leaves; not by who asks no more. */
START_TEST(test_children_of_a_listener)
{
	struct fixture f = begin();

	scene_owner(&f.seen, scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
	for (int i = 0; i < 3; i++) {
		struct sock *s = scene_sock(&f.seen, STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1");

		s->inode = 8000 + (uint32_t)i;
		s->uid = 1000;
	}
	f.seen.options_read = false;
	ck_assert(!judge(&f.r, &f.request, &f.seen, false, &f.want));
	ck_assert(again(&f));
	ck_assert_uint_eq(f.want.noptions, 3);
	f.seen.options_read = true;
	refuse_reuseport(&f);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_uint_eq(f.r.ncauses, 1);
	ck_assert_uint_eq(f.r.causes[0].socks.n, 4);
	end(&f);
}
END_TEST

/* The bucket's memory: nothing shows it, so "blocked" is not certain with SO_REUSEPORT until it was refused. */
START_TEST(test_reuseport_memory)
{
	struct fixture f = begin();

	scene_owner(&f.seen, scene_sock(&f.seen, STATE_CLOSE, "127.0.0.1", NULL), 4711, "a");
	f.request.probe = PROBE_NEVER;
	ck_assert(!again(&f));
	ck_assert_int_eq(result(&f, 0, MIX_PLAIN), EADDRINUSE);
	ck_assert_int_eq(result(&f, 0, MIX_REUSEADDR), EADDRINUSE);
	ck_assert_int_eq(result(&f, 0, MIX_REUSEPORT), RESULT_UNKNOWN);
	ck_assert_int_eq(f.r.binds[MIX_BOTH].doubt, DOUBT_MEMORY);
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEPORT, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(result(&f, 0, MIX_BOTH), EADDRINUSE); /* by the rules: the memory has nothing for us */
	ck_assert_int_eq(result(&f, 1, MIX_BOTH), RESULT_UNKNOWN);
	f.seen.nprobes = 0;
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEADDR, 0); /* wipes it */
	scene_probe(&f.seen, "::", MIX_REUSEPORT, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(result(&f, 1, MIX_BOTH), RESULT_UNKNOWN);
	end(&f);
}
END_TEST

/* Where kernels differ the answer is open until a trial, or how this kernel goes, is known. */
START_TEST(test_quirks)
{
	static const struct {
		const char *what, *local, *asked;
		size_t quirk;
		enum sock_state state;
		unsigned int mix;
		enum tri v6only;
		int rule; /* what the result is where this kernel keeps to the rule */
		const char *second;
	} rows[] = {
	    {"TIME_WAIT", "127.0.0.1", "127.0.0.1", offsetof(struct quirks, time_wait_unseen), STATE_TIME_WAIT, MIX_PLAIN,
	     NO, EADDRINUSE, NULL},
	    {"mapped", "::ffff:127.0.0.1", "127.0.0.1", offsetof(struct quirks, mapped_unseen), STATE_LISTEN, MIX_PLAIN, NO,
	     EADDRINUSE, NULL},
	    {"mapped wildcard", "::ffff:0.0.0.0", "::ffff:127.0.0.1", offsetof(struct quirks, mapped_any_unseen), STATE_LISTEN,
	     MIX_PLAIN, NO, EADDRINUSE, NULL},
	    {"v6only", "::", "127.0.0.1", offsetof(struct quirks, v6only_meets_v4), STATE_LISTEN, MIX_PLAIN, YES, RESULT_OK,
	     NULL},
	    {"hidden wildcard", "::", "127.0.0.1", offsetof(struct quirks, v6only_hides_any), STATE_LISTEN, MIX_PLAIN, YES,
	     EADDRINUSE, "0.0.0.0"},
	    {"127.0.0.6", "::1", "127.0.0.6", offsetof(struct quirks, loopback6_collides), STATE_CLOSE_WAIT, MIX_PLAIN, NO,
	     RESULT_OK, NULL},
	    {"cleared SO_REUSEADDR", "127.0.0.1", "0.0.0.0", offsetof(struct quirks, reuseaddr_memory), STATE_CLOSE,
	     MIX_REUSEADDR, NO, EADDRINUSE, NULL},
	};
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, rows[_i].state, rows[_i].local, rows[_i].state == STATE_CLOSE ? NULL : "::2");

	s->v6only = (uint8_t)rows[_i].v6only;
	s->reuseaddr = s->reuseport = NO;
	if (rows[_i].second)
		scene_sock(&f.seen, STATE_LISTEN, rows[_i].second, NULL);
	ck_assert(addr_parse(rows[_i].asked, &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = YES};
	f.seen.nlocalities = 1;
	f.request.probe = PROBE_NEVER;
	f.request.mix = rows[_i].mix;
	ck_assert(!again(&f));
	ck_assert_msg(result(&f, 0, rows[_i].mix) == rows[_i].rule, "%s: %d", rows[_i].what, result(&f, 0, rows[_i].mix));
	f.seen.quirks_read = false;
	for (enum tri quirk = UNKNOWN; quirk <= YES; quirk += 2) {
		((uint8_t *)&f.seen.quirks)[rows[_i].quirk] = (uint8_t)quirk;
		ck_assert_msg(again(&f) && f.want.quirks, "%s: not asked for", rows[_i].what);
		ck_assert_int_eq(result(&f, 0, rows[_i].mix), RESULT_UNKNOWN);
		ck_assert_int_eq(f.r.binds[rows[_i].mix].doubt, DOUBT_KERNEL);
	}
	gap_add(&f.seen.gaps, GAP_BOUND_ONLY, 0, NULL);
	f.seen.unlisted_read = true;
	ck_assert_msg(again(&f) && f.want.quirks, "%s: not asked for where a socket may be hidden", rows[_i].what);
	gap_close(&f.seen.gaps, GAP_BOUND_ONLY);
	f.request.probe = PROBE_AUTO;
	ck_assert(again(&f) && f.want.quirks && !f.want.nprobes);
	report_free(&f.r);
	judge(&f.r, &f.request, &f.seen, false, &f.want); /* a quiet run asks what is faster first */
	ck_assert(!f.want.quirks && f.want.nprobes);
	f.seen.quirks_read = true; /* and it shows nothing */
	ck_assert(again(&f) && !f.want.quirks && f.want.nprobes);
	end(&f);
}
END_TEST

/* What only the bucket's memory of SO_REUSEADDR lets in fails at listen(). */
START_TEST(test_listen)
{
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, STATE_CLOSE, "127.0.0.1", NULL);

	scene_owner(&f.seen, s, 4711, "node");
	s->reuseaddr = s->reuseport = NO;
	f.seen.quirks.reuseaddr_memory = YES;
	f.request.mix = MIX_REUSEADDR;
	scene_probe(&f.seen, "::", MIX_REUSEPORT, EADDRINUSE);
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEPORT, EADDRINUSE);
	scene_probe_all(&f.seen, MIX_REUSEADDR, 0);
	again(&f);
	ck_assert_int_eq(f.r.verdict, FREE);
	ck_assert_int_eq(f.r.binds[MIX_REUSEADDR].listen, EADDRINUSE);
	ck_assert_int_eq(f.r.binds[MIX_BOTH].listen, RESULT_OK); /* its own bind() is remembered then */
	ck_assert(f.r.notes & 1U << NOTE_LISTEN_REFUSED);
	f.seen.quirks.reuseaddr_memory = NO; /* then it has gone meanwhile */
	again(&f);
	ck_assert_int_eq(f.r.binds[MIX_REUSEADDR].listen, RESULT_OK);
	ck_assert(!(f.r.notes & 1U << NOTE_LISTEN_REFUSED));
	end(&f);
}
END_TEST

static const struct {
	const char *asked, *addr;
	enum sock_state state;
	unsigned int others, note;
} others[] = {
    {"127.0.0.1", "127.0.0.2", STATE_LISTEN, 1, 1U << NOTE_OTHER_ADDRESS},
    {"127.0.0.1", "127.0.0.2", STATE_TIME_WAIT, 1, 1U << NOTE_OTHER_ADDRESS},
    {"127.0.0.1", "::1", STATE_LISTEN, 1, 1U << NOTE_OTHER_ADDRESS},
    {"127.0.0.1", "127.0.0.2", STATE_NEW_SYN_RECV, 0, 0}, /* it holds nothing */
    {"127.0.0.1", "127.0.0.1", STATE_LISTEN, 0, 0},       /* that is taken */
    {"127.0.0.1", "::", STATE_LISTEN, 0, 0},
    {"0.0.0.0", "::1", STATE_LISTEN, 1, 1U << NOTE_OTHER_ADDRESS},
};

/* A free port: who has it on an address that is not met. */
START_TEST(test_other_address)
{
	struct fixture f = begin();
	bool live = others[_i].state == STATE_LISTEN;

	scene_sock(&f.seen, others[_i].state, others[_i].addr, live ? NULL : "127.0.0.1")->v6only = tri_of(!strcmp(others[_i].addr, "::1"));
	ck_assert(addr_parse(others[_i].asked, &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = YES};
	f.seen.nlocalities = 1;
	again(&f);
	ck_assert_uint_eq(f.r.others.n, others[_i].others);
	ck_assert_uint_eq(f.r.notes & 1U << NOTE_OTHER_ADDRESS, others[_i].note);
	end(&f);
}
END_TEST

/* Only EADDRINUSE hangs on what a bucket remembers: any other refusal stands, whatever was tried before it. */
START_TEST(test_other_refusal)
{
	struct fixture f = begin();

	scene_owner(&f.seen, scene_sock(&f.seen, STATE_CLOSE, "127.0.0.1", NULL), 4711, "node");
	f.seen.quirks.reuseaddr_memory = YES;
	f.request.mix = MIX_REUSEADDR;
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEPORT, 0);
	scene_probe(&f.seen, "::", MIX_REUSEADDR, _i ? EPERM : EADDRINUSE);
	again(&f);
	ck_assert_int_eq(result(&f, 1, MIX_REUSEADDR), _i ? EPERM : RESULT_UNKNOWN);
	end(&f);
}
END_TEST

/* Each gap that could hide a socket makes "free" unsure until a bind() was tried; never "taken". */
START_TEST(test_gaps)
{
	static const enum gap_kind hiding[] = {GAP_BOUND_ONLY, GAP_DUMP_CUT, GAP_PROC_NET};
	struct fixture f = begin();

	gap_add(&f.seen.gaps, hiding[_i], EPERM, NULL);
	f.request.probe = PROBE_NEVER;
	ck_assert(again(&f) == (hiding[_i] == GAP_BOUND_ONLY) && f.want.unlisted == (hiding[_i] == GAP_BOUND_ONLY));
	f.seen.unlisted_read = true;
	ck_assert(!again(&f));
	ck_assert_int_eq(f.r.verdict, UNSURE);
	ck_assert_int_eq(f.r.clears, CLEARS_UNKNOWN);
	f.request.probe = PROBE_AUTO;
	ck_assert(again(&f));
	ck_assert_uint_eq(f.want.nprobes, 1);
	scene_probe_all(&f.seen, MIX_PLAIN, 0); /* tells all */
	ck_assert(!again(&f));
	ck_assert_int_eq(result(&f, 1, MIX_REUSEPORT), RESULT_OK);
	ck_assert_int_eq(f.r.verdict, FREE);
	scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL)->uid = 0;
	f.seen.nprobes = 0;
	again(&f);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	end(&f);
}
END_TEST

START_TEST(test_other_gaps_hide_nothing)
{
	struct fixture f = begin();

	gap_add(&f.seen.gaps, GAP_FD_TABLE, EACCES, "1");
	gap_add(&f.seen.gaps, GAP_SOCKET_OPTIONS, EPERM, "pid 1");
	again(&f);
	ck_assert_int_eq(f.r.verdict, FREE);
	end(&f);
}
END_TEST

/* EACCES hides the conflict from the caller; the sockets are still the first cause and the verdict taken. */
START_TEST(test_privileged)
{
	struct fixture f = begin();

	f.request.target.port = 80;
	again(&f);
	ck_assert_int_eq(f.r.verdict, REFUSED);
	ck_assert_int_eq(f.r.err, EACCES);
	ck_assert_int_eq(f.r.causes[0].id, CAUSE_PRIVILEGED_PORT);
	scene_owner(&f.seen, scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "nginx");
	again(&f);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_int_eq(f.r.err, EACCES);
	ck_assert_uint_eq(f.r.ncauses, 2);
	ck_assert_int_eq(f.r.causes[0].id, CAUSE_LISTENER);
	ck_assert_int_eq(f.r.causes[1].id, CAUSE_PRIVILEGED_PORT);
	ck_assert_uint_eq(f.r.binds[0].blocked_by.n, 1);
	f.seen.host.may_bind_low = true;
	again(&f);
	ck_assert_int_eq(f.r.err, EADDRINUSE);
	end(&f);
}
END_TEST

/* IPv4 looks at the address before the privilege, IPv6 after it. */
START_TEST(test_order_of_errors)
{
	static const struct {
		const char *addr;
		int err;
	} rows[] = {{"192.0.2.1", EADDRNOTAVAIL}, {"2001:db8::1", EACCES}};
	struct fixture f = begin();

	f.request.target.port = 80;
	ck_assert(addr_parse(rows[_i].addr, &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = NO};
	f.seen.nlocalities = 1;
	again(&f);
	ck_assert_int_eq(f.r.verdict, REFUSED);
	ck_assert_msg(f.r.err == rows[_i].err, "%s: %d", rows[_i].addr, f.r.err);
	end(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("judge");

	add_table(suite, "free is tried", test_free_is_tried, 1);
	add_table(suite, "taken is not tried", test_taken_is_not_tried, 1);
	add_table(suite, "rounds", test_rounds, 1);
	add_table(suite, "quiet listener", test_quiet_listener, 1);
	add_table(suite, "children of a listener", test_children_of_a_listener, 1);
	add_table(suite, "reuseport memory", test_reuseport_memory, 1);
	add_table(suite, "quirks", test_quirks, 7);
	add_table(suite, "listen", test_listen, 1);
	add_table(suite, "other refusal", test_other_refusal, 2);
	add_table(suite, "other address", test_other_address, COUNT(others));
	add_table(suite, "gaps", test_gaps, 3);
	add_table(suite, "other gaps", test_other_gaps_hide_nothing, 1);
	add_table(suite, "privileged", test_privileged, 1);
	add_table(suite, "order of errors", test_order_of_errors, 2);
	return run_suite(suite);
}
