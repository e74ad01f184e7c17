/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's rule for unix sockets: unix_bind_bsd() and unix_bind_abstract()
 * in net/unix/af_unix.c, 5.4 to 7.1.  An abstract name is taken by a socket of the
 * same type and network namespace that was bound to it.  A path is taken by the
 * file there, whatever it is; the socket that is bound to that file is who holds it.  An
 * accepted connection carries the name of its listener and holds nothing.
 */
#include "judge/conflict_unix.h"

#include <string.h>
#include <sys/socket.h>

/* Accepted, or bound and then connected: nothing tells which. */
static bool may_be_accepted(const struct sock *t, const struct unix_name *n)
{
	return t->state == STATE_ESTABLISHED && n->type != SOCK_DGRAM;
}

static enum tri abstract(const struct target *target, const struct sock *t, const struct unix_name *n)
{
	if (n->type != target->type)
		return NO;
	return may_be_accepted(t, n) ? UNKNOWN : YES;
}

/*
 * Whether the socket T, bound to N, has the name of the target: an abstract one,
 * or the file F that is at its path.  UNKNOWN where only the text of a path is the same:
 * /proc/net/unix shows no file, and of some overlay file systems the numbers of
 * a live socket's file differ; or of a connection, which may be its listener's, unless
 * it is known that nobody has the file.
 */
enum tri conflict_unix(const struct target *target, const struct unix_file *f, const struct sock *t,
                       const struct unix_name *n)
{
	if (unix_is_abstract(target->path))
		return abstract(target, t, n);
	if (f->kind != FILE_SOCKET)
		return NO;
	if (may_be_accepted(t, n))
		return f->alive == YES && unix_has_file(f, n) ? UNKNOWN : NO;
	if (unix_has_file(f, n))
		return YES;
	return f->alive != NO && (!n->has_file || f->alive == YES) ? UNKNOWN : NO;
}
