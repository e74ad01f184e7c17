/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which network namespaces is asked. */
#define _GNU_SOURCE
#include "cmd/place.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "sys/netns.h"
#include "sys/procfile.h"

/* Ends the program. */
static void bad(const char *text, int err)
{
	die_of("--netns", text,
	       err == EINVAL                                      ? "this is no network namespace"
	       : err == ENOENT || err == ENOTDIR || err == ESRCH ? "there is no such network namespace"
	                                                          : strerror(err));
}

/* Goes where -N says, or not: ns->err says if we may not; what is no network namespace ends the program. */
static void enter_named(const char *text, struct netns *ns)
{
	int err = netns_find(text, ns);

	if (!err && !ns->err)
		err = netns_enter(ns);
	if (err == -EPERM)
		ns->err = EPERM;
	else if (err)
		bad(text, -err);
}

static void find_all(struct places *p)
{
	int procfd = procfile_proc();

	p->v = netns_list(procfd, SIZE_MAX, &p->n, &p->gaps);
	if (procfd >= 0)
		close(procfd);
	if (!p->n)
		die("--all-netns: /proc does not tell of network namespaces");
}

/*
 * Finds the namespaces that the options name and goes into the first: that of -N,
 * or with --all-netns our own, so that all that follows is asked there.  Returns
 * it, NULL where no option names one.  Its err says if we may not enter; what is
 * no network namespace ends the program.
 */
const struct netns *places_enter_first(struct places *p, const struct options *o)
{
	*p = (struct places){0};
	if (o->netns && o->all_netns)
		die("--netns names one network namespace, and --all-netns was given");
	if (o->all_netns) {
		find_all(p);
	} else if (o->netns) {
		p->v = xcalloc(1, sizeof *p->v);
		p->n = 1;
		enter_named(o->netns, p->v);
	}
	return p->v;
}

/* Goes into another one.  Where we may not, its err and a gap say so; one that has ended meanwhile is no gap. */
void places_enter(struct places *p, size_t i)
{
	struct netns *ns = &p->v[i];
	char *label;

	ns->err = -netns_enter(ns);
	if (ns->err != EPERM && ns->err != EACCES)
		return;
	label = netns_label(ns);
	gap_add(&p->gaps, GAP_OTHER_NETNS, ns->err, label);
	free(label);
}

void places_free(struct places *p)
{
	for (size_t i = 0; i < p->n; i++)
		netns_free(&p->v[i]);
	free(p->v);
	gap_free(&p->gaps);
	*p = (struct places){0};
}
