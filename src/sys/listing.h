/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LISTING_H
#define SYS_LISTING_H

#include <dirent.h>
#include <stddef.h>

enum { LISTING_BYTES = 32768 };

/* A directory that is being listed, in the caller's memory. */
struct listing {
	int fd;          /* of the directory; -errno where it could not be opened */
	int err;         /* 0, or -errno of what ended the list before its end */
	size_t at, len;
	char bytes[LISTING_BYTES] __attribute__((aligned(__alignof__(struct dirent64))));
};

void listing_open(struct listing *l, int dirfd, const char *path);
const struct dirent64 *listing_next(struct listing *l);
void listing_close(struct listing *l);

#endif
