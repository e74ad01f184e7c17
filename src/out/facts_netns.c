/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about network namespaces, and about the port on other addresses. */
#include "out/facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "out/wrap.h"

enum { OTHERS_SHOWN = 3 };

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

/* What to type as -N to get there. */
static void put_name_of(struct buf *out, const struct netns *ns, const struct scope *scope)
{
	char *word = ns->name ? xstrdup(ns->name) : ns->pid ? xasprintf("%ld", (long)ns->pid) : xstrdup(ns->path);

	put_word(out, word, scope);
	free(word);
}

/* The option that asks there. */
static void put_there(struct buf *out, const struct scope *scope)
{
	const struct netns *ns = elsewhere(scope);

	if (!ns)
		return;
	buf_puts(out, "-N ");
	put_name_of(out, ns, scope);
	buf_puts(out, " ");
}

/* Another namespace that holds the port: the one at hand, or the first; NULL where there is none. */
static const struct elsewhere *found(const struct scope *scope)
{
	const struct snapshot *seen = scope->report->seen;

	return scope->elsewhere ? scope->elsewhere : seen->nelsewhere ? seen->elsewhere : NULL;
}

/* It was entered a moment ago: that takes no more rights than we have. */
static void put_look_there(struct buf *out, const struct scope *scope)
{
	const struct elsewhere *e = found(scope);
	size_t start = out->len;

	if (!e)
		return;
	buf_puts(out, "portwhy ");
	if (!scope->elsewhere && scope->report->seen->nelsewhere > 1) {
		buf_puts(out, "--all-netns ");
	} else {
		buf_puts(out, "-N ");
		put_name_of(out, &e->ns, scope);
		buf_puts(out, " ");
	}
	facts_expand(out, "{argument}", scope);
	for (char *p = out->s + start; scope->style && *p; p++)
		if (*p == ' ')
			*p = WRAP_TIE;
}

static const struct sock *found_sock(const struct scope *scope)
{
	const struct elsewhere *e = found(scope);

	return e ? &scope->report->seen->others->socks[e->first] : NULL;
}

static void put_elsewhere(struct buf *out, const struct scope *scope)
{
	const struct elsewhere *e = found(scope);
	char *label = e ? netns_label(&e->ns) : NULL;

	if (label)
		facts_raw(out, label, scope);
	free(label);
}

static void put_holder(struct buf *out, const struct scope *scope)
{
	const struct sock *s = found_sock(scope);
	const struct report there = {.seen = scope->report->seen->others};
	size_t others;
	const struct process *p = s ? facts_holder(&there, s, &others) : NULL;

	if (!p) {
		buf_puts(out, "a process that is not seen");
		return;
	}
	facts_raw(out, p->comm ? p->comm : "?", scope);
	buf_printf(out, " (pid %ld%s)", (long)p->pid, others ? " and more" : "");
}

static void put_has(struct buf *out, const struct scope *scope)
{
	const struct sock *s = found_sock(scope);

	buf_puts(out, s && s->state == STATE_LISTEN ? "listens on" : "has bound");
}

static void put_local(struct buf *out, const struct scope *scope)
{
	const struct sock *s = found_sock(scope);
	char text[ENDPOINT_TEXT];

	if (!s)
		return;
	addr_endpoint(&s->local, s->port, NULL, text);
	buf_puts(out, text);
}

static void put_more(struct buf *out, const struct scope *scope)
{
	size_t n = scope->report->seen->nelsewhere;

	if (!scope->elsewhere && n > 1)
		buf_printf(out, " (also in %zu other%s)", n - 1, n == 2 ? "" : "s");
}

/* Of the others with that address. */
static bool is_first(const struct report *r, size_t i)
{
	for (size_t k = 0; rows_next(&r->others, &k) && k < i; k++)
		if (addr_equal(&r->seen->socks[k].local, &r->seen->socks[i].local))
			return false;
	return true;
}

/* "127.0.0.2 and [::1] (3 sockets)". */
static void put_others(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	unsigned long n = 0;
	size_t addrs = 0;

	for (size_t i = 0; rows_next(&r->others, &i); i++) {
		const struct sock *s = &r->seen->socks[i];
		char text[ADDR_TEXT];

		n += s->count;
		if (!is_first(r, i) || addrs++ >= OTHERS_SHOWN)
			continue;
		addr_format(&s->local, text);
		buf_printf(out, s->local.family == AF_INET6 ? "%s[%s]" : "%s%s", addrs > 1 ? ", " : "", text);
	}
	if (addrs > OTHERS_SHOWN)
		buf_printf(out, " and %zu more", addrs - OTHERS_SHOWN);
	buf_printf(out, " (%lu socket%s)", n, n == 1 ? "" : "s");
}

static void put_other_it(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;

	buf_puts(out, r->others.n == 1 && r->seen->socks[rows_first(&r->others)].count == 1 ? "it" : "them");
}

const struct fact facts_netns[] = {
    {"netns", facts_put_netns},  {"rootthere", put_root_there}, {"there", put_there},     {"elsewhere", put_elsewhere},
    {"looktherecommand", put_look_there},
    {"elseholder", put_holder},  {"elsehas", put_has},          {"elselocal", put_local}, {"elsemore", put_more},
    {"others", put_others},      {"otherit", put_other_it},     {NULL, NULL},
};
