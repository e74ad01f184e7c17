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
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "sys/probe.h"

/* Less than that many bits in common is no likeness. */
enum { LIKE4 = 16, LIKE6 = 32 };

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

static struct addr addr_of(const struct sockaddr *sa)
{
	struct addr a = {0};

	if (sa && sa->sa_family == AF_INET)
		memcpy(a.b, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	else if (sa && sa->sa_family == AF_INET6)
		memcpy(a.b, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
	else
		return a;
	a.family = (uint8_t)sa->sa_family;
	return a;
}

/* Fills in which address of this host is most like l->addr, of several alike the first; none where nothing can be listed. */
void locality_nearest(struct locality *l)
{
	unsigned int most = (addr_is_ipv4(&l->addr) ? LIKE4 : LIKE6) - 1;
	struct ifaddrs *all;

	if (getifaddrs(&all))
		return;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct addr a = addr_of(i->ifa_addr);
		unsigned int bits = a.family ? addr_common_bits(&a, &l->addr) : 0;

		if (bits <= most)
			continue;
		most = bits;
		l->nearest = a;
		snprintf(l->device, sizeof l->device, "%s", i->ifa_name);
	}
	freeifaddrs(all);
}
