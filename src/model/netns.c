/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/netns.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* What to call it, allocated: its name, a process in it, or a path.  Raw bytes. */
char *netns_label(const struct netns *ns)
{
	if (ns->name)
		return xstrdup(ns->name);
	if (ns->pid)
		return xasprintf("of %s (pid %ld)", ns->comm ? ns->comm : "?", (long)ns->pid);
	return xstrdup(ns->path);
}

void netns_free(struct netns *ns)
{
	free(ns->path);
	free(ns->name);
	free(ns->comm);
	*ns = (struct netns){0};
}
