/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which network namespace is asked. */
#include "cmd/place.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"
#include "sys/netns.h"

/* Ends the program. */
static void bad(const char *text, int err)
{
	struct buf b = {0};

	vis(&b, text, strlen(text), true);
	die("--netns '%s': %s", b.s ? b.s : "",
	    err == EINVAL                                      ? "this is no network namespace"
	    : err == ENOENT || err == ENOTDIR || err == ESRCH ? "there is no such network namespace"
	                                                       : strerror(err));
}

/*
 * Goes where -N says, so that all that follows is asked there; stays where it is
 * without -N, and returns NULL then, otherwise ns.  ns->err says if we may not
 * enter; what is no network namespace ends the program.
 */
const struct netns *place_enter(const struct options *o, struct netns *ns)
{
	int err;

	*ns = (struct netns){0};
	if (!o->netns)
		return NULL;
	err = netns_find(o->netns, ns);
	if (!err && !ns->err)
		err = netns_enter(ns);
	if (err == -EPERM)
		ns->err = EPERM;
	else if (err)
		bad(o->netns, -err);
	return ns;
}
