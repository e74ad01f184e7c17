/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_GRID_H
#define OUT_GRID_H

#include <stdint.h>

#include "base/buf.h"
#include "out/style.h"

enum { GRID_INDENT = 2 };

enum grid_mode {
	GRID_KEEPS,    /* all rows */
	GRID_MEASURES, /* a block of them at a time: only the widths stay */
	GRID_PRINTS    /* likewise, into out; the widths are known */
};

/* Cells row by row; the first row is the head. */
struct grid {
	struct buf *cells;
	size_t nrows, ncolumns;
	uint32_t folded;   /* bits of columns with cells of several lines */
	enum grid_mode mode;
	size_t widths[COLUMNS_MAX]; /* of the columns, as far as blocks that have left tell */
	bool continued;    /* a block has left */
	struct buf *out;
	size_t indent;
	const struct style *style;
};

struct buf *grid_add_row(struct grid *g);
size_t grid_width(const struct grid *g);
void grid_fold(struct grid *g, size_t column, size_t width);
void grid_print(struct buf *out, struct grid *g, size_t indent, const struct style *style);
void grid_restart(struct grid *g, struct buf *out, size_t indent, const struct style *style);
void grid_free(struct grid *g);

#endif
