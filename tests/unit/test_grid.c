/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grid that is laid out block by block looks like one that is laid out at once. */
#include <string.h>

#include "out/grid.h"
#include "tests/unit/suite.h"

enum { CELLS = 3 };

static const struct {
	size_t rows;
	unsigned int width;
	size_t widest;    /* the row with the longest cells */
} grids[] = {
    {1, 80, 0}, {999, 80, 5}, {1000, 80, 999}, {1001, 80, 1000}, {2500, 80, 2499}, {2500, 80, 0}, {3000, 80, 1500},
    {2500, 20, 0}, {1000, 20, 999},
};

static void put_rows(struct grid *g, int test)
{
	struct buf *cells = grid_add_row(g);

	buf_puts(&cells[0], "NUMBER");
	buf_puts(&cells[1], "TEXT");
	buf_puts(&cells[2], "LAST");
	for (size_t i = 0; i < grids[test].rows; i++) {
		cells = grid_add_row(g);
		buf_printf(&cells[0], "%zu", i);
		buf_fill(&cells[1], 'x', i == grids[test].widest ? 30 : 1 + i % 7);
		buf_puts(&cells[2], i == grids[test].widest ? "a long last cell" : i % 3 ? "\303\251" : "-");
	}
}

START_TEST(test_blocks)
{
	const struct style style = {.width = grids[_i].width};
	struct grid at_once = {.ncolumns = CELLS}, g = {.ncolumns = CELLS, .mode = GRID_MEASURES};
	struct buf whole = {0}, pieces = {0};

	put_rows(&at_once, _i);
	put_rows(&g, _i);
	ck_assert_uint_eq(grid_width(&g), grid_width(&at_once));
	ck_assert(g.continued == (grids[_i].rows > 1000));
	grid_restart(&g, &pieces, GRID_INDENT, &style);
	put_rows(&g, _i);
	grid_print(&pieces, &g, GRID_INDENT, &style);
	grid_print(&whole, &at_once, GRID_INDENT, &style);
	ck_assert(whole.len == pieces.len && !memcmp(whole.s, pieces.s, whole.len));
	grid_free(&g);
	grid_free(&at_once);
	buf_free(&whole);
	buf_free(&pieces);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("grid");

	add_table(suite, "blocks", test_blocks, COUNT(grids));
	return run_suite(suite);
}
