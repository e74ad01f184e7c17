/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chain: portwhy looks at one copy, first without a trial and then with
 * them; the kernel is asked in others.  A bind() that failed leaves no trace; one
 * that worked does, so the next is made in a fresh copy.
 */
#include "tests/diff/diff.h"

/* "ok" promises that a server comes up, unless it is said that its listen() fails. */
bool is_wrong(const struct said *said, const struct truth *truth)
{
	if (said->result == RESULT_UNKNOWN)
		return false;
	if (said->result != truth->bind)
		return true;
	return !said->result && said->listen != RESULT_UNKNOWN && said->listen != truth->listen;
}

/*
 * Once a trial was allowed nothing that was asked for may stay open; a mix beside
 * it may, where the trial of one spoils that of another (the table counts them).
 * Without one, what nobody can see: an option of a dead connection, the port's
 * memory, what differs between kernels, a socket that no table lists, the place
 * of a connected UDP socket in a crowded slot.
 */
static bool is_unexplained(const struct wish *w, const struct said *said, size_t mode)
{
	if (said->result != RESULT_UNKNOWN)
		return false;
	if (mode == AUTO && said->mix == w->mix)
		return true;
	return !((said->doubt == DOUBT_OPTIONS && said->dead) || said->doubt == DOUBT_MEMORY ||
	         said->doubt == DOUBT_KERNEL || said->doubt == DOUBT_HIDDEN || said->doubt == DOUBT_ORDER);
}

static void find_failure(const struct wish *w, struct outcome *o)
{
	for (size_t mode = 0; mode < MODES; mode++)
		for (size_t i = 0; i < o->n; i++) {
			enum failure f = is_wrong(&o->said[mode][i], &o->truth[i])       ? WRONG
			                 : is_unexplained(w, &o->said[mode][i], mode) ? UNEXPLAINED
			                                                           : FINE;

			if (f == FINE || o->failure == WRONG || o->failure == f)
				continue;
			o->failure = f;
			o->mode = mode;
			o->bind = i;
		}
}

static bool fresh_copy(struct copy *k, const struct chain *c, const struct copy *first, struct outcome *o)
{
	copy_make(k, c);
	if (copy_alike(k, first, c->n))
		return true;
	o->failure = UNEQUAL;
	for (o->bind = 0; k->outcome[o->bind] == first->outcome[o->bind];)
		o->bind++;
	return false;
}

static bool ask_kernel(const struct chain *c, const struct copy *first, struct outcome *o)
{
	struct copy k = {0};
	bool fresh = false, ok = true;

	for (size_t i = 0; i < o->n && ok; i++) {
		if (!fresh) {
			copy_end(&k);
			ok = fresh_copy(&k, c, first, o);
		}
		o->truth[i] = truth_ask(&c->wish, &o->said[NEVER][i].addr, o->said[NEVER][i].mix, k.port);
		fresh = o->truth[i].bind;
	}
	copy_end(&k);
	return ok;
}

/* Fills o; o->failure says what was found. */
void chain_compare(const struct chain *c, struct outcome *o)
{
	struct copy first;

	*o = (struct outcome){.failure = FINE};
	copy_make(&first, c);
	o->n = portwhy_ask(&c->wish, first.port, PROBE_NEVER, o->said[NEVER]);
	portwhy_ask(&c->wish, first.port, PROBE_AUTO, o->said[AUTO]);
	copy_end(&first);
	if (ask_kernel(c, &first, o))
		find_failure(&c->wish, o);
}
