/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes against situations whose answer everybody knows, and what they leave behind: nothing. */
#define _GNU_SOURCE
#include "sys/probe.h"

#include "sandbox.h"
#include "suite.h"

enum { PORT = 9877, LISTENS = 1, REUSEADDR = 2, REUSEPORT = 4, V6ONLY = 8 };

static const struct row {
	const char *holder;      /* NULL: nobody */
	unsigned int has;
	const char *probe;
	int want[MIXES];         /* plain, reuseaddr, reuseport, both */
} rows[] = {
    {NULL, 0, "127.0.0.1", {0, 0, 0, 0}},
    {NULL, 0, "0.0.0.0", {0, 0, 0, 0}},
    {NULL, 0, "::", {0, 0, 0, 0}},
    {NULL, 0, "::1", {0, 0, 0, 0}},
    {NULL, 0, "::ffff:127.0.0.1", {0, 0, 0, 0}},
#define ALL(err) {err, err, err, err}
    {NULL, 0, "192.0.2.1", ALL(EADDRNOTAVAIL)},
    {NULL, 0, "2001:db8::1", ALL(EADDRNOTAVAIL)},
    {NULL, 0, "fe80::1", ALL(EINVAL)},
    {"127.0.0.1", LISTENS, "127.0.0.1", ALL(EADDRINUSE)},
    {"127.0.0.1", LISTENS, "0.0.0.0", ALL(EADDRINUSE)},
    {"127.0.0.1", LISTENS, "::", ALL(EADDRINUSE)},
    {"127.0.0.1", LISTENS, "::ffff:127.0.0.1", ALL(EADDRINUSE)},
    {"127.0.0.1", LISTENS, "127.0.0.2", ALL(0)},
    {"127.0.0.1", LISTENS, "::1", ALL(0)},
    {"127.0.0.1", LISTENS | REUSEADDR, "127.0.0.1", ALL(EADDRINUSE)},
    {"127.0.0.1", LISTENS | REUSEPORT, "127.0.0.1", {EADDRINUSE, EADDRINUSE, 0, 0}},
    {"127.0.0.1", 0, "127.0.0.1", ALL(EADDRINUSE)},
    {"127.0.0.1", REUSEADDR, "127.0.0.1", {EADDRINUSE, 0, EADDRINUSE, 0}},
    {"0.0.0.0", LISTENS, "::", ALL(EADDRINUSE)},   /* so the probe is not v6only */
    {"::", LISTENS | V6ONLY, "0.0.0.0", ALL(0)},
    {"::", LISTENS, "0.0.0.0", ALL(EADDRINUSE)},
};

static int hold(const struct row *row)
{
	struct place at = place_of(row->holder, PORT);
	int fd = socket(at.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, !!(row->has & REUSEADDR));
	set_option(fd, SOL_SOCKET, SO_REUSEPORT, !!(row->has & REUSEPORT));
	if (at.u.sa.sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !!(row->has & V6ONLY));
	ck_assert_int_eq(bind(fd, &at.u.sa, at.len), 0);
	ck_assert(!(row->has & LISTENS) || !listen(fd, 1));
	return fd;
}

/* Whatever the host's default for v6only is. */
START_TEST(test_answers)
{
	const struct row *row = &rows[_i / 2];
	struct request request = {.target.port = PORT};
	int fd = -1, before, err;
	struct addr addr;

	if (!sandbox_enter())
		return;
	if (_i % 2 && !put_text("/proc/sys/net/ipv6/bindv6only", "1")) {
		skip("no bindv6only");
		return;
	}
	if (row->holder)
		fd = hold(row);
	before = open_fds();
	ck_assert(addr_parse(row->probe, &addr));
	for (unsigned int mix = 0; mix < MIXES; mix++) {
		ck_assert_int_eq(probe_bind(&request, &addr, &mixes[mix], &err), 0);
		ck_assert_msg(err == row->want[mix], "%s (%x), probe %s, mix %u, bindv6only %d: %s",
		              row->holder ? row->holder : "nobody", row->has, row->probe, mix, _i % 2, strerror(err));
	}
	ck_assert_int_eq(open_fds(), before);
	if (!row->holder && !row->want[0])
		ck_assert_msg(!really_bind(row->probe, PORT), "%s: the probe left something", row->probe);
	close(fd);
}
END_TEST

/* Ports below 1024 need a privilege; that of a namespace's root is gone with the next user namespace. */
START_TEST(test_privilege)
{
	struct request request = {.target.port = 80};
	struct addr addr = addr_any(AF_INET);
	int err;

	if (!sandbox_enter())
		return;
	ck_assert(!probe_bind(&request, &addr, &mixes[0], &err) && !err);
	if (!sandbox_unshare(0))
		return;
	ck_assert(!probe_bind(&request, &addr, &mixes[0], &err) && err == EACCES);
	ck_assert(!probe_address(&addr, &request.target, &err) && !err);
}
END_TEST

/* The address alone: a listener on every port would not matter, and no port is taken. */
START_TEST(test_address)
{
	struct request request = {.target.port = PORT};
	static const struct row listener = {"127.0.0.1", LISTENS, NULL, {0}};
	struct addr addr;
	int fd, err;

	if (!sandbox_enter() || !put_text("/proc/sys/net/ipv4/ip_local_port_range", "9877 9877"))
		return;
	fd = hold(&listener); /* now no port is left for bind() to 0 */
	ck_assert_int_eq(really_bind("127.0.0.1", 0), EADDRINUSE);
	ck_assert(addr_parse("127.0.0.1", &addr));
	ck_assert(!probe_address(&addr, &request.target, &err) && !err);
	ck_assert(addr_parse("192.0.2.1", &addr));
	ck_assert(!probe_address(&addr, &request.target, &err) && err == EADDRNOTAVAIL);
	close(fd);
}
END_TEST

/* The socket asked about may be v6only, on a device, of another user. */
START_TEST(test_request)
{
	static const struct row v4 = {"127.0.0.1", LISTENS, NULL, {0}};
	struct request request = {.target.port = PORT, .v6only = true};
	struct addr any = addr_any(AF_INET6), here;
	int fd, err, before;

	if (!sandbox_enter())
		return;
	fd = hold(&v4);
	ck_assert(!probe_bind(&request, &any, &mixes[0], &err) && !err);
	ck_assert(addr_parse("::ffff:127.0.0.1", &here));
	ck_assert(!probe_bind(&request, &here, &mixes[0], &err) && err == EINVAL);
	request = (struct request){.target = {.port = PORT, .ifindex = if_nametoindex("lo"), .device = "lo"}};
	ck_assert(addr_parse("127.0.0.2", &here));
	ck_assert(!probe_bind(&request, &here, &mixes[0], &err) && !err);
	strcpy(request.target.device, "gone");
	ck_assert_int_eq(probe_bind(&request, &here, &mixes[0], &err), -ENODEV);
	request = (struct request){.target.port = PORT, .as_user = true, .uid = 12345};
	before = open_fds();
	ck_assert_int_eq(probe_bind(&request, &here, &mixes[0], &err), -EINVAL); /* not of this namespace */
	request.uid = 0;
	ck_assert(!probe_bind(&request, &here, &mixes[0], &err) && !err);
	ck_assert_int_eq(open_fds(), before);
	close(fd);
}
END_TEST

/* A real other user, which only real root can be. */
START_TEST(test_user)
{
	struct request request = {.target.port = 80, .as_user = true, .uid = 12345};
	struct addr addr = addr_any(AF_INET);
	int err;

	if (unshare(CLONE_NEWNET)) {
		skip("no network namespace without a user namespace");
		return;
	}
	ck_assert(!probe_bind(&request, &addr, &mixes[0], &err) && err == EACCES);
	request.target.port = PORT;
	ck_assert(!probe_bind(&request, &addr, &mixes[0], &err) && !err);
	ck_assert_int_eq(geteuid(), 0);
}
END_TEST

START_TEST(test_no_family)
{
	struct request request = {.target.port = PORT};
	struct addr addr = {.family = 200};
	int err = 7;

	ck_assert_int_eq(probe_bind(&request, &addr, &mixes[0], &err), -EAFNOSUPPORT);
	ck_assert_int_eq(probe_address(&addr, &request.target, &err), -EAFNOSUPPORT);
	ck_assert_int_eq(err, 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe");
	TCase *whole = tcase_create("whole");

	add_table(suite, "answers", test_answers, 2 * COUNT(rows));
	tcase_add_test(whole, test_privilege);
	tcase_add_test(whole, test_address);
	tcase_add_test(whole, test_request);
	tcase_add_test(whole, test_user);
	tcase_add_test(whole, test_no_family);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
