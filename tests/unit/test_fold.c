/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folding against a naive sort: nothing lost, the ten that stay longest are samples, unlike sockets stay apart. */
#include "model/fold.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SOCKS_MAX = 5000, LONG_LIFE = 60000 };

static struct sock sock_of(uint8_t state, uint8_t timer, int32_t expires)
{
	struct sock s = {.state = state, .timer = timer, .expires_ms = expires, .count = 1};

	s.port = 9877;
	s.peer_port = 1;
	s.local = s.peer = (struct addr){.family = AF_INET, .b = {127, 0, 0, 1}};
	s.cookie = (uint64_t)expires + 1000;
	return s;
}

/* When it ends, with "never" as the latest. */
static int64_t end_of(const struct sock *s)
{
	int64_t ms = sock_ends_ms(s);

	return ms < 0 ? INT64_MAX : ms;
}

static int latest_first(const void *a, const void *b)
{
	int64_t x = end_of(a), y = end_of(b);

	return (x < y) - (x > y);
}

/*
 * Feeds the sockets (all alike) and compares with the sorted list: first the
 * ten latest in order, then one row for the rest with the latest end of these.
 */
static void compare(struct sock *socks, size_t n, const char *name)
{
	size_t nrows, samples = n < FOLD_SAMPLES ? n : FOLD_SAMPLES;
	struct fold f = {0};
	struct sock *rows;

	for (size_t i = 0; i < n; i++)
		fold_add(&f, &socks[i]);
	rows = fold_end(&f, &nrows);
	qsort(socks, n, sizeof *socks, latest_first);
	ck_assert_msg(nrows == samples + (n > samples), "%s: %zu of %zu rows", name, nrows, n);
	for (size_t i = 0; i < nrows; i++)
		ck_assert_msg(end_of(&rows[i]) == end_of(&socks[i]), "%s: row %zu of %zu", name, i, n);
	for (size_t i = 0; i < samples; i++)
		ck_assert_msg(rows[i].count == 1 && rows[i].cookie && rows[i].peer_port, "%s: sample %zu", name, i);
	if (n > samples)
		ck_assert_msg(rows[samples].count == n - samples, "%s: %u left of %zu", name, rows[samples].count, n);
	if (n > samples)
		ck_assert_msg(sock_first_ends_ms(&rows[samples]) == sock_ends_ms(&socks[n - 1]), "%s: the first of %zu", name, n);
	ck_assert(!f.socks && !f.groups && !f.nsocks && !f.ngroups);
	free(rows);
}

static const size_t sizes[] = {0, 1, 2, 9, 10, 11, 12, 20, 21, 100, 1023, 1024, SOCKS_MAX};

static struct sock random_time_wait(void)
{
	return sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, (int32_t)(random() % LONG_LIFE));
}

static struct sock random_fin_wait_2(void)
{
	uint8_t timer = random() % 2 ? TIMER_TIMEWAIT : random() % 2 ? TIMER_KEEPALIVE : TIMER_NONE;

	return sock_of(STATE_FIN_WAIT_2, timer, timer ? (int32_t)(random() % (2 * LONG_LIFE)) : -1);
}

static struct sock random_few_ends(void)
{
	return sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, (int32_t)(random() % 4));
}

/* No timer, or one that does not end it. */
static struct sock random_endless(void)
{
	uint8_t timer = random() % 2 ? TIMER_NONE : TIMER_RETRANSMIT;

	return sock_of(STATE_ESTABLISHED, timer, timer ? 200 : -1);
}

static const struct kind {
	const char *name;
	struct sock (*make)(void);
} kinds[] = {
    {"TIME_WAIT", random_time_wait},
    {"FIN_WAIT_2, either timer or none", random_fin_wait_2},
    {"equal ends", random_few_ends},
    {"never ending", random_endless},
};

enum { SIZES = sizeof sizes / sizeof *sizes, KINDS = sizeof kinds / sizeof *kinds };

START_TEST(random_order)
{
	const struct kind *k = &kinds[_i / SIZES];
	static struct sock socks[SOCKS_MAX];
	size_t n = sizes[_i % SIZES];

	srandom((unsigned int)_i);
	for (size_t i = 0; i < n; i++)
		socks[i] = k->make();
	compare(socks, n, k->name);
}
END_TEST

START_TEST(sorted_order)
{
	static struct sock socks[SOCKS_MAX];

	for (int i = 0; i < SOCKS_MAX; i++)
		socks[i] = sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, _i ? i : SOCKS_MAX - i);
	compare(socks, SOCKS_MAX, _i ? "rising" : "falling");
}
END_TEST

/* The row of the rest is of nobody in particular. */
START_TEST(rest)
{
	struct fold f = {0};
	struct sock *rows;
	size_t n;

	for (int i = 0; i < 100; i++) {
		struct sock s = sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, i);

		fold_add(&f, &s);
	}
	rows = fold_end(&f, &n);
	ck_assert_uint_eq(n, FOLD_SAMPLES + 1);
	ck_assert_uint_eq(rows[FOLD_SAMPLES].count, 90);
	ck_assert_int_eq(rows[FOLD_SAMPLES].expires_ms, 89);
	ck_assert(!rows[FOLD_SAMPLES].cookie && !rows[FOLD_SAMPLES].peer_port && !rows[FOLD_SAMPLES].peer.family);
	ck_assert(rows[FOLD_SAMPLES].port == 9877 && rows[FOLD_SAMPLES].local.b[0] == 127);
	free(rows);
}
END_TEST

/* What a process holds stays as it came, in its order, whatever stands between. */
START_TEST(never_with_a_process)
{
	struct fold f = {0};
	struct sock *rows;
	size_t n;

	for (uint32_t i = 1; i <= 200; i++) {
		struct sock held = sock_of(STATE_ESTABLISHED, TIMER_NONE, -1);
		struct sock dead = sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, (int32_t)i);

		held.inode = i;
		fold_add(&f, &held);
		fold_add(&f, &dead);
	}
	rows = fold_end(&f, &n);
	ck_assert_uint_eq(n, 200 + FOLD_SAMPLES + 1);
	for (uint32_t i = 1; i <= 200; i++)
		ck_assert_msg(rows[i - 1].inode == i && rows[i - 1].count == 1, "row %u", i - 1);
	for (size_t i = 200; i < n; i++)
		ck_assert_msg(!rows[i].inode && rows[i].state == STATE_TIME_WAIT, "row %zu", i);
	free(rows);
}
END_TEST

static void other_state(struct sock *s)
{
	s->state = STATE_LAST_ACK;
}

static void other_address(struct sock *s)
{
	s->local.b[3] = 2;
}

static void other_family(struct sock *s)
{
	s->local.family = AF_INET6;
}

static void other_port(struct sock *s)
{
	s->port++;
}

static void other_device(struct sock *s)
{
	s->ifindex = 2;
}

static void other_uid(struct sock *s)
{
	s->uid = UID_UNKNOWN;
}

static void other_cgroup(struct sock *s)
{
	s->cgroup = 1ULL << 40;
}

static void other_v6only(struct sock *s)
{
	s->v6only = YES;
}

static const struct difference {
	const char *name;
	void (*make)(struct sock *s);
} differences[] = {
    {"state", other_state},   {"address", other_address}, {"family", other_family}, {"port", other_port},
    {"device", other_device}, {"uid", other_uid},         {"cgroup", other_cgroup}, {"v6only", other_v6only},
};

static bool is_like(const struct sock *a, const struct sock *b)
{
	return a->state == b->state && addr_equal(&a->local, &b->local) && a->port == b->port &&
	       a->ifindex == b->ifindex && a->uid == b->uid && a->cgroup == b->cgroup && a->v6only == b->v6only;
}

/* Two kinds that differ in one respect, mixed at random: each has its own samples and its own count. */
START_TEST(unlike_stay_apart)
{
	const struct difference *d = &differences[_i];
	struct sock kind[2] = {sock_of(STATE_TIME_WAIT, 3, 0), sock_of(STATE_TIME_WAIT, 3, 0)};
	uint32_t fed[2] = {0, 0}, counted[2] = {0, 0};
	struct fold f = {0};
	struct sock *rows;
	size_t n;

	d->make(&kind[1]);
	srandom(7);
	for (int i = 0; i < 1000; i++) {
		long which = random() % 3 == 0;
		struct sock s = kind[which];

		s.expires_ms = (int32_t)(random() % LONG_LIFE);
		fed[which]++;
		fold_add(&f, &s);
	}
	rows = fold_end(&f, &n);
	ck_assert_msg(n == 2 * (FOLD_SAMPLES + 1), "%s: %zu rows", d->name, n);
	for (size_t i = 0; i < n; i++) {
		bool second = is_like(&rows[i], &kind[1]);

		ck_assert_msg(second || is_like(&rows[i], &kind[0]), "%s: row %zu is of neither", d->name, i);
		counted[second] += rows[i].count;
	}
	ck_assert_msg(counted[0] == fed[0], "%s: %u of %u", d->name, counted[0], fed[0]);
	ck_assert_msg(counted[1] == fed[1], "%s: %u of %u of the second", d->name, counted[1], fed[1]);
	free(rows);
}
END_TEST

/* What does not matter to anybody's answer does not keep them apart. */
START_TEST(peers_are_folded)
{
	struct fold f = {0};
	struct sock *rows;
	size_t n;

	for (int i = 0; i < 1000; i++) {
		struct sock s = sock_of(STATE_TIME_WAIT, TIMER_TIMEWAIT, i);

		s.peer.b[2] = (uint8_t)i;
		s.peer_port = (uint16_t)(40000 + i);
		s.receive_queue = (uint32_t)i;
		fold_add(&f, &s);
	}
	rows = fold_end(&f, &n);
	ck_assert_uint_eq(n, FOLD_SAMPLES + 1);
	free(rows);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fold");
	TCase *c = tcase_create("fold");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(c, random_order, 0, SIZES * KINDS);
	tcase_add_loop_test(c, sorted_order, 0, 2);
	tcase_add_test(c, rest);
	tcase_add_test(c, never_with_a_process);
	tcase_add_loop_test(c, unlike_stay_apart, 0, sizeof differences / sizeof *differences);
	tcase_add_test(c, peers_are_folded);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
