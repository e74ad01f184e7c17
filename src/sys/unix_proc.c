/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix sockets from /proc/net/unix, for where netlink is refused: unix_seq_show()
 * in net/unix/af_unix.c, alike from 5.4 to 7.1.  Neither the file nor the user
 * is told, and of a name every NUL is an @.  A name may have a newline in it: what
 * looks like a line may be a part of a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/unix_diag.h"

/* A line has some 55 bytes and a name of 108 at most; __SO_ACCEPTCON is a listener's flag, SS_CONNECTED is 3. */
enum { LINE_BYTES = 512, FLAG_LISTENS = 1 << 16, CONNECTED = 3 };

static uint8_t state_of(unsigned int flags, unsigned int connection)
{
	if (flags & FLAG_LISTENS)
		return STATE_LISTEN;
	return connection == CONNECTED ? STATE_ESTABLISHED : STATE_CLOSE;
}

/* The first @ of an abstract name becomes the NUL that it is; of further ones nothing tells what they are. */
static void take_name(char *name, struct unix_name *n)
{
	n->bytes = name;
	n->len = strcspn(name, "\n");
	name[n->len] = '\0';
	if (*name == '@')
		*name = '\0';
}

/*
 * Reads one line (changed: the name is cut out of it); pure.  False for the
 * heading and for whatever else is not a whole line.  The user is unknown.
 */
bool unix_proc_parse(char *line, struct sock *s, struct unix_name *n)
{
	unsigned int protocol, flags, type, state;
	unsigned long inode;
	int at = 0;

	if (sscanf(line, "%*[^:]: %*x %x %x %4x %2x %lu%n", &protocol, &flags, &type, &state, &inode, &at) != 5 || !at ||
	    inode > UINT32_MAX || (line[at] != ' ' && line[at] != '\n'))
		return false;
	*n = (struct unix_name){.type = (uint8_t)type};
	*s = (struct sock){
	    .proto = PROTO_UNIX,
	    .state = state_of(flags, state),
	    .peer = {.family = AF_UNIX},
	    .uid = UID_UNKNOWN,
	    .inode = (uint32_t)inode,
	    .count = 1,
	    .expires_ms = -1,
	};
	take_name(line + at + (line[at] == ' '), n);
	return true;
}

/*
 * Hands every unix socket of this network namespace to take.  procfd is a
 * descriptor of /proc.  Returns 0 or -errno (-EBADMSG: the heading is not that
 * of the table).  What is not understood is passed over: it is the rest of a
 * name with a newline.
 */
int unix_proc_ask(int procfd, unix_taker *take, void *arg)
{
	int fd = openat(procfd, "net/unix", O_RDONLY | O_CLOEXEC), err = 0;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[LINE_BYTES];
	struct unix_name n;
	struct sock s;

	if (!f) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	if (!fgets(line, sizeof line, f) || strncmp(line, "Num ", 4))
		err = ferror(f) ? -EIO : -EBADMSG;
	while (!err && fgets(line, sizeof line, f))
		if (unix_proc_parse(line, &s, &n))
			take(&s, &n, arg);
	if (ferror(f))
		err = -EIO;
	fclose(f);
	return err;
}
