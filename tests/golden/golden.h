/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_GOLDEN_GOLDEN_H
#define TESTS_GOLDEN_GOLDEN_H

#include "base/buf.h"
#include "out/style.h"

/* A way to render a scene, and how the names of its files end. */
struct format {
	const char *suffix;
	struct style style;
	bool json, prom;
};

extern const struct format term, ascii, narrow, wide, color, verbose, json, prom;

void write_file(const char *dir, const char *slug, const char *suffix, const struct buf *b);
void write_overviews(const char *dir);

#endif
