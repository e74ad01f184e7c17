/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_INDEX_H
#define MODEL_INDEX_H

#include <stddef.h>
#include <stdint.h>

/* Items numbered from 0 in the order they were added, found again by a hash of theirs. */
struct index {
	uint32_t *hashes;      /* of each item */
	uint32_t *slots;       /* item + 1, or 0; a power of two of them */
	size_t n, nslots;
};

#define INDEX_END SIZE_MAX

size_t index_first(const struct index *x, uint32_t hash, size_t *slot);
size_t index_next(const struct index *x, uint32_t hash, size_t *slot);
void index_add(struct index *x, uint32_t hash);
void index_free(struct index *x);

#endif
