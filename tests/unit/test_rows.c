/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of indexes: what was added is found and counted once, in ascending order, across the ends of its words. */
#include "model/report.h"
#include "tests/unit/suite.h"

static const struct {
	const char *what;
	size_t n, v[6];
} sets[] = {
    {"none", 0, {0}},
    {"the first", 1, {0}},
    {"the last of a word", 1, {63}},
    {"across words", 4, {0, 63, 64, 127}},
    {"far apart", 3, {5, 6, 100000}},
    {"descending", 4, {128, 65, 64, 1}},
    {"twice", 5, {7, 7, 70, 7, 70}},
};

static bool was_added(size_t set, size_t i)
{
	for (size_t k = 0; k < sets[set].n; k++)
		if (sets[set].v[k] == i)
			return true;
	return false;
}

START_TEST(test_rows)
{
	struct rows rows = {0};
	size_t n = 0, least = SIZE_MAX;

	for (size_t k = 0; k < sets[_i].n; k++) {
		rows_add(&rows, sets[_i].v[k]);
		least = sets[_i].v[k] < least ? sets[_i].v[k] : least;
	}
	for (size_t i = 0, from = 0; rows_next(&rows, &i); from = ++i, n++) {
		ck_assert_msg(was_added(_i, i), "%s: %zu", sets[_i].what, i);
		for (; from < i; from++)
			ck_assert_msg(!was_added(_i, from) && !rows_have(&rows, from), "%s: %zu is missing", sets[_i].what, from);
		ck_assert(rows_have(&rows, i));
	}
	ck_assert_msg(n == rows.n, "%s: %zu of %zu", sets[_i].what, n, rows.n);
	ck_assert(!n == !sets[_i].n && (!n || rows_first(&rows) == least));
	rows_free(&rows);
	ck_assert(!rows.n && !rows_have(&rows, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rows");

	add_table(suite, "set", test_rows, COUNT(sets));
	return run_suite(suite);
}
