/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about unix names and files. */
#include "out/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/vis.h"
#include "model/unix.h"
#include "text/text.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%="

static const struct unix_file *file(const struct scope *scope)
{
	return &scope->report->seen->file;
}

static const char *path(const struct scope *scope)
{
	const char *p = scope->report->request->target.path;

	return p ? p : "";
}

static bool is_inferred(const struct scope *scope)
{
	return scope->cause && scope->cause->inferred;
}

static void put_maybe(struct buf *out, const struct scope *scope)
{
	buf_puts(out, is_inferred(scope) ? "probably " : "");
}

static void put_nobody(struct buf *out, const struct scope *scope)
{
	buf_puts(out, is_inferred(scope) ? "probably nobody" : "nobody");
}

static void put_why_stale(struct buf *out, const struct scope *scope)
{
	bool connected = false;

	for (size_t i = 0; i < scope->report->nrows; i++)
		connected |= row_sock(scope->report, i).state == STATE_ESTABLISHED;
	buf_puts(out, stale_texts[is_inferred(scope)]);
	buf_puts(out, connected ? stale_connections : "");
}

static void put_type(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	const struct unix_name *n = s ? snapshot_name(scope->report->seen, s) : NULL;

	buf_puts(out, unix_type_text(n ? n->type : scope->report->request->target.type));
}

static void put_elsewhere(struct buf *out, const struct scope *scope)
{
	buf_puts(out, unix_type_text(file(scope)->alive_type));
}

static void put_file(struct buf *out, const struct scope *scope)
{
	buf_puts(out, file_texts[file(scope)->kind]);
}

static void put_leads(struct buf *out, const struct scope *scope)
{
	if (!file(scope)->link)
		return;
	buf_puts(out, " to ");
	facts_raw(out, file(scope)->link, scope);
}

static void put_why_free(struct buf *out, const struct scope *scope)
{
	buf_puts(out, unix_free_texts[unix_is_abstract(path(scope))]);
}

static void put_why_refused(struct buf *out, const struct scope *scope)
{
	buf_puts(out, path_reason_texts[unix_is_abstract(path(scope)) ? PATH_TOO_LONG : file(scope)->reason]);
}

static void put_remove(struct buf *out, const struct scope *scope)
{
	buf_puts(out, unlink_texts[scope->cause && scope->cause->id != CAUSE_UNIX_STALE_PATH]);
}

/* Whoever owns neither the file nor its folder cannot remove it; of the folder nothing is known, so the file decides. */
static void put_rm_sudo(struct buf *out, const struct scope *scope)
{
	uint32_t uid = scope->report->seen->host.own_uid;

	buf_puts(out, uid && uid != file(scope)->uid ? "sudo " : "");
}

static void put_path_or_name(struct buf *out, const struct scope *scope)
{
	buf_puts(out, unix_is_abstract(path(scope)) ? "name" : "path");
}

/* As $'...' of bash, zsh and POSIX.1-2024, with every byte that is not printable ASCII as \xHH. */
static void quote_bytes(struct buf *out, const char *s)
{
	buf_puts(out, "$'");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c > '~')
			buf_printf(out, "\\x%02X", c);
		else
			buf_printf(out, c == '\'' || c == '\\' ? "\\%c" : "%c", c);
	}
	buf_puts(out, "'");
}

/* One word for a shell, whatever its bytes; every byte of it is printable ASCII. */
void facts_quote(struct buf *out, const char *s)
{
	bool printable = true;

	if (*s && !s[strspn(s, PLAIN)]) {
		buf_puts(out, s);
		return;
	}
	for (const char *p = s; *p; p++)
		printable &= *p >= ' ' && *p <= '~' && *p != '\'';
	if (printable)
		buf_printf(out, "'%s'", s);
	else
		quote_bytes(out, s);
}

/* The path as an argument that is no option. */
static void put_quoted(struct buf *out, const struct scope *scope)
{
	struct buf b = {0};

	buf_printf(&b, "%s%s", *path(scope) == '-' ? "./" : "", path(scope));
	facts_quote(out, b.s ? b.s : "");
	buf_free(&b);
}

/* Who has the sockets whose file was removed. */
static void put_unlinked(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	size_t shown = 0, others;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);
		const struct process *p = facts_holder(r, &s, &others);

		if (r->rows[i].blocks != NO || s.state == STATE_ESTABLISHED || !unix_is_unlinked(file(scope), snapshot_name(r->seen, &s)))
			continue;
		buf_puts(out, shown++ ? ", " : "held by ");
		if (!p) {
			buf_puts(out, "a process that was not found");
			continue;
		}
		facts_raw(out, p->comm ? p->comm : "?", scope);
		buf_printf(out, " (pid %ld)", (long)p->pid);
	}
}

/* See out/facts.h. */
const struct fact facts_unix[] = {
    {"maybe", put_maybe},
    {"nobody", put_nobody},
    {"whystale", put_why_stale},
    {"type", put_type},
    {"elsewhere", put_elsewhere},
    {"file", put_file},
    {"leads", put_leads},
    {"whyfree", put_why_free},
    {"whyrefused", put_why_refused},
    {"remove", put_remove},
    {"rmsudo", put_rm_sudo},
    {"pathorname", put_path_or_name},
    {"quoted", put_quoted},
    {"unlinked", put_unlinked},
    {NULL, NULL},
};
