/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the output goes: standard output in one write(2), or a file that is there whole or not at all. */
#define _GNU_SOURCE
#include "cmd/print.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"

enum { LINKS_MAX = 8 };

/* 0 or errno. */
static int write_all(int fd, const struct buf *out)
{
	for (size_t done = 0; done < out->len;) {
		ssize_t n = write(fd, out->s + done, out->len - done);

		if (n < 0 && errno != EINTR)
			return errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static void bad_file(const char *option, const char *path, int err)
{
	struct buf b = {0};

	vis(&b, path, strlen(path), true);
	die("%s '%s': %s", option, b.s ? b.s : "", strerror(err));
}

/* A device or pipe is written to as it is. */
static int write_special(const char *path, const struct buf *out)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = write_all(fd, out);
	return close(fd) && !err ? errno : err;
}

static mode_t mode_of_new_files(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Beside the file (rename(2) does not cross file systems), with the rights that the file has or a new one gets. */
static int replace(const char *path, mode_t mode, const struct buf *out)
{
	char *name = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(name, O_CLOEXEC), err = 0;

	if (fd < 0) {
		err = errno;
		free(name);
		return err;
	}
	if (fchmod(fd, mode))
		err = errno;
	if (!err)
		err = write_all(fd, out);
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(name, path))
		err = errno;
	if (err)
		unlink(name);
	free(name);
	return err;
}

/* The number behind that prefix, which is a descriptor of ours; -1 where it is none. */
static int number_behind(const char *path, const char *prefix)
{
	size_t len = strlen(prefix), digits = strspn(path + (strncmp(path, prefix, len) ? 0 : len), "0123456789");

	return strncmp(path, prefix, len) || !digits || digits > 9 || path[len + digits] ? -1 : atoi(path + len);
}

static int descriptor_named(const char *path)
{
	int fd = number_behind(path, "/dev/fd/");

	if (!strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	return fd < 0 ? number_behind(path, "/proc/self/fd/") : fd;
}

/* The descriptor of ours that the path names, by itself or as a symbolic link to such a name; -1: it is a file. */
static int descriptor_of(const char *path)
{
	char names[2][PATH_MAX];
	int fd = descriptor_named(path);

	for (int hop = 0; fd < 0 && hop < LINKS_MAX; hop++) {
		ssize_t n = readlink(path, names[hop % 2], PATH_MAX - 1);

		if (n < 0)
			break;
		names[hop % 2][n] = '\0';
		path = names[hop % 2];
		fd = descriptor_named(path);
	}
	return fd;
}

static int write_or_replace(const char *path, const struct buf *out)
{
	char *real = realpath(path, NULL);
	struct stat st;
	bool exists = !stat(path, &st);
	int err;

	if (exists && !S_ISREG(st.st_mode))
		err = write_special(path, out);
	else
		err = replace(real ? real : path, exists ? st.st_mode & 07777 : mode_of_new_files(), out);
	free(real);
	return err;
}

/*
 * Writes the file that an option names, all or nothing: a temporary one that is
 * renamed.  What is a name of a descriptor is written through it: a file behind
 * that was opened by somebody who holds it.  A failure ends the program with
 * status 2 and one line.
 */
void print_to(const char *option, const char *path, const struct buf *out)
{
	int fd = descriptor_of(path);
	int err = fd < 0 ? write_or_replace(path, out) : write_all(fd, out);

	if (err == EPIPE)
		exit(EXIT_FAILED);
	if (err)
		bad_file(option, path, err);
}

/*
 * Prints to standard output (path NULL) or into the file: a temporary one that
 * is renamed.  A failure ends the program with status 2 and one line; a closed
 * pipe without one.
 */
void print(const struct buf *out, const char *path)
{
	int err;

	if (path) {
		print_to("--output", path, out);
		return;
	}
	err = write_all(STDOUT_FILENO, out);
	if (err == EPIPE)
		exit(EXIT_FAILED);
	if (err)
		die("standard output: %s", strerror(err));
}

/* Prints to standard output what there is of a long document, and empties out; print() follows with the rest.  arg is not used. */
void print_some(struct buf *out, void *arg)
{
	(void)arg;
	print(out, NULL);
	out->len = 0;
}
