/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether an address can be bound, as far as EADDRNOTAVAIL goes.  The kernel is
 * asked its own question instead of its tables: inet_addr_valid_or_nonlocal()
 * looks in the local table only, whatever the routing rules are; allows
 * multicast and broadcast; everything where ip_nonlocal_bind is set; and, in a
 * namespace without any route, every IPv4 address.  ipv6_chk_addr() leaves out
 * tentative addresses and those of devices that are down.  A copy of all this
 * would differ some day.
 */
#include "sys/locality.h"

#include <errno.h>

#include "sys/probe.h"

/*
 * Asks whether a socket on the target's device could bind to its address.  Returns 0:
 * *local is YES, NO (EADDRNOTAVAIL), or UNKNOWN where bind() fails for another
 * reason than the place of the address: EINVAL for a link-local one without a
 * device, and for IPv6 multicast, on which TCP cannot listen.  -errno,
 * *local UNKNOWN, if it could not be asked or something (a BPF hook, LSM)
 * answered in the kernel's place.
 */
int locality_ask(const struct target *target, enum tri *local)
{
	int refused, err = probe_address(&target->addr, target, &refused);

	*local = UNKNOWN;
	if (err)
		return err;
	if (!refused || refused == EADDRNOTAVAIL) {
		*local = tri_of(!refused);
		return 0;
	}
	return refused == EINVAL ? 0 : -refused;
}
