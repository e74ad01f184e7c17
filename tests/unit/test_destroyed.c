/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ends of sockets are heard, by protocol, port and cookie; and what is free by then. */
#define _GNU_SOURCE
#include "sys/destroyed.h"

#include <poll.h>

#include "sandbox.h"
#include "suite.h"

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

enum { PORT = 9877, PATIENCE_MS = 60000, CROWD = 3000 };

static const struct row {
	const char *what, *addr;
	int type;
	uint16_t port;
	bool listens;
	bool tcp, udp;           /* what is listened for, on PORT */
	bool heard;
} rows[] = {
    {"a listener", "127.0.0.1", SOCK_STREAM, PORT, true, true, false, true},
    {"a wildcard listener", "::", SOCK_STREAM, PORT, true, true, false, true},
    {"a mapped listener", "::ffff:127.0.0.1", SOCK_STREAM, PORT, true, true, false, true},
    {"a bound socket", "0.0.0.0", SOCK_STREAM, PORT, false, true, false, true},
    {"a UDP socket", "0.0.0.0", SOCK_DGRAM, PORT, false, false, true, true},
    {"a UDP socket of IPv6", "::1", SOCK_DGRAM, PORT, false, false, true, true},
    {"UDP, both asked", "::1", SOCK_DGRAM, PORT, false, true, true, true},
    {"TCP, both asked", "::1", SOCK_STREAM, PORT, false, true, true, true},
    {"another port", "127.0.0.1", SOCK_STREAM, PORT + 1, true, true, true, false},
    {"the port before", "127.0.0.1", SOCK_DGRAM, PORT - 1, false, true, true, false},
    {"UDP, TCP asked", "127.0.0.1", SOCK_DGRAM, PORT, false, true, false, false},
    {"TCP, UDP asked", "127.0.0.1", SOCK_STREAM, PORT, true, false, true, false},
};

static int hold(const struct row *row)
{
	struct place at = place_of(row->addr, row->port);
	int fd = socket(at.u.sa.sa_family, row->type | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, &at.u.sa, at.len), 0);
	ck_assert(!row->listens || !listen(fd, 1));
	return fd;
}

static struct destroyed listening(bool tcp, bool udp, uint16_t first, uint16_t last)
{
	struct destroyed d = {.tcp = tcp, .udp = udp, .first = first, .last = last};

	ck_assert_int_eq(destroyed_open(&d), 0);
	return d;
}

static void await(const struct destroyed *d)
{
	struct pollfd p = {.fd = d->fd, .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, PATIENCE_MS), 1);
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	ck_assert(!getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) && cookie);
	return cookie;
}

/* One that hears all tells when it is over.  The kernel announces to all listeners in one go. */
START_TEST(test_heard)
{
	const struct row *row = &rows[_i];
	struct destroyed all, d;
	int fd;

	if (!sandbox_enter())
		return;
	all = listening(true, true, 0, UINT16_MAX);
	d = listening(row->tcp, row->udp, PORT, PORT);
	fd = hold(row);
	ck_assert_msg(!destroyed_heard(&d, 0) && !destroyed_heard(&all, 0), "%s: before its end", row->what);
	close(fd);
	await(&all);
	if (row->heard)
		await(&d);
	ck_assert_msg(destroyed_heard(&d, 0) == row->heard, "%s", row->what);
	ck_assert_msg(!destroyed_heard(&d, 0), "%s: twice", row->what);
	destroyed_close(&all);
	destroyed_close(&d);
	close(hold(row)); /* its port is free */
}
END_TEST

/* Of one cookie: the other's end is passed over. */
START_TEST(test_cookie)
{
	struct destroyed d;
	int one, other;
	uint64_t cookie;

	if (!sandbox_enter())
		return;
	d = listening(true, false, PORT, PORT + 1);
	one = hold(&rows[0]);
	other = hold(&(struct row){.addr = "127.0.0.1", .type = SOCK_STREAM, .port = PORT + 1});
	cookie = cookie_of(one);
	close(other);
	await(&d);
	ck_assert(!destroyed_heard(&d, cookie));
	close(one);
	await(&d);
	ck_assert(destroyed_heard(&d, cookie));
	destroyed_close(&d);
}
END_TEST

/* More than the socket can keep: that some were lost counts as news. */
START_TEST(test_lost)
{
	struct destroyed d;
	int one;

	if (!sandbox_enter())
		return;
	d = listening(true, false, PORT, PORT);
	set_option(d.fd, SOL_SOCKET, SO_RCVBUF, 2304);
	one = hold(&rows[0]);
	close(one);
	for (int i = 0; i < CROWD; i++)
		close(hold(&rows[0]));
	await(&d);
	ck_assert(destroyed_heard(&d, 1));
	destroyed_close(&d);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("destroyed");
	TCase *whole = tcase_create("whole");

	add_table(suite, "heard", test_heard, COUNT(rows));
	tcase_add_test(whole, test_cookie);
	tcase_add_test(whole, test_lost);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
