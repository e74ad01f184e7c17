/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_DESTROYED_H
#define SYS_DESTROYED_H

#include <stdbool.h>
#include <stdint.h>

/* Of which sockets the end is heard: those of the protocols, with a local port from first to last. */
struct destroyed {
	bool tcp, udp;
	uint16_t first, last;
	int fd;          /* readable when something was heard; -1: nothing ever will be */
};

int destroyed_open(struct destroyed *d);
bool destroyed_heard(struct destroyed *d, uint64_t cookie);
void destroyed_close(struct destroyed *d);

#endif
