/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for unix sockets: what is at a path, and what follows. */
#include <sys/socket.h>

#include "text/text.h"

const char *const file_texts[FILE_KINDS] = {
    [FILE_NONE] = "nothing",
    [FILE_SOCKET] = "a socket file",
    [FILE_REGULAR] = "a regular file",
    [FILE_DIRECTORY] = "a directory",
    [FILE_LINK] = "a symbolic link",
    [FILE_LINK_DANGLING] = "a dangling symbolic link",
    [FILE_FIFO] = "a FIFO",
    [FILE_DEVICE] = "a device file",
};

const char *const path_reason_texts[PATH_REASONS] = {
    [PATH_FINE] = "for a reason that is not known",
    [PATH_NO_FOLDER] = "the folder does not exist",
    [PATH_NOT_A_FOLDER] = "a part of the path is no folder",
    [PATH_NO_SEARCH] = "you may not enter a folder on the way",
    [PATH_NO_WRITE] = "you may not make files in the folder",
    [PATH_READ_ONLY] = "the file system is read-only",
    [PATH_TOO_LONG] = "the name of a unix socket has at most 107 bytes",
    [PATH_SLASH] = "a path with a slash at its end is no name for a socket",
    [PATH_LOOP] = "too many symbolic links",
    [PATH_NO_FILES] = "nobody makes files in that file system",
    [PATH_OTHER] = "the path cannot be looked at",
};

const char *const stale_texts[2] = {
    "No socket, of any network namespace, is bound to it: connect() is refused.",
    "No socket of this network namespace is bound to it; one of another, such as a container's, could be, and is not "
    "listed here. So it is probably left over, and no more.",
};

const char stale_connections[] = " Connections of the server that was there still live; they do not need the file.";

const char *const unix_free_texts[2] = {"nothing has that name, and you may make files there", "bind() works"};

const char *const unlink_texts[2] = {
    "remove the file",
    "remove the file, if it is still there",
};

/* The type of a socket, in a word. */
const char *unix_type_text(unsigned int type)
{
	switch (type) {
	case SOCK_STREAM:
		return "stream";
	case SOCK_DGRAM:
		return "datagram";
	case SOCK_SEQPACKET:
		return "seqpacket";
	default:
		return "stream or seqpacket";
	}
}
