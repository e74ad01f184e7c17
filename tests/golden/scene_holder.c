/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds a socket, how that was found, and holders that are not found. */
#include <errno.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

static void make_hidden(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "127.0.0.1", NULL);

	(void)request;
	s->uid = 0;
	s->cgroup = 77;
	s->held_by = HELD_HIDDEN;
	seen->cgroups = xcalloc(1, sizeof *seen->cgroups);
	seen->cgroups[0] = (struct cgroup){77, xstrdup("/system.slice/nginx.service"), xstrdup("nginx.service"), NULL};
	seen->ncgroups = 1;
	for (int pid = 0; pid < 143; pid++)
		gap_add(&seen->gaps, GAP_FD_TABLE, EACCES, "1");
}

/* Root of a user namespace, or one without CAP_SYS_PTRACE, is asked. */
static void make_hidden_from_root(struct snapshot *seen, struct request *request)
{
	make_hidden(seen, request);
	seen->host.own_uid = 0;
}

static void make_stopped(struct snapshot *seen, struct request *request)
{
	scene_listener(seen, request);
	seen->owners.processes[0].state = 'T';
}

static void make_inherited(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "sleep");
	seen->owners.v[0].cloexec = NO;
}

/* Its main thread has exited: a thread has the descriptor. */
static void make_zombie_leader(struct snapshot *seen, struct request *request)
{
	scene_listener(seen, request);
	seen->owners.processes[0].state = 'Z';
	seen->owners.v[0].via = VIA_TASK;
	seen->owners.v[0].tid = 4713;
}

static void make_own_fd_table(struct snapshot *seen, struct request *request)
{
	make_zombie_leader(seen, request);
	seen->owners.processes[0].state = 'S';
}

static void make_io_uring(struct snapshot *seen, struct request *request)
{
	scene_listener(seen, request);
	seen->owners.v[0].via = VIA_IO_URING;
	seen->owners.v[0].cloexec = UNKNOWN;
	seen->owners.v[0].fd = 7;
}

/* A listener without a process, and what may hold it: fd 5 of pid 4711. */
static void make_hint(struct snapshot *seen, enum hint_kind kind)
{
	struct owners *o = &seen->owners;

	scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL)->held_by = HELD_UNKNOWN;
	o->hints = xcalloc(1, sizeof *o->hints);
	o->hints[o->nhints++] = (struct hint){kind, 4711, 5, 1000, xstrdup("broker")};
}

static void make_ring_hint(struct snapshot *seen, struct request *request)
{
	(void)request;
	make_hint(seen, HINT_IO_URING);
	seen->socks[0].held_by = HELD_HIDDEN;
}

static void make_in_flight(struct snapshot *seen, struct request *request)
{
	(void)request;
	make_hint(seen, HINT_IN_FLIGHT);
}

static void make_blocked_accept(struct snapshot *seen, struct request *request)
{
	(void)request;
	make_hint(seen, HINT_ACCEPT);
}

/* What nodemon runs. */
static void make_supervised(struct snapshot *seen, struct request *request)
{
	struct process *p;

	scene_listener(seen, request);
	p = &seen->owners.processes[0];
	free(p->parents[0].comm);
	p->parents[0].comm = xstrdup("nodemon");
}

static void make_container(struct snapshot *seen, struct request *request)
{
	scene_listener(seen, request);
	seen->owners.processes[0].container = xstrdup("docker 0123456789ab");
}

/* A helper of that name with n arguments. */
static struct process *make_helper(struct snapshot *seen, const char *name, const char *const *args, size_t n)
{
	struct process *p = scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, name);

	for (size_t i = 0; i < p->ncmdline; i++)
		free(p->cmdline[i]);
	free(p->cmdline);
	p->ncmdline = n;
	p->cmdline = xcalloc(n, sizeof *p->cmdline);
	for (size_t i = 0; i < n; i++)
		p->cmdline[i] = xstrdup(args[i]);
	return p;
}

static void make_container_proxy(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"/usr/bin/docker-proxy", "-container-ip", "172.17.0.2", "-container-port", "80"};
	struct process *p = make_helper(seen, "docker-proxy", args, sizeof args / sizeof *args);

	(void)request;
	p->uid = 0;
	p->unit = xstrdup("docker.service");
}

static void make_dockerd(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"/usr/bin/dockerd", "-H", "fd://"};
	struct process *p = make_helper(seen, "dockerd", args, sizeof args / sizeof *args);

	(void)request;
	p->uid = 0;
	p->unit = xstrdup("docker.service");
}

static void make_rootlessport(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"rootlessport"};

	(void)request;
	make_helper(seen, "rootlessport", args, 1);
}

/* Another user's. */
static void make_pasta(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"/usr/bin/pasta", "--config-net", "-t", "9877-9877:80-80", "-u", "none"};

	(void)request;
	make_helper(seen, "pasta.avx2", args, sizeof args / sizeof *args);
	seen->host.own_uid = 0;
}

static void make_rootlesskit(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"rootlesskit", "--net=slirp4netns", "--port-driver=builtin", "dockerd-rootless.sh"};

	(void)request;
	make_helper(seen, "rootlesskit", args, sizeof args / sizeof *args);
}

static void make_socket_activation(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);
	struct process *p;

	(void)request;
	s->uid = 0;
	s->cgroup = 77;
	p = scene_owner(seen, s, 1, "systemd");
	p->uid = 0;
	for (size_t i = 0; i < p->nparents; i++)
		free(p->parents[i].comm);
	p->nparents = 0;
	p->unit = xstrdup("init.scope");
	seen->cgroups = xcalloc(1, sizeof *seen->cgroups);
	seen->cgroups[0] = (struct cgroup){77, xstrdup("/system.slice/cups.socket"), xstrdup("cups.socket"), NULL};
	seen->ncgroups = 1;
}

static void make_ssh_forward(struct snapshot *seen, struct request *request)
{
	struct process *p = scene_owner(seen, scene_sock(seen, STATE_LISTEN, "127.0.0.1", NULL), 4711, "sshd-session");

	(void)request;
	free(p->cmdline[0]);
	p->cmdline[0] = xstrdup("sshd-session: alice@pts/0");
	free(p->cmdline[1]);
	p->ncmdline = 1;
}

static void make_kernel_owned(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_udp(seen, request, "0.0.0.0", NULL);

	s->uid = 0;
	s->held_by = HELD_UNKNOWN;
	s->v6only = NO;
	scene_refuse_all(seen);
}

/* Whose it is, an interface proves. */
static void make_kernel_owned_vxlan(struct snapshot *seen, struct request *request)
{
	make_kernel_owned(seen, request);
	seen->socks[0].held_by = HELD_KERNEL;
	seen->tunnel = (struct tunnel){.kind = "vxlan", .name = "vx0", .certain = true};
}

static void make_kernel_owned_nfsd(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	request->target = (struct target){.text = "2049", .port = 2049};
	s->port = 2049;
	s->uid = 0;
	s->held_by = HELD_UNKNOWN;
}

static void make_kernel_owned_lockd(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL)->held_by = HELD_UNKNOWN;
	seen->socks[0].uid = 0;
	seen->lockd_ports[PROTO_TCP] = 9877;
}

static void make_kernel_owned_l2tp(struct snapshot *seen, struct request *request)
{
	make_kernel_owned(seen, request);
	request->target = (struct target){.text = "1701", .proto = PROTO_UDP, .port = 1701};
	seen->socks[0].port = 1701;
}

static void make_kernel_owned_wireguard(struct snapshot *seen, struct request *request)
{
	make_kernel_owned(seen, request);
	seen->tunnel = (struct tunnel){.kind = "wireguard", .name = "wg0"};
}

/* The same in a pid namespace of its own: whose it is, is not said. */
static void make_pid_namespace(struct snapshot *seen, struct request *request)
{
	make_kernel_owned(seen, request);
	gap_add(&seen->gaps, GAP_PIDS, 0, NULL);
}

const struct scene holder_scenes[] = {
    {"hidden-owner", make_hidden, false},
    {"hidden-owner-from-root", make_hidden_from_root, false},
    {"stopped", make_stopped, false},
    {"inherited-fd", make_inherited, false},
    {"zombie-leader", make_zombie_leader, false},
    {"own-fd-table", make_own_fd_table, false},
    {"io-uring", make_io_uring, false},
    {"io-uring-inferred", make_ring_hint, false},
    {"in-flight-fd", make_in_flight, false},
    {"blocked-accept", make_blocked_accept, false},
    {"supervised", make_supervised, false},
    {"container", make_container, false},
    {"container-proxy", make_container_proxy, false},
    {"container-proxy-dockerd", make_dockerd, false},
    {"container-proxy-rootlessport", make_rootlessport, false},
    {"container-proxy-pasta", make_pasta, false},
    {"container-proxy-rootlesskit", make_rootlesskit, false},
    {"socket-activation", make_socket_activation, false},
    {"ssh-forward", make_ssh_forward, false},
    {"kernel-owned", make_kernel_owned, false},
    {"kernel-owned-vxlan", make_kernel_owned_vxlan, false},
    {"kernel-owned-nfsd", make_kernel_owned_nfsd, false},
    {"kernel-owned-lockd", make_kernel_owned_lockd, false},
    {"kernel-owned-l2tp", make_kernel_owned_l2tp, false},
    {"kernel-owned-wireguard", make_kernel_owned_wireguard, false},
    {"pid-namespace", make_pid_namespace, false},
    {NULL, NULL, false},
};
