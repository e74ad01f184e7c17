/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document written piece by piece has the bytes that jansson writes for the whole. */
#include "out/json_stream.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/suite.h"

/* Nested, empty, with lines in strings. */
static const char *const documents[] = {
    "{}",
    "{\"a\": 1}",
    "{\"a\": [], \"b\": {}, \"c\": null}",
    "{\"a\": [1, [2, [], {\"x\": \"two\\nlines\"}], 3], \"b\": {\"c\": {\"d\": [true, false]}}}",
    "[[], [[]], {\"k\": [{}]}]",
};

static void write_all(struct json_stream *st, const char *key, json_t *value, unsigned int deep)
{
	const char *name;
	json_t *inner;
	size_t i;

	if (!deep || (!json_is_object(value) && !json_is_array(value))) {
		json_stream_value(st, key, json_incref(value));
		return;
	}
	json_stream_open(st, key, json_is_object(value) ? '{' : '[');
	json_object_foreach(value, name, inner)
		write_all(st, name, inner, deep - 1);
	json_array_foreach(value, i, inner)
		write_all(st, NULL, inner, deep - 1);
	json_stream_close(st, json_is_object(value) ? '}' : ']');
}

/* Taken apart one level deep, two, three... */
START_TEST(test_bytes)
{
	json_t *value = json_loads(documents[_i], 0, NULL);
	char *want = json_dumps(value, JSON_INDENT(2));

	for (unsigned int deep = 1; deep < 6; deep++) {
		struct buf out = {0};

		write_all(&(struct json_stream){.out = &out}, NULL, value, deep);
		ck_assert_uint_eq(out.len, strlen(want) + 1);
		ck_assert(!strncmp(out.s, want, strlen(want)) && out.s[out.len - 1] == '\n');
		buf_free(&out);
	}
	free(want);
	json_decref(value);
}
END_TEST

static void drain(struct buf *out, void *arg)
{
	buf_add(arg, out->s, out->len);
	out->len = 0;
}

/* Much of it leaves before the end, and nothing is lost. */
START_TEST(test_drained)
{
	struct buf whole = {0}, out = {.drain = drain, .arg = &whole};
	struct json_stream st = {.out = &out};
	struct rows v = {0};
	size_t most = 0;
	json_t *read;

	for (size_t i = 1; i < 1000; i = i * 16 + 5)
		rows_add(&v, i);

	json_stream_open(&st, NULL, '{');
	json_stream_open(&st, "many", '[');
	for (int i = 0; i < 20000; i++) {
		json_stream_value(&st, NULL, json_string("a socket"));
		most = out.len > most ? out.len : most;
	}
	json_stream_close(&st, ']');
	json_stream_rows(&st, "v", &v);
	json_stream_members(&st, json_pack("{s:i,s:b}", "last", 7, "done", 1));
	json_stream_close(&st, '}');
	drain(&out, &whole);
	ck_assert_uint_lt(most, 1 << 17);
	read = json_loadb(whole.s, whole.len, 0, NULL);
	ck_assert(read && json_array_size(json_object_get(read, "many")) == 20000);
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(read, "v"), 2)), 341);
	ck_assert_int_eq(json_integer_value(json_object_get(read, "last")), 7);
	json_decref(read);
	rows_free(&v);
	buf_free(&out);
	buf_free(&whole);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_stream");

	add_table(suite, "bytes", test_bytes, COUNT(documents));
	add_table(suite, "drained", test_drained, 1);
	return run_suite(suite);
}
