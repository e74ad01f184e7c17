/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CONFLICT_H
#define JUDGE_CONFLICT_H

#include "model/request.h"
#include "model/sock.h"

/* The socket that would be bound: S in the rules. */
struct binder {
	struct addr addr;
	struct mix mix;
	bool v6only;
	uint32_t uid;
	uint32_t ifindex; /* 0: bound to no device */
};

enum tri conflict_overlap(const struct binder *s, const struct sock *t);
enum tri conflict_blocks(const struct binder *s, const struct sock *t);
bool conflict_cache_may_allow(const struct binder *s, const struct sock *t);

#endif
