/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_IDSET_H
#define MODEL_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of inode numbers, or of cookies: filled, then ended, then looked into. */
struct idset {
	uint64_t *v;
	size_t n;
};

void idset_add(struct idset *set, uint64_t id);
void idset_end(struct idset *set);
size_t idset_place(const struct idset *set, uint64_t id);
bool idset_has(const struct idset *set, uint64_t id);
void idset_free(struct idset *set);

#endif
