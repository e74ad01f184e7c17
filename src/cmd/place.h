/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PLACE_H
#define CMD_PLACE_H

#include "cmd/options.h"
#include "model/gap.h"
#include "model/netns.h"

/* The network namespaces that are asked about. */
struct places {
	struct netns *v;
	size_t n;         /* 0: nobody has named one */
	struct gaps gaps; /* those that may not be entered */
};

const struct netns *places_enter_first(struct places *p, const struct options *o);
void places_enter(struct places *p, size_t i);
void places_free(struct places *p);

#endif
