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

static bool is_plain_v6(const struct addr *a)
{
	return a->family == AF_INET6 && !addr_is_any(a) && !addr_is_mapped(a);
}

/*
 * The judgement does not say why it does not know, so this looks for what may
 * be the reason.  The first that fits: an option of a dead connection, the
 * bucket's memory, 127.0.0.6 (it meets IPv6 connections on some kernels),
 * sockets that may be hidden.
 */
static enum reason reason_of(const struct report *r, const struct bind *b)
{
	static const uint8_t odd[] = {127, 0, 0, 6};
	bool version = false;

	if (b->result != RESULT_UNKNOWN)
		return REASON_NONE;
	for (size_t i = 0; i < r->nrows; i++) {
		const struct sock *t = &r->rows[i].s;

		version |= is_plain_v6(&t->local) && !memcmp(b->addr.b + (b->addr.family == AF_INET ? 0 : 12), odd, 4);
		if (t->held_by != HELD_PROCESS && (t->reuseaddr == UNKNOWN || t->reuseport == UNKNOWN || t->v6only == UNKNOWN) &&
		    (mixes[b->mix].reuseaddr || mixes[b->mix].reuseport || t->v6only == UNKNOWN))
			return REASON_DEAD;
	}
	if (mixes[b->mix].reuseport && r->nrows)
		return REASON_MEMORY;
	if (version)
		return REASON_VERSION;
	return gap_hides_sockets(&r->seen->gaps) ? REASON_BOUND_ONLY : REASON_OTHER;
}

/* Asks portwhy about w on that port; returns how many binds it judged. */
size_t portwhy_ask(const struct wish *w, uint16_t port, enum probe_when when, struct said out[static BINDS_MAX])
{
	struct inquiry q = {.request = request_of(w, when), .ports = &port, .nports = 1};
	struct answers a;
	const struct report *r;
	size_t n;

	q.request.target.port = port;
	answers_find(&a, &q, true, false);
	r = &a.v[0]->report;
	n = r->nbinds;
	for (size_t i = 0; i < n; i++) {
		const struct bind *b = &r->binds[i];

		out[i] = (struct said){.addr = b->addr, .mix = b->mix, .result = b->result, .reason = reason_of(r, b)};
	}
	answers_free(&a);
	return n;
}
