/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The situations behind the golden files, and the words they are written in. */
#include "tests/golden/scene.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"

/* What every situation begins with: port 9877, nothing on it, all looks made. */
void scene_start(struct snapshot *seen, struct request *request)
{
	*seen = (struct snapshot){
	    .host =
	        {
	            .release = xstrdup("6.18.44"),
	            .now_ms = 1795176229123,
	            .netns = 4026531840,
	            .uid = 1000,
	            .own_uid = 1000,
	            .user = xstrdup("alice"),
	            .hz = 250,
	            .unprivileged_port_start = 1024,
	            .ephemeral_first = 32768,
	            .ephemeral_last = 60999,
	            .orphan_retries = 8,
	            .has_inet = YES,
	            .has_inet6 = YES,
	        },
	    .owners_read = true,
	    .options_read = true,
	    .info_read = true,
	    .peers_read = true,
	    .mptcp_read = true,
	    .quirks_read = true,
	    .census.reserved_read = true,
	};
	memset(&seen->quirks, NO, sizeof seen->quirks);
	seen->users = xcalloc(2, sizeof *seen->users);
	seen->users[0] = (struct user){0, xstrdup("root")};
	seen->users[1] = (struct user){1000, xstrdup("alice")};
	seen->nusers = 2;
	*request = (struct request){.target = {.text = "9877", .port = 9877}};
}

static struct addr parse(const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		abort();
	return a;
}

/* A socket on the port of the request; peer is ADDR and gets port 41918, or NULL.  Valid until the next call. */
struct sock *scene_sock(struct snapshot *seen, enum sock_state state, const char *local, const char *peer)
{
	struct sock *s;
	bool live = state == STATE_LISTEN || state == STATE_CLOSE;

	seen->socks = xgrow(seen->socks, seen->nsocks, sizeof *seen->socks);
	s = &seen->socks[seen->nsocks++];
	*s = (struct sock){
	    .state = (uint8_t)state,
	    .count = 1,
	    .expires_ms = -1,
	    .port = 9877,
	    .uid = live ? 1000 : UID_UNKNOWN,
	    .inode = live ? 7000 + (uint32_t)seen->nsocks : 0,
	    .local = parse(local),
	    .cookie = 1000 + seen->nsocks,
	    .held_by = HELD_KERNEL,
	};
	s->peer = (struct addr){.family = s->local.family};
	if (s->local.family == AF_INET || addr_is_mapped(&s->local))
		s->v6only = NO;
	if (peer) {
		s->peer = parse(peer);
		s->peer_port = 41918;
	}
	return s;
}

/* A process of alice that holds s with descriptor 3, started 3 hours ago by npm. */
struct process *scene_owner(struct snapshot *seen, struct sock *s, pid_t pid, const char *comm)
{
	struct owners *owners = &seen->owners;
	struct process *p;

	owners->processes = xgrow(owners->processes, owners->nprocesses, sizeof *p);
	p = &owners->processes[owners->nprocesses];
	*p = (struct process){
	    .pid = pid,
	    .ppid = 4700,
	    .state = 'S',
	    .uid = 1000,
	    .user = xstrdup("alice"),
	    .age_ms = 3 * 3600 * 1000 + 1000,
	    .comm = xstrdup(comm),
	    .exe = xasprintf("/usr/bin/%s", comm),
	    .cwd = xstrdup("/home/alice/shop"),
	    .cmdline = xcalloc(2, sizeof(char *)),
	    .ncmdline = 2,
	    .cgroup = xstrdup("/user.slice"),
	    .parents = xcalloc(2, sizeof(struct parent)),
	    .nparents = 2,
	};
	p->cmdline[0] = xstrdup(comm);
	p->cmdline[1] = xstrdup("server");
	p->parents[0] = (struct parent){4700, xstrdup("npm")};
	p->parents[1] = (struct parent){1, xstrdup("systemd")};
	owners->v = xgrow(owners->v, owners->n, sizeof *owners->v);
	owners->v[owners->n++] = (struct owner){s->inode, owners->nprocesses++, 3, YES, VIA_FD, 0};
	s->held_by = HELD_PROCESS;
	s->reuseaddr = s->reuseport = NO;
	if (!s->v6only)
		s->v6only = NO;
	return p;
}

/* What a trial bind() got. */
void scene_probe(struct snapshot *seen, const char *addr, unsigned int mix, int err)
{
	seen->probes = xgrow(seen->probes, seen->nprobes, sizeof *seen->probes);
	seen->probes[seen->nprobes++] = (struct probe){parse(addr), mix, err};
}

/* The same on both wildcards. */
void scene_probe_all(struct snapshot *seen, unsigned int mix, int err)
{
	scene_probe(seen, "0.0.0.0", mix, err);
	scene_probe(seen, "::", mix, err);
}

static void make_free(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, 0);
}

static void make_no_ipv6(struct snapshot *seen, struct request *request)
{
	(void)request;
	seen->host.has_inet6 = NO;
	scene_probe(seen, "0.0.0.0", MIX_PLAIN, 0);
}

static void make_listener(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
}

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

static void make_shared(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	for (pid_t pid = 4711; pid < 4714; pid++)
		scene_owner(seen, s, pid, "python3")->age_ms -= pid;
}

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

static void make_hostile(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);
	struct process *p = scene_owner(seen, s, 666, "x\033[31m\nroot\xff");

	(void)request;
	free(p->cwd);
	p->cwd = xstrdup("/tmp/\xe2\x80\xae" "evil\xc2\x9b" "31m\\x41");
}

static void make_dual_stack(struct snapshot *seen, struct request *request)
{
	request->target.text = "0.0.0.0:9877";
	request->target.addr = parse("0.0.0.0");
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

static void make_bound_reuse(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_CLOSE, "0.0.0.0", NULL);

	(void)request;
	scene_owner(seen, s, 4711, "server");
	s->reuseaddr = YES;
}

static struct sock *time_wait(struct snapshot *seen, const char *local, const char *peer)
{
	struct sock *s = scene_sock(seen, STATE_TIME_WAIT, local, peer);

	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 42017;
	return s;
}

static void refuse_all(struct snapshot *seen)
{
	scene_probe_all(seen, MIX_REUSEADDR, EADDRINUSE);
	scene_probe_all(seen, MIX_REUSEPORT, EADDRINUSE);
	scene_probe_all(seen, MIX_BOTH, EADDRINUSE);
}

static void make_time_wait(struct snapshot *seen, struct request *request)
{
	(void)request;
	time_wait(seen, "127.0.0.1", "127.0.0.1");
	refuse_all(seen);
}

static void make_time_wait_reuse(struct snapshot *seen, struct request *request)
{
	(void)request;
	time_wait(seen, "127.0.0.1", "127.0.0.1");
	scene_probe_all(seen, MIX_REUSEADDR, 0);
	scene_probe_all(seen, MIX_REUSEPORT, EADDRINUSE);
}

static void make_time_wait_mapped(struct snapshot *seen, struct request *request)
{
	(void)request;
	time_wait(seen, "::ffff:192.168.100.101", "::ffff:192.168.100.200");
	refuse_all(seen);
}

static void make_time_wait_many(struct snapshot *seen, struct request *request)
{
	(void)request;
	for (int i = 0; i < 10; i++)
		time_wait(seen, "127.0.0.1", "127.0.0.1")->expires_ms -= 17 * i;
	time_wait(seen, "127.0.0.1", "127.0.0.1")->count = 99990;
	seen->socks[10].expires_ms = 41000;
	seen->socks[10].peer = (struct addr){0};
	seen->socks[10].peer_port = 0;
	refuse_all(seen);
}

static void make_time_wait_v6(struct snapshot *seen, struct request *request)
{
	(void)request;
	time_wait(seen, "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	scene_probe(seen, "0.0.0.0", MIX_PLAIN, 0);
	scene_probe(seen, "0.0.0.0", MIX_REUSEADDR, 0);
	scene_probe(seen, "0.0.0.0", MIX_REUSEPORT, 0);
	scene_probe(seen, "0.0.0.0", MIX_BOTH, 0);
	scene_probe(seen, "::", MIX_REUSEADDR, EADDRINUSE);
	scene_probe(seen, "::", MIX_REUSEPORT, EADDRINUSE);
	scene_probe(seen, "::", MIX_BOTH, EADDRINUSE);
}

static void make_orphan(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_FIN_WAIT_2, "127.0.0.1", "127.0.0.1");

	(void)request;
	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 41200;
	refuse_all(seen);
}

static void make_half_closed(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_FIN_WAIT_2, "127.0.0.1", "127.0.0.1");

	(void)request;
	s->inode = 7001;
	s->uid = 1000;
	scene_owner(seen, s, 4711, "httpd");
	s->reuseaddr = YES;
}

/* A connection that a process of alice has. */
static struct sock *live(struct snapshot *seen, enum sock_state state, const char *peer, const char *comm)
{
	struct sock *s = scene_sock(seen, state, "127.0.0.1", peer);

	s->inode = 7000 + (uint32_t)seen->nsocks;
	s->uid = 1000;
	scene_owner(seen, s, 4711, comm);
	return s;
}

/* The other end of s on this host. */
static void local_peer(struct snapshot *seen, const struct sock *s, enum sock_state state)
{
	struct sock p = *s;

	p.local = s->peer;
	p.peer = s->local;
	p.port = s->peer_port;
	p.peer_port = s->port;
	p.state = (uint8_t)state;
	p.inode = 8000;
	seen->peers = xgrow(seen->peers, seen->npeers, sizeof *seen->peers);
	seen->peers[seen->npeers++] = p;
	scene_owner(seen, &p, 4900, "firefox");
}

static struct sock *retransmitting(struct snapshot *seen, enum sock_state state, unsigned int times)
{
	struct sock *s = scene_sock(seen, state, "192.168.1.10", "203.0.113.5");

	s->timer = TIMER_RETRANSMIT;
	s->expires_ms = 3000;
	s->retransmits = (uint8_t)times;
	s->rto_ms = 200U << times;
	refuse_all(seen);
	return s;
}

static void make_fin_wait_1(struct snapshot *seen, struct request *request)
{
	(void)request;
	retransmitting(seen, STATE_FIN_WAIT_1, 4);
}

static void make_closing(struct snapshot *seen, struct request *request)
{
	(void)request;
	retransmitting(seen, STATE_CLOSING, 0);
}

static void make_last_ack(struct snapshot *seen, struct request *request)
{
	(void)request;
	retransmitting(seen, STATE_LAST_ACK, 1);
}

static void make_window_shut(struct snapshot *seen, struct request *request)
{
	struct sock *s = retransmitting(seen, STATE_FIN_WAIT_1, 0);

	(void)request;
	s->timer = TIMER_PROBE;
	s->backoff = 3;
}

static void make_half_closed_unheard(struct snapshot *seen, struct request *request)
{
	struct sock *s = live(seen, STATE_FIN_WAIT_1, "203.0.113.5", "httpd");

	(void)request;
	s->timer = TIMER_RETRANSMIT;
	s->expires_ms = 800;
}

static void make_close_wait(struct snapshot *seen, struct request *request)
{
	struct sock *s = live(seen, STATE_CLOSE_WAIT, "127.0.0.1", "worker");

	(void)request;
	s->reuseaddr = YES;
	local_peer(seen, s, STATE_FIN_WAIT_2);
}

static void make_unread(struct snapshot *seen, struct request *request)
{
	(void)request;
	live(seen, STATE_CLOSE_WAIT, "203.0.113.5", "worker")->receive_queue = 518;
}

static void make_accepted(struct snapshot *seen, struct request *request)
{
	(void)request;
	live(seen, STATE_ESTABLISHED, "203.0.113.5", "worker")->opener = OPENER_PEER;
}

static void make_outbound(struct snapshot *seen, struct request *request)
{
	struct sock *s;

	request->target = (struct target){.text = "41000", .port = 41000};
	s = live(seen, STATE_ESTABLISHED, "203.0.113.5", "kubelet");
	s->opener = OPENER_HERE;
	s->timer = TIMER_KEEPALIVE;
	s->expires_ms = 14000;
	s->port = 41000;
	s->peer_port = 443;
}

static void make_outbound_inferred(struct snapshot *seen, struct request *request)
{
	make_outbound(seen, request);
	seen->socks[0].opener = OPENER_UNKNOWN;
}

static void make_self_connect(struct snapshot *seen, struct request *request)
{
	struct sock *s;

	request->target = (struct target){.text = "41000", .port = 41000};
	s = live(seen, STATE_ESTABLISHED, "127.0.0.1", "agent");
	s->opener = OPENER_HERE;
	s->port = s->peer_port = 41000;
}

static void make_syn_recv(struct snapshot *seen, struct request *request)
{
	(void)request;
	live(seen, STATE_SYN_RECV, "203.0.113.5", "punch");
}

static void make_outbound_time_wait(struct snapshot *seen, struct request *request)
{
	struct sock *s;

	request->target = (struct target){.text = "41000", .port = 41000};
	s = time_wait(seen, "192.168.1.10", "203.0.113.5");
	s->port = 41000;
	s->peer_port = 443;
	port_set_add(&seen->census.reserved, 8080);
	for (uint16_t port = 9000; port < 9003; port++)
		port_set_add(&seen->census.reserved, port);
	refuse_all(seen);
}

static void make_peer_keeps_open(struct snapshot *seen, struct request *request)
{
	make_orphan(seen, request);
	local_peer(seen, &seen->socks[0], STATE_CLOSE_WAIT);
}

static void make_stopped(struct snapshot *seen, struct request *request)
{
	make_listener(seen, request);
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
	make_listener(seen, request);
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
	make_listener(seen, request);
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

static void make_ring_hint(struct snapshot *seen, struct request *request)
{
	(void)request;
	make_hint(seen, HINT_IO_URING);
	seen->socks[0].held_by = HELD_HIDDEN;
}

/* What nodemon runs. */
static void make_supervised(struct snapshot *seen, struct request *request)
{
	struct process *p;

	make_listener(seen, request);
	p = &seen->owners.processes[0];
	free(p->parents[0].comm);
	p->parents[0].comm = xstrdup("nodemon");
}

static void make_container(struct snapshot *seen, struct request *request)
{
	make_listener(seen, request);
	seen->owners.processes[0].container = xstrdup("docker 0123456789ab");
}

static void make_container_proxy(struct snapshot *seen, struct request *request)
{
	static const char *const args[] = {"/usr/bin/docker-proxy", "-container-ip", "172.17.0.2", "-container-port", "80"};
	struct process *p = scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "docker-proxy");

	(void)request;
	for (size_t i = 0; i < p->ncmdline; i++)
		free(p->cmdline[i]);
	free(p->cmdline);
	p->ncmdline = sizeof args / sizeof *args;
	p->cmdline = xcalloc(p->ncmdline, sizeof *p->cmdline);
	for (size_t i = 0; i < p->ncmdline; i++)
		p->cmdline[i] = xstrdup(args[i]);
	p->uid = 0;
	p->unit = xstrdup("docker.service");
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

static void make_reset(struct snapshot *seen, struct request *request)
{
	(void)request;
	live(seen, STATE_CLOSE, "203.0.113.5", "client");
}

static void make_remote_side(struct snapshot *seen, struct request *request)
{
	make_free(seen, request);
	seen->remote_lingering = 3;
}

static void make_netns(struct snapshot *seen, struct request *request)
{
	static char name[] = "blue", path[] = "/run/netns/blue";
	static const struct netns blue = {.inode = 4026532200, .name = name, .path = path};

	make_listener(seen, request);
	seen->host.netns = blue.inode;
	request->netns = &blue;
}

/* What a fix does must be done there. */
static void make_netns_time_wait(struct snapshot *seen, struct request *request)
{
	static char path[] = "/home/alice/my net's", comm[] = "nginx";
	static const struct netns ns = {.inode = 4026532200, .pid = 4711, .comm = comm, .path = path};

	make_time_wait(seen, request);
	seen->host.netns = ns.inode;
	request->netns = &ns;
}

/* Two namespaces, the first with two sockets. */
static void make_other_netns(struct snapshot *seen, struct request *request)
{
	make_free(seen, request);
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
	request->target.addr = parse("127.0.0.1");
	scene_sock(seen, STATE_LISTEN, "127.0.0.2", NULL);
	scene_sock(seen, STATE_LISTEN, "::1", NULL);
	scene_sock(seen, STATE_ESTABLISHED, "127.0.0.2", "127.0.0.1");
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[seen->nlocalities++] = (struct locality){request->target.addr, YES};
}

static void make_netns_all(struct snapshot *seen, struct request *request)
{
	static const struct netns ours = {.inode = 4026531840, .own = true};

	make_free(seen, request);
	request->netns = &ours;
	gap_add(&seen->gaps, GAP_OTHER_NETNS, EPERM, "of redis-server (pid 4711)");
	gap_add(&seen->gaps, GAP_OTHER_NETNS, EPERM, "blue");
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

static void make_listener_and_time_wait(struct snapshot *seen, struct request *request)
{
	make_listener(seen, request);
	time_wait(seen, "127.0.0.1", "127.0.0.1");
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

static void make_mptcp(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL);

	(void)request;
	s->mptcp = YES;
	scene_owner(seen, s, 4711, "caddy");
}

/* A UDP socket; request asks for UDP. */
static struct sock *udp(struct snapshot *seen, struct request *request, const char *local, const char *peer)
{
	struct sock *s = scene_sock(seen, peer ? STATE_ESTABLISHED : STATE_CLOSE, local, peer);

	request->target.proto = s->proto = PROTO_UDP;
	s->inode = 7000 + (uint32_t)seen->nsocks;
	s->uid = 1000;
	return s;
}

static void make_udp(struct snapshot *seen, struct request *request)
{
	scene_owner(seen, udp(seen, request, "0.0.0.0", NULL), 4711, "node");
}

static void make_udp_connected(struct snapshot *seen, struct request *request)
{
	scene_owner(seen, udp(seen, request, "192.168.1.10", "203.0.113.5"), 4711, "wg-client");
}

/* Both would let another one in. */
static void make_udp_reuseaddr(struct snapshot *seen, struct request *request)
{
	for (pid_t pid = 4711; pid < 4713; pid++) {
		struct sock *s = udp(seen, request, "0.0.0.0", NULL);

		scene_owner(seen, s, pid, "avahi-daemon");
		s->reuseaddr = YES;
	}
}

static void make_udp_reuseport(struct snapshot *seen, struct request *request)
{
	struct sock *s = udp(seen, request, "0.0.0.0", NULL);

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
		struct sock *s = udp(seen, request, "127.0.0.1", NULL);

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

static void make_kernel_owned(struct snapshot *seen, struct request *request)
{
	struct sock *s = udp(seen, request, "0.0.0.0", NULL);

	s->uid = 0;
	s->held_by = HELD_UNKNOWN;
	s->v6only = NO;
	refuse_all(seen);
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

/* The same in a pid namespace of its own: whose it is, is not said. */
static void make_pid_namespace(struct snapshot *seen, struct request *request)
{
	make_kernel_owned(seen, request);
	gap_add(&seen->gaps, GAP_PIDS, 0, NULL);
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

static void make_free_requested(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->mix = MIX_BOTH;
}

static void make_mapped_v6only(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->target = (struct target){.text = "[::ffff:127.0.0.1]:9877", .addr = parse("::ffff:127.0.0.1"), .port = 9877};
	request->v6only = true;
}

static void make_privileged(struct snapshot *seen, struct request *request)
{
	(void)seen;
	request->target = (struct target){.text = "80", .port = 80};
}

static void make_not_local(struct snapshot *seen, struct request *request)
{
	request->target = (struct target){.text = "192.0.2.1:9877", .addr = parse("192.0.2.1"), .port = 9877};
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[0] = (struct locality){request->target.addr, NO};
	seen->nlocalities = 1;
}

static void make_denied(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, EPERM);
}

static void make_invisible(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, EADDRINUSE);
}

static void make_unsure(struct snapshot *seen, struct request *request)
{
	request->probe = PROBE_NEVER;
	gap_add(&seen->gaps, GAP_SOCK_DIAG, EPERM, NULL);
	gap_add(&seen->gaps, GAP_BOUND_ONLY, 0, NULL);
}

/* Asked with --to, of a socket with SO_REUSEADDR; the way there is known. */
static struct sock *connecting(struct snapshot *seen, struct request *request, enum sock_state state)
{
	struct sock *s = state ? scene_sock(seen, state, "192.168.1.10", "203.0.113.5") : NULL;

	request->target.text = "192.168.1.10:9877";
	request->target.addr = parse("192.168.1.10");
	request->mix = MIX_REUSEADDR;
	request->to = parse("203.0.113.5");
	request->to_port = 443;
	seen->route = (struct route){true, 0, parse("192.168.1.10"), request->to};
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[0] = (struct locality){request->target.addr, YES};
	seen->nlocalities = 1;
	if (!s)
		return NULL;
	s->reuseaddr = YES;
	s->reuseport = NO;
	s->peer_port = 443;
	return s;
}

static void make_connect_free(struct snapshot *seen, struct request *request)
{
	connecting(seen, request, 0);
	request->target = (struct target){.text = "9877", .port = 9877};
	request->family = AF_INET;
}

static void make_connect_taken(struct snapshot *seen, struct request *request)
{
	struct sock *s = connecting(seen, request, STATE_ESTABLISHED);

	s->inode = 7001;
	s->uid = 1000;
	scene_owner(seen, s, 4711, "agent");
	s->reuseaddr = YES;
}

static void make_connect_orphan(struct snapshot *seen, struct request *request)
{
	struct sock *s = connecting(seen, request, STATE_FIN_WAIT_1);

	s->timer = TIMER_RETRANSMIT;
	s->expires_ms = 3000;
	s->retransmits = 4;
	s->rto_ms = 3200;
}

static void make_connect_time_wait(struct snapshot *seen, struct request *request)
{
	struct sock *s = connecting(seen, request, STATE_TIME_WAIT);

	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 42017;
}

static void make_connect_fin_wait_2(struct snapshot *seen, struct request *request)
{
	make_connect_time_wait(seen, request);
	seen->socks[0].state = STATE_FIN_WAIT_2;
}

static void make_connect_refused(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	seen->route = (struct route){true, ENETUNREACH, {0}, {0}};
}

static void make_connect_unseen(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	seen->route = (struct route){0};
	gap_add(&seen->gaps, GAP_ROUTE, EMFILE, NULL);
}

static void make_connect_itself(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	request->to = seen->route.to = seen->route.from;
	request->to_port = 9877;
}

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
	make_unsure(seen, request);
}

/* The same for connect(). */
static void to_there(struct snapshot *seen, struct request *request)
{
	connecting(seen, request, 0);
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

const struct scene scenes[] = {
    {"free", make_free, false},
    {"no-such-family", make_no_ipv6, false},
    {"listener", make_listener, true},
    {"listener-service", make_listener_service, false},
    {"listener-hostile", make_hostile, false},
    {"shared-socket", make_shared, false},
    {"hidden-owner", make_hidden, false},
    {"dual-stack", make_dual_stack, false},
    {"wildcard-overlap", make_specific, false},
    {"listener-v6only", make_v6only, false},
    {"bound-not-listening", make_bound, false},
    {"bound-not-listening-reuse", make_bound_reuse, false},
    {"time-wait", make_time_wait, true},
    {"owner-has-reuseaddr", make_time_wait_reuse, false},
    {"v4-mapped", make_time_wait_mapped, true},
    {"time-wait-many", make_time_wait_many, false},
    {"time-wait-v6", make_time_wait_v6, false},
    {"fin-wait-2-orphan", make_orphan, false},
    {"fin-wait-2-half-closed", make_half_closed, false},
    {"fin-wait-1", make_fin_wait_1, true},
    {"fin-wait-1-window-shut", make_window_shut, false},
    {"half-closed", make_half_closed_unheard, false},
    {"closing", make_closing, true},
    {"last-ack", make_last_ack, true},
    {"close-wait", make_close_wait, true},
    {"unread-data", make_unread, false},
    {"accepted-connection", make_accepted, true},
    {"outbound-connection", make_outbound, true},
    {"outbound-connection-inferred", make_outbound_inferred, false},
    {"self-connect", make_self_connect, false},
    {"syn-recv", make_syn_recv, false},
    {"outbound-time-wait", make_outbound_time_wait, true},
    {"peer-keeps-open", make_peer_keeps_open, false},
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
    {"socket-activation", make_socket_activation, false},
    {"ssh-forward", make_ssh_forward, false},
    {"bound-not-listening-reset", make_reset, false},
    {"remote-side-only", make_remote_side, false},
    {"listener-and-time-wait", make_listener_and_time_wait, false},
    {"device-bound", make_device_bound, false},
    {"reuseport-one-sided", make_reuseport, false},
    {"reuseport-other-user", make_reuseport_other, false},
    {"mptcp", make_mptcp, false},
    {"udp-socket", make_udp, true},
    {"udp-connected", make_udp_connected, false},
    {"udp-reuseaddr", make_udp_reuseaddr, false},
    {"udp-reuseport", make_udp_reuseport, false},
    {"udp-shared", make_udp_shared, false},
    {"udp-crowd", make_udp_crowd, false},
    {"udp-unordered", make_udp_unordered, false},
    {"kernel-owned", make_kernel_owned, false},
    {"kernel-owned-vxlan", make_kernel_owned_vxlan, false},
    {"kernel-owned-nfsd", make_kernel_owned_nfsd, false},
    {"pid-namespace", make_pid_namespace, false},
    {"requested", make_requested, false},
    {"free-requested", make_free_requested, false},
    {"mapped-v6only", make_mapped_v6only, false},
    {"pick-free", make_pick_free, false},
    {"ephemeral-exhausted", make_pick_taken, true},
    {"ephemeral-exhausted-v6", make_pick_never, false},
    {"pick-chance", make_pick_chance, false},
    {"pick-unsure", make_pick_unsure, false},
    {"pick-to-free", make_pick_to_free, false},
    {"ephemeral-exhausted-to", make_pick_to_taken, false},
    {"pick-to-unsure", make_pick_to_unsure, false},
    {"pick-to-refused", make_pick_to_refused, false},
    {"connect-free", make_connect_free, false},
    {"connect-tuple-in-use", make_connect_taken, true},
    {"connect-tuple-in-use-orphan", make_connect_orphan, false},
    {"connect-over-time-wait", make_connect_time_wait, true},
    {"connect-over-fin-wait-2", make_connect_fin_wait_2, false},
    {"connect-no-route", make_connect_refused, false},
    {"connect-unseen", make_connect_unseen, false},
    {"connects-to-itself", make_connect_itself, false},
    {"privileged-port", make_privileged, false},
    {"address-not-local", make_not_local, false},
    {"bind-denied", make_denied, false},
    {"invisible-holder", make_invisible, false},
    {"unsure", make_unsure, false},
    {"netns", make_netns, false},
    {"netns-closed", make_netns_closed, false},
    {"netns-time-wait", make_netns_time_wait, false},
    {"netns-all", make_netns_all, false},
    {"other-netns", make_other_netns, false},
    {"other-address-free", make_other_address, false},
    {NULL, NULL, false},
};
