/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_WANT_H
#define MODEL_WANT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/addr.h"
#include "model/request.h"

/* A bind() that only the kernel can answer. */
struct wanted_probe {
	struct addr addr;
	unsigned int mix;
};

/* What the judgement still needs from sys; nothing wanted means that it is final. */
struct want {
	bool owners;          /* who holds the snapshot's sockets: one scan of the descriptors, with users and cgroups */
	bool brief;           /* one holder of each will do, to be asked for options */
	bool unlisted;        /* the sockets that are in no table: one scan of the descriptors */
	bool info;            /* tcp_info: who opened a connection, and its retransmission time-out */
	bool mptcp;           /* which of them are sockets of MPTCP */
	bool alive;           /* whether a socket file is some socket's */
	bool quirks;          /* how this kernel decides where versions differ */
	bool peers;           /* the other ends on this host */
	bool remote;          /* how many have our port at the remote end and nothing more: a walk of the table */
	size_t *options;      /* sockets (indexes into socks) whose options decide */
	size_t noptions;
	size_t *told;         /* sockets (likewise) of which is told by which descriptors they are held */
	size_t ntold;
	struct wanted_probe probes[2 * MIXES];
	size_t nprobes;
};

void want_free(struct want *w);

#endif
