/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JSON document of which only one piece at a time is in memory: a tree of 100,000
 * sockets would take half a gigabyte.  jansson writes the pieces; the bytes are those
 * that it would write for the whole.
 */
#include "out/json_stream.h"

#include <stdio.h>
#include <string.h>

#include "base/msg.h"

enum { INDENT = 2 };

static void line(struct json_stream *st)
{
	buf_puts(st->out, "\n");
	buf_fill(st->out, ' ', (size_t)st->depth * INDENT);
}

/* What stands before a piece: a comma, the line, the key. */
static void begin(struct json_stream *st, const char *key)
{
	buf_drain(st->out);
	if (st->filled)
		buf_puts(st->out, ",");
	if (st->depth)
		line(st);
	if (key)
		buf_printf(st->out, "\"%s\": ", key);
	st->filled = true;
}

/* Begins an object '{' or an array '['; key is NULL for what is in an array, or in nothing. */
void json_stream_open(struct json_stream *st, const char *key, char bracket)
{
	begin(st, key);
	buf_add(st->out, &bracket, 1);
	st->depth++;
	st->filled = false;
}

/* Lines within strings are escaped, so every line that jansson begins is one of ours. */
static int add(const char *p, size_t len, void *arg)
{
	struct json_stream *st = arg;

	for (size_t done = 0; done < len;) {
		const char *end = memchr(p + done, '\n', len - done);
		size_t n = end ? (size_t)(end - p) - done : len - done;

		buf_add(st->out, p + done, n);
		done += n;
		if (!end)
			break;
		line(st);
		done++;
	}
	return 0;
}

/* Writes a value, and releases it. */
void json_stream_value(struct json_stream *st, const char *key, json_t *value)
{
	begin(st, key);
	if (!value || json_dump_callback(value, add, st, JSON_INDENT(INDENT) | JSON_ENCODE_ANY))
		die("out of memory");
	json_decref(value);
}

/* Writes what is in that object as if it were in ours, and releases it. */
void json_stream_members(struct json_stream *st, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		json_stream_value(st, key, json_incref(value));
	json_decref(object);
}

/* Writes the indexes of a set as an array of numbers. */
void json_stream_rows(struct json_stream *st, const char *key, const struct rows *rows)
{
	json_stream_open(st, key, '[');
	for (size_t i = 0; rows_next(rows, &i); i++) {
		char text[24];

		begin(st, NULL);
		snprintf(text, sizeof text, "%zu", i);
		buf_puts(st->out, text);
	}
	json_stream_close(st, ']');
}

/* Ends the object '}' or array ']'; the outermost with its line. */
void json_stream_close(struct json_stream *st, char bracket)
{
	st->depth--;
	if (st->filled)
		line(st);
	buf_add(st->out, &bracket, 1);
	if (!st->depth)
		buf_puts(st->out, "\n");
	st->filled = true;
}
