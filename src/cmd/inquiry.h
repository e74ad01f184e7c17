/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_INQUIRY_H
#define CMD_INQUIRY_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"
#include "model/request.h"

/* One address of a target: the request with its first port, and all of its ports. */
struct inquiry {
	struct request request;
	uint16_t *ports;   /* each once, as typed */
	size_t nports;
	bool is_many;      /* a range or list */
};

struct inquiry *inquiries_read(const struct options *o, const struct netns *netns, size_t *n);
bool inquiry_move(struct inquiry *to, const struct inquiry *from, const struct netns *netns);
void inquiries_free(struct inquiry *v, size_t n);

#endif
