/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that a process has. */
#include "base/xalloc.h"
#include "tests/golden/scene.h"

/* A connection that a process of alice has. */
static struct sock *live(struct snapshot *seen, enum sock_state state, const char *peer, const char *comm)
{
	struct sock *s = scene_sock(seen, state, "127.0.0.1", peer);

	s->inode = 7000 + (uint32_t)seen->nsocks;
	s->uid = 1000;
	scene_owner(seen, s, 4711, comm);
	return s;
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
	scene_local_peer(seen, s, STATE_FIN_WAIT_2);
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

/* Clients of a listener without SO_REUSEADDR. */
static void make_listener_clients(struct snapshot *seen, struct request *request)
{
	struct owners *o = &seen->owners;

	scene_listener(seen, request);
	for (int fd = 4; fd < 6; fd++) {
		struct sock *s = scene_sock(seen, STATE_ESTABLISHED, "127.0.0.1", "203.0.113.5");

		s->peer_port += (uint16_t)fd;
		s->inode = 7000 + (uint32_t)fd;
		s->uid = 1000;
		s->held_by = HELD_PROCESS;
		s->reuseaddr = s->reuseport = NO;
		o->v = xgrow(o->v, o->n, sizeof *o->v);
		o->v[o->n++] = (struct owner){s->inode, 0, fd, YES, true, VIA_FD, 0};
	}
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

static void make_reset(struct snapshot *seen, struct request *request)
{
	(void)request;
	live(seen, STATE_CLOSE, "203.0.113.5", "client");
}

const struct scene connection_scenes[] = {
    {"fin-wait-2-half-closed", make_half_closed, false},
    {"half-closed", make_half_closed_unheard, false},
    {"close-wait", make_close_wait, true},
    {"unread-data", make_unread, false},
    {"listener-clients", make_listener_clients, false},
    {"accepted-connection", make_accepted, true},
    {"outbound-connection", make_outbound, true},
    {"outbound-connection-inferred", make_outbound_inferred, false},
    {"self-connect", make_self_connect, false},
    {"syn-recv", make_syn_recv, false},
    {"bound-not-listening-reset", make_reset, false},
    {NULL, NULL, false},
};
