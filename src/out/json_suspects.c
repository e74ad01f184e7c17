/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the JSON document about what may hold a socket whose holder was not found. */
#include "out/json_suspects.h"

#include <string.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"

static const char *const kinds[HINTS] = {
    [HINT_IO_URING] = "io-uring", [HINT_IN_FLIGHT] = "in-flight", [HINT_ACCEPT] = "accept"};

static json_t *suspect(const struct hint *h)
{
	struct buf comm = {0};
	json_t *o;

	utf8_sanitize(&comm, h->comm ? h->comm : "", h->comm ? strlen(h->comm) : 0);
	o = json_pack("{s:s,s:i,s:i,s:s}", "hint", kinds[h->kind], "pid", (int)h->pid, "fd", h->fd, "comm",
	              comm.s ? comm.s : "");
	buf_free(&comm);
	return o;
}

/* Adds the key "suspects" where something hints at a process that may hold the socket. */
void json_suspects(json_t *o, const struct snapshot *seen, const struct sock *s)
{
	json_t *array = json_array();

	for (int kind = 0; kind < HINTS; kind++) {
		size_t n;
		const struct hint *h = snapshot_hint(seen, s, (enum hint_kind)kind, &n);

		if (h && json_array_append_new(array, suspect(h)))
			die("out of memory");
	}
	if (!json_array_size(array))
		json_decref(array);
	else if (json_object_set_new(o, "suspects", array))
		die("out of memory");
}
