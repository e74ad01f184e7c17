/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names in a directory, by getdents64(2) itself: opendir() costs three system
 * calls and an allocation more for each, and /proc has one for each process.
 */
#define _GNU_SOURCE
#include "sys/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * Opens a directory below dirfd, not through a symbolic link.  What cannot be
 * opened has no names, and l->fd and l->err say why.  To be closed either way.
 */
void listing_open(struct listing *l, int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	l->fd = fd < 0 ? -errno : fd;
	l->err = fd < 0 ? l->fd : 0;
	l->at = l->len = 0;
}

static void read_some(struct listing *l)
{
	ssize_t n = getdents64(l->fd, l->bytes, sizeof l->bytes);

	l->at = 0;
	l->len = n < 0 ? 0 : (size_t)n;
	l->err = n < 0 ? -errno : 0;
}

/* The next entry, valid until the one after it is asked for, with "." and ".." among them; NULL after the last, or (l->err) where no more can be read. */
const struct dirent64 *listing_next(struct listing *l)
{
	const struct dirent64 *e;

	if (l->at == l->len && !l->err)
		read_some(l);
	if (l->at == l->len)
		return NULL;
	e = (const struct dirent64 *)(l->bytes + l->at);
	l->at += e->d_reclen;
	return e;
}

void listing_close(struct listing *l)
{
	if (l->fd >= 0)
		close(l->fd);
}
