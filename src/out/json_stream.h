/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_STREAM_H
#define OUT_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "model/report.h"

/* A document that is written piece by piece: what is in out may leave it between two pieces (buf_drain()). */
struct json_stream {
	struct buf *out;
	unsigned int depth;
	bool filled;        /* the innermost object or array has something in it */
};

void json_stream_open(struct json_stream *st, const char *key, char bracket);
void json_stream_value(struct json_stream *st, const char *key, json_t *value);
void json_stream_members(struct json_stream *st, json_t *object);
void json_stream_rows(struct json_stream *st, const char *key, const struct rows *rows);
void json_stream_close(struct json_stream *st, char bracket);

#endif
