/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that exits on failure, so that no caller has a failure branch.
 * It writes its one line with write(2): nothing may allocate at that point.
 */
#define _GNU_SOURCE
#include "base/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *checked(void *p)
{
	static const char text[] = "portwhy: out of memory\n";

	if (p)
		return p;
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(2);
	_exit(2);
}

/* Zeroed memory for n objects of that size; never NULL. */
void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

/* Resizes p to n objects of that size; an overflow counts as out of memory. */
void *xrealloc(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		return checked(NULL);
	return checked(realloc(p, n && size ? n * size : 1));
}

/*
 * Room for one more behind the n objects in v: the capacity is the next power
 * of two, so it need not be stored.  Returns the possibly moved array.
 */
void *xgrow(void *v, size_t n, size_t size)
{
	if (n & (n - 1))
		return v;
	return xrealloc(v, n ? n * 2 : 1, size);
}

/* A copy of s; NULL stays NULL. */
char *xstrdup(const char *s)
{
	return s ? checked(strdup(s)) : NULL;
}

/* A copy of len bytes with a NUL behind them. */
char *xmemdup0(const void *p, size_t len)
{
	char *s = checked(malloc(len + 1));

	if (len)
		memcpy(s, p, len);
	s[len] = '\0';
	return s;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		return checked(NULL);
	return s;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}
