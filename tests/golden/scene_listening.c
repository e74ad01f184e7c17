/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that processes listen with or have bound, and what of them decides. */
#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

static void make_listener_service(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);
	struct process *p = scene_owner(seen, s, 812, "nginx");

	(void)request;
	p->uid = s->uid = 0;
	p->unit = xstrdup("nginx.service");
	for (pid_t pid = 813; pid < 815; pid++)
		scene_owner(seen, s, pid, "nginx")->age_ms -= 1000;
}

static void make_hostile(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);
	struct process *p = scene_owner(seen, s, 666, "x\033[31m\nroot\xff");

	(void)request;
	free(p->cwd);
	p->cwd = xstrdup("/tmp/\xe2\x80\xae" "evil\xc2\x9b" "31m\\x41");
}

static void make_shared(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	for (pid_t pid = 4711; pid < 4714; pid++)
		scene_owner(seen, s, pid, "python3")->age_ms -= pid;
}

static void make_orphaned_workers(struct snapshot *seen, struct request *request)
{
	make_shared(seen, request);
	for (size_t i = 0; i < seen->owners.nprocesses; i++) {
		struct process *p = &seen->owners.processes[i];

		p->orphaned = true;
		p->ppid = p->parents[0].pid = 1;
		free(p->parents[0].comm);
		p->parents[0].comm = xstrdup("systemd");
	}
}

static void make_dual_stack(struct snapshot *seen, struct request *request)
{
	request->target.text = "0.0.0.0:9877";
	request->target.addr = scene_addr("0.0.0.0");
	scene_owner(seen, scene_sock(seen, STATE_LISTEN, "::", NULL), 4711, "java");
}

static void make_specific(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_owner(seen, scene_sock(seen, STATE_LISTEN, "127.0.0.53", NULL), 4711, "resolved");
}

static void make_v6only(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "::", NULL);

	(void)request;
	s->v6only = YES;
	scene_owner(seen, s, 4711, "node");
	scene_probe(seen, "::", MIX_REUSEPORT, EADDRINUSE);
	scene_probe(seen, "::", MIX_BOTH, EADDRINUSE);
	scene_probe(seen, "0.0.0.0", MIX_PLAIN, 0);
}

static void make_bound(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_CLOSE, "0.0.0.0", NULL);

	(void)request;
	scene_owner(seen, s, 4711, "python3");
}

static void make_bound_reuse(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_CLOSE, "0.0.0.0", NULL);

	(void)request;
	scene_owner(seen, s, 4711, "server");
	s->reuseaddr = YES;
}

static void make_device_bound(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	s->ifindex = 2;
	scene_owner(seen, s, 4711, "node");
	seen->devices = xcalloc(1, sizeof *seen->devices);
	seen->devices[0] = (struct device){.ifindex = 2, .name = "eth0"};
	seen->ndevices = 1;
}

static void make_reuseport(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	scene_owner(seen, s, 4711, "server");
	s->reuseport = YES;
	s->uid = 1000;
}

static void make_reuseport_other(struct snapshot *seen, struct request *request)
{
	make_reuseport(seen, request);
	seen->socks[0].uid = 0;
	request->mix = MIX_REUSEPORT;
}

static void make_mptcp(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	s->mptcp = YES;
	scene_owner(seen, s, 4711, "caddy");
}

/* With options: what is said is said of them. */
static void make_requested(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_CLOSE, "127.0.0.1", NULL);

	scene_owner(seen, s, 4711, "node")->uid = 1000;
	request->target = (struct target){.text = "*%lo:9877", .port = 9877, .ifindex = 1, .device = "lo"};
	request->mix = MIX_REUSEADDR;
	request->v6only = true;
}

const struct scene listening_scenes[] = {
    {"listener", scene_listener, true},
    {"listener-service", make_listener_service, false},
    {"listener-hostile", make_hostile, false},
    {"shared-socket", make_shared, false},
    {"orphaned-worker", make_orphaned_workers, false},
    {"dual-stack", make_dual_stack, false},
    {"wildcard-overlap", make_specific, false},
    {"listener-v6only", make_v6only, false},
    {"bound-not-listening", make_bound, false},
    {"bound-not-listening-reuse", make_bound_reuse, false},
    {"device-bound", make_device_bound, false},
    {"reuseport-one-sided", make_reuseport, false},
    {"reuseport-other-user", make_reuseport_other, false},
    {"mptcp", make_mptcp, false},
    {"requested", make_requested, false},
    {NULL, NULL, false},
};
