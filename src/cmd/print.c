/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the output goes: standard output, or a file that is there whole or not at all. */
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

static mode_t mode_of_new_files(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Is removed if the program ends before it has been renamed. */
static char *temporary;

static void remove_temporary(void)
{
	if (temporary)
		unlink(temporary);
}

/* Beside the file (rename(2) does not cross file systems), with the rights that the file has or a new one gets.  A descriptor or -1. */
static int open_temporary(const char *path, mode_t mode)
{
	char *name = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd < 0) {
		free(name);
		return -1;
	}
	temporary = name;
	atexit(remove_temporary);
	return fchmod(fd, mode) ? -1 : fd;
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

/* A device or pipe is written to as it is.  0 or errno. */
static int open_file(struct print *p)
{
	struct stat st;
	bool exists = !stat(p->path, &st);
	char *real = realpath(p->path, NULL);

	p->target = real ? real : xstrdup(p->path);
	if (exists && !S_ISREG(st.st_mode))
		p->fd = open(p->path, O_WRONLY | O_CLOEXEC);
	else
		p->fd = open_temporary(p->target, exists ? st.st_mode & 07777 : mode_of_new_files());
	return p->fd < 0 ? errno : 0;
}

/* 0 or errno. */
static int begin(struct print *p)
{
	p->fd = p->path ? descriptor_of(p->path) : STDOUT_FILENO;
	p->begun = true;
	return p->fd < 0 ? open_file(p) : 0;
}

/* Closes what was opened, and gives the file its name.  0 or errno. */
static int finish(struct print *p)
{
	if (!p->target)
		return 0;
	if (close(p->fd) || (temporary && rename(temporary, p->target)))
		return errno;
	free(temporary);
	temporary = NULL;
	free(p->target);
	return 0;
}

static void check(const struct print *p, int err)
{
	if (err == EPIPE)
		exit(EXIT_FAILED);
	if (err && p->path)
		die_of(p->option, p->path, strerror(err));
	if (err)
		die("standard output: %s", strerror(err));
}

/*
 * Prints what there is of a long document, and empties out; print_end() follows
 * with the rest.  arg is a struct print, one at a time.  A failure ends the program
 * with status 2 and one line, a closed pipe without one; nothing is left of the file.
 */
void print_some(struct buf *out, void *arg)
{
	struct print *p = arg;
	int err = p->begun ? 0 : begin(p);

	check(p, err ? err : write_all(p->fd, out));
	out->len = 0;
}

/*
 * Prints the rest.  A file is a temporary one until then, which is renamed.
 * What is a name of a descriptor is written through it: a file behind that was
 * opened by somebody who holds it.  A failure as above.
 */
void print_end(struct print *p, struct buf *out)
{
	print_some(out, p);
	check(p, finish(p));
}

/* Prints all of it to standard output (path NULL) or into the file that --output names. */
void print(struct buf *out, const char *path)
{
	print_end(&(struct print){.option = "--output", .path = path}, out);
}
