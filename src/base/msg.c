/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error: one line, the program's name before it, one write. */
#include "base/msg.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vis.h"
#include "base/xalloc.h"

static void line(const char *fmt, va_list ap)
{
	char *text = xvasprintf(fmt, ap);
	struct buf b = {0};

	buf_printf(&b, "portwhy: %s\n", text);
	if (write(STDERR_FILENO, b.s, b.len) < 0) {
		/* Nobody is left to tell. */
	}
	free(text);
	buf_free(&b);
}

/* Says something without ending. */
void msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(fmt, ap);
	va_end(ap);
}

/* Says why the program cannot go on and ends with status 2. */
void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(fmt, ap);
	va_end(ap);
	exit(EXIT_FAILED);
}

/* The same of what the user typed: what it is, itself in quotes and escaped, and why it will not do. */
void die_of(const char *what, const char *text, const char *why)
{
	struct buf b = {0};

	vis(&b, text, strlen(text), true);
	die("%s '%s': %s", what, b.s ? b.s : "", why);
}
