/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at a unix name: what is at the path, and which sockets have or had it. */
#include "sys/unix_look.h"

#include "base/xalloc.h"
#include "sys/unix_diag.h"
#include "sys/unix_file.h"

struct reading {
	struct snapshot *seen;
	const char *path;
	bool any_taken;
};

/* As a string: of an abstract name the first NUL, and each other one, is shown as @. */
static char *text_of(const struct unix_name *n)
{
	char *text = xmemdup0(n->bytes, n->len);

	for (size_t i = 0; i < n->len; i++)
		if (!text[i])
			text[i] = '@';
	return text;
}

static void take(const struct sock *t, const struct unix_name *n, void *arg)
{
	struct reading *r = arg;
	struct snapshot *s = r->seen;

	r->any_taken = true;
	if (!unix_is_about(r->path, &s->file, n))
		return;
	s->socks = xgrow(s->socks, s->nsocks, sizeof *s->socks);
	s->names = xgrow(s->names, s->nnames, sizeof *s->names);
	s->socks[s->nsocks++] = *t;
	s->names[s->nnames] = *n;
	s->names[s->nnames].bytes = xmemdup0(n->bytes, n->len);
	s->names[s->nnames++].text = text_of(n);
}

/* What had come before an error is real, and asking again would double it. */
static void read_sockets(struct reading *r, int procfd)
{
	struct gaps *gaps = &r->seen->gaps;
	int err = unix_diag_ask(take, r);

	if (!err)
		return;
	gap_add(gaps, r->any_taken ? GAP_DUMP_CUT : GAP_UNIX_DIAG, -err, NULL);
	if (r->any_taken)
		return;
	err = unix_proc_ask(procfd, take, r);
	if (err)
		gap_add(gaps, GAP_PROC_NET, -err, "unix");
}

/*
 * Fills s->file (of a path), s->socks and s->names with what concerns the name of
 * the request, and adds the gaps of this look; s->host is filled already.
 * procfd is a descriptor of /proc.
 */
void unix_look_take(struct snapshot *s, int procfd, const struct request *request)
{
	struct reading r = {.seen = s, .path = request->target.path};

	if (!unix_is_abstract(r.path))
		unix_file_look(&s->file, procfd, request);
	read_sockets(&r, procfd);
}

/* Asks whether a socket is bound to the socket file, in whatever network namespace. */
void unix_look_alive(struct snapshot *s, const struct request *request)
{
	int err = unix_file_alive(&s->file, request->target.path);

	if (err)
		gap_add(&s->gaps, GAP_ALIVE, -err, NULL);
}
