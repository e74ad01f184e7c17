/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_PROGRESS_H
#define OUT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/report.h"
#include "out/style.h"

/* How far a wait has come.  Times in ms. */
struct progress {
	const char *subject;     /* as progress_subject() says it */
	int64_t left, whole;     /* of the time that the timer runs; left -1: no timer ends it */
	bool about;              /* left is an estimate */
	int64_t waited;          /* -1: not of interest */
	size_t more;             /* further targets that are not free */
};

void progress_subject(struct buf *out, const struct report *r, const struct style *style);
void progress_words(struct buf *out, const struct progress *p);
void progress_line(struct buf *out, const struct progress *p, const struct style *style);

#endif
