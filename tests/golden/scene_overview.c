/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines with more than one port in use: looks at all of them. */
#include <errno.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

/* A socket on that port, as scene_sock() makes them. */
static struct sock *on_port(struct snapshot *seen, uint16_t port, enum sock_state state, const char *local, const char *peer)
{
	struct sock *s = scene_sock(seen, state, local, peer);

	s->port = port;
	if (peer)
		s->peer_port = 50001;
	return s;
}

static void linger(struct snapshot *seen, uint16_t port, uint32_t n, int32_t first_ms)
{
	for (uint32_t i = 0; i < n; i++) {
		struct sock *s = on_port(seen, port, STATE_TIME_WAIT, "192.0.2.1", "203.0.113.5");

		s->timer = TIMER_TIMEWAIT;
		s->expires_ms = first_ms + 500 * (int32_t)i;
	}
}

/* One more descriptor of s, of a process that is there. */
static void hold(struct snapshot *seen, struct sock *s, size_t process)
{
	struct owners *owners = &seen->owners;

	owners->v = xgrow(owners->v, owners->n, sizeof *owners->v);
	owners->v[owners->n++] = (struct owner){s->inode, process, 9, YES, true, VIA_FD, 0};
	s->held_by = HELD_PROCESS;
}

/* A web server with workers and clients in most states. */
static void make_web(struct snapshot *seen)
{
	struct sock *s = on_port(seen, 8080, STATE_LISTEN, "0.0.0.0", NULL);
	uint32_t inode = s->inode;

	scene_owner(seen, s, 4711, "nginx");
	for (pid_t worker = 4712; worker < 4715; worker++)
		scene_owner(seen, &(struct sock){.inode = inode}, worker, "nginx");
	linger(seen, 8080, 14, 3200);
	for (int i = 0; i < 4; i++) {
		s = on_port(seen, 8080, i < 3 ? STATE_ESTABLISHED : STATE_CLOSE_WAIT, "192.0.2.1", "203.0.113.5");
		s->inode = 7500 + (uint32_t)i;
		hold(seen, s, 1);
	}
	s = on_port(seen, 8080, STATE_FIN_WAIT_2, "192.0.2.1", "203.0.113.9");
	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 51000;
}

/* Source ports of connections to another machine. */
static void make_outgoing(struct snapshot *seen)
{
	for (uint16_t i = 0; i < 3; i++) {
		struct sock *s = on_port(seen, (uint16_t)(40000 + i), STATE_TIME_WAIT, "192.0.2.1", "198.51.100.7");

		s->peer_port = 443;
		s->timer = TIMER_TIMEWAIT;
		s->expires_ms = 20000;
	}
}

/* What an ordinary user sees of TCP on a busy machine. */
void scene_all_tcp(struct snapshot *seen, struct request *request)
{
	struct sock *s = on_port(seen, 22, STATE_LISTEN, "0.0.0.0", NULL);

	s->uid = 0;
	s->held_by = HELD_HIDDEN;
	s = on_port(seen, 631, STATE_LISTEN, "127.0.0.1", NULL);
	s->uid = 33;
	s->held_by = HELD_HIDDEN;
	make_web(seen);
	s = on_port(seen, 3000, STATE_CLOSE, "0.0.0.0", NULL);
	scene_owner(seen, s, 4800, "node\033[2J)");
	s->reuseaddr = YES;
	linger(seen, 9877, 1, 42017);
	make_outgoing(seen);
	gap_add(&seen->gaps, GAP_FD_TABLE, EACCES, "pid 812");
	gap_add(&seen->gaps, GAP_FD_TABLE, EACCES, "pid 960");
	(void)request;
}

/* The same of UDP. */
void scene_all_udp(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_udp(seen, request, "0.0.0.0", NULL);

	s->port = 5353;
	scene_owner(seen, s, 640, "avahi-daemon");
	s->reuseaddr = YES;
	s = scene_udp(seen, request, "192.0.2.1", "198.51.100.53");
	s->port = 40001;
	s->peer_port = 53;
	scene_owner(seen, s, 4800, "node");
}
