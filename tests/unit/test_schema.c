/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ids and names that the JSON Schema lists are those of the tables, in
 * either direction.  Run from the top of the tree.
 */
#include <jansson.h>
#include <string.h>

#include "cmd/explain.h"
#include "out/json.h"
#include "tests/unit/suite.h"
#include "text/text.h"

static const char *explained(int kind, size_t i)
{
	const struct explain_kind_text *k = &explain_kinds[kind];

	return i < k->n ? explain_id((enum explain_kind)kind, &k->rows[i]) : NULL;
}

static const char *doubt(int unused, size_t i)
{
	(void)unused;
	return DOUBT_NONE + 1 + i < DOUBTS ? doubt_texts[DOUBT_NONE + 1 + i].id : NULL;
}

static const char *verdict(int unused, size_t i)
{
	(void)unused;
	return i <= TAKEN ? json_verdict((enum verdict)i) : NULL;
}

static const struct {
	const char *name;                       /* in $defs */
	const char *(*nth)(int kind, size_t i); /* NULL behind the last */
	int kind;
} rows[] = {
    {"cause_id", explained, KIND_CAUSE}, {"facet_id", explained, KIND_FACET}, {"note_id", explained, KIND_NOTE},
    {"fix_id", explained, KIND_FIX},     {"tcp_state", explained, KIND_STATE}, {"doubt", doubt, 0},
    {"verdict", verdict, 0},
};

/* Lists of one length without a repeated word, and each of the table is in the schema. */
START_TEST(test_names)
{
	json_error_t error;
	json_t *schema = json_load_file("src/schema/portwhy.schema.json", JSON_REJECT_DUPLICATES, &error), *list, *word;
	const char *id;
	size_t n = 0, i;

	ck_assert_msg(schema != NULL, "line %d: %s", error.line, error.text);
	list = json_object_get(json_object_get(json_object_get(schema, "$defs"), rows[_i].name), "enum");
	for (; (id = rows[_i].nth(rows[_i].kind, n)); n++) {
		size_t found = 0;

		json_array_foreach(list, i, word)
			found += json_is_string(word) && !strcmp(json_string_value(word), id);
		ck_assert_msg(found == 1, "%s: %s is there %zu times", rows[_i].name, id, found);
	}
	ck_assert_msg(json_array_size(list) == n, "%s: %zu in the schema, %zu in the table", rows[_i].name,
	              json_array_size(list), n);
	json_decref(schema);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("schema");

	add_table(suite, "names", test_names, COUNT(rows));
	return run_suite(suite);
}
