/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_CENSUS_H
#define MODEL_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "model/peers.h"
#include "model/ports.h"
#include "model/sock.h"

/* Sockets that no bind() to a wildcard can tell apart, on any port. */
struct census_group {
	struct sock like;         /* one of them */
	struct port_set ports;    /* those that they have */
	struct peers peers;       /* to whom they are connected */
};

enum { HOLDERS_TOLD = 3 };

/* A process and how many ports of the range it has a socket on. */
struct census_holder {
	pid_t pid;
	uint32_t ports;
};

/* Who has the ports that the kernel may choose from (target 0): for all sockets in the memory of some ports. */
struct census {
	uint16_t first, last;     /* ip_local_port_range; 0: not known */
	struct port_set reserved; /* ip_local_reserved_ports; of any target */
	bool reserved_read;       /* it could be read */
	bool autobind_reuse;      /* ip_autobind_reuse */
	uint8_t tw_reuse;         /* tcp_tw_reuse: 0, 1, or 2 (loopback alone) */
	struct census_group *groups;
	size_t ngroups;
	struct addr from, to;     /* family not 0: the ends of the connection that is asked about */
	uint16_t to_port;
	struct port_set live, dead; /* ports with a connection between these ends, that lives, that is over */
	uint32_t states[STATE_MAX]; /* sockets on ports of the range */
	uint32_t *inodes;         /* of each port from first on: one socket that a process has; 0: there is none */
	struct census_holder top[HOLDERS_TOLD]; /* who has most of these, looked for only where no port is left */
	size_t ntop;
	uint32_t unseen;          /* of these no process was found */
	int32_t *ends_ms;         /* of each port from first on: when its last TIME_WAIT ends; INT32_MAX: others are there */
};

void census_add(struct census *c, const struct sock *s);
void census_free(struct census *c);

#endif
