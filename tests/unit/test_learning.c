/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What trials teach: a bind() that worked, one that was refused, and what the port remembers of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "tests/unit/judged.h"
#include "tests/unit/suite.h"

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
	ck_assert_int_eq(row_sock(&f.r, 0).reuseaddr, NO);
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR));
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
	ck_assert_int_eq(row_sock(&f.r, 0).reuseaddr, YES);
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
	ck_assert_int_eq(row_sock(&f.r, 0).reuseaddr, NO);
	ck_assert(f.r.causes[0].facets & FACET_BIT(FACET_OWNER_LACKED_REUSEADDR));
	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.2", "127.0.0.1");
	again(&f);
	ck_assert_int_eq(row_sock(&f.r, 0).reuseaddr, UNKNOWN);
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
	ck_assert_int_eq(row_sock(&f.r, 0).v6only, _i ? NO : YES);
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

/* Where a socket may be hidden, a refusal proves nothing of the one that is seen. */
START_TEST(test_hidden_suspect)
{
	struct fixture f = begin();

	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");
	gap_add(&f.seen.gaps, GAP_BOUND_ONLY, 0, NULL);
	scene_probe_all(&f.seen, MIX_REUSEADDR, EADDRINUSE);
	again(&f);
	ck_assert_int_eq(f.r.verdict, TAKEN);
	ck_assert_int_eq(row_sock(&f.r, 0).reuseaddr, UNKNOWN);
	ck_assert_uint_eq(f.r.causes[0].facets, 0);
	end(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("learning");

	add_table(suite, "forgotten proves", test_forgotten_proves, 1);
	add_table(suite, "probe teaches", test_probe_teaches, 1);
	add_table(suite, "our memory", test_our_memory, 2);
	add_table(suite, "refusal teaches", test_refusal_teaches, 1);
	add_table(suite, "v6only is learned", test_v6only_is_learned, 2);
	add_table(suite, "refuted", test_refuted, 4);
	add_table(suite, "gone meanwhile", test_gone_meanwhile, 1);
	add_table(suite, "hidden suspect", test_hidden_suspect, 1);
	return run_suite(suite);
}
