/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words in which the situations behind the golden files are written, and the list of their tables. */
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
	    .remote_read = true,
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

/* An address from its text. */
struct addr scene_addr(const char *text)
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
	    .local = scene_addr(local),
	    .cookie = 1000 + seen->nsocks,
	    .held_by = HELD_KERNEL,
	};
	s->peer = (struct addr){.family = s->local.family};
	if (s->local.family == AF_INET || addr_is_mapped(&s->local))
		s->v6only = NO;
	if (peer) {
		s->peer = scene_addr(peer);
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
	owners->v[owners->n++] = (struct owner){s->inode, owners->nprocesses++, 3, YES, true, VIA_FD, 0};
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
	seen->probes[seen->nprobes++] = (struct probe){scene_addr(addr), mix, err};
}

/* The same on both wildcards. */
void scene_probe_all(struct snapshot *seen, unsigned int mix, int err)
{
	scene_probe(seen, "0.0.0.0", mix, err);
	scene_probe(seen, "::", mix, err);
}

/* Whoever asks for SO_REUSEADDR, SO_REUSEPORT or both is refused. */
void scene_refuse_all(struct snapshot *seen)
{
	scene_probe_all(seen, MIX_REUSEADDR, EADDRINUSE);
	scene_probe_all(seen, MIX_REUSEPORT, EADDRINUSE);
	scene_probe_all(seen, MIX_BOTH, EADDRINUSE);
}

/* A connection in TIME_WAIT for 42 s more. */
struct sock *scene_time_wait(struct snapshot *seen, const char *local, const char *peer)
{
	struct sock *s = scene_sock(seen, STATE_TIME_WAIT, local, peer);

	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 42017;
	return s;
}

/* The other end of s on this host. */
void scene_local_peer(struct snapshot *seen, const struct sock *s, enum sock_state state)
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

/* A UDP socket; request asks for UDP. */
struct sock *scene_udp(struct snapshot *seen, struct request *request, const char *local, const char *peer)
{
	struct sock *s = scene_sock(seen, peer ? STATE_ESTABLISHED : STATE_CLOSE, local, peer);

	request->target.proto = s->proto = PROTO_UDP;
	s->inode = 7000 + (uint32_t)seen->nsocks;
	s->uid = 1000;
	return s;
}

/* Asked with --to, of a socket with SO_REUSEADDR; the way there is known. */
struct sock *scene_connecting(struct snapshot *seen, struct request *request, enum sock_state state)
{
	struct sock *s = state ? scene_sock(seen, state, "192.168.1.10", "203.0.113.5") : NULL;

	request->target.text = "192.168.1.10:9877";
	request->target.addr = scene_addr("192.168.1.10");
	request->mix = MIX_REUSEADDR;
	request->to = scene_addr("203.0.113.5");
	request->to_port = 443;
	seen->route = (struct route){true, 0, scene_addr("192.168.1.10"), request->to};
	seen->localities = xcalloc(1, sizeof *seen->localities);
	seen->localities[0] = (struct locality){.addr = request->target.addr, .local = YES};
	seen->nlocalities = 1;
	if (!s)
		return NULL;
	s->reuseaddr = YES;
	s->reuseport = NO;
	s->peer_port = 443;
	return s;
}

/* Nothing is in the way: a trial bind() has shown it. */
void scene_nothing(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_probe_all(seen, MIX_PLAIN, 0);
}

/* A process of alice listens on 0.0.0.0. */
void scene_listener(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_owner(seen, scene_sock(seen, STATE_LISTEN, "0.0.0.0", NULL), 4711, "node");
}

/* Free as far as is seen, and that is not all. */
void scene_unsure(struct snapshot *seen, struct request *request)
{
	request->probe = PROBE_NEVER;
	gap_add(&seen->gaps, GAP_SOCK_DIAG, EPERM, NULL);
	gap_add(&seen->gaps, GAP_BOUND_ONLY, 0, NULL);
}

static const struct scene *const tables[] = {
    free_scenes,    listening_scenes, holder_scenes,  closing_scenes,   connection_scenes,
    udp_scenes,     pick_scenes,      connect_scenes, elsewhere_scenes, unix_scenes,
};

/* The i-th of all situations; NULL: there are no more. */
const struct scene *scene_at(size_t i)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (const struct scene *s = tables[t]; s->slug; s++)
			if (!i--)
				return s;
	return NULL;
}

/* The one of that name, which there is. */
const struct scene *scene_called(const char *slug)
{
	const struct scene *s;

	for (size_t i = 0; (s = scene_at(i)); i++)
		if (!strcmp(s->slug, slug))
			return s;
	abort();
}
