/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement beyond single pairs: results, verdicts, what is wanted, what probes teach. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "tests/golden/scene.h"
#include "tests/unit/suite.h"

struct fixture {
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;
};

static struct fixture begin(void)
{
	struct fixture f = {0};

	scene_start(&f.seen, &f.request);
	return f;
}

static bool again(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	return judge(&f->r, &f->request, &f->seen, true, &f->want);
}

static void end(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	snapshot_free(&f->seen);
}

/* Answers every trial that is wanted of a mix with SO_REUSEPORT: refused.  Nothing else may be wanted. */
static void refuse_reuseport(struct fixture *f)
{
	while (again(f)) {
		ck_assert(f->want.nprobes && !f->want.owners && !f->want.noptions);
		for (size_t i = 0; i < f->want.nprobes; i++) {
			ck_assert(mixes[f->want.probes[i].mix].reuseport);
			f->seen.probes = xgrow(f->seen.probes, f->seen.nprobes, sizeof *f->seen.probes);
			f->seen.probes[f->seen.nprobes++] =
			    (struct probe){f->want.probes[i].addr, f->want.probes[i].mix, EADDRINUSE};
		}
	}
}

static int result(const struct fixture *f, size_t addr, unsigned int mix)
{
	return f->r.binds[addr * MIXES + mix].result;
}

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

/* Nor is it the answer of an untouched port, but that a socket is in the way all the same: it lacks the option. */
START_TEST(test_forgotten_proves)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	f.seen.quirks.reuseaddr_memory = YES;
	scene_probe(&f.seen, "::", MIX_REUSEPORT, 0);
	scene_probe(&f.seen, "::", MIX_REUSEADDR, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(result(&f, 1, MIX_REUSEADDR), RESULT_UNKNOWN);
	ck_assert_int_eq(f.r.rows[0].s.reuseaddr, NO);
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR));
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

/* A success with SO_REUSEADDR proves the option of the dead socket; the mix "both" then needs no probe. */
START_TEST(test_probe_teaches)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	scene_probe_all(&f.seen, MIX_REUSEADDR, 0);
	ck_assert(!again(&f));
	ck_assert_int_eq(f.r.rows[0].s.reuseaddr, YES);
	ck_assert_int_eq(result(&f, 0, MIX_BOTH), RESULT_OK);
	ck_assert_int_eq(result(&f, 0, MIX_REUSEPORT), RESULT_UNKNOWN); /* too late to ask: the memory was wiped */
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_HAS_REUSEADDR));
	end(&f);
}
END_TEST

/* After a success with SO_REUSEPORT the bucket's memory is ours: 0.0.0.0 may be tried with the same mix, nothing else. */
START_TEST(test_our_memory)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "::1", "::1");
	scene_probe_all(&f.seen, MIX_REUSEADDR, EADDRINUSE);
	scene_probe(&f.seen, "0.0.0.0", MIX_PLAIN, EADDRINUSE);
	scene_probe(&f.seen, "::", _i ? MIX_REUSEPORT : MIX_BOTH, 0);
	ck_assert(again(&f));
	ck_assert_uint_eq(f.want.nprobes, 1);
	ck_assert_uint_eq(f.want.probes[0].mix, _i ? MIX_REUSEPORT : MIX_BOTH);
	ck_assert_uint_eq(f.want.probes[0].addr.family, AF_INET);
	ck_assert_int_eq(result(&f, 0, MIX_BOTH), RESULT_UNKNOWN);
	ck_assert_int_eq(result(&f, 1, MIX_BOTH), RESULT_OK);
	ck_assert_int_eq(result(&f, 1, MIX_REUSEPORT), _i ? RESULT_OK : RESULT_UNKNOWN);
	ck_assert_int_eq(result(&f, 0, MIX_PLAIN), EADDRINUSE);
	end(&f);
}
END_TEST

/* A failure proves the lack only of a socket that alone can be the reason; of several, of their cause. */
START_TEST(test_refusal_teaches)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	scene_probe_all(&f.seen, MIX_REUSEADDR, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(f.r.rows[0].s.reuseaddr, NO);
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR));
	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.2", "127.0.0.1");
	again(&f);
	ck_assert_int_eq(f.r.rows[0].s.reuseaddr, UNKNOWN);
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR));
	scene_sock(&f.seen, STATE_FIN_WAIT_2, "127.0.0.3", "127.0.0.1");
	again(&f);
	ck_assert_uint_eq(f.r.ncauses, 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert(!(f.r.causes[i].facets & (FACET_BIT(FACET_OWNER_LACKED_REUSEADDR) | FACET_BIT(FACET_OWNER_HAS_REUSEADDR))));
	end(&f);
}
END_TEST

/* An IPv6 connection whose v6only nobody knows: a plain bind() of 0.0.0.0 tells. */
START_TEST(test_v6only_is_learned)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "::1", "::1");
	f.request.target.addr = addr_any(2);
	again(&f);
	ck_assert_int_eq(f.r.verdict, UNSURE);
	scene_probe(&f.seen, "0.0.0.0", MIX_PLAIN, _i ? EADDRINUSE : 0);
	again(&f);
	ck_assert_int_eq(f.r.verdict, _i ? TAKEN : FREE);
	ck_assert_int_eq(f.r.rows[0].s.v6only, _i ? NO : YES);
	ck_assert_int_eq(f.r.rows[0].blocks, _i ? YES : NO);
	ck_assert_uint_eq(f.r.ncauses, (unsigned int)_i);
	end(&f);
}
END_TEST

/* The kernel refuses what the rules allow: nothing else they say of that address is believed. */
START_TEST(test_refuted)
{
	static const struct {
		int err;
		enum verdict verdict;
		enum cause_id cause;
	} rows[] = {
	    {EADDRINUSE, TAKEN, CAUSE_INVISIBLE_HOLDER},
	    {EPERM, REFUSED, CAUSE_BIND_DENIED},
	    {EACCES, REFUSED, CAUSE_BIND_DENIED},
	    {EADDRNOTAVAIL, REFUSED, CAUSE_ADDRESS_NOT_LOCAL},
	};
	struct fixture f = begin();

	scene_probe(&f.seen, "0.0.0.0", MIX_PLAIN, rows[_i].err);
	scene_probe(&f.seen, "::", MIX_PLAIN, 0);
	ck_assert(again(&f));
	ck_assert_int_eq(f.r.verdict, rows[_i].verdict);
	ck_assert_int_eq(f.r.causes[0].id, rows[_i].cause);
	ck_assert_int_eq(result(&f, 0, MIX_BOTH), RESULT_UNKNOWN);
	ck_assert_int_eq(result(&f, 1, MIX_BOTH), RESULT_OK);
	ck_assert_uint_eq(f.want.nprobes, 1);
	end(&f);
}
END_TEST

/* A socket that was gone when bind() was tried explains nothing any more. */
START_TEST(test_gone_meanwhile)
{
	struct fixture f = begin();

	scene_owner(&f.seen, scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
	f.request.probe = PROBE_ALWAYS;
	for (unsigned int mix = 0; mix < MIXES; mix++)
		scene_probe_all(&f.seen, mix, 0);
	again(&f);
	ck_assert_int_eq(f.r.verdict, FREE);
	ck_assert_int_eq(f.r.rows[0].blocks, NO);
	ck_assert_uint_eq(f.r.ncauses, 0);
	ck_assert_int_eq(f.r.clears, CLEARS_NOW);
	end(&f);
}
END_TEST

/* Whether what is in the way is of MPTCP is asked once, for the words, where a process holds it. */
START_TEST(test_mptcp)
{
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL);

	f.seen.mptcp_read = false;
	ck_assert(again(&f) && f.want.mptcp);
	s->mptcp = YES;
	again(&f);
	ck_assert(!f.want.mptcp && f.r.causes[0].facets & FACET_BIT(FACET_MPTCP));
	s->mptcp = UNKNOWN;
	s->inode = 0;
	again(&f);
	ck_assert(!f.want.mptcp && !(f.r.causes[0].facets & FACET_BIT(FACET_MPTCP)));
	end(&f);
}
END_TEST

/* Where a socket may be hidden, a refusal proves nothing of the one that is seen. */
START_TEST(test_hidden_suspect)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	gap_add(&f.seen.gaps, GAP_BOUND_ONLY, 0, NULL);
	scene_probe_all(&f.seen, MIX_REUSEADDR, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_int_eq(f.r.rows[0].s.reuseaddr, UNKNOWN);
	ck_assert_uint_eq(f.r.causes[0].facets, 0);
	end(&f);
}
END_TEST

/* Who opened a dead connection is inferred from the ports, and only if no other peer was served. */
START_TEST(test_outbound_time_wait)
{
	static const struct {
		const char *what;
		uint16_t port, peer_port;
		const char *other;
		enum cause_id id;
	} rows[] = {
	    {"a source port", 41000, 443, NULL, CAUSE_OUTBOUND_TIME_WAIT},
	    {"a server's port", 9877, 41918, NULL, CAUSE_TIME_WAIT},
	    {"both ephemeral", 41000, 41918, NULL, CAUSE_TIME_WAIT},
	    {"none ephemeral", 9877, 443, NULL, CAUSE_TIME_WAIT},
	    {"another peer", 41000, 443, "127.0.0.9", CAUSE_TIME_WAIT},
	};
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");

	f.request.target.port = s->port = rows[_i].port;
	s->peer_port = rows[_i].peer_port;
	if (rows[_i].other) {
		s = scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", rows[_i].other);
		s->port = rows[_i].port;
		s->peer_port = rows[_i].peer_port;
	}
	again(&f);
	ck_assert_uint_eq(f.r.ncauses, 1);
	ck_assert_msg(f.r.causes[0].id == rows[_i].id, "%s: %d", rows[_i].what, f.r.causes[0].id);
	ck_assert(f.r.causes[0].inferred == (rows[_i].id == CAUSE_OUTBOUND_TIME_WAIT));
	end(&f);
}
END_TEST

/* Every state that blocks has a cause, whoever holds it and whether a listener is there. */
START_TEST(test_every_state)
{
	for (int variant = 0; variant < 8; variant++) {
		struct fixture f = begin();
		struct sock *s = scene_sock(&f.seen, (enum sock_state)(_i + 1), "127.0.0.1", variant & 1 ? "127.0.0.1" : NULL);
		enum tri blocks;

		s->inode = variant & 2 ? 77 : 0;
		if (variant & 4)
			scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL);
		again(&f);
		for (size_t i = 0; i < f.r.nrows; i++) {
			blocks = f.r.rows[i].blocks;
			ck_assert_msg((blocks == NO) == (f.r.rows[i].cause < 0), "state %d variant %d", _i + 1, variant);
			if (blocks == NO)
				ck_assert(sock_is_half_open(&f.r.rows[i].s));
		}
		end(&f);
	}
}
END_TEST

/* What words need is asked for only where there is a connection to explain, and never by a quiet run. */
START_TEST(test_wants_of_connections)
{
	struct fixture f = begin();

	f.seen.info_read = f.seen.peers_read = f.seen.owners_read = false;
	scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL)->reuseport = NO;
	again(&f);
	ck_assert(!f.want.info && !f.want.peers && f.want.owners);
	scene_sock(&f.seen, STATE_LAST_ACK, "127.0.0.1", "127.0.0.1")->timer = TIMER_RETRANSMIT;
	f.seen.socks[1].expires_ms = 100;
	again(&f);
	ck_assert(f.want.info && f.want.peers && f.want.owners);
	report_free(&f.r);
	judge(&f.r, &f.request, &f.seen, false, &f.want);
	ck_assert(!f.want.info && !f.want.peers);
	end(&f);
}
END_TEST

/* ss -K is advised only where it does what is wanted and nothing else. */
START_TEST(test_destroy)
{
	static const struct {
		const char *what, *release;
		enum sock_state state;
		enum sock_timer timer;
		bool held_too, advised;
	} rows[] = {
	    {"TIME_WAIT", "6.18.44", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, true},
	    {"TIME_WAIT of 6.0", "6.0.0-rc1", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, true},
	    {"TIME_WAIT of 5.19", "5.19.17", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, false},
	    {"FIN_WAIT_2", "6.1.0-31-amd64", STATE_FIN_WAIT_2, TIMER_TIMEWAIT, false, true},
	    {"FIN_WAIT_2 that is a full socket", "6.1.0-31-amd64", STATE_FIN_WAIT_2, TIMER_KEEPALIVE, false, false},
	    {"FIN_WAIT_2 beside a process's", "6.18.44", STATE_FIN_WAIT_2, TIMER_TIMEWAIT, true, false},
	    {"LAST_ACK", "6.12.1", STATE_LAST_ACK, TIMER_RETRANSMIT, false, true},
	    {"LAST_ACK of 6.6", "6.6.63", STATE_LAST_ACK, TIMER_RETRANSMIT, false, false},
	    {"no release known", "", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, false},
	};
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, rows[_i].state, "127.0.0.1", "127.0.0.1");
	bool advised = false;

	s->timer = (uint8_t)rows[_i].timer;
	s->expires_ms = 1000;
	free(f.seen.host.release);
	f.seen.host.release = xstrdup(rows[_i].release);
	if (rows[_i].held_too)
		scene_sock(&f.seen, rows[_i].state, "127.0.0.2", "127.0.0.1")->inode = 99;
	again(&f);
	for (size_t i = 0; i < f.r.ncauses; i++)
		for (size_t k = 0; k < f.r.causes[i].nfixes; k++)
			advised |= f.r.causes[i].fixes[k].id == FIX_DESTROY_SOCKET;
	ck_assert_msg(advised == rows[_i].advised, "%s", rows[_i].what);
	end(&f);
}
END_TEST

/* Rows: what overlaps no judged address is left out, and counts add up whatever the folding. */
START_TEST(test_rows)
{
	struct fixture f = begin();
	size_t total = 0;

	ck_assert(addr_parse("127.0.0.1", &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = YES};
	f.seen.nlocalities = 1;
	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.2", "127.0.0.1");
	for (int i = 0; i < 37; i++)
		scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1")->expires_ms = 1000 - i;
	again(&f);
	ck_assert_uint_eq(f.r.nrows, 11);
	for (size_t i = 0; i < f.r.nrows; i++) {
		total += f.r.rows[i].s.count;
		ck_assert_int_eq(f.r.rows[i].cause, 0);
	}
	ck_assert_uint_eq(total, 37);
	ck_assert(sock_is_rest(&f.r.rows[10].s));
	ck_assert_int_eq(f.r.rows[10].s.expires_ms, 990);
	ck_assert_uint_eq(f.r.causes[0].socks.n, 11);
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
	add_table(suite, "forgotten proves", test_forgotten_proves, 1);
	add_table(suite, "other address", test_other_address, COUNT(others));
	add_table(suite, "gaps", test_gaps, 3);
	add_table(suite, "other gaps", test_other_gaps_hide_nothing, 1);
	add_table(suite, "privileged", test_privileged, 1);
	add_table(suite, "order of errors", test_order_of_errors, 2);
	add_table(suite, "probe teaches", test_probe_teaches, 1);
	add_table(suite, "our memory", test_our_memory, 2);
	add_table(suite, "refusal teaches", test_refusal_teaches, 1);
	add_table(suite, "v6only is learned", test_v6only_is_learned, 2);
	add_table(suite, "refuted", test_refuted, 4);
	add_table(suite, "outbound TIME_WAIT", test_outbound_time_wait, 5);
	add_table(suite, "every state", test_every_state, STATE_MAX - 1);
	add_table(suite, "wants of connections", test_wants_of_connections, 1);
	add_table(suite, "destroy", test_destroy, 9);
	add_table(suite, "gone meanwhile", test_gone_meanwhile, 1);
	add_table(suite, "hidden suspect", test_hidden_suspect, 1);
	add_table(suite, "MPTCP", test_mptcp, 1);
	add_table(suite, "rows", test_rows, 1);
	return run_suite(suite);
}
