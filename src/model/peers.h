/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_PEERS_H
#define MODEL_PEERS_H

#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"

enum { PEERS_KEPT = 64, PEERS_TOLD = 3 };

struct peer_count {
	struct addr addr;
	uint16_t port;
	uint32_t n;
};

/* The peers that most connections have, in bounded memory: with lost 0 the counts are exact, otherwise at least that. */
struct peers {
	struct peer_count v[PEERS_KEPT];
	size_t n;
	uint32_t lost;
};

void peers_add(struct peers *p, const struct peer_count *more);
void peers_merge(struct peers *p, const struct peers *from);
size_t peers_top(const struct peers *p, struct peer_count out[static PEERS_TOLD]);

#endif
