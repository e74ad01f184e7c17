/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random chains: number N of a seed is always the same, whatever was drawn before it. */
#include "tests/diff/diff.h"

#include <string.h>
#include <sys/socket.h>

const char *const device_names[DEVICES] = {NULL, "lo", "d0", "d1"};

/* d0 and d1 are made by place.c, with the addresses that name them here. */
const struct spot spots[] = {
    {"0.0.0.0", true, NULL, 10},
    {"127.0.0.1", true, NULL, 12},
    {"::", true, NULL, 14},
    {"::1", true, NULL, 8},
    {"::ffff:127.0.0.1", true, NULL, 5},
    {"::ffff:0.0.0.0", true, NULL, 5},
    {"127.0.0.2", true, NULL, 4},
    {"127.0.0.6", true, NULL, 3},
    {"127.1.2.3", true, NULL, 1},
    {"::ffff:127.0.0.2", true, NULL, 2},
    {"::ffff:127.0.0.6", true, NULL, 1},
    {"fd99::1", true, NULL, 3},
    {"fd99::2", true, NULL, 1},
    {"10.99.0.1", false, "d0", 1},
    {"fd99:1::1", false, "d0", 1},
    {"fe80::99", false, "d0", 1},
    {"224.0.0.251", false, NULL, 1},
    {"127.255.255.255", false, NULL, 1},
    {"ff05::2", false, NULL, 1},
    {"192.0.2.1", false, NULL, 1},
    {"2001:db8::1", false, NULL, 1},
};

const size_t nspots = sizeof spots / sizeof *spots;

static unsigned int below(uint64_t *s, unsigned int n)
{
	return (unsigned int)(draw(s) % n);
}

static bool chance(uint64_t *s, unsigned int percent)
{
	return below(s, 100) < percent;
}

static uint8_t draw_spot(uint64_t *s)
{
	unsigned int all = 0, at;

	for (size_t i = 0; i < nspots; i++)
		all += spots[i].weight;
	at = below(s, all);
	for (size_t i = 0;; i++) {
		if (at < spots[i].weight)
			return (uint8_t)i;
		at -= spots[i].weight;
	}
}

static uint8_t draw_flip(uint64_t *s)
{
	return chance(s, 15) ? (uint8_t)(1 + below(s, 3)) : 0;
}

static uint8_t draw_device(uint64_t *s, unsigned int percent)
{
	return chance(s, percent) ? (uint8_t)(1 + below(s, DEVICES - 1)) : NO_DEVICE;
}

static enum kind draw_kind(uint64_t *s, enum proto proto)
{
	static const uint8_t udp[] = {KIND_BOUND, KIND_BOUND, KIND_BOUND, KIND_BOUND, KIND_CONNECTED, KIND_CONNECTED,
	                              KIND_DISCONNECTED, KIND_CLOSED};
	static const uint8_t tcp[] = {
	    KIND_BOUND,    KIND_BOUND,    KIND_BOUND,     KIND_LISTENING,         KIND_LISTENING,       KIND_LISTENING,
	    KIND_ACCEPTED, KIND_ACCEPTED, KIND_CONNECTED, KIND_TIME_WAIT,         KIND_TIME_WAIT,       KIND_CLOSED,
	    KIND_CLOSED,   KIND_QUEUED,   KIND_OUTBOUND,  KIND_FIN_WAIT_2_ORPHAN, KIND_FIN_WAIT_2_HELD, KIND_SHUT_LISTENER,
	    KIND_RESET,    KIND_DISCONNECTED};

	return proto == PROTO_UDP ? udp[below(s, sizeof udp)] : tcp[below(s, sizeof tcp)];
}

/* mood: the mix that most sockets of a chain have, so that SO_REUSEPORT meets its like. */
static void draw_holder(uint64_t *s, struct holder *h, enum proto proto, uint8_t mood, bool other_user)
{
	*h = (struct holder){.proto = (uint8_t)proto};
	h->kind = (uint8_t)draw_kind(s, proto);
	h->spot = draw_spot(s);
	h->device = draw_device(s, 15);
	h->mix = chance(s, 70) ? mood : (uint8_t)below(s, MIXES);
	h->flip_early = draw_flip(s);
	h->flip_late = draw_flip(s);
	h->user = other_user && chance(s, 40);
	h->acceptor = other_user && chance(s, 40);
	h->v6only = chance(s, 30);
	h->kept = chance(s, 40);
	h->via = chance(s, 50);
}

static void draw_wish(uint64_t *s, struct wish *w, enum proto proto, uint8_t mood, bool other_user)
{
	static const uint8_t families[] = {0, 0, AF_INET, AF_INET6};

	*w = (struct wish){.proto = (uint8_t)proto, .spot = BARE};
	w->family = families[below(s, sizeof families)];
	if (!chance(s, 20)) {
		w->spot = draw_spot(s);
		w->family = 0;
	}
	w->mix = chance(s, 60) ? mood : (uint8_t)below(s, MIXES);
	w->device = draw_device(s, 15);
	w->user = other_user && chance(s, 40);
	w->v6only = chance(s, 25);
}

/* Takes out what cannot be here: devices and users that are not there, connections that would go nowhere. */
static void tame_holder(struct holder *h, const struct means *means)
{
	const struct spot *spot = &spots[h->spot];
	bool alone = h->kind == KIND_BOUND || h->kind == KIND_CLOSED ||
	             (h->proto == PROTO_TCP && (h->kind == KIND_LISTENING || h->kind == KIND_SHUT_LISTENER));

	if (!means->devices && (h->device > DEVICE_LO || spot->device))
		h->device = NO_DEVICE;
	if (h->kind == KIND_OUTBOUND && !means->ranges)
		h->kind = KIND_CONNECTED;
	if (!alone && h->device > DEVICE_LO)
		h->device = NO_DEVICE;
	if (!alone && !spot->connects)
		h->kind = KIND_BOUND;
	if (!means->users)
		h->user = h->acceptor = 0;
}

static void tame_wish(struct wish *w, const struct means *means)
{
	if (!means->devices && w->device > DEVICE_LO)
		w->device = NO_DEVICE;
	if (!means->users)
		w->user = 0;
}

static enum proto draw_proto(uint64_t *s, const struct means *means)
{
	bool udp = chance(s, 35);

	return (means->udp && udp) || !means->tcp ? PROTO_UDP : PROTO_TCP;
}

/* Chain number of that seed.  A crowd of UDP sockets makes the kernel look in another table (more than ten in a slot). */
void chain_generate(struct chain *c, uint64_t seed, uint64_t number, const struct means *means)
{
	uint64_t s = seed * 0x2545f4914f6cdd1d + number;
	enum proto proto = draw_proto(&s, means);
	uint8_t mood = (uint8_t)below(&s, MIXES);
	bool other_user = chance(&s, 30), crowd = chance(&s, 3);

	*c = (struct chain){.n = 1 + below(&s, 6)};
	if (crowd && proto == PROTO_UDP)
		c->n = 8 + below(&s, HOLDERS_MAX - 7);
	for (size_t i = 0; i < c->n; i++) {
		bool stray = chance(&s, 5);
		enum proto other = proto == PROTO_TCP ? PROTO_UDP : PROTO_TCP;

		draw_holder(&s, &c->holders[i], stray ? other : proto, mood, other_user);
		tame_holder(&c->holders[i], means);
	}
	draw_wish(&s, &c->wish, proto, mood, other_user);
	tame_wish(&c->wish, means);
}
