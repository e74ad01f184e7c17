/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that the kernel may pick: the range is four of them, from the port on, and something is on each. */
#define _GNU_SOURCE
#include "../situation.h"

enum { RANGE = 4, DEFAULT_PEER = 80 };

static uint16_t first_of(uint16_t port)
{
	set_port_range(port, (uint16_t)(port + RANGE - 1));
	return port;
}

static size_t count_of(const struct situation *s)
{
	return s->count ? s->count : RANGE;
}

/* s->count of the four ports, or all, are bound. */
static void bound_range(const struct situation *s, uint16_t port)
{
	first_of(port);
	for (size_t i = 0; i < count_of(s); i++)
		tcp_bound(s->on, (uint16_t)(port + i), s->options);
	holder(getpid());
}

/* The range has a fifth port, on which nothing is. */
static void odd_range(const struct situation *s, uint16_t port)
{
	bound_range(s, port);
	set_port_range(port, (uint16_t)(port + RANGE));
}

static void listening_range(const struct situation *s, uint16_t port)
{
	first_of(port);
	for (size_t i = 0; i < count_of(s); i++)
		tcp_server(s->on, (uint16_t)(port + i), s->options);
	holder(getpid());
}

/* Connections to s->to, whose own ports the kernel picked from the range.  Tells that port as the peer's. */
static int connect_range(const struct situation *s, uint16_t port, int clients[static RANGE])
{
	int server = tcp_server("0.0.0.0", (uint16_t)(port + 100), 0);

	first_of(port);
	for (size_t i = 0; i < RANGE; i++)
		clients[i] = tcp_client(s->to, (uint16_t)(port + 100));
	fact("peer_port", port + 100);
	return server;
}

static void outgoing_range(const struct situation *s, uint16_t port)
{
	int clients[RANGE];

	connect_range(s, port, clients);
	holder(getpid());
}

/* The same, closed by this end: each port has a TIME_WAIT. */
static void dead_range(const struct situation *s, uint16_t port)
{
	int clients[RANGE], server = connect_range(s, port, clients);

	for (size_t i = 0; i < RANGE; i++) {
		int fd = tcp_accept(server);

		close(clients[i]);
		wait_for_state(fd, TCP_CLOSE_WAIT);
		close(fd);
	}
	wait_for_rows((uint16_t)(port + 100), 0, TCP_LAST_ACK, 0);
	close(server);
}

/* Connections that listeners accepted, which are gone. */
static void accepted_range(const struct situation *s, uint16_t port)
{
	for (size_t i = 0; i < RANGE; i++) {
		int server = tcp_server(s->on, (uint16_t)(port + i), s->options);

		connected(server, s->to, (uint16_t)(port + i));
		close(server);
	}
	first_of(port);
	fact("peer_port", DEFAULT_PEER);
	holder(getpid());
}

const struct situation range_situations[] = {
    {"range-bound", bound_range, "0.0.0.0", 0, NULL, 0},
    {"range-odd", odd_range, "0.0.0.0", 0, NULL, 0},
    {"range-bound-some", bound_range, "0.0.0.0", 0, NULL, 3},
    {"range-bound-reuse", bound_range, "0.0.0.0", REUSEADDR | REUSEPORT, NULL, 0},
    {"range-bound-specific", bound_range, "127.0.0.1", 0, NULL, 0},
    {"range-bound-v6", bound_range, "::1", 0, NULL, 0},
    {"range-bound-v6only", bound_range, "::", V6ONLY, NULL, 0},
    {"range-bound-mapped", bound_range, "::ffff:127.0.0.1", 0, NULL, 0},
    {"range-bound-two", bound_range, "0.0.0.0", 0, NULL, 2},
    {"range-listening-reuse", listening_range, "0.0.0.0", REUSEADDR, NULL, 0},
    {"range-outgoing", outgoing_range, NULL, 0, "127.0.0.1", 0},
    {"range-time-wait", dead_range, NULL, 0, "127.0.0.1", 0},
    {"range-accepted", accepted_range, "0.0.0.0", 0, "127.0.0.1", 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
