/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"
#include "model/netns.h"
#include "model/sock.h"

/* The options of the socket that the user would bind. */
struct mix {
	bool reuseaddr, reuseport;
};

/* The order in which every table and the JSON list them. */
enum { MIX_PLAIN, MIX_REUSEADDR, MIX_REUSEPORT, MIX_BOTH, MIXES };

extern const struct mix mixes[MIXES];

enum { DEVICE_TEXT = 16 };

/* What the user asked about; text is as typed.  addr.family 0: a bare port, both wildcards. */
struct target {
	const char *text;
	uint8_t proto;             /* enum proto */
	struct addr addr;
	uint16_t port;
	uint32_t ifindex;          /* of the device that the socket would be bound to; 0: none */
	char device[DEVICE_TEXT];  /* its name */
	const char *path;          /* of PROTO_UNIX, and what is above means nothing: as typed, @NAME for an abstract name */
	uint8_t type;              /* of PROTO_UNIX: SOCK_STREAM or SOCK_DGRAM */
};

enum probe_when { PROBE_AUTO, PROBE_ALWAYS, PROBE_NEVER };

/* One question: would this bind() work? */
struct request {
	struct target target;
	unsigned int mix;  /* the requested one, an index into mixes */
	enum probe_when probe;
	uint8_t family;    /* judge only that one; 0: all */
	bool v6only;       /* the socket would have IPV6_V6ONLY; it means nothing for an IPv4 one */
	struct addr to;    /* family not 0: judge also connect() to this address and to_port */
	uint16_t to_port;
	uint32_t to_ifindex; /* of a link-local address that names its device; 0: none */
	bool as_user;      /* the socket would be that of uid, not ours */
	uint32_t uid;
	bool all;          /* no folding */
	bool numeric;      /* no names of users */
	const struct netns *netns; /* borrowed: where it is asked; NULL: where we are, and nobody has named it */
	bool everywhere;   /* the same is asked in all network namespaces */
	bool one_of_many;  /* a port of a range or list: what the rules decide is not tried */
};


#endif
