/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long nothing need be looked at.  The end of a full socket is announced
 * (sys/destroyed.c), that of TIME_WAIT is known by its timer, which the kernel
 * runs late (see when_late_ms()) but never early.  What neither tells is looked
 * for now and then: a minisocket that was destroyed or reset, a file that was
 * removed, an address that came.
 */
#include "judge/vigil.h"

#include <errno.h>

#include "model/unix.h"

/* In ms.  A look costs some 0.5 ms, so the longest pause is what 60 s of waiting may cost. */
enum { UNANNOUNCED = 500, ADDRESS = 500, PATH = 250, NAME = 500, OVERDUE = 200, LEAST = 10 };


/* A socket that is in the way for certain, and whose end is announced: 0, or its cookie. */
static uint64_t sentinel(const struct report *r)
{
	for (size_t i = 0; i < r->nrows && r->request->target.proto != PROTO_UNIX; i++) {
		struct sock s = row_sock(r, i);

		if (r->rows[i].blocks == YES && s.cookie && !sock_is_rest(&s) && !sock_is_minisocket(&s))
			return s.cookie;
	}
	return 0;
}

static bool is_path(const struct report *r)
{
	return r->request->target.proto == PROTO_UNIX && !unix_is_abstract(r->request->target.path);
}

static bool lacks_address(const struct report *r)
{
	return r->err == EADDRNOTAVAIL && !r->connect.decides;
}

static int64_t pause_of(const struct report *r)
{
	if (r->request->target.proto == PROTO_UNIX)
		return is_path(r) ? PATH : NAME;
	if (lacks_address(r))
		return ADDRESS;
	if (r->clears_in_ms < 0 || r->clears_in_ms > VIGIL_LONGEST)
		return VIGIL_LONGEST;
	return !r->clears_in_ms ? OVERDUE : r->clears_in_ms < LEAST ? LEAST : r->clears_in_ms;
}

/* Takes one report into account; v is {0} before the first.  All of them have to be free: who comes last decides. */
void vigil_add(struct vigil *v, const struct report *r)
{
	int64_t ms = r->verdict == FREE ? 0 : pause_of(r);

	if (r->verdict == TAKEN && !v->cookie)
		v->cookie = sentinel(r);
	if (r->verdict > UNSURE && !v->place && (is_path(r) || lacks_address(r)))
		v->place = r->request;
	v->ms = ms > v->ms ? ms : v->ms;
}

/* The pause in ms if nothing is heard meanwhile; announced: the ends of sockets are. */
int64_t vigil_ms(const struct vigil *v, bool announced)
{
	int64_t ms = v->cookie ? VIGIL_LONGEST : v->ms;

	return announced || ms < UNANNOUNCED ? ms : UNANNOUNCED;
}
