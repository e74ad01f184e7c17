/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ANSWER_H
#define CMD_ANSWER_H

#include "cmd/inquiry.h"
#include "model/report.h"

/* The answer to one port; the request that the report borrows is here. */
struct answer {
	struct request request;
	struct snapshot seen;   /* of a range a slice; empty where the report borrows what free ports share */
	struct report report;
};

/* How deep to look, and what to keep. */
struct extent {
	bool details;   /* the reader wants to know who and why */
	bool brief;     /* or only the verdict, by the shortest way there */
	bool every;     /* also the free ports of a range; of a sketch all there is to know of those with outgoing connections */
	bool survey;    /* of a range only the ports that have a socket, each once: nothing is said to be free, nothing tried */
	bool sketch;    /* and of these no more than what is on each, and whether bind() works */
	bool (*take)(struct report *r, void *arg); /* gets each report, and says whether it is listed; NULL: what is not free is */
	void *arg;
	const struct answers *earlier; /* to the same some time ago: trials are not made again without need; NULL: it is the first time */
};

/* The answers to one inquiry; they point into themselves, and stay where they are. */
struct answers {
	struct answer **v;      /* those that are listed */
	size_t n;
	enum verdict worst;     /* of all its ports, listed or not */
	struct snapshot whole;  /* of a range: one look at all of its ports */
	struct snapshot shared; /* of a range: what of that a port without a socket shows */
	struct report about;
	size_t not_free, low;
	bool is_many;
	bool dropped; /* nothing of it is told: it is of another namespace, where nothing holds the port */
};

void answers_find(struct answers *a, const struct inquiry *q, const struct extent *extent);
void answers_free(struct answers *a);

#endif
