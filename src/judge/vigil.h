/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_VIGIL_H
#define JUDGE_VIGIL_H

#include "model/report.h"

/* In ms: a look is due after that, whatever is known. */
enum { VIGIL_LONGEST = 5000 };

/* When another look is worth while, after reports that were not all free. */
struct vigil {
	uint64_t cookie; /* no bind() works as long as that socket lives; 0: none is known that says so */
	int64_t ms;      /* without news look again after that */
	const struct request *place; /* not before its path or address has changed (sys/obstacle.c); NULL: none is known that says so */
};

void vigil_add(struct vigil *v, const struct report *r);
int64_t vigil_ms(const struct vigil *v, bool announced);

#endif
