/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other ends of connections, by lookup and by a walk: which sockets they are says SO_COOKIE. */
#define _GNU_SOURCE
#include "sys/other_end.h"

#include "sandbox.h"
#include "suite.h"
#include "sys/inet_diag.h"

enum { PORT = 9877 };

static const struct way {
	const char *what, *server, *client; /* addresses: where the listener is, where connect() goes */
	enum sock_state server_state;       /* CLOSE_WAIT: the client has closed one direction */
	bool device;                        /* the client is bound to lo, and so is the server */
} ways[] = {
    {"IPv4", "127.0.0.1", "127.0.0.1", STATE_ESTABLISHED, false},
    {"IPv6", "::1", "::1", STATE_ESTABLISHED, false},
    {"IPv4 on a dual-stack socket", "::", "127.0.0.1", STATE_ESTABLISHED, false},
    {"half closed", "127.0.0.1", "127.0.0.1", STATE_CLOSE_WAIT, false},
    {"half closed, on a dual-stack socket", "::", "127.0.0.1", STATE_CLOSE_WAIT, false},
    {"both on a device", "127.0.0.1", "127.0.0.1", STATE_ESTABLISHED, true},
};

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), 0);
	return cookie;
}

static int tcp(const struct way *w, const char *address)
{
	int fd = socket(strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	if (w->device)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
	return fd;
}

/* A connection of that way; the listener is closed again. */
static void connect_ends(const struct way *w, int *server, int *client)
{
	struct place at = place_of(w->server, PORT), to = place_of(w->client, PORT);
	int listener = tcp(w, w->server);

	ck_assert(!bind(listener, &at.u.sa, at.len) && !listen(listener, 1));
	*client = tcp(w, w->client);
	ck_assert_int_eq(connect(*client, &to.u.sa, to.len), 0);
	*server = accept(listener, NULL, NULL);
	ck_assert_int_ge(*server, 0);
	close(listener);
	if (w->server_state == STATE_CLOSE_WAIT)
		ck_assert_int_eq(shutdown(*client, SHUT_WR), 0);
}

struct look {
	struct snapshot *seen;
	enum sock_state state;
	bool there;
};

static void take(const struct sock *s, void *arg)
{
	struct look *l = arg;
	struct snapshot *seen = l->seen;

	seen->socks = realloc(seen->socks, (seen->nsocks + 1) * sizeof *s);
	seen->socks[seen->nsocks++] = *s;
	l->there |= s->state == l->state;
}

/* What has the port, once the kernel lists one in that state. */
static void look_for(struct snapshot *seen, enum sock_state state)
{
	struct look l = {seen, state, false};
	bool bound_only = false;

	for (int i = 0; !l.there && i < 10000; i++) {
		seen->nsocks = 0;
		ck_assert_int_eq(inet_diag_ask(PROTO_TCP, PORT, &bound_only, take, &l), 0);
		usleep(1000);
	}
	ck_assert_msg(l.there, "no socket in state %d", state);
}

static void end(struct snapshot *seen)
{
	free(seen->socks);
	free(seen->peers);
}

START_TEST(test_ways)
{
	const struct way *w = &ways[_i];
	struct snapshot found = {0}, walked = {0};
	int server, client;

	if (!sandbox_enter())
		return;
	connect_ends(w, &server, &client);
	look_for(&found, w->server_state);
	look_for(&walked, w->server_state);
	ck_assert_int_eq(other_end_find(&found), 0);
	ck_assert_int_eq(other_end_walk(&walked, PORT), 0);
	ck_assert_msg(found.npeers == 1 && found.peers->cookie == cookie_of(client), "%s: %zu found", w->what, found.npeers);
	ck_assert_msg(walked.npeers == 1 && walked.peers->cookie == cookie_of(client), "%s: %zu by the walk", w->what,
	              walked.npeers);
	ck_assert_uint_eq(found.remote_lingering + walked.remote_lingering, 0);
	end(&found);
	end(&walked);
}
END_TEST

/* A client that has gone, and left the server in CLOSE_WAIT or none at all: a listener on its port is not the other end. */
START_TEST(test_none)
{
	struct place at = place_of("127.0.0.1", 0), to;
	struct snapshot seen = {0};
	struct linger abort = {.l_onoff = 1};
	socklen_t len = sizeof at.u;
	int server, client, other, one = 1;

	if (!sandbox_enter())
		return;
	connect_ends(&ways[0], &server, &client);
	look_for(&seen, STATE_ESTABLISHED);
	ck_assert_int_eq(getsockname(client, &at.u.sa, &len), 0);
	ck_assert_int_eq(setsockopt(client, SOL_SOCKET, SO_LINGER, &abort, sizeof abort), 0);
	close(client);
	other = tcp(&ways[0], "127.0.0.1");
	ck_assert_int_eq(setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
	to = place_of("127.0.0.1", ntohs(at.u.v4.sin_port));
	ck_assert(!bind(other, &to.u.sa, to.len) && !listen(other, 1));
	ck_assert_int_eq(other_end_find(&seen), 0);
	ck_assert_uint_eq(seen.npeers, 0);
	end(&seen);
}
END_TEST

/* Of a connection that is on the way out here only the walk knows. */
START_TEST(test_remote)
{
	struct way w = ways[3];
	struct snapshot seen = {0};
	int server, client;

	if (!sandbox_enter())
		return;
	connect_ends(&w, &server, &client);
	look_for(&seen, STATE_CLOSE_WAIT);
	seen.nsocks = 0;
	ck_assert_int_eq(other_end_walk(&seen, PORT), 0);
	ck_assert_uint_eq(seen.npeers, 0);
	ck_assert_uint_eq(seen.remote_lingering, 1);
	end(&seen);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("other_end");
	TCase *more = tcase_create("more");

	add_table(suite, "ways", test_ways, COUNT(ways));
	tcase_add_test(more, test_none);
	tcase_add_test(more, test_remote);
	suite_add_tcase(suite, more);
	return run_suite(suite);
}
