/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports that the kernel may choose from, and by which rules: Documentation/networking/ip-sysctl.rst. */
#include "sys/range.h"

#include <stdlib.h>
#include <string.h>

#include "sys/procfile.h"

enum { RESERVED_MAX = 1 << 19 };

/* Adds "80,8000-8010", as the kernel prints ip_local_reserved_ports, to ports; stops at what is no such list.  Pure. */
void range_parse(const char *text, struct port_set *ports)
{
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long port = first; port <= last && port <= UINT16_MAX; port++)
			port_set_add(ports, (uint16_t)port);
		text = end + (*end == ',');
	}
}

static uint64_t number_or(int procfd, const char *path, uint64_t otherwise)
{
	uint64_t value;

	return procfile_number(procfd, path, &value) ? otherwise : value;
}

/* Fills ip_local_reserved_ports of c, for which procfd is a descriptor of /proc; where it cannot be read that is told. */
void range_read_reserved(struct census *c, int procfd)
{
	struct buf reserved = {0};

	c->reserved_read = !procfile_read(procfd, "sys/net/ipv4/ip_local_reserved_ports", RESERVED_MAX, &reserved);
	if (reserved.s)
		range_parse(reserved.s, &c->reserved);
	buf_free(&reserved);
}

/*
 * Fills the other rules of c.  procfd is a descriptor of /proc; a file that is not there
 * is one of a kernel without the feature.
 */
void range_read(struct census *c, int procfd, const struct host *host)
{
	c->first = host->ephemeral_first;
	c->last = host->ephemeral_last;
	c->autobind_reuse = number_or(procfd, "sys/net/ipv4/ip_autobind_reuse", 0);
	c->tw_reuse = (uint8_t)number_or(procfd, "sys/net/ipv4/tcp_tw_reuse", 2);
}
