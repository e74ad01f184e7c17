/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of a JSON document: text that somebody else chose, and how values are put together. */
#define _GNU_SOURCE
#include "out/json_bytes.h"

#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"

/* Puts value, which it takes over, into object. */
void json_set(json_t *object, const char *key, json_t *value)
{
	if (!value || json_object_set_new(object, key, value))
		die("out of memory");
}

/* The same into an array, at its end. */
void json_append(json_t *array, json_t *value)
{
	if (!value || json_array_append_new(array, value))
		die("out of memory");
}

/* Bytes as a string: what is not UTF-8 becomes U+FFFD. */
json_t *json_bytes(const char *s)
{
	struct buf b = {0};
	json_t *value;

	if (!s)
		return json_null();
	utf8_sanitize(&b, s, strlen(s));
	value = json_stringn(b.s ? b.s : "", b.len);
	buf_free(&b);
	return value;
}

/* The same in hexadecimal digits. */
json_t *json_hex(const char *s)
{
	struct buf b = {0};
	json_t *value;

	for (; *s; s++)
		buf_printf(&b, "%02x", (unsigned int)(unsigned char)*s);
	value = json_stringn(b.s ? b.s : "", b.len);
	buf_free(&b);
	return value;
}

/* The string, and where it is not UTF-8 its twin with the bytes. */
void json_set_bytes(json_t *object, const char *key, const char *s)
{
	char twin[64];

	json_set(object, key, json_bytes(s));
	if (!s || utf8_valid(s, strlen(s)))
		return;
	strcpy(stpcpy(twin, key), "_bytes_hex");
	json_set(object, twin, json_hex(s));
}
