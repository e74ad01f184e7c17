/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files and links below a directory descriptor, mostly that of /proc:
 * their size is not known before they are read, and their bytes are somebody
 * else's.
 */
#define _GNU_SOURCE
#include "sys/procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { PIECE = 4096, NUMBER_MAX = 64 };

/* A descriptor of /proc, to be closed; or -errno: what is below it then fails with EBADF. */
int procfile_proc(void)
{
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int read_all(int fd, size_t max, struct buf *out)
{
	char piece[PIECE];

	while (max) {
		ssize_t n = read(fd, piece, max < sizeof piece ? max : sizeof piece);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		buf_add(out, piece, (size_t)n);
		max -= (size_t)n;
	}
	return 0;
}

/*
 * Appends the file's bytes to out, at most max of them; what is longer is cut.
 * Returns 0, and out->s is then a string even if the file is empty; or -errno
 * (-ESRCH: the process has ended), and out may hold what came before.
 */
int procfile_read(int dirfd, const char *path, size_t max, struct buf *out)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	buf_add(out, "", 0);
	err = read_all(fd, max, out);
	close(fd);
	return err;
}

/* What a symbolic link says, allocated; the kernel gives at most PATH_MAX bytes.  0, or -errno with *target NULL. */
int procfile_link(int dirfd, const char *path, char **target)
{
	char text[PATH_MAX + 1];
	ssize_t n = readlinkat(dirfd, path, text, sizeof text);

	*target = NULL;
	if (n < 0)
		return -errno;
	*target = xmemdup0(text, (size_t)n);
	return 0;
}

/* A file that holds one decimal number, as those of /proc/sys.  Returns 0, -EBADMSG if there is none, or -errno. */
int procfile_number(int dirfd, const char *path, uint64_t *value)
{
	struct buf b = {0};
	int err = procfile_read(dirfd, path, NUMBER_MAX, &b);
	char *end = b.s;

	if (!err) {
		errno = 0;
		*value = strtoull(b.s, &end, 10);
		err = errno ? -errno : end == b.s ? -EBADMSG : 0;
	}
	buf_free(&b);
	return err;
}
