/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_EXPLAIN_H
#define TEXT_EXPLAIN_H

#include "model/report.h"
#include "text/text.h"

/* In the order in which the list shows them. */
enum explain_kind { KIND_CAUSE, KIND_FACET, KIND_NOTE, KIND_FIX, KIND_STATE, KINDS };

enum { EXPLAIN_PARTS = 5 };

/* What is told of one id where no socket is at hand: no text has a {fact}. */
struct explain_text {
	unsigned int id;          /* of its kind: enum cause_id, ..., of a state enum sock_state or STATE_BOUND */
	const char *group;        /* the heading above it in the list, where it begins one; NULL */
	const char *line;         /* in the list: short enough for one line of 80 columns */
	const char *parts[EXPLAIN_PARTS]; /* paragraphs under the headings of the kind; NULL where there is none */
	enum story_id story;      /* the picture of a cause */
	const char *see;          /* other ids, with blanks between */
};

/* Not a state of the kernel: bound, and nothing more (see sock_state_name()). */
enum { STATE_BOUND = 0 };

struct explain_kind_text {
	const char *name, *word;          /* for people, in JSON */
	const char *heads[EXPLAIN_PARTS]; /* NULL: no heading */
	const struct explain_text *rows;  /* in the order of the list */
	size_t n;
};

/* The ways in which a connection ends. */
enum close_way { CLOSE_IN_TURN, CLOSE_AT_ONCE, CLOSE_ABORT, CLOSE_WAYS };

struct close_text {
	const char *title, *text;
	const struct ladder_line *lines;  /* NULL: those of the story */
	size_t nlines;
	enum story_id story;
};

/* What stands in the place of a {fact} in a command or code where no socket is at hand. */
struct explain_word {
	const char *name, *word;
};

/* CAUSES, FACETS, ... of them, each id once. */
extern const struct explain_text explain_causes[], explain_facets[], explain_notes[], explain_fixes[], explain_states[];
extern const struct explain_kind_text explain_kinds[KINDS];
extern const struct close_text close_texts[CLOSE_WAYS];
extern const struct explain_word explain_words[];

const char *explain_id(enum explain_kind kind, const struct explain_text *t);
const char *explain_title(enum explain_kind kind, const struct explain_text *t);

#endif
