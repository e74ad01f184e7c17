/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peers that are counted most often, in the memory of a few. */
#include <sys/socket.h>

#include "model/peers.h"
#include "tests/unit/suite.h"

static struct peer_count to(uint16_t port, uint32_t n)
{
	return (struct peer_count){.addr = {.family = AF_INET, .b = {10}}, .port = port, .n = n};
}

static void add(struct peers *p, uint16_t port, uint32_t n)
{
	struct peer_count more = to(port, n);

	peers_add(p, &more);
}

/* The order of the first three, whatever that in which they came. */
START_TEST(test_top)
{
	static const struct {
		uint32_t in[5];
		uint16_t top[3];
		size_t n;
	} rows[] = {
	    {{0}, {0}, 0},
	    {{5}, {1}, 1},
	    {{1, 2}, {2, 1}, 2},
	    {{1, 2, 3, 4, 5}, {5, 4, 3}, 3},
	    {{5, 4, 3, 2, 1}, {1, 2, 3}, 3},
	    {{2, 9, 2, 9, 2}, {2, 4, 1}, 3},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct peers p = {.n = 0};
		struct peer_count top[PEERS_TOLD];

		for (uint16_t k = 0; k < 5; k++)
			for (uint32_t times = 0; times < rows[i].in[k]; times++)
				add(&p, (uint16_t)(k + 1), 1);
		ck_assert_uint_eq(peers_top(&p, top), rows[i].n);
		for (size_t k = 0; k < rows[i].n; k++)
			ck_assert_msg(top[k].port == rows[i].top[k], "row %zu: place %zu: %u", i, k, top[k].port);
		ck_assert_uint_eq(p.lost, 0);
	}
}
END_TEST

/* Among many that come once the frequent one stays, its count is no more than true and lacks at most what was lost. */
START_TEST(test_many)
{
	struct peers p = {.n = 0}, sum = {.n = 0};
	struct peer_count top[PEERS_TOLD];

	for (uint16_t i = 0; i < 10000; i++) {
		add(&p, (uint16_t)(1000 + i), 1);
		if (i % 10 == 0)
			add(&p, 443, 1);
	}
	peers_merge(&sum, &p);
	ck_assert_uint_gt(peers_top(&sum, top), 0);
	ck_assert_uint_eq(top[0].port, 443);
	ck_assert_uint_le(top[0].n, 1000);
	ck_assert_uint_ge(top[0].n + sum.lost, 1000);
	ck_assert_uint_le(p.n, PEERS_KEPT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("peers");

	add_table(suite, "top", test_top, 1);
	add_table(suite, "many", test_many, 1);
	return run_suite(suite);
}
