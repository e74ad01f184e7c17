/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about network namespaces. */
#include "out/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* The one that was asked about, if it is not the one that the reader is in. */
static const struct netns *elsewhere(const struct scope *scope)
{
	const struct netns *ns = scope->report->request->netns;

	return ns && !ns->own ? ns : NULL;
}

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

/* As one word of a shell. */
static void put_word(struct buf *out, const char *word, const struct scope *scope)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";
	struct buf b = {0};

	if (word[strspn(word, plain)] || !*word) {
		buf_puts(&b, "'");
		for (; *word; word++)
			buf_printf(&b, *word == '\'' ? "'\\'%c" : "%c", *word);
		buf_puts(&b, "'");
		word = b.s;
	}
	facts_raw(out, word, scope);
	buf_free(&b);
}

/* What a command that root shall give there begins with. */
static void put_root_there(struct buf *out, const struct scope *scope)
{
	const struct netns *ns = elsewhere(scope);

	buf_puts(out, scope->report->seen->host.own_uid ? "sudo " : "");
	if (!ns)
		return;
	buf_puts(out, "nsenter --net=");
	put_word(out, ns->path, scope);
	buf_puts(out, " ");
}

/* The option that asks there. */
static void put_there(struct buf *out, const struct scope *scope)
{
	const struct netns *ns = elsewhere(scope);
	char *word;

	if (!ns)
		return;
	word = ns->name ? xstrdup(ns->name) : ns->pid ? xasprintf("%ld", (long)ns->pid) : xstrdup(ns->path);
	buf_puts(out, "-N ");
	put_word(out, word, scope);
	buf_puts(out, " ");
	free(word);
}

const struct fact facts_netns[] = {
    {"netns", facts_put_netns}, {"rootthere", put_root_there}, {"there", put_there}, {NULL, NULL}};
