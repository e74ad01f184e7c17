/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "model/addr.h"

/* The options of the socket that the user would bind. */
struct mix {
	bool reuseaddr, reuseport;
};

/* The order in which every table and the JSON list them. */
enum { MIX_PLAIN, MIX_REUSEADDR, MIX_REUSEPORT, MIX_BOTH, MIXES };

extern const struct mix mixes[MIXES];

/* What the user asked about; text is as typed.  addr.family 0: a bare port, both wildcards. */
struct target {
	const char *text;
	struct addr addr;
	uint16_t port;
};

enum probe_when { PROBE_AUTO, PROBE_ALWAYS, PROBE_NEVER };

/* One question: would this bind() work? */
struct request {
	struct target target;
	unsigned int mix;  /* the requested one, an index into mixes */
	enum probe_when probe;
};

#endif
