/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about network namespaces. */
#include "out/facts.h"

#include <stdlib.h>

/* " in network namespace NAME" where one was asked for; otherwise nothing. */
void facts_put_netns(struct buf *out, const struct scope *scope)
{
	const struct netns *ns = scope->report->request->netns;
	char *label;

	if (!ns)
		return;
	if (ns->own) {
		buf_puts(out, " in this network namespace");
		return;
	}
	label = netns_label(ns);
	buf_puts(out, " in network namespace ");
	facts_raw(out, label, scope);
	free(label);
}

const struct fact facts_netns[] = {{"netns", facts_put_netns}, {NULL, NULL}};
