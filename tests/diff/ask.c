/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What portwhy says, by the way its verbs take: answers_find() of an inquiry. */
#include "tests/diff/diff.h"

#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmd/answer.h"

static struct request request_of(const struct wish *w, enum probe_when when)
{
	struct request r = {.mix = w->mix, .probe = when, .family = w->family, .v6only = w->v6only, .numeric = true};

	r.target.proto = w->proto;
	r.target.text = "the port of a chain";
	if (w->spot != BARE)
		addr_parse(spots[w->spot].text, &r.target.addr);
	if (w->device) {
		strcpy(r.target.device, device_names[w->device]);
		r.target.ifindex = if_nametoindex(r.target.device);
	}
	if (w->user) {
		r.as_user = true;
		r.uid = SECOND_UID;
	}
	return r;
}

/* Whether an option that nobody can read is behind DOUBT_OPTIONS, and not one that was not looked for. */
static bool has_dead(const struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);

		if (t.held_by != HELD_PROCESS && (t.reuseaddr == UNKNOWN || t.reuseport == UNKNOWN || t.v6only == UNKNOWN))
			return true;
	}
	return false;
}

/* Asks portwhy about w on that port; returns how many binds it judged. */
size_t portwhy_ask(const struct wish *w, uint16_t port, enum probe_when when, struct said out[static BINDS_MAX])
{
	struct inquiry q = {.request = request_of(w, when), .ports = &port, .nports = 1};
	struct answers a;
	const struct report *r;
	size_t n;

	q.request.target.port = port;
	answers_find(&a, &q, &(struct extent){.details = true});
	r = &a.v[0]->report;
	n = r->nbinds;
	for (size_t i = 0; i < n; i++) {
		const struct bind *b = &r->binds[i];

		out[i] = (struct said){.addr = b->addr, .mix = b->mix, .result = b->result, .listen = b->listen, .dead = has_dead(r)};
		out[i].doubt = b->result == RESULT_UNKNOWN ? b->doubt : DOUBT_NONE;
	}
	answers_free(&a);
	return n;
}
