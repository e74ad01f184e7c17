/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_OVERVIEW_H
#define OUT_JSON_OVERVIEW_H

#include <jansson.h>

#include "model/overview.h"
#include "out/json_stream.h"

/* A document that is being made, one network namespace after the other. */
struct json_overview {
	struct json_stream *st;
	json_t *ranges, *gaps;
};

void json_overview_begin(struct json_overview *j, struct json_stream *st, const struct host *host, enum verdict worst);
void json_overview_add(struct json_overview *j, const struct overview *o, const struct report *about);
void json_overview_end(struct json_overview *j);

#endif
