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

enum tri conflict_overlap(const struct binder *s, const struct sock *t);
enum tri conflict_meets(const struct binder *s, const struct sock *t);
enum tri conflict_blocks(const struct binder *s, const struct sock *t);
unsigned int conflict_udp(const struct binder *s, const struct sock *const *socks, size_t n, bool ordered);
unsigned int conflict_udp_crowded(const struct binder *s, const struct sock *const *socks, size_t n);

#endif
