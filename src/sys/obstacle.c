/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two reasons why bind() fails that cost next to nothing to see. */
#include "sys/obstacle.h"

#include <sys/stat.h>

#include "model/unix.h"
#include "sys/locality.h"

/*
 * Whether it is certain that bind() still fails: something has the name of a unix
 * path (unix_bind_bsd() makes a file and follows no link), or the address is not on
 * this host.  False says nothing.
 */
bool obstacle_stands(const struct request *request)
{
	const struct target *t = &request->target;
	struct stat st;
	enum tri local;

	if (t->proto == PROTO_UNIX)
		return !unix_is_abstract(t->path) && !lstat(t->path, &st);
	return t->addr.family && !addr_is_any(&t->addr) && !locality_ask(t, &local) && local == NO;
}
