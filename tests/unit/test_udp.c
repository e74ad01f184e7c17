/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement of UDP beyond the rule: order, crowded slots, what a trial teaches, notes and fixes. */
#include <errno.h>
#include <stdlib.h>
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

/* A bind() to that address, of UDP, that tries nothing. */
static struct fixture begin(const char *addr, unsigned int mix)
{
	struct fixture f = {0};

	scene_start(&f.seen, &f.request);
	f.request.target.proto = PROTO_UDP;
	f.request.probe = PROBE_NEVER;
	f.request.mix = mix;
	ck_assert(addr_parse(addr, &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = YES};
	f.seen.nlocalities = 1;
	return f;
}

static void add(struct fixture *f, const char *local, enum tri reuseaddr, enum tri reuseport)
{
	struct sock *s = scene_sock(&f->seen, STATE_CLOSE, local, NULL);

	s->proto = PROTO_UDP;
	s->held_by = HELD_HIDDEN;
	s->reuseaddr = (uint8_t)reuseaddr;
	s->reuseport = (uint8_t)reuseport;
}

/* Judges, and gives the requested bind(). */
static const struct bind *judged(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	judge(&f->r, &f->request, &f->seen, true, &f->want);
	return &f->r.binds[f->request.mix];
}

static void end(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	snapshot_free(&f->seen);
}

/* The order of the snapshot decides; where that is not the kernel's, nothing does. */
START_TEST(test_order)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		struct fixture f = begin("0.0.0.0", MIX_REUSEPORT);

		add(&f, "0.0.0.0", YES, tri_of(!swapped));
		add(&f, "0.0.0.0", YES, tri_of(swapped));
		ck_assert_int_eq(judged(&f)->result, swapped ? EADDRINUSE : RESULT_OK);
		f.seen.unordered = true;
		ck_assert_int_eq(judged(&f)->result, RESULT_UNKNOWN);
		ck_assert_int_eq(f.r.binds[MIX_REUSEPORT].doubt, DOUBT_ORDER);
		end(&f);
	}
}
END_TEST

/* Sockets of other ports and namespaces may crowd the slot: then the kernel looks by address, and nothing tells. */
START_TEST(test_crowd)
{
	struct fixture f = begin("127.0.0.1", MIX_REUSEPORT);

	add(&f, "127.0.0.1", YES, YES);
	add(&f, "0.0.0.0", YES, NO);
	ck_assert_int_eq(judged(&f)->result, RESULT_UNKNOWN);
	ck_assert_int_eq(f.r.binds[MIX_REUSEPORT].doubt, DOUBT_ORDER);
	for (int i = 2; i < 12; i++)
		add(&f, "127.0.0.2", YES, NO);
	ck_assert_int_eq(judged(&f)->result, EADDRINUSE); /* certainly by address */
	end(&f);
}
END_TEST

/* A wildcard in a crowded slot: kernels differ. */
START_TEST(test_crowded_wildcard)
{
	static const int results[] = {[UNKNOWN] = RESULT_UNKNOWN, [NO] = EADDRINUSE, [YES] = RESULT_UNKNOWN};
	struct fixture f = begin("0.0.0.0", MIX_PLAIN);

	add(&f, "127.0.0.1", NO, NO);
	for (size_t i = 0; i < COUNT(results); i++) {
		f.seen.quirks.udp_any_unseen = (uint8_t)i;
		ck_assert_int_eq(judged(&f)->result, results[i]);
	}
	f.seen.quirks.udp_any_unseen = YES;
	scene_probe(&f.seen, "0.0.0.0", MIX_PLAIN, 0);
	ck_assert_int_eq(judged(&f)->result, RESULT_OK);
	ck_assert(!f.r.notes); /* nobody has allowed it */
	end(&f);
}
END_TEST

/* What lets a bind() with SO_REUSEPORT in may be the first socket alone: of those behind it that proves nothing. */
START_TEST(test_success_teaches)
{
	struct fixture f = begin("0.0.0.0", MIX_PLAIN);

	add(&f, "0.0.0.0", YES, NO);
	add(&f, "0.0.0.0", NO, UNKNOWN);
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEPORT, EADDRINUSE);
	scene_probe(&f.seen, "0.0.0.0", MIX_BOTH, 0);
	judged(&f);
	for (size_t i = 0; i < f.r.nrows; i++)
		ck_assert(row_sock(&f.r, i).reuseport != YES);
	end(&f);
	f = begin("0.0.0.0", MIX_PLAIN);
	add(&f, "0.0.0.0", UNKNOWN, NO);
	add(&f, "127.0.0.1", UNKNOWN, NO);
	scene_probe(&f.seen, "0.0.0.0", MIX_REUSEADDR, 0);
	judged(&f);
	for (size_t i = 0; i < f.r.nrows; i++)
		ck_assert(row_sock(&f.r, i).reuseaddr == YES);
	end(&f);
}
END_TEST

static const struct {
	const char *local;
	unsigned int mix;
	enum tri reuseaddr, reuseport;
	bool noted;
	int fix;      /* one it must have; -1 none of the two */
} shares[] = {
    {"0.0.0.0", MIX_PLAIN, YES, NO, false, FIX_SHARE_PORT},
    {"0.0.0.0", MIX_PLAIN, NO, YES, false, FIX_SET_REUSEPORT},
    {"0.0.0.0", MIX_PLAIN, NO, NO, false, -1},
    {"0.0.0.0", MIX_REUSEADDR, YES, NO, true, -1},
    {"0.0.0.0", MIX_REUSEADDR, NO, YES, false, FIX_SET_REUSEPORT},
    {"0.0.0.0", MIX_REUSEPORT, NO, YES, true, -1},
    {"::1", MIX_REUSEADDR, YES, NO, false, -1},
};

START_TEST(test_sharing)
{
	struct fixture f = begin("0.0.0.0", shares[_i].mix);
	int fix = -1;

	add(&f, shares[_i].local, shares[_i].reuseaddr, shares[_i].reuseport);
	f.seen.socks[0].v6only = (uint8_t)tri_of(f.seen.socks[0].local.family == AF_INET6); /* as bind() of ::1 makes it */
	judged(&f);
	ck_assert_int_eq(!!(f.r.notes & 1U << NOTE_UDP_SHARED), shares[_i].noted);
	for (size_t i = 0; f.r.ncauses && i < f.r.causes[0].nfixes; i++)
		if (f.r.causes[0].fixes[i].id == FIX_SHARE_PORT || f.r.causes[0].fixes[i].id == FIX_SET_REUSEPORT) {
			ck_assert_int_eq(fix, -1);
			fix = (int)f.r.causes[0].fixes[i].id;
		}
	ck_assert_int_eq(fix, shares[_i].fix);
	end(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("udp");

	add_table(suite, "order", test_order, 1);
	add_table(suite, "crowd", test_crowd, 1);
	add_table(suite, "crowded wildcard", test_crowded_wildcard, 1);
	add_table(suite, "success teaches", test_success_teaches, 1);
	add_table(suite, "sharing", test_sharing, COUNT(shares));
	return run_suite(suite);
}
