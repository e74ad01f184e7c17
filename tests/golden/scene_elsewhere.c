/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In another network namespace, on another address, on the other side. */
#include <errno.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

static void make_netns(struct snapshot *seen, struct request *request)
{
	static char name[] = "blue", path[] = "/run/netns/blue";
	static const struct netns blue = {.inode = 4026532200, .name = name, .path = path};

	scene_listener(seen, request);
	seen->host.netns = blue.inode;
	request->netns = &blue;
}

static void make_netns_closed(struct snapshot *seen, struct request *request)
{
	static char comm[] = "redis-server";
	static const struct netns closed = {.inode = 4026532300, .pid = 4711, .comm = comm, .err = EPERM};

	seen->host.netns = closed.inode;
	seen->host.has_inet = seen->host.has_inet6 = UNKNOWN;
	seen->host.unprivileged_port_start = 0;
	request->netns = &closed;
	gap_add(&seen->gaps, GAP_NETNS, EPERM, "of redis-server (pid 4711)");
}

/* What a fix does must be done there. */
static void make_netns_time_wait(struct snapshot *seen, struct request *request)
{
	static char path[] = "/home/alice/my net's", comm[] = "nginx";
	static const struct netns ns = {.inode = 4026532200, .pid = 4711, .comm = comm, .path = path};

	scene_time_wait(seen, "127.0.0.1", "127.0.0.1");
	scene_refuse_all(seen);
	seen->host.netns = ns.inode;
	request->netns = &ns;
}

static void make_netns_all(struct snapshot *seen, struct request *request)
{
	static const struct netns ours = {.inode = 4026531840, .own = true};

	scene_nothing(seen, request);
	request->netns = &ours;
	gap_add(&seen->gaps, GAP_OTHER_NETNS, EPERM, "of redis-server (pid 4711)");
	gap_add(&seen->gaps, GAP_OTHER_NETNS, EPERM, "blue");
}

/* Two namespaces, the first with two sockets. */
static void make_other_netns(struct snapshot *seen, struct request *request)
{
	scene_nothing(seen, request);
	seen->others = xcalloc(1, sizeof *seen->others);
	scene_owner(seen->others, scene_sock(seen->others, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
	scene_sock(seen->others, STATE_LISTEN, "::", NULL)->inode = 7100;
	scene_sock(seen->others, STATE_LISTEN, "127.0.0.1", NULL)->inode = 7200;
	owners_sort(&seen->others->owners);
	seen->elsewhere = xcalloc(2, sizeof *seen->elsewhere);
	seen->nelsewhere = 2;
	seen->elsewhere[0] = (struct elsewhere){.ns = {.inode = 4026532200, .name = xstrdup("blue")}, .n = 2};
	seen->elsewhere[1] = (struct elsewhere){
	    .ns = {.inode = 4026532300, .pid = 4800, .comm = xstrdup("redis-server")}, .first = 2, .n = 1};
}

static void make_other_address(struct snapshot *seen, struct request *request)
{
	request->target.text = "127.0.0.1:9877";
	request->target.addr = scene_addr("127.0.0.1");
	scene_sock(seen, STATE_LISTEN, "127.0.0.2", NULL);
	scene_sock(seen, STATE_LISTEN, "::1", NULL);
	scene_sock(seen, STATE_ESTABLISHED, "127.0.0.2", "127.0.0.1");
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[seen->nlocalities++] = (struct locality){.addr = request->target.addr, .local = YES};
}

static void make_remote_side(struct snapshot *seen, struct request *request)
{
	scene_nothing(seen, request);
	seen->remote_lingering = 3;
}

const struct scene elsewhere_scenes[] = {
    {"netns", make_netns, false},
    {"netns-closed", make_netns_closed, false},
    {"netns-time-wait", make_netns_time_wait, false},
    {"netns-all", make_netns_all, false},
    {"other-netns", make_other_netns, false},
    {"other-address-free", make_other_address, false},
    {"remote-side-only", make_remote_side, false},
    {NULL, NULL, false},
};
