/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain in plain words: the system calls that make it. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

#include "tests/diff/diff.h"

static const char *options(unsigned int mix)
{
	static const char *const names[MIXES] = {"no options", "SO_REUSEADDR", "SO_REUSEPORT", "SO_REUSEADDR and SO_REUSEPORT"};

	return names[mix];
}

static const char *user(unsigned int u)
{
	return u ? " (second user)" : "";
}

static void print_socket(FILE *f, const struct wish *w, const char *text)
{
	fprintf(f, "%s socket%s", w->proto == PROTO_UDP ? "UDP" : "TCP", user(w->user));
	if (!text || strchr(text, ':'))
		fprintf(f, ", IPV6_V6ONLY %s", w->v6only ? "on" : "off");
	if (w->device)
		fprintf(f, ", SO_BINDTODEVICE %s", device_names[w->device]);
}

static void print_step(FILE *f, const struct holder *h, char what, uint8_t *mix)
{
	switch (what) {
	case 'b':
		fprintf(f, ", %s, bind %s", options(h->mix), spots[h->spot].text);
		break;
	case 'p':
		fprintf(f, ", %s, connect with IP_LOCAL_PORT_RANGE of the port alone", options(h->mix));
		break;
	case 'e':
	case 'f':
		if (!(what == 'e' ? h->flip_early : h->flip_late))
			break;
		*mix ^= what == 'e' ? h->flip_early : h->flip_late;
		fprintf(f, ", then %s", options(*mix));
		break;
	case 'l':
		fprintf(f, ", listen");
		break;
	case 'C':
		fprintf(f, ", a client connects (way %d)", h->via + 1);
		break;
	case 'a':
		fprintf(f, ", accept%s", user(h->acceptor));
		break;
	case 'x':
		fprintf(f, h->kept ? "" : ", close the listener");
		break;
	case 'w':
		fprintf(f, ", shutdown SHUT_WR");
		break;
	case 'o':
		fprintf(f, ", close");
		break;
	case 't':
		fprintf(f, ", the client closes");
		break;
	case 's':
		fprintf(f, ", shutdown SHUT_RD");
		break;
	case 'c':
		fprintf(f, ", connect (way %d)", h->via + 1);
		break;
	case 'r':
		fprintf(f, ", the peer resets");
		break;
	default:
		fprintf(f, ", connect AF_UNSPEC");
	}
}

static void print_holder(FILE *f, const struct holder *h)
{
	struct wish w = {.proto = h->proto, .device = h->device, .user = h->user, .v6only = h->v6only};
	uint8_t mix = h->mix;

	print_socket(f, &w, spots[h->spot].text);
	for (const char *r = chain_recipe(h); *r; r++)
		print_step(f, h, *r, &mix);
	putc('\n', f);
}

void chain_print(FILE *f, const struct chain *c)
{
	const struct wish *w = &c->wish;
	const char *bare = w->family == AF_INET ? "a bare port with -4" : w->family ? "a bare port with -6" : "a bare port";
	const char *text = w->spot == BARE ? NULL : spots[w->spot].text;

	for (size_t i = 0; i < c->n; i++) {
		fprintf(f, "  %zu. ", i + 1);
		print_holder(f, &c->holders[i]);
	}
	fprintf(f, "  asked: ");
	print_socket(f, w, text);
	fprintf(f, ", %s, %s\n", options(w->mix), text ? text : bare);
}

static const char *const doubts[DOUBTS] = {
    [DOUBT_NONE] = " (no reason given)", [DOUBT_OPTIONS] = " (options)", [DOUBT_MEMORY] = " (memory)",
    [DOUBT_KERNEL] = " (kernel)",        [DOUBT_HIDDEN] = " (hidden)",   [DOUBT_ADDRESS] = " (address)",
    [DOUBT_ORDER] = " (order)",          [DOUBT_REFUTED] = " (refuted)",
};

static const char *name(int result)
{
	return result == RESULT_UNKNOWN ? "unknown" : result ? strerrorname_np(result) : "ok";
}

/* What bind() gets, and then listen() if that fails. */
static void print_results(FILE *f, int bind, int listen)
{
	fprintf(f, "%s", name(bind));
	if (!bind && listen)
		fprintf(f, ", then %s for listen", name(listen));
}

/* Each bind() with the three answers. */
void outcome_print(FILE *f, const struct outcome *o)
{
	static const char *const modes[MODES] = {"with --probe=never", "by default"};

	if (o->failure == UNEQUAL) {
		fprintf(f, "  holder %zu comes out differently in two copies\n", o->bind + 1);
		return;
	}
	for (size_t i = 0; i < o->n; i++) {
		char text[ADDR_TEXT];

		addr_format(&o->said[NEVER][i].addr, text);
		fprintf(f, "  bind %s, %s: the kernel says ", text, options(o->said[NEVER][i].mix));
		print_results(f, o->truth[i].bind, o->truth[i].listen);
		for (size_t mode = 0; mode < MODES; mode++) {
			const struct said *said = &o->said[mode][i];

			fprintf(f, "; portwhy %s ", modes[mode]);
			print_results(f, said->result, said->listen);
			fprintf(f, "%s", is_wrong(said, &o->truth[i])        ? " (WRONG)"
			                 : said->result == RESULT_UNKNOWN ? doubts[said->doubt]
			                                                  : "");
		}
		putc('\n', f);
	}
}
