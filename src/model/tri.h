/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_TRI_H
#define MODEL_TRI_H

#include <stdbool.h>

/* What is known of somebody else's socket: an option that nobody could read stays UNKNOWN. */
enum tri { UNKNOWN, NO, YES };

static inline enum tri tri_of(bool b)
{
	return b ? YES : NO;
}

static inline enum tri tri_not(enum tri a)
{
	return a == UNKNOWN ? UNKNOWN : tri_of(a == NO);
}

static inline enum tri tri_and(enum tri a, enum tri b)
{
	return a == NO || b == NO ? NO : a == UNKNOWN || b == UNKNOWN ? UNKNOWN : YES;
}

static inline enum tri tri_or(enum tri a, enum tri b)
{
	return tri_not(tri_and(tri_not(a), tri_not(b)));
}

#endif
