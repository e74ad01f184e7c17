/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections on their way out, on the port of a server that is gone.  A state
 * is kept by an end that hears nothing (SO_ATTACH_FILTER), so it lasts.
 *
 * Where segments go unheard, the situation waits for the second
 * retransmission: what shows that nobody answers is then there to be seen.
 */
#define _GNU_SOURCE
#include <poll.h>

#include "../situation.h"

enum { RETRANSMIT = 1, ZERO_WINDOW = 4, UNANSWERED = 2 };

/* Ends the server's part: a process keeps it, or none does. */
enum end { ORPHAN, HELD };

static void end_server(int fd, enum end end)
{
	if (end == ORPHAN) {
		close(fd);
		return;
	}
	need(!shutdown(fd, SHUT_WR), "shutdown");
	holder(getpid());
}

static void unanswered(uint16_t port, uint16_t peer, int state)
{
	wait_for_rows(port, peer, state, 1);
	wait_for_timer(port, peer, RETRANSMIT, UNANSWERED);
}

/* FIN_WAIT_1: our FIN is not heard. */
static void make_fin_wait_1(const struct situation *s, uint16_t port, enum end end)
{
	struct pair p = connected_alone(s, port);

	make_deaf(p.client);
	end_server(p.server, end);
	unanswered(port, local_port(p.client), TCP_FIN_WAIT1);
}

static void fin_wait_1(const struct situation *s, uint16_t port)
{
	make_fin_wait_1(s, port, ORPHAN);
}

static void fin_wait_1_held(const struct situation *s, uint16_t port)
{
	make_fin_wait_1(s, port, HELD);
}

/* The same where the peer's socket is nowhere on this host; its resets are not heard either. */
static void fin_wait_1_peer_gone(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);
	uint16_t peer = local_port(p.client);

	make_deaf(p.server);
	vanish(p.client);
	close(p.server);
	unanswered(port, peer, TCP_FIN_WAIT1);
}

/* FIN_WAIT_1 behind data that the peer, alive, does not read: its window is closed and is probed. */
static void make_zero_window(const struct situation *s, uint16_t port, enum end end)
{
	static const char data[65536];
	struct pair p = connected_alone(s, port);
	struct pollfd full = {.fd = p.server, .events = POLLOUT};

	do
		while (send(p.server, data, sizeof data, MSG_DONTWAIT) > 0)
			;
	while (poll(&full, 1, 200) > 0); /* the peer's kernel took more */
	wait_for_timer(port, local_port(p.client), ZERO_WINDOW, 0);
	end_server(p.server, end);
	wait_for_rows(port, local_port(p.client), TCP_FIN_WAIT1, 1);
	wait_for_timer(port, local_port(p.client), ZERO_WINDOW, 0);
}

static void zero_window(const struct situation *s, uint16_t port)
{
	make_zero_window(s, port, ORPHAN);
}

static void zero_window_held(const struct situation *s, uint16_t port)
{
	make_zero_window(s, port, HELD);
}

/* CLOSING: both FINs were on their way at once; ours is not heard. */
static void make_closing(const struct situation *s, uint16_t port, enum end end)
{
	struct pair p = connected_alone(s, port);

	make_deaf(p.client);
	end_server(p.server, end);
	need(!shutdown(p.client, SHUT_WR), "shutdown");
	unanswered(port, local_port(p.client), TCP_CLOSING);
}

static void closing(const struct situation *s, uint16_t port)
{
	make_closing(s, port, ORPHAN);
}

static void closing_held(const struct situation *s, uint16_t port)
{
	make_closing(s, port, HELD);
}

/* Both FINs cross, and both are heard in the end: TIME_WAIT here and there. */
static void simultaneous_close(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);
	uint16_t peer = local_port(p.client);

	make_deaf(p.server);
	make_deaf(p.client);
	need(!shutdown(p.server, SHUT_WR) && !shutdown(p.client, SHUT_WR), "shutdown");
	make_hear(p.server);
	wait_for_state(p.server, TCP_CLOSING);
	make_hear(p.client);
	wait_for_rows(port, peer, TCP_TIME_WAIT, 1);
	wait_for_rows(peer, port, TCP_TIME_WAIT, 1);
	close(p.server);
	close(p.client);
}

/* The peer closed its half and waits for ours. */
static struct pair peer_closed_first(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);

	need(!shutdown(p.client, SHUT_WR), "shutdown");
	wait_for_state(p.server, TCP_CLOSE_WAIT);
	wait_for_state(p.client, TCP_FIN_WAIT2);
	return p;
}

/* LAST_ACK: the peer closed first, then we; our FIN is not heard. */
static void make_last_ack(const struct situation *s, uint16_t port, enum end end)
{
	struct pair p = peer_closed_first(s, port);

	make_deaf(p.client);
	end_server(p.server, end);
	unanswered(port, local_port(p.client), TCP_LAST_ACK);
}

static void last_ack(const struct situation *s, uint16_t port)
{
	make_last_ack(s, port, ORPHAN);
}

static void last_ack_held(const struct situation *s, uint16_t port)
{
	make_last_ack(s, port, HELD);
}

static void last_ack_peer_gone(const struct situation *s, uint16_t port)
{
	struct pair p = peer_closed_first(s, port);
	uint16_t peer = local_port(p.client);

	make_deaf(p.server);
	vanish(p.client);
	close(p.server);
	unanswered(port, peer, TCP_LAST_ACK);
}

/*
 * CLOSE_WAIT: the peer has closed, the process has not.  A FIN that was not
 * read yet counts as one byte of the receive queue (sock_diag, /proc/net/tcp).
 */
static struct pair make_close_wait(const struct situation *s, uint16_t port, const char *data)
{
	struct pair p = connected_alone(s, port);
	uint16_t peer = local_port(p.client);

	need(send(p.client, data, strlen(data), 0) == (ssize_t)strlen(data), "send");
	close(p.client);
	wait_for_state(p.server, TCP_CLOSE_WAIT);
	wait_for_rows(peer, port, TCP_FIN_WAIT2, 1);
	holder(getpid());
	return p;
}

static void close_wait(const struct situation *s, uint16_t port)
{
	make_close_wait(s, port, "");
}

static void close_wait_unread(const struct situation *s, uint16_t port)
{
	make_close_wait(s, port, "x");
}

/* The process has seen the end, too. */
static void close_wait_end_read(const struct situation *s, uint16_t port)
{
	char c;

	need(!recv(make_close_wait(s, port, "").server, &c, 1, 0), "recv");
}

static void close_wait_peer_gone(const struct situation *s, uint16_t port)
{
	vanish(peer_closed_first(s, port).client);
	holder(getpid());
}

/* The listener has not gone: its worker forgot a connection. */
static void close_wait_of_listener(const struct situation *s, uint16_t port)
{
	struct pair p = connected(tcp_server(s->on, port, s->options), s->to, port);

	close(p.client);
	wait_for_state(p.server, TCP_CLOSE_WAIT);
	holder(getpid());
}

/* FIN_WAIT_2 without a process; the peer is gone without a FIN. */
static void fin_wait_2_peer_gone(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);

	close_server_first(p);
	wait_for_rows(port, 0, TCP_FIN_WAIT2, 1);
	vanish(p.client);
}

/*
 * What is above 60 s of TCP_LINGER2 runs twice (tcp_keepalive_timer()): 30 s as
 * a full socket with the keepalive timer, then 30 s as the orphan is otherwise.
 */
static void fin_wait_2_long(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);

	set_option(p.server, IPPROTO_TCP, TCP_LINGER2, 90);
	close_server_first(p);
	wait_for_rows(port, 0, TCP_FIN_WAIT2, 1);
	wait_for_timer(port, local_port(p.client), 2, 0);
}

static void half_closed_unread(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);
	char c;

	need(!shutdown(p.server, SHUT_WR), "shutdown");
	wait_for_state(p.server, TCP_FIN_WAIT2);
	need(send(p.client, "x", 1, 0) == 1, "send");
	need(recv(p.server, &c, 1, MSG_PEEK) == 1, "recv");
	holder(getpid());
}

static void half_closed_peer_gone(const struct situation *s, uint16_t port)
{
	struct pair p = connected_alone(s, port);

	need(!shutdown(p.server, SHUT_WR), "shutdown");
	wait_for_state(p.server, TCP_FIN_WAIT2);
	vanish(p.client);
	holder(getpid());
}

const struct situation closing_situations[] = {
    {"fin-wait-1", fin_wait_1, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-1-reuse", fin_wait_1, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"fin-wait-1-held", fin_wait_1_held, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-1-held-reuse", fin_wait_1_held, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"fin-wait-1-peer-gone", fin_wait_1_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-1-zero-window", zero_window, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-1-zero-window-held", zero_window_held, "0.0.0.0", 0, "127.0.0.1", 0},
    {"closing", closing, "0.0.0.0", 0, "127.0.0.1", 0},
    {"closing-reuse", closing, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"closing-held", closing_held, "0.0.0.0", 0, "127.0.0.1", 0},
    {"simultaneous-close", simultaneous_close, "0.0.0.0", 0, "127.0.0.1", 0},
    {"last-ack", last_ack, "0.0.0.0", 0, "127.0.0.1", 0},
    {"last-ack-reuse", last_ack, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"last-ack-held", last_ack_held, "0.0.0.0", 0, "127.0.0.1", 0},
    {"last-ack-peer-gone", last_ack_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {"close-wait", close_wait, "0.0.0.0", 0, "127.0.0.1", 0},
    {"close-wait-reuse", close_wait, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"close-wait-unread", close_wait_unread, "0.0.0.0", 0, "127.0.0.1", 0},
    {"close-wait-end-read", close_wait_end_read, "0.0.0.0", 0, "127.0.0.1", 0},
    {"close-wait-of-listener", close_wait_of_listener, "0.0.0.0", 0, "127.0.0.1", 0},
    {"close-wait-peer-gone", close_wait_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-orphan-peer-gone", fin_wait_2_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-orphan-long", fin_wait_2_long, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-half-closed-unread", half_closed_unread, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-half-closed-peer-gone", half_closed_peer_gone, "0.0.0.0", 0, "127.0.0.1", 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
