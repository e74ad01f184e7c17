/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash index with open addressing: the items themselves stay in an array of the caller's. */
#include "model/index.h"

#include <stdlib.h>

#include "base/xalloc.h"

static size_t search(const struct index *x, uint32_t hash, size_t *slot)
{
	for (; x->nslots && x->slots[*slot]; *slot = (*slot + 1) & (x->nslots - 1))
		if (x->hashes[x->slots[*slot] - 1] == hash)
			return x->slots[*slot] - 1;
	return INDEX_END;
}

/* The first item with that hash, INDEX_END if there is none; *slot is for index_next(). */
size_t index_first(const struct index *x, uint32_t hash, size_t *slot)
{
	*slot = x->nslots ? hash & (x->nslots - 1) : 0;
	return search(x, hash, slot);
}

/* The next one with that hash; nothing may be added between. */
size_t index_next(const struct index *x, uint32_t hash, size_t *slot)
{
	*slot = (*slot + 1) & (x->nslots - 1);
	return search(x, hash, slot);
}

static void put(struct index *x, size_t item)
{
	size_t slot = x->hashes[item] & (x->nslots - 1);

	while (x->slots[slot])
		slot = (slot + 1) & (x->nslots - 1);
	x->slots[slot] = (uint32_t)item + 1;
}

/* Adds the next item; at most half of the slots are ever used. */
void index_add(struct index *x, uint32_t hash)
{
	x->hashes = xgrow(x->hashes, x->n, sizeof *x->hashes);
	x->hashes[x->n++] = hash;
	if (2 * x->n <= x->nslots) {
		put(x, x->n - 1);
		return;
	}
	free(x->slots);
	x->nslots = x->nslots ? 2 * x->nslots : 16;
	x->slots = xcalloc(x->nslots, sizeof *x->slots);
	for (size_t i = 0; i < x->n; i++)
		put(x, i);
}

void index_free(struct index *x)
{
	free(x->hashes);
	free(x->slots);
	*x = (struct index){0};
}
