/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_PROM_H
#define OUT_PROM_H

#include "base/buf.h"
#include "model/overview.h"
#include "model/report.h"

/* The overview of one network namespace; about stands for the look at it. */
struct prom_place {
	const struct overview *overview;
	struct report about;
};

void prom_label(struct buf *out, const char *name, const char *value);
void prom_overview(struct buf *out, const struct prom_place *places, size_t n);
void prom_targets(struct buf *out, const struct range *ranges, size_t n);

#endif
