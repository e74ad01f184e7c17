/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "model/report.h"
#include "model/starter.h"

/*
 * All prose.  {name} in a text stands for a fact of the report at hand
 * (out/facts.c lists them).
 */

struct cause_text {
	const char *id, *title;
	const char *one, *many;  /* what happened: to one socket, to several */
};

struct facet_text {
	const char *id, *text;
};

struct supervisor_text {
	const char *text;        /* what it does */
	const char *command;     /* stops what it runs */
};

/* How a container is stopped; the last, without a runtime, is for all others. */
struct runtime_text {
	const char *runtime, *command;
};

/* What has a port for a container: what that means, what lists the container, what to do if that is gone. */
struct helper_text {
	const char *text, *command, *leftover;
};

struct fix_text {
	const char *id;
	const char *text;        /* what to do */
	const char *now;         /* the same, where it helps at once and the code stands below; may be NULL */
	const char *command;     /* may be NULL */
};

struct note_text {
	const char *id, *text;
};

struct doubt_text {
	const char *id, *text;
};

struct gap_text {
	const char *what, *consequence, *affects;
};

/* What --prometheus prints: the overview's, then those of a target. */
enum metric {
	METRIC_SOCKETS,
	METRIC_PORTS,
	METRIC_BIND_PORTS,
	METRIC_EPHEMERAL,
	METRIC_EPHEMERAL_USED,
	METRIC_EPHEMERAL_OUTGOING,
	METRIC_TIME_WAIT_END,
	METRIC_GAPS,
	METRIC_TARGET_VERDICT,
	METRIC_TARGET_PORTS,
	METRIC_TARGET_CLEARS,
	METRIC_TARGET_SOCKETS,
	METRIC_TARGET_GAPS,
	METRICS
};

struct metric_text {
	const char *name, *help;
};

/* One step of a close sequence, as in the JSON. */
struct story_step {
	const char *end, *event, *segment, *state;
	bool timed;              /* the step whose moment the timer proves */
};

/* One line of its picture: what stands at this end, the arrow (">FIN", "<ACK" or NULL), what stands at the peer. */
struct ladder_line {
	const char *here, *arrow, *there;
	bool now;                /* "you are here" */
};

struct story_text {
	const struct story_step *steps;
	size_t nsteps;
	const struct ladder_line *lines;
	size_t nlines;
};

/* As --lang names them; LANG_GUESS: that of a live holder, otherwise C. */
enum language {
	LANG_GUESS,
	LANG_C,
	LANG_CXX,
	LANG_PYTHON,
	LANG_NODE,
	LANG_GO,
	LANG_RUST,
	LANG_JAVA,
	LANG_RUBY,
	LANG_PHP,
	LANG_PERL,
	LANG_SHELL,
	LANG_NGINX,
	LANG_APACHE,
	LANG_SYSTEMD,
	LANGUAGES
};

struct language_text {
	const char *word, *name; /* for --lang; for people */
};

/* What a fix comes to in a language: why nothing is to be done there, or code whose lines end in \n; or neither. */
struct snippet_text {
	const char *none, *code;
};

enum headline {
	HEAD_FREE,
	HEAD_CLOSED,
	HEAD_LISTENER,
	HEAD_BOUND,
	HEAD_SELF_CONNECT,
	HEAD_OUTBOUND,
	HEAD_ACCEPTED,
	HEAD_CLOSE_WAIT,
	HEAD_HALF_CLOSED,
	HEAD_HALF_OPEN,
	HEAD_UDP,
	HEAD_PLAIN_ONLY,
	HEAD_EVEN_REUSEADDR,
	HEAD_TAKEN,
	HEAD_INVISIBLE,
	HEAD_PRIVILEGED,
	HEAD_NOT_LOCAL,
	HEAD_DENIED,
	HEAD_REFUSED,
	HEAD_MAPPED_V6ONLY,
	HEAD_NO_DEVICE,
	HEAD_MULTICAST,
	HEAD_UNSURE,
	HEAD_UNDECIDED,
	HEAD_UNIX_FREE,
	HEAD_UNIX_LISTENER,
	HEAD_UNIX_BOUND,
	HEAD_UNIX_ELSEWHERE,
	HEAD_UNIX_STALE,
	HEAD_UNIX_FILE,
	HEAD_UNIX_REFUSED,
	HEAD_CONNECT_FREE,
	HEAD_CONNECT_TAKEN,
	HEAD_CONNECT_REFUSED,
	HEAD_CONNECT_OVER_DEAD,
	HEAD_CONNECT_UNSURE,
	HEAD_PICK_FREE,
	HEAD_PICK_TAKEN,
	HEAD_PICK_UNSURE,
	HEAD_PICK_TO_FREE,
	HEAD_PICK_TO_TAKEN,
	HEAD_PICK_TO_REFUSED,
	HEAD_PICK_TO_UNSURE,
	HEADLINES
};

enum second_line {
	LINE_TIMER,
	LINE_ESTIMATE,
	LINE_GIVES_UP,
	LINE_STARTED,
	LINE_REUSEADDR_WORKS,
	LINE_RUNTIMES,
	LINE_TIMESTAMPS,
	LINE_RANGE,
	LINE_FIRST_FREE,
	LINE_SHARING,
	LINE_CHANCE,
	SECOND_LINES
};

/* By which rule a port of the range is taken: for bind(), for connect(). */
extern const char *const pick_rule_texts[2];

/* What a line with ip_local_reserved_ports has of those that were there. */
enum reserved_too { RESERVED_NONE, RESERVED_SOME, RESERVED_NOT_READ, RESERVED_TOOS };

extern const char *const reserved_too_texts[RESERVED_TOOS];

/* Why there is no way to a host. */
enum route_reason {
	ROUTE_NONE,
	ROUTE_UNREACHABLE,
	ROUTE_NOT_FROM_HERE,
	ROUTE_PROHIBITED,
	ROUTE_DENIED,
	ROUTE_NO_SOURCE,
	ROUTE_REASONS
};

extern const char *const route_reason_texts[ROUTE_REASONS];

/* The words for what is at a path, for why nothing can be made there, for the type of a socket. */
extern const char *const file_texts[FILE_KINDS];
extern const char *const path_reason_texts[PATH_REASONS];
const char *unix_type_text(unsigned int type);

/* Why it is thought that nobody has a file: by proof, by inference; and what is said in either case of connections. */
extern const char *const stale_texts[2];
extern const char stale_connections[];

/* Why bind() works: of a path, of an abstract name; which fix unlink-path is: of what nobody has, of what is held. */
extern const char *const unix_free_texts[2];
extern const char *const unlink_texts[2];

/* What is waited for. */
enum progress_text {
	PROGRESS_STATE,
	PROGRESS_LISTENS,
	PROGRESS_HOLDS,
	PROGRESS_EXHAUSTED,
	PROGRESS_FILE,
	PROGRESS_ADDRESS,
	PROGRESS_UNSEEN,
	PROGRESS_OTHER,
	PROGRESSES
};

extern const char *const progress_texts[PROGRESSES];

/* Why it is of no use to wait: for a range; a doubt follows. */
extern const char waiting_low_text[], waiting_unsure_text[];

/* What was looked at. */
enum look { LOOK_SOCKETS, LOOK_NAMES, LOOK_PATH, LOOK_CONNECT, LOOK_NO_CONNECT, LOOK_OWNERS, LOOK_NO_OWNERS, LOOK_OPTIONS, LOOK_TRIALS, LOOK_NO_TRIALS, LOOKS };

extern const char *const look_texts[LOOKS];

/* The lines around the table of all ports. */
enum overview_line { OVERVIEW_UNSEEN, OVERVIEW_NONE, OVERVIEW_HEAD, OVERVIEW_SUM, OVERVIEW_RANGE, OVERVIEW_LINES };

extern const char *const overview_texts[OVERVIEW_LINES];
extern const char overview_not_listed[];

/* What bind() does now on a port, in that table. */
enum bind_now { BIND_WORKS, BIND_REUSE, BIND_FAILS, BIND_MAYBE, BIND_UNSURE, BIND_NOWS };

extern const char *const bind_now_texts[BIND_NOWS], *const bind_now_words[BIND_NOWS];

/* The first line of a range. */
enum range_line { RANGE_FREE, RANGE_NOT_FREE, RANGE_EXHAUSTED, RANGE_LINES };

extern const char *const range_texts[RANGE_LINES];
extern const struct cause_text cause_texts[CAUSES];
extern const char windows_hint[];
extern const char *const no_address_texts[2], *const nearest_texts[2]; /* at most one like it; the very address */
extern const struct facet_text facet_texts[FACETS];
extern const char *const kernel_owner_texts[KERNEL_OWNERS];
extern const struct supervisor_text supervisor_texts[SUPERVISORS];
extern const struct runtime_text runtime_texts[];
extern const struct helper_text helper_texts[HELPERS];
extern const struct fix_text fix_texts[FIXES];
extern const struct note_text note_texts[NOTES];
extern const struct gap_text gap_texts[GAP_KINDS];
extern const char *const gap_ids[GAP_KINDS];
extern const struct metric_text metric_texts[METRICS];
extern const struct doubt_text doubt_texts[DOUBTS];
extern const char doubt_untried[];
extern const struct story_text story_texts[STORIES];
extern const char *const headline_texts[HEADLINES];
extern const char *const second_line_texts[SECOND_LINES];
extern const struct language_text language_texts[LANGUAGES];
extern const char snippet_none[], snippet_none_now[], other_languages[];

const struct snippet_text *snippet(enum fix_id fix, enum language *language);

#endif
