/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of unix sockets.  One that begins with a NUL is abstract: all its
 * bytes count, and it is of the network namespace.  Any other is a path as its
 * binder wrote it, which may be relative; what counts is the file that
 * bind() made (unix_bind_bsd(), unix_bind_abstract() in net/unix/af_unix.c).
 */
#include "model/unix.h"

#include <stdlib.h>
#include <string.h>

/* Whether a target's path is written @NAME. */
bool unix_is_abstract(const char *path)
{
	return *path == '@';
}

/* Whether the socket made that very file.  The kernel tells 32 bits of the inode's number. */
bool unix_has_file(const struct unix_file *f, const struct unix_name *n)
{
	return f->kind == FILE_SOCKET && n->has_file && n->dev == f->dev && n->inode == (uint32_t)f->inode;
}

/* Whether the socket made a file of that name which is not the one that is there now. */
bool unix_is_unlinked(const struct unix_file *f, const struct unix_name *n)
{
	return f->asked && n && n->has_file && !unix_has_file(f, n);
}

static bool has_name(const struct unix_name *n, const char *name)
{
	return name && strlen(name) == n->len && !memcmp(name, n->bytes, n->len);
}

/* Whether the socket has anything to do with the path of a target: the file, or the name. */
bool unix_is_about(const char *path, const struct unix_file *f, const struct unix_name *n)
{
	if (!n->len)
		return false;
	if (unix_is_abstract(path))
		return !*n->bytes && n->len == strlen(path) && !memcmp(n->bytes + 1, path + 1, n->len - 1);
	return unix_has_file(f, n) || has_name(n, f->absolute) || (*path == '/' && has_name(n, path));
}

void unix_name_free(struct unix_name *n)
{
	free(n->bytes);
	free(n->text);
	*n = (struct unix_name){0};
}

void unix_file_free(struct unix_file *f)
{
	free(f->absolute);
	free(f->link);
	*f = (struct unix_file){0};
}
