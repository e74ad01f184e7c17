/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is counted most often, without a place for each (Misra and Gries, 1982):
 * where all places are taken a newcomer takes one off everybody.  So no count is
 * too high, none is too low by more than lost, and whoever has more than one in
 * PEERS_KEPT + 1 of all is there.
 */
#include "model/peers.h"

#include <stdbool.h>

static bool find(struct peers *p, const struct peer_count *more)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].port != more->port || !addr_equal(&p->v[i].addr, &more->addr))
			continue;
		p->v[i].n += more->n;
		return true;
	}
	return false;
}

/* Takes as many off each as the least of them has, but no more than most; returns how many. */
static uint32_t take_off(struct peers *p, uint32_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		most = p->v[i].n < most ? p->v[i].n : most;
	for (size_t i = 0; i < p->n; i++) {
		p->v[i].n -= most;
		if (p->v[i].n)
			p->v[n++] = p->v[i];
	}
	p->n = n;
	p->lost += most;
	return most;
}

/* Counts more->n further connections to that peer. */
void peers_add(struct peers *p, const struct peer_count *more)
{
	struct peer_count left = *more;

	if (find(p, more))
		return;
	if (p->n == PEERS_KEPT)
		left.n -= take_off(p, left.n);
	if (left.n)
		p->v[p->n++] = left;
}

/* Adds all that from has counted. */
void peers_merge(struct peers *p, const struct peers *from)
{
	for (size_t i = 0; i < from->n; i++)
		peers_add(p, &from->v[i]);
	p->lost += from->lost;
}

/* The first few by number, of equal ones the earlier; returns how many there are. */
size_t peers_top(const struct peers *p, struct peer_count out[static PEERS_TOLD])
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t at = n < PEERS_TOLD ? n++ : PEERS_TOLD;

		for (; at > 0 && out[at - 1].n < p->v[i].n; at--)
			if (at < PEERS_TOLD)
				out[at] = out[at - 1];
		if (at < PEERS_TOLD)
			out[at] = p->v[i];
	}
	return n;
}
