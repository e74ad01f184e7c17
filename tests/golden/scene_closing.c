/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that no process has any more, in the states of closing. */
#include <errno.h>

#include "tests/golden/scene.h"

static void make_time_wait(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_time_wait(seen, "127.0.0.1", "127.0.0.1");
	scene_refuse_all(seen);
}

static void make_time_wait_reuse(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_time_wait(seen, "127.0.0.1", "127.0.0.1");
	scene_probe_all(seen, MIX_REUSEADDR, 0);
	scene_probe_all(seen, MIX_REUSEPORT, EADDRINUSE);
}

static void make_time_wait_mapped(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_time_wait(seen, "::ffff:192.168.100.101", "::ffff:192.168.100.200");
	scene_refuse_all(seen);
}

static void make_time_wait_many(struct snapshot *seen, struct request *request)
{
	(void)request;
	for (int i = 0; i < 10; i++)
		scene_time_wait(seen, "127.0.0.1", "127.0.0.1")->expires_ms -= 17 * i;
	scene_time_wait(seen, "127.0.0.1", "127.0.0.1")->count = 99990;
	seen->socks[10].expires_ms = 41000;
	seen->socks[10].peer = (struct addr){0};
	seen->socks[10].peer_port = 0;
	scene_refuse_all(seen);
}

static void make_time_wait_v6(struct snapshot *seen, struct request *request)
{
	(void)request;
	scene_time_wait(seen, "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	scene_probe(seen, "0.0.0.0", MIX_PLAIN, 0);
	scene_probe(seen, "0.0.0.0", MIX_REUSEADDR, 0);
	scene_probe(seen, "0.0.0.0", MIX_REUSEPORT, 0);
	scene_probe(seen, "0.0.0.0", MIX_BOTH, 0);
	scene_probe(seen, "::", MIX_REUSEADDR, EADDRINUSE);
	scene_probe(seen, "::", MIX_REUSEPORT, EADDRINUSE);
	scene_probe(seen, "::", MIX_BOTH, EADDRINUSE);
}

static void make_outbound_time_wait(struct snapshot *seen, struct request *request)
{
	struct sock *s;

	request->target = (struct target){.text = "41000", .port = 41000};
	s = scene_time_wait(seen, "192.168.1.10", "203.0.113.5");
	s->port = 41000;
	s->peer_port = 443;
	port_set_add(&seen->census.reserved, 8080);
	for (uint16_t port = 9000; port < 9003; port++)
		port_set_add(&seen->census.reserved, port);
	scene_refuse_all(seen);
}

static void make_listener_and_time_wait(struct snapshot *seen, struct request *request)
{
	scene_listener(seen, request);
	scene_time_wait(seen, "127.0.0.1", "127.0.0.1");
}

static void make_orphan(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_sock(seen, STATE_FIN_WAIT_2, "127.0.0.1", "127.0.0.1");

	(void)request;
	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 41200;
	scene_refuse_all(seen);
}

static void make_peer_keeps_open(struct snapshot *seen, struct request *request)
{
	make_orphan(seen, request);
	scene_local_peer(seen, &seen->socks[0], STATE_CLOSE_WAIT);
}

static struct sock *retransmitting(struct snapshot *seen, enum sock_state state, unsigned int times)
{
	struct sock *s = scene_sock(seen, state, "192.168.1.10", "203.0.113.5");

	s->timer = TIMER_RETRANSMIT;
	s->expires_ms = 3000;
	s->retransmits = (uint8_t)times;
	s->rto_ms = 200U << times;
	scene_refuse_all(seen);
	return s;
}

static void make_fin_wait_1(struct snapshot *seen, struct request *request)
{
	(void)request;
	retransmitting(seen, STATE_FIN_WAIT_1, 4);
}

static void make_window_shut(struct snapshot *seen, struct request *request)
{
	struct sock *s = retransmitting(seen, STATE_FIN_WAIT_1, 0);

	(void)request;
	s->timer = TIMER_PROBE;
	s->backoff = 3;
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

const struct scene closing_scenes[] = {
    {"time-wait", make_time_wait, true},
    {"owner-has-reuseaddr", make_time_wait_reuse, false},
    {"v4-mapped", make_time_wait_mapped, true},
    {"time-wait-many", make_time_wait_many, false},
    {"time-wait-v6", make_time_wait_v6, false},
    {"outbound-time-wait", make_outbound_time_wait, true},
    {"listener-and-time-wait", make_listener_and_time_wait, false},
    {"fin-wait-2-orphan", make_orphan, false},
    {"peer-keeps-open", make_peer_keeps_open, false},
    {"fin-wait-1", make_fin_wait_1, true},
    {"fin-wait-1-window-shut", make_window_shut, false},
    {"closing", make_closing, true},
    {"last-ack", make_last_ack, true},
    {NULL, NULL, false},
};
