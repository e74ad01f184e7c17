/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CONFLICT_H
#define JUDGE_CONFLICT_H

#include "model/request.h"
#include "model/sock.h"

/* The socket that would be bound: S in the rules. */
struct binder {
	enum proto proto;
	struct addr addr;
	struct mix mix;
	bool v6only;
	uint32_t uid;
	uint32_t ifindex; /* 0: bound to no device */
	uint32_t l3mdev;  /* the VRF of that device; 0: none */
};

/* What a walk over several sockets may end with; one bit is certainty. */
enum { LET_IN = 1, REFUSED_BY_ONE = 2 };

/* One chain of UDP sockets as far as S has walked it; {0} before the first. */
struct udp_chain {
	unsigned int in_order; /* what those met may have done, if they come in this order; and if in any */
	unsigned int in_any;
	bool decided;          /* one of them has */
	bool moved;            /* one was connected: its place in a chain is another now */
};

/* The chains that S may have to walk: that of its port, and (hslot2) those of its address and of the wildcards. */
struct udp_walk {
	struct udp_chain by_port, by_address, wildcards;
};

enum tri conflict_overlap(const struct binder *s, const struct sock *t);
enum tri conflict_meets(const struct binder *s, const struct sock *t);
enum tri conflict_blocks(const struct binder *s, const struct sock *t);
void conflict_udp_meet(struct udp_walk *w, const struct binder *s, const struct sock *t);
unsigned int conflict_udp(const struct udp_walk *w, bool ordered);
unsigned int conflict_udp_crowded(const struct udp_walk *w);

#endif
