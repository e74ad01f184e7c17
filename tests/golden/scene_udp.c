/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of UDP. */
#include <errno.h>

#include "tests/golden/scene.h"

static void make_udp(struct snapshot *seen, struct request *request)
{
	scene_owner(seen, scene_udp(seen, request, "0.0.0.0", NULL), 4711, "node");
}

static void make_udp_connected(struct snapshot *seen, struct request *request)
{
	scene_owner(seen, scene_udp(seen, request, "192.168.1.10", "203.0.113.5"), 4711, "wg-client");
}

/* Both would let another one in. */
static void make_udp_reuseaddr(struct snapshot *seen, struct request *request)
{
	for (pid_t pid = 4711; pid < 4713; pid++) {
		struct sock *s = scene_udp(seen, request, "0.0.0.0", NULL);

		scene_owner(seen, s, pid, "avahi-daemon");
		s->reuseaddr = YES;
	}
}

static void make_udp_reuseport(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_udp(seen, request, "0.0.0.0", NULL);

	scene_owner(seen, s, 4711, "dnsdist");
	s->reuseport = YES;
}

static void make_udp_shared(struct snapshot *seen, struct request *request)
{
	make_udp_reuseaddr(seen, request);
	request->mix = MIX_REUSEADDR;
}

/* More than ten, each on an address of its own. */
static void make_udp_crowd(struct snapshot *seen, struct request *request)
{
	for (uint8_t i = 1; i < 14; i++) {
		struct sock *s = scene_udp(seen, request, "127.0.0.1", NULL);

		s->local.b[3] = i;
		scene_owner(seen, s, 4711, "dnsmasq");
	}
}

/* The order in which the kernel comes to them decides, and it is not known. */
static void make_udp_unordered(struct snapshot *seen, struct request *request)
{
	make_udp_reuseaddr(seen, request);
	seen->socks[0].reuseport = YES;
	seen->unordered = true;
	request->mix = MIX_REUSEPORT;
	request->probe = PROBE_NEVER;
	gap_add(&seen->gaps, GAP_SOCK_DIAG, EPERM, NULL);
}

const struct scene udp_scenes[] = {
    {"udp-socket", make_udp, true},
    {"udp-connected", make_udp_connected, false},
    {"udp-reuseaddr", make_udp_reuseaddr, false},
    {"udp-reuseport", make_udp_reuseport, false},
    {"udp-shared", make_udp_shared, false},
    {"udp-crowd", make_udp_crowd, false},
    {"udp-unordered", make_udp_unordered, false},
    {NULL, NULL, false},
};
