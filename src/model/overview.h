/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_OVERVIEW_H
#define MODEL_OVERVIEW_H

#include "model/report.h"

/* One port of one protocol, and all that is on it. */
struct overview_port {
	uint8_t proto;
	uint16_t port;
	bool outgoing;          /* one that the kernel picked for outgoing connections, as far as its place and its sockets tell */
	bool kernel, hidden;    /* some socket is held by no process; by one that was not found */
	uint32_t states[SHOWN_STATES];
	const struct process **holders; /* each once, the oldest of each socket first */
	size_t nholders;
	uint32_t uid;           /* of a socket whose process was not found; UID_UNKNOWN */
	int64_t soonest, latest; /* ms until the first and the last that ends by itself does; -1: none does */
	int64_t time_wait;      /* ms until its last TIME_WAIT ends; -1: there is none */
	bool estimate;          /* one of these is no plain timer */
	enum tri fails;         /* whether a plain bind() does */
	enum tri reuseaddr_fails; /* with SO_REUSEADDR */
};

/* All ports of a network namespace that have a socket, to be sorted by port. */
struct overview {
	struct overview_port *v;
	size_t n;
	uint64_t totals[SHOWN_STATES];
	bool asked[PROTOS];
	size_t listening, lingering; /* ports with a server; with a socket that only lingers */
	enum verdict worst;          /* of a plain bind() to each */
	size_t in_range, outgoing;   /* TCP ports of the ephemeral range that are in use; by outgoing connections alone */
};

bool overview_is_lingering(enum shown_state state);
uint64_t overview_sockets(const struct overview *o);
bool overview_is_outgoing(const struct snapshot *seen, uint16_t port);
void overview_add(struct overview *o, const struct report *r);
void overview_sort(struct overview *o);
void overview_free(struct overview *o);

#endif
