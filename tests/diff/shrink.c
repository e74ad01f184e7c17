/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least chain that still fails in the same way: holders are dropped and attributes made plain while it does. */
#include "tests/diff/diff.h"

#include <string.h>

enum { ROUNDS = 6 };

static bool still_fails(const struct chain *c, enum failure how, size_t mode, struct outcome *o)
{
	struct outcome now;

	chain_compare(c, &now);
	if (now.failure != how || (how != UNEQUAL && now.mode != mode))
		return false;
	*o = now;
	return true;
}

/* Takes the change if the chain still fails. */
static bool accept_change(struct chain *c, const struct chain *changed, struct outcome *o)
{
	if (!memcmp(c, changed, sizeof *c) || !still_fails(changed, o->failure, o->mode, o))
		return false;
	*c = *changed;
	return true;
}

static struct chain without(const struct chain *c, size_t i)
{
	struct chain less = *c;

	less.n--;
	memmove(&less.holders[i], &less.holders[i + 1], (less.n - i) * sizeof *less.holders);
	memset(&less.holders[less.n], 0, sizeof *less.holders);
	return less;
}

/* The n-th way to make a holder plainer; false when there are no more. */
static bool plainer_holder(struct holder *h, unsigned int n)
{
	switch (n) {
	case 0:
		h->kind = KIND_BOUND;
		return true;
	case 1:
		if (h->kind != KIND_BOUND)
			h->kind = KIND_LISTENING;
		return true;
	case 2:
		h->device = NO_DEVICE;
		return true;
	case 3:
		h->user = 0;
		return true;
	case 4:
		h->acceptor = 0;
		return true;
	case 5:
		h->flip_early = 0;
		return true;
	case 6:
		h->flip_late = 0;
		return true;
	case 7:
		h->v6only = false;
		return true;
	case 8:
		h->kept = false;
		return true;
	case 9:
		h->via = false;
		return true;
	case 10:
		h->mix &= 1;
		return true;
	case 11:
		h->mix &= 2;
		return true;
	case 12:
		h->spot = h->spot > 1 ? 1 : h->spot;
		return true;
	case 13:
		h->spot = 0;
		return true;
	default:
		return false;
	}
}

static bool plainer_wish(struct wish *w, unsigned int n)
{
	switch (n) {
	case 0:
		w->device = NO_DEVICE;
		return true;
	case 1:
		w->user = 0;
		return true;
	case 2:
		w->v6only = false;
		return true;
	case 3:
		w->mix = 0;
		return true;
	case 4:
		w->family = w->spot == BARE ? 2 : 0; /* AF_INET */
		return true;
	case 5:
		w->spot = 0;
		w->family = 0;
		return true;
	case 6:
		w->spot = 1;
		w->family = 0;
		return true;
	default:
		return false;
	}
}

static bool shrink_once(struct chain *c, struct outcome *o)
{
	bool changed = false;

	for (size_t i = c->n; i-- > 0;) {
		struct chain less = without(c, i);

		changed |= accept_change(c, &less, o);
	}
	for (size_t i = 0; i < c->n; i++)
		for (unsigned int n = 0;; n++) {
			struct chain next = *c;

			if (!plainer_holder(&next.holders[i], n))
				break;
			changed |= accept_change(c, &next, o);
		}
	for (unsigned int n = 0;; n++) {
		struct chain next = *c;

		if (!plainer_wish(&next.wish, n))
			break;
		changed |= accept_change(c, &next, o);
	}
	return changed;
}

/* Makes c, which failed with o, as small as it gets; o is then its outcome. */
void chain_shrink(struct chain *c, struct outcome *o)
{
	for (int i = 0; i < ROUNDS && shrink_once(c, o); i++)
		;
}
