/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_FOLD_H
#define MODEL_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "model/index.h"
#include "model/sock.h"

enum { FOLD_SAMPLES = 10 };

struct fold_group;

/* Sockets taken in one by one; alike ones without a process are kept as ten samples and a count. */
struct fold {
	struct sock *socks;      /* those that are not folded, and (after fold_end) the rows of the groups */
	size_t nsocks;
	struct fold_group *groups;
	size_t ngroups;
	struct index index;      /* of the groups */
	bool off;                /* all are kept */
	struct addr peer;        /* family not 0: connections to this peer and peer_port are kept too */
	uint16_t peer_port;
};

void fold_add(struct fold *f, const struct sock *s);
struct sock *fold_end(struct fold *f, size_t *n);

#endif
