/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has a port that is free here in another network namespace: a dump in each
 * that can be entered, and back again.  A process can leave its own for one below
 * and be refused on the way back, where its user namespace owns the other one
 * alone: so the way back is tried first.
 */
#define _GNU_SOURCE
#include "sys/elsewhere.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/inet_diag.h"
#include "sys/netns.h"

enum { NAMESPACES = 64, SOCKETS = 10 };

struct look {
	struct snapshot *others;
	size_t n;
};

static void take(const struct sock *s, void *arg)
{
	struct look *look = arg;
	struct snapshot *to = look->others;

	if (look->n == SOCKETS)
		return;
	to->socks = xgrow(to->socks, to->nsocks, sizeof *to->socks);
	to->socks[to->nsocks++] = *s;
	look->n++;
}

/* Looks into one; what cannot be entered or asked shows nothing.  Takes the names over where there is something. */
static void look_into(struct snapshot *s, struct netns *ns, enum proto proto, uint16_t port)
{
	struct look look = {.others = s->others};
	size_t first = s->others->nsocks;

	if (netns_enter(ns))
		return;
	inet_diag_servers(proto, port, take, &look);
	if (!look.n)
		return;
	s->elsewhere = xgrow(s->elsewhere, s->nelsewhere, sizeof *s->elsewhere);
	s->elsewhere[s->nelsewhere++] = (struct elsewhere){.ns = *ns, .first = first, .n = look.n};
	*ns = (struct netns){0};
}

static void look_into_each(struct snapshot *s, int procfd, enum proto proto, uint16_t port)
{
	struct gaps unseen = {0};
	size_t n;
	struct netns *v = netns_list(procfd, 1 + NAMESPACES, &n, &unseen);

	s->others = xcalloc(1, sizeof *s->others);
	for (size_t i = 0; i < n; i++) {
		if (!v[i].own)
			look_into(s, &v[i], proto, port);
		netns_free(&v[i]);
	}
	free(v);
	gap_free(&unseen);
}

/*
 * Fills s->elsewhere and s->others: listeners (of UDP sockets that are not connected)
 * of that port in other network namespaces; ten of each, of the first 64.  Nothing
 * where namespaces may not be entered.  Returns 0, and we are where we were; -errno
 * where there was no way back.
 */
int elsewhere_read(struct snapshot *s, int procfd, enum proto proto, uint16_t port)
{
	int back = openat(procfd, "self/ns/net", O_RDONLY | O_CLOEXEC), err = 0;

	if (back < 0)
		return 0;
	if (!setns(back, CLONE_NEWNET)) {
		look_into_each(s, procfd, proto, port);
		err = setns(back, CLONE_NEWNET) ? -errno : 0;
	}
	close(back);
	return err;
}
