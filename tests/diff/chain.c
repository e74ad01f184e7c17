/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the holders of a chain.  Each kind is a recipe, a letter for each step;
 * a holder whose step fails stays as that step left it, and the step and its
 * errno are kept: two copies of a chain must agree about them.  States are
 * waited for where the kernel tells them (poll, TCP_INFO), nothing sleeps.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/diff/diff.h"
#include "tests/diff/sockets.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

enum { HELPER_PORT = 61001, CLIENTS_FIRST = 50000, CLIENTS_LAST = 60999, PATIENCE_MS = 10000, TRIES = 12 };

/* Where connections go to; opened once in each network. */
static int helpers[2] = {-1, -1};

/* b bind, e early flip, l listen, C a client comes, a accept, x close the listener, f late flip, w shutdown(SHUT_WR),
 * o close, t the client closes too, s shutdown(SHUT_RD), c connect, r the peer resets, d disconnect, p connect from the port. */
const char *chain_recipe(const struct holder *h)
{
	static const char *const tcp[KINDS] = {
	    [KIND_BOUND] = "bef",
	    [KIND_LISTENING] = "belf",
	    [KIND_CONNECTED] = "becf",
	    [KIND_ACCEPTED] = "belCaxf",
	    [KIND_QUEUED] = "belCf",
	    [KIND_TIME_WAIT] = "belCaxfwot",
	    [KIND_FIN_WAIT_2_ORPHAN] = "belCaxfwo",
	    [KIND_FIN_WAIT_2_HELD] = "belCaxfw",
	    [KIND_CLOSED] = "belo",
	    [KIND_SHUT_LISTENER] = "belsf",
	    [KIND_RESET] = "becrf",
	    [KIND_DISCONNECTED] = "becdf",
	    [KIND_OUTBOUND] = "pf",
	};
	static const char *const udp[KINDS] = {
	    [KIND_CONNECTED] = "becf",
	    [KIND_DISCONNECTED] = "becdf",
	    [KIND_CLOSED] = "beo",
	};

	if (h->proto == PROTO_TCP)
		return tcp[h->kind];
	return udp[h->kind] ? udp[h->kind] : "bef";
}

/* A holder in the making. */
struct making {
	const struct holder *h;
	struct copy *copy;
	int fd;       /* what is held, or what it comes from */
	int listener, client, peer;
	uint8_t mix;  /* of fd, now */
};

static void forget(struct copy *k, int fd)
{
	for (size_t i = 0; i < k->nfds; i++)
		if (k->fds[i] == fd)
			k->fds[i] = k->fds[--k->nfds];
}

static int keep(struct copy *k, int fd)
{
	if (fd >= 0 && k->nfds < FDS_MAX)
		k->fds[k->nfds++] = fd;
	return fd;
}

static int close_kept(struct copy *k, int fd)
{
	forget(k, fd);
	return close(fd) ? errno : 0;
}

static void reset(int fd)
{
	struct linger hard = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(fd);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int state_of(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) ? -1 : info.tcpi_state;
}

static int wait_for_state(int fd, int state)
{
	for (int64_t until = now_ms() + PATIENCE_MS; state_of(fd) != state; sched_yield())
		if (now_ms() > until)
			return ETIMEDOUT;
	return 0;
}

static bool is_readable(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

/* Where a client finds the holder: one of the addresses that it has. */
static const char *way_in(const struct holder *h)
{
	const char *text = spots[h->spot].text;

	if (!strcmp(text, "0.0.0.0") || !strcmp(text, "::ffff:0.0.0.0"))
		return h->via ? "127.0.0.2" : "127.0.0.1";
	if (!strncmp(text, "::ffff:", 7))
		return text + 7;
	if (!strcmp(text, "::"))
		return !h->via ? "::1" : h->v6only ? "fd99::1" : "127.0.0.1";
	return text;
}

/* Where the holder connects to, in its own family. */
static const char *way_out(const struct holder *h)
{
	const char *text = spots[h->spot].text;

	if (!strchr(text, ':'))
		return "127.0.0.1";
	if (!strncmp(text, "::ffff:", 7) || (!strcmp(text, "::") && h->via && !h->v6only))
		return "::ffff:127.0.0.1";
	return "::1";
}

static int connect_out(const struct holder *h, int fd)
{
	struct sockaddr_storage to;
	socklen_t len = sockets_address(&to, way_out(h), (uint16_t)(HELPER_PORT + h->via), NO_DEVICE);

	return connect(fd, (struct sockaddr *)&to, len) ? errno : 0;
}

/* A client that stays out of the ports where chains are. */
static int open_client(const struct making *m)
{
	const char *to = way_in(m->h);
	struct sockaddr_storage sa;
	socklen_t len = sockets_address(&sa, to, m->copy->port, NO_DEVICE);
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t range = CLIENTS_FIRST | (uint32_t)CLIENTS_LAST << 16;
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range);
	if (!connect(fd, (struct sockaddr *)&sa, len))
		return fd;
	len = (socklen_t)errno;
	close(fd);
	errno = (int)len;
	return -1;
}

/*
 * Another listener of the chain may take a client (the kernel draws lots among
 * those with SO_REUSEPORT), so some more are sent.
 */
static int step_client(struct making *m)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = open_client(m);

		if (fd < 0)
			return errno;
		if (is_readable(m->fd, i == TRIES - 1 ? 20 : 1)) {
			m->client = keep(m->copy, fd);
			return 0;
		}
		reset(fd);
	}
	return EHOSTUNREACH;
}

static int step_bind(struct making *m)
{
	const struct holder *h = m->h;
	struct wish w = {.proto = h->proto, .spot = h->spot, .device = h->device, .user = h->user, .v6only = h->v6only};

	m->mix = h->mix;
	m->fd = keep(m->copy, sockets_open(&w, spots[h->spot].text, h->mix));
	if (m->fd < 0)
		return errno;
	return sockets_bind(m->fd, spots[h->spot].text, m->copy->port, h->device);
}

static int flip(struct making *m, uint8_t bits)
{
	m->mix ^= bits;
	return bits ? sockets_mix(m->fd, m->mix) : 0;
}

static int step_accept(struct making *m)
{
	m->listener = m->fd;
	sockets_be(m->h->acceptor);
	m->fd = keep(m->copy, accept4(m->listener, NULL, NULL, SOCK_CLOEXEC));
	sockets_be(0);
	return m->fd < 0 ? errno : 0;
}

/* The end of our connection that the helper has. */
static int take_peer(struct making *m)
{
	int helper = helpers[m->h->via];
	struct sockaddr_in6 from;

	while (is_readable(helper, PATIENCE_MS)) {
		socklen_t len = sizeof from;
		int fd = accept4(helper, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);

		if (fd < 0)
			return errno;
		if (ntohs(from.sin6_port) == m->copy->port) {
			m->peer = keep(m->copy, fd);
			return 0;
		}
		reset(fd);
	}
	return ETIMEDOUT;
}

static int step_connect(struct making *m)
{
	int err = connect_out(m->h, m->fd);

	return err || m->h->proto == PROTO_UDP ? err : take_peer(m);
}

/* A port that connect() takes by itself is ours where its range has only this one. */
static int step_outbound(struct making *m)
{
	const struct holder *h = m->h;
	struct wish w = {.proto = h->proto, .spot = h->spot, .device = h->device, .user = h->user, .v6only = h->v6only};
	uint32_t range = m->copy->port | (uint32_t)m->copy->port << 16;

	m->mix = h->mix;
	m->fd = keep(m->copy, sockets_open(&w, spots[h->spot].text, h->mix));
	if (m->fd < 0 || setsockopt(m->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range))
		return errno;
	return step_connect(m);
}

static int step_reset(struct making *m)
{
	forget(m->copy, m->peer);
	reset(m->peer);
	return wait_for_state(m->fd, TCP_CLOSE);
}

static int step_disconnect(struct making *m)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	return connect(m->fd, &none, sizeof none) ? errno : 0;
}

/* When the client has seen the last acknowledgment, the other end is in TIME_WAIT. */
static int step_client_closes(struct making *m)
{
	int err = shutdown(m->client, SHUT_WR) ? errno : wait_for_state(m->client, TCP_CLOSE);

	close_kept(m->copy, m->client);
	return err;
}

/* A client delays the acknowledgment of a FIN; when it has read it and is asked for quick ones, it sends what is due. */
static int step_finish(struct making *m)
{
	int on = 1;
	char c;

	if (shutdown(m->fd, SHUT_WR))
		return errno;
	if (!is_readable(m->client, PATIENCE_MS) || recv(m->client, &c, 1, MSG_DONTWAIT))
		return ETIMEDOUT;
	setsockopt(m->client, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
	return wait_for_state(m->fd, TCP_FIN_WAIT2);
}

static int step(struct making *m, char what)
{
	switch (what) {
	case 'b':
		return step_bind(m);
	case 'e':
		return flip(m, m->h->flip_early);
	case 'f':
		return flip(m, m->h->flip_late);
	case 'l':
		return listen(m->fd, 64) ? errno : 0;
	case 'C':
		return step_client(m);
	case 'a':
		return step_accept(m);
	case 'x':
		return m->h->kept ? 0 : close_kept(m->copy, m->listener);
	case 'w':
		return step_finish(m);
	case 'o':
		return close_kept(m->copy, m->fd);
	case 't':
		return step_client_closes(m);
	case 's':
		return shutdown(m->fd, SHUT_RD) ? errno : 0;
	case 'c':
		return step_connect(m);
	case 'r':
		return step_reset(m);
	case 'd':
		return step_disconnect(m);
	default:
		return step_outbound(m);
	}
}

/* A socket whose bind() failed is closed: it is not there. */
static uint32_t make(struct copy *k, const struct holder *h)
{
	struct making m = {.h = h, .copy = k, .fd = -1, .listener = -1, .client = -1, .peer = -1};
	const char *recipe = chain_recipe(h);

	for (size_t i = 0; recipe[i]; i++) {
		int err = step(&m, recipe[i]);

		if (!err)
			continue;
		if (!i && m.fd >= 0)
			close_kept(k, m.fd);
		return (uint32_t)(i + 1) << 16 | (uint32_t)err;
	}
	return 0;
}

/* Makes a copy of c on a port that no copy has had. */
void copy_make(struct copy *k, const struct chain *c)
{
	static uint16_t port = 2000;

	*k = (struct copy){.port = port++};
	for (size_t i = 0; i < c->n; i++)
		k->outcome[i] = make(k, &c->holders[i]);
}

/* Connections end by a reset, so that only the wanted TIME_WAITs are left. */
void copy_end(struct copy *k)
{
	while (k->nfds)
		reset(k->fds[--k->nfds]);
}

bool copy_alike(const struct copy *a, const struct copy *b, size_t n)
{
	return !memcmp(a->outcome, b->outcome, n * sizeof *a->outcome);
}

bool ranges_work(void)
{
	uint32_t range = 2000 | 2000U << 16;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = !setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range);

	close(fd);
	return ok;
}

/* Listeners for both families in the present network. */
bool helpers_open(void)
{
	struct wish w = {.proto = PROTO_TCP};

	for (int i = 0; i < 2; i++) {
		helpers[i] = sockets_open(&w, "::", 0);
		if (helpers[i] < 0 || sockets_bind(helpers[i], "::", (uint16_t)(HELPER_PORT + i), NO_DEVICE) ||
		    listen(helpers[i], 1024))
			return false;
	}
	return true;
}
