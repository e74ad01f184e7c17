/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "portwhy explain" as one JSON document, with the keys that causes and fixes have in a report. */
#include <jansson.h>
#include <string.h>

#include "base/msg.h"
#include "out/explain.h"

static void append(json_t *array, json_t *value)
{
	if (!value || json_array_append_new(array, value))
		die("out of memory");
}

/* The text with words in the place of {facts}; null where there is none. */
static json_t *general(const char *text)
{
	struct buf b = {0};
	json_t *value;

	if (!text)
		return json_null();
	explain_general(&b, text);
	value = json_string(b.s ? b.s : "");
	buf_free(&b);
	return value;
}

/* All paragraphs, with an empty line between. */
static json_t *whole_text(const struct explain_text *t)
{
	struct buf b = {0};
	json_t *value;

	for (size_t i = 0; i < EXPLAIN_PARTS; i++)
		if (t->parts[i])
			buf_printf(&b, "%s%s", b.len ? "\n\n" : "", t->parts[i]);
	value = json_string(b.s);
	buf_free(&b);
	return value;
}

static const struct explain_text *fix_row(enum fix_id id)
{
	const struct explain_text *t = explain_fixes;

	while (t->id != id)
		t++;
	return t;
}

static json_t *fix(enum fix_id id, bool permanent, enum language lang)
{
	enum language shown = lang ? lang : LANG_C;

	return json_pack("{s:s,s:s,s:b,s:o,s:o}", "id", fix_texts[id].id, "text", explain_title(KIND_FIX, fix_row(id)),
	                 "permanent", permanent, "command", general(fix_texts[id].command), "code",
	                 general(snippet(id, &shown)->code));
}

static json_t *story(enum story_id id)
{
	json_t *array = json_array();

	for (size_t i = 0; i < story_texts[id].nsteps; i++) {
		const struct story_step *s = &story_texts[id].steps[i];

		append(array, json_pack("{s:n,s:s,s:s,s:s?,s:s}", "at_ms", "end", s->end, "event", s->event, "segment",
		                        s->segment, "state", s->state));
	}
	return array;
}

static json_t *see(const char *ids)
{
	json_t *array = json_array();

	while (ids && *ids) {
		size_t len = strcspn(ids, " ");

		append(array, json_stringn(ids, len));
		ids += len + (ids[len] == ' ');
	}
	return array;
}

static json_t *one(const struct explained *e, enum language lang)
{
	json_t *fixes = json_array(), *causes = json_array();

	for (size_t i = 0; i < e->nfixes; i++)
		append(fixes, fix(e->fixes[i].id, e->fixes[i].permanent, lang));
	for (size_t i = 0; i < CAUSES; i++)
		if (e->causes & 1U << explain_causes[i].id)
			append(causes, json_string(explain_id(KIND_CAUSE, &explain_causes[i])));
	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "id", explain_id(e->kind, e->text), "kind",
	                 explain_kinds[e->kind].word, "title", explain_title(e->kind, e->text), "text",
	                 whole_text(e->text), "fixes", fixes, "causes", causes, "story", story(e->text->story), "see",
	                 see(e->text->see));
}

static int add(const char *p, size_t len, void *out)
{
	buf_add(out, p, len);
	return 0;
}

/* Appends the document. */
void explain_json(struct buf *out, const struct explained *v, size_t n, enum language lang)
{
	json_t *o, *array = json_array();

	for (size_t i = 0; i < n; i++)
		append(array, one(&v[i], lang));
	o = json_pack("{s:i,s:s,s:o}", "schema", 1, "version", VERSION, "explain", array);
	if (!o || json_dump_callback(o, add, out, JSON_INDENT(2)))
		die("out of memory");
	buf_puts(out, "\n");
	json_decref(o);
}
