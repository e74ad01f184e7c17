/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include <stdbool.h>

#include "base/buf.h"

/* Something that is printed piece by piece. */
struct print {
	const char *option, *path; /* the option, and the file that it names; NULL: standard output */
	char *target;              /* set by print_some(), as all below: the file without symbolic links */
	int fd;
	bool begun;
};

void print_some(struct buf *out, void *arg);
void print_end(struct print *p, struct buf *out);
void print(struct buf *out, const char *path);

#endif
