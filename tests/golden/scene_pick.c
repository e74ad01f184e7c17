/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Target 0: whether the kernel finds a port, for bind() and for connect(). */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/golden/scene.h"

/* Target 0: the range is ports 40000 to 40003, and these sockets are on the first ones. */
static void picking(struct snapshot *seen, struct request *request, enum sock_state state, uint16_t n, const char *local)
{
	struct census *c = &seen->census;

	request->target = (struct target){.text = "0"};
	c->first = seen->host.ephemeral_first = 40000;
	c->last = seen->host.ephemeral_last = 40003;
	c->tw_reuse = 2;
	for (uint16_t i = 0; i < n; i++) {
		struct sock *s = scene_sock(seen, state, local, state == STATE_CLOSE ? NULL : "203.0.113.5");

		s->port = (uint16_t)(40000 + i);
		s->expires_ms = state == STATE_TIME_WAIT ? 42017 + i : -1;
		census_add(c, s);
	}
	seen->nsocks = 0;
}

static void make_pick_free(struct snapshot *seen, struct request *request)
{
	picking(seen, request, STATE_CLOSE, 3, "0.0.0.0");
	port_set_add(&seen->census.reserved, 40001);
	scene_probe_all(seen, MIX_PLAIN, 0);
}

static void make_pick_taken(struct snapshot *seen, struct request *request)
{
	picking(seen, request, STATE_CLOSE, 2, "127.0.0.1");
	picking(seen, request, STATE_TIME_WAIT, 4, "127.0.0.1");
	scene_owner(seen, &(struct sock){.inode = 1}, 4711, "crawler");
	seen->census.top[seen->census.ntop++] = (struct census_holder){4711, 2};
	seen->census.unseen = 1;
}

static void make_pick_never(struct snapshot *seen, struct request *request)
{
	picking(seen, request, STATE_CLOSE, 4, "::1");
	for (size_t i = 0; i < seen->census.ngroups; i++)
		seen->census.groups[i].like.v6only = YES;
}

static void make_pick_chance(struct snapshot *seen, struct request *request)
{
	picking(seen, request, STATE_CLOSE, 4, "0.0.0.0");
	seen->census.last = seen->host.ephemeral_last = 40004;
	free(seen->census.ends_ms);
	seen->census.ends_ms = NULL;
}

static void make_pick_unsure(struct snapshot *seen, struct request *request)
{
	picking(seen, request, STATE_CLOSE, 1, "0.0.0.0");
	scene_unsure(seen, request);
}

/* The same for connect(). */
static void to_there(struct snapshot *seen, struct request *request)
{
	scene_connecting(seen, request, 0);
	request->family = AF_INET;
	request->mix = MIX_PLAIN;
}

static void make_pick_to_free(struct snapshot *seen, struct request *request)
{
	to_there(seen, request);
	picking(seen, request, STATE_ESTABLISHED, 3, "192.168.1.10");
}

static void make_pick_to_taken(struct snapshot *seen, struct request *request)
{
	to_there(seen, request);
	picking(seen, request, STATE_CLOSE, 4, "0.0.0.0");
}

static void make_pick_to_unsure(struct snapshot *seen, struct request *request)
{
	to_there(seen, request);
	picking(seen, request, STATE_ESTABLISHED, 4, "192.168.1.10");
}

static void make_pick_to_refused(struct snapshot *seen, struct request *request)
{
	to_there(seen, request);
	picking(seen, request, STATE_CLOSE, 0, "0.0.0.0");
	seen->route = (struct route){true, EHOSTUNREACH, {0}, {0}};
}

const struct scene pick_scenes[] = {
    {"pick-free", make_pick_free, false},
    {"ephemeral-exhausted", make_pick_taken, true},
    {"ephemeral-exhausted-v6", make_pick_never, false},
    {"pick-chance", make_pick_chance, false},
    {"pick-unsure", make_pick_unsure, false},
    {"pick-to-free", make_pick_to_free, false},
    {"ephemeral-exhausted-to", make_pick_to_taken, false},
    {"pick-to-unsure", make_pick_to_unsure, false},
    {"pick-to-refused", make_pick_to_refused, false},
    {NULL, NULL, false},
};
