/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections that live, or begin: who opened them is what makes the cause.
 * "far" is the other end's port, outside of the range that the kernel picks from.
 */
#define _GNU_SOURCE
#include "../situation.h"

enum { RETRANSMIT = 1, UNANSWERED = 2, FAR = 1000 };

/* Accepted, and the listener is gone. */
static void accepted(const struct situation *s, uint16_t port)
{
	connected_alone(s, port);
	holder(getpid());
}

/* The same where both its sockets are bound to the loopback device. */
static void accepted_on_lo(const struct situation *s, uint16_t port)
{
	int server = tcp_bound_on("lo", s->on, port, s->options);
	struct pair p;

	need(!listen(server, 8), "listen");
	p = connected(server, s->to, port);
	close(server);
	fact("peer_port", local_port(p.client));
	holder(getpid());
}

/* On a port of the range from which the kernel picks those of clients. */
static void accepted_in_range(const struct situation *s, uint16_t port)
{
	set_port_range(port, port + FAR);
	accepted(s, port);
}

static void accepted_unread(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);
	char c;

	need(send(p.client, "x", 1, 0) == 1, "send");
	need(recv(p.server, &c, 1, MSG_PEEK) == 1, "recv");
	holder(getpid());
}

static void accepted_peer_gone(const struct situation *s, uint16_t port)
{
	vanish(connected_alone(s, port).client);
	holder(getpid());
}

/* A keepalive timer runs: the connection has an end. */
static void accepted_keepalive(const struct situation *s, uint16_t port)
{
	set_option(connected_alone(s, port).server, SOL_SOCKET, SO_KEEPALIVE, 1);
	holder(getpid());
}

/* Data went both ways, and everything was acknowledged: it is still clear who opened it. */
static void talk(struct pair p)
{
	char c;

	need(send(p.client, "x", 1, 0) == 1 && recv(p.server, &c, 1, MSG_WAITALL) == 1, "to the server");
	need(send(p.server, "yz", 2, 0) == 2 && recv(p.client, &c, 1, MSG_WAITALL) == 1, "to the client");
	need(recv(p.client, &c, 1, MSG_WAITALL) == 1, "to the client");
}

static void wait_until_acked(int fd)
{
	time_t since = time(NULL);
	struct tcp_info info = {.tcpi_unacked = 1};
	socklen_t len = sizeof info;

	while (!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) && info.tcpi_unacked)
		look_again(since, "acknowledgement");
}

static void accepted_talked(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);

	talk(p);
	wait_until_acked(p.server);
	holder(getpid());
}

/* From port, bound before, to a server on the far port. */
static struct pair opened_from(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->to, port + FAR, REUSEADDR);
	struct pair p = {.client = tcp_bound(s->on, port, s->options)};
	struct place to = place(s->to, port + FAR);

	need(!connect(p.client, (struct sockaddr *)&to.sa, to.len), "connect");
	p.server = tcp_accept(server);
	close(server);
	fact("peer_port", port + FAR);
	return p;
}

/* The same, where the kernel picks the port: it has no choice. */
static struct pair opened_by_kernel(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->to, port + FAR, REUSEADDR);
	struct pair p;

	set_port_range(port, port);
	p = connected(server, s->to, port + FAR);
	errno = EADDRNOTAVAIL;
	need(local_port(p.client) == port, "port that the kernel picked");
	close(server);
	fact("peer_port", port + FAR);
	return p;
}

static void outbound(const struct situation *s, uint16_t port)
{
	opened_from(s, port);
	holder(getpid());
}

/* To the same port of another address. */
static void outbound_same_port(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->to, port, s->options), client = tcp_bound(s->on, port, s->options);
	struct place to = place(s->to, port);

	need(!connect(client, (struct sockaddr *)&to.sa, to.len), "connect");
	tcp_accept(server);
	close(server);
	holder(getpid());
}

static void outbound_talked(const struct situation *s, uint16_t port)
{
	struct pair p = opened_from(s, port);

	talk(p);
	wait_until_acked(p.client);
	holder(getpid());
}

static void outbound_in_range(const struct situation *s, uint16_t port)
{
	opened_by_kernel(s, port);
	holder(getpid());
}

/* SYN_SENT: nobody answers. */
static void syn_sent(const struct situation *s, uint16_t port)
{
	int client = tcp_bound(s->on, port, s->options);
	struct place to = place(s->to, port + FAR);

	make_deaf(tcp_server(s->to, port + FAR, 0));
	set_nonblocking(client);
	need(connect(client, (struct sockaddr *)&to.sa, to.len) && errno == EINPROGRESS, "connect");
	wait_for_rows(port, 0, TCP_SYN_SENT, 1);
	wait_for_timer(port, port + FAR, RETRANSMIT, UNANSWERED);
	fact("peer_port", port + FAR);
	holder(getpid());
}

/* Our end opened the connection and closed it first. */
static void close_client_first(struct pair p, uint16_t port)
{
	close(p.client);
	wait_for_state(p.server, TCP_CLOSE_WAIT);
	close(p.server);
	wait_for_rows(port, 0, TCP_TIME_WAIT, 1);
	wait_for_rows(0, port, 0, 0);
}

static void outbound_time_wait(const struct situation *s, uint16_t port)
{
	close_client_first(opened_by_kernel(s, port), port);
}

static void outbound_time_wait_bound(const struct situation *s, uint16_t port)
{
	struct pair p = opened_from(s, port);

	set_port_range(port, port);
	close_client_first(p, port);
}

/* A server's TIME_WAIT on a port of the range, and so is the client's port. */
static void time_wait_in_range(const struct situation *s, uint16_t port)
{
	struct pair p;

	set_port_range(port, port + FAR);
	p = connected_alone(s, port);
	close_server_first(p);
	close(p.client);
	wait_for_rows(0, port, 0, 0);
	wait_for_rows(port, 0, TCP_TIME_WAIT, 1);
}

/* Two of a server on a port of the range; the clients' ports were not picked by the kernel. */
static void time_wait_two_peers(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct place to = place(s->to, port);

	set_port_range(port, port);
	for (uint16_t i = 1; i <= 2; i++) {
		struct pair p = {.client = tcp_bound(s->to, port + FAR + i, 0)};

		need(!connect(p.client, (struct sockaddr *)&to.sa, to.len), "connect");
		p.server = tcp_accept(server);
		close_server_first(p);
		close(p.client);
	}
	wait_for_rows(0, port, 0, 0);
	wait_for_rows(port, 0, TCP_TIME_WAIT, 2);
	close(server);
}

/* A client that met itself. */
static void self_connect(const struct situation *s, uint16_t port)
{
	int fd = tcp_bound(s->on, port, s->options);
	struct place to = place(s->to, port);

	need(!connect(fd, (struct sockaddr *)&to.sa, to.len), "connect");
	wait_for_state(fd, TCP_ESTABLISHED);
	fact("peer_port", port);
	holder(getpid());
}

/* What a client does that tries until its server is there, on a port of the range. */
static void self_connect_in_range(const struct situation *s, uint16_t port)
{
	set_port_range(port, port);
	wait_for_state(tcp_client(s->to, port), TCP_ESTABLISHED);
	fact("peer_port", port);
	holder(getpid());
}

/*
 * Both ends call connect() to each other.  The far one hears nothing, so its
 * SYN, said again after a second, meets ours in SYN_SENT and makes it SYN_RECV,
 * and the answer is lost.
 */
static void syn_recv(const struct situation *s, uint16_t port)
{
	int here = tcp_bound(s->on, port, s->options), there = tcp_bound(s->to, port + FAR, 0);
	struct place to_here = place(s->on, port), to_there = place(s->to, port + FAR);

	make_deaf(there);
	set_nonblocking(here);
	set_nonblocking(there);
	need(connect(there, (struct sockaddr *)&to_here.sa, to_here.len) && errno == EINPROGRESS, "connect");
	need(connect(here, (struct sockaddr *)&to_there.sa, to_there.len) && errno == EINPROGRESS, "connect");
	wait_for_state(here, TCP_SYN_RECV);
	wait_for_timer(port, port + FAR, RETRANSMIT, UNANSWERED);
	fact("peer_port", port + FAR);
	holder(getpid());
}

/* One of each on addresses of its own: none keeps another from being made. */
static void every_cause(const struct situation *s, uint16_t port)
{
	static const char *const slugs[] = {"fin-wait-2-orphan-peer-gone", "last-ack-peer-gone", "closing", "fin-wait-1-peer-gone",
	                                    "syn-recv", "fin-wait-2-half-closed-peer-gone", "close-wait-peer-gone",
	                                    "accepted-connection-peer-gone", "outbound-connection", "self-connect"};
	char addr[16];

	(void)s;
	for (unsigned int i = 0; i < sizeof slugs / sizeof *slugs; i++) {
		struct situation one = *find_situation(slugs[i]);

		snprintf(addr, sizeof addr, "127.0.0.%u", i + 2);
		one.on = one.to = addr;
		one.make(&one, port);
	}
}

const struct situation living_situations[] = {
    {"accepted-connection", accepted, "0.0.0.0", 0, "127.0.0.1", 0},
    {"accepted-connection-reuse", accepted, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"accepted-connection-on-lo", accepted_on_lo, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"accepted-connection-in-range", accepted_in_range, "0.0.0.0", 0, "127.0.0.1", 0},
    {"accepted-connection-v6", accepted, "::", 0, "::1", 0},
    {"accepted-connection-unread", accepted_unread, "0.0.0.0", 0, "127.0.0.1", 0},
    {"accepted-connection-talked", accepted_talked, "0.0.0.0", 0, "127.0.0.1", 0},
    {"accepted-connection-peer-gone", accepted_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {"accepted-connection-keepalive", accepted_keepalive, "0.0.0.0", 0, "127.0.0.1", 0},
    {"outbound-connection", outbound, "127.0.0.1", 0, "127.0.0.1", 0},
    {"outbound-connection-reuse", outbound, "127.0.0.1", REUSEADDR, "127.0.0.1", 0},
    {"outbound-connection-v6", outbound, "::1", 0, "::1", 0},
    {"outbound-same-port", outbound_same_port, "127.0.0.1", 0, "127.0.0.2", 0},
    {"outbound-connection-talked", outbound_talked, "127.0.0.1", 0, "127.0.0.1", 0},
    {"outbound-connection-in-range", outbound_in_range, NULL, 0, "127.0.0.1", 0},
    {"outbound-syn-sent", syn_sent, "127.0.0.1", 0, "127.0.0.1", 0},
    {"outbound-time-wait", outbound_time_wait, NULL, 0, "127.0.0.1", 0},
    {"outbound-time-wait-reuse", outbound_time_wait_bound, "127.0.0.1", REUSEADDR, "127.0.0.1", 0},
    {"time-wait-in-range", time_wait_in_range, "0.0.0.0", 0, "127.0.0.1", 0},
    {"time-wait-two-peers", time_wait_two_peers, "0.0.0.0", 0, "127.0.0.1", 0},
    {"self-connect", self_connect, "127.0.0.1", 0, "127.0.0.1", 0},
    {"self-connect-reuse", self_connect, "127.0.0.1", REUSEADDR, "127.0.0.1", 0},
    {"self-connect-in-range", self_connect_in_range, NULL, 0, "127.0.0.1", 0},
    {"syn-recv", syn_recv, "127.0.0.1", 0, "127.0.0.1", 0},
    {"syn-recv-reuse", syn_recv, "127.0.0.1", REUSEADDR, "127.0.0.1", 0},
    {"every-cause", every_cause, NULL, 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
