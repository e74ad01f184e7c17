/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line on a terminal (standard error) that is written over again and again, and gone at the end, whatever ends us. */
#define _GNU_SOURCE
#include "cmd/line.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char erase[] = "\r\033[K";

static void put(const char *s, size_t len)
{
	if (write(STDERR_FILENO, s, len) < 0) {
		/* Nobody is left to tell. */
	}
}

/* SA_RESETHAND: the second time the signal does what it does by default, as soon as this one is over. */
static void give_way(int signal)
{
	put(erase, sizeof erase - 1);
	raise(signal);
}

/* One that is ignored, as in a job that outlives its terminal, stays so. */
static void clean_up_on(int signal)
{
	struct sigaction old, new = {.sa_handler = give_way, .sa_flags = SA_RESETHAND};

	if (!sigaction(signal, NULL, &old) && old.sa_handler == SIG_DFL)
		sigaction(signal, &new, NULL);
}

/*
 * Whether there is a terminal on which a line can be written over; if so, signals
 * that end the program erase it first from now on.  The cursor is never hidden, so
 * that nothing can leave it so.
 */
bool line_begin(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const char *term = getenv("TERM");

	if (!isatty(STDERR_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return false;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		clean_up_on(signals[i]);
	return true;
}

/* Shows that text, which is shorter than the terminal is wide, in place of what stood there. */
void line_show(const struct buf *text)
{
	struct buf all = {0};

	buf_printf(&all, "\r%s\033[K", text->s);
	put(all.s, all.len);
	buf_free(&all);
}

/* Takes it away. */
void line_end(void)
{
	put(erase, sizeof erase - 1);
}
