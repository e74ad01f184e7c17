/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_UNIX_H
#define MODEL_UNIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tri.h"

/* sun_path has 108 bytes: one is for the NUL at the end of a path, or before an abstract name. */
enum { UNIX_NAME_MAX = 107 };

/* What stands at a path. */
enum file_kind {
	FILE_NONE,
	FILE_SOCKET,
	FILE_REGULAR,
	FILE_DIRECTORY,
	FILE_LINK,
	FILE_LINK_DANGLING,
	FILE_FIFO,
	FILE_DEVICE,
	FILE_KINDS
};

/* Why nothing can be made at a path where nothing is. */
enum path_reason {
	PATH_FINE,
	PATH_NO_FOLDER,
	PATH_NOT_A_FOLDER,
	PATH_NO_SEARCH,
	PATH_NO_WRITE,
	PATH_READ_ONLY,
	PATH_TOO_LONG,
	PATH_SLASH,
	PATH_LOOP,
	PATH_NO_FILES,
	PATH_OTHER,
	PATH_REASONS
};

/* What is found at the path of a target, with nothing created. */
struct unix_file {
	bool asked;
	int err;              /* what bind() gets: 0 or an errno, EADDRINUSE where something is there; -1: not known */
	enum path_reason reason; /* of err, if it is not EADDRINUSE */
	enum file_kind kind;
	uint32_t dev;         /* the file system's number as the kernel writes it: major << 20 | minor */
	uint64_t inode;
	uint32_t uid;         /* its owner */
	char *absolute;       /* without symbolic links but the last part; NULL: not known */
	char *link;           /* where a symbolic link leads to */
	bool alive_asked;
	enum tri alive;       /* a socket file: some socket, of any network namespace, is bound to it */
	uint8_t alive_type;   /* SOCK_DGRAM if it is one of that type, 0 if of another */
};

/* What a unix socket is bound to. */
struct unix_name {
	uint8_t type;         /* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	bool has_file;        /* dev and inode say which file it made; by /proc/net/unix nothing does */
	uint32_t dev, inode;  /* the inode's lower 32 bits */
	char *bytes;          /* without the NUL that ends a path; an abstract name begins with one */
	size_t len;
	char *text;           /* the same as a string: @ for each NUL */
};

bool unix_is_abstract(const char *path);
bool unix_is_about(const char *path, const struct unix_file *f, const struct unix_name *n);
bool unix_is_unlinked(const struct unix_file *f, const struct unix_name *n);
bool unix_has_file(const struct unix_file *f, const struct unix_name *n);
void unix_name_free(struct unix_name *n);
void unix_file_free(struct unix_file *f);

#endif
