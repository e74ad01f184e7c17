/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy explain [ID...]: the text of an id, or the list of all.  No socket is looked at. */
#define _GNU_SOURCE
#include "cmd/explain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "cmd/print.h"
#include "cmd/verbs.h"
#include "judge/remedy.h"

static struct explained explained(enum explain_kind kind, const struct explain_text *text)
{
	struct explained e = {.kind = kind, .text = text};
	struct fix fixes[FIXES];

	if (kind == KIND_CAUSE)
		e.nfixes = remedy_all((enum cause_id)text->id, e.fixes);
	for (unsigned int c = 0; kind == KIND_FIX && c < CAUSES; c++)
		for (size_t i = remedy_all((enum cause_id)c, fixes); i--;)
			if (fixes[i].id == text->id)
				e.causes |= 1U << c;
	return e;
}

/* All ids in the order of the list; their number is returned, *v is the caller's to free. */
size_t explain_all(struct explained **v)
{
	size_t n = 0;

	*v = NULL;
	for (int k = 0; k < KINDS; k++)
		for (size_t i = 0; i < explain_kinds[k].n; i++) {
			*v = xgrow(*v, n, sizeof **v);
			(*v)[n++] = explained((enum explain_kind)k, &explain_kinds[k].rows[i]);
		}
	return n;
}

/* One spelling of a state: RFC 9293 writes TIME-WAIT, netstat(8) TIME_WAIT, others Time_Wait. */
static char folded(char c)
{
	return c == '-' ? '_' : (char)toupper((unsigned char)c);
}

static bool is_same(const char *a, const char *b)
{
	while (*a && folded(*a) == folded(*b))
		a++, b++;
	return !*a && !*b;
}

/*
 * What is called so; false where nothing is.  An id is written as it is, a TCP
 * state in either case and with - or _: closing is the cause, CLOSING the state.
 */
bool explain_find(struct explained *e, const char *id)
{
	const struct explain_kind_text *states = &explain_kinds[KIND_STATE];

	for (int k = 0; k < KINDS; k++)
		for (size_t i = 0; i < explain_kinds[k].n; i++)
			if (!strcmp(explain_id((enum explain_kind)k, &explain_kinds[k].rows[i]), id)) {
				*e = explained((enum explain_kind)k, &explain_kinds[k].rows[i]);
				return true;
			}
	for (size_t i = 0; i < states->n; i++)
		if (is_same(explain_id(KIND_STATE, &states->rows[i]), id)) {
			*e = explained(KIND_STATE, &states->rows[i]);
			return true;
		}
	return false;
}

enum { WORD = 40 };

/* How many letters must be changed, added, taken away to make b of a; WORD where one is too long to be an id. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD + 1], n = strnlen(b, WORD);

	if (strnlen(a, WORD) == WORD || n == WORD)
		return WORD;
	for (size_t k = 0; k <= n; k++)
		row[k] = k;
	for (size_t i = 1; *a; a++, i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= n; k++) {
			size_t changed = corner + (folded(*a) != folded(b[k - 1]));
			size_t other = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;

			corner = row[k];
			row[k] = changed < other ? changed : other;
		}
	}
	return row[n];
}

/* Whether one is the beginning of the other. */
static bool begins(const char *typed, const char *id)
{
	size_t same = 0;

	while (typed[same] && folded(typed[same]) == folded(id[same]))
		same++;
	return same >= 3 && (!typed[same] || !id[same]);
}

/* How few letters are wrong of the id that is closest; WORD where that are more than two, of a short word one. */
static size_t least_distance(const char *typed)
{
	size_t len = strlen(typed), most = len / 3 < 2 ? len / 3 : 2, least = WORD;

	for (int k = 0; k < KINDS; k++)
		for (size_t i = 0; i < explain_kinds[k].n; i++) {
			size_t d = distance(typed, explain_id((enum explain_kind)k, &explain_kinds[k].rows[i]));

			least = d < least ? d : least;
		}
	return least <= most ? least : WORD;
}

/* The ids that may have been meant, in the order of the list; returns how many. */
size_t explain_near(const char *id, const char *near[static NEAR_MAX])
{
	size_t n = 0, least = least_distance(id);

	for (int k = 0; k < KINDS; k++)
		for (size_t i = 0; i < explain_kinds[k].n && n < NEAR_MAX; i++) {
			const char *other = explain_id((enum explain_kind)k, &explain_kinds[k].rows[i]);

			if (begins(id, other) || (least < WORD && distance(id, other) == least))
				near[n++] = other;
		}
	return n;
}

static void unknown(const char *id)
{
	const char *near[NEAR_MAX];
	size_t n = explain_near(id, near);
	struct buf b = {0};

	buf_puts(&b, "unknown id '");
	vis(&b, id, strlen(id), true);
	buf_puts(&b, n ? "'; did you mean " : "'; portwhy explain lists all");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", !i ? "" : i + 1 < n ? ", " : " or ", near[i]);
	die("%s%s", b.s, n ? "?" : "");
}

static void put_words(struct buf *out, const struct options *o, const struct explained *v, size_t n)
{
	struct style style = options_style(o);

	if (!o->ntargets) {
		explain_list(out, &style);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct buf one = {0};

		explain_term(&one, &v[i], &style);
		buf_printf(out, "%s%s", i ? "\n" : "", one.s);
		buf_free(&one);
	}
}

/* Explains each id, or lists all.  What is unknown ends the program with status 2 before anything is printed. */
int cmd_explain(const struct options *o)
{
	size_t n = (size_t)o->ntargets;
	struct explained *v = NULL;
	struct buf out = {0};

	if (n)
		v = xcalloc(n, sizeof *v);
	for (size_t i = 0; i < n; i++)
		if (!explain_find(&v[i], o->targets[i]))
			unknown(o->targets[i]);
	if (!n)
		n = explain_all(&v);
	if (o->json)
		explain_json(&out, v, n, o->lang);
	else
		put_words(&out, o, v, n);
	if (!o->quiet || o->output)
		print(&out, o->output);
	buf_free(&out);
	free(v);
	return EXIT_FREE;
}
