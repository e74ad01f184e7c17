/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash index: every item is found under its hash, once, whatever collides. */
#include "base/xalloc.h"
#include "model/index.h"
#include "tests/unit/suite.h"

/* How many bits of the hashes differ: none (all collide) to all. */
static const uint32_t masks[] = {0, 1, 0xf, 0xff00, 0xffffffff};

enum { ITEMS = 1000 };

START_TEST(test_index)
{
	struct index x = {0};
	unsigned int seen[ITEMS] = {0};
	size_t slot, i;

	ck_assert(index_first(&x, 7, &slot) == INDEX_END);
	for (uint32_t n = 0; n < ITEMS; n++) {
		index_add(&x, (n * 2654435761U) & masks[_i]);
		for (i = index_first(&x, x.hashes[n], &slot); i != INDEX_END && i != n; i = index_next(&x, x.hashes[n], &slot))
			ck_assert_uint_eq(x.hashes[i], x.hashes[n]);
		ck_assert_msg(i == n, "item %u of mask %x is not found", n, masks[_i]);
	}
	for (i = index_first(&x, x.hashes[5], &slot); i != INDEX_END; i = index_next(&x, x.hashes[5], &slot))
		ck_assert_uint_eq(seen[i]++, 0);
	for (size_t n = 0; n < ITEMS; n++)
		ck_assert_uint_eq(seen[n], x.hashes[n] == x.hashes[5]);
	ck_assert(index_first(&x, 0x12345, &slot) == INDEX_END || x.hashes[index_first(&x, 0x12345, &slot)] == 0x12345);
	index_free(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("index");

	add_table(suite, "index", test_index, COUNT(masks));
	return run_suite(suite);
}
