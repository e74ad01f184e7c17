/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to a host, asked of the kernel in a network of our own. */
#define _GNU_SOURCE
#include "sys/route.h"

#include "tests/unit/sandbox.h"
#include "tests/unit/suite.h"

static const struct {
	const char *from;  /* address of the target; NULL: none */
	const char *to;
	enum proto proto;
	int err;
	const char *chosen, *reached;
} rows[] = {
    {NULL, "127.0.0.1", PROTO_TCP, 0, "127.0.0.1", "127.0.0.1"},
    {NULL, "127.0.0.9", PROTO_TCP, 0, "127.0.0.1", "127.0.0.9"},
    {"127.0.0.2", "127.0.0.1", PROTO_TCP, 0, "127.0.0.2", "127.0.0.1"},
    {"127.0.0.2", "0.0.0.0", PROTO_TCP, 0, "127.0.0.2", "127.0.0.2"},
    {NULL, "::1", PROTO_TCP, 0, "::1", "::1"},
    {"::", "::ffff:127.0.0.1", PROTO_TCP, 0, "::ffff:127.0.0.1", "::ffff:127.0.0.1"},
    {NULL, "192.0.2.1", PROTO_TCP, ENETUNREACH, NULL, NULL},
    {NULL, "2001:db8::1", PROTO_TCP, ENETUNREACH, NULL, NULL},
    {NULL, "fe80::1", PROTO_TCP, EINVAL, NULL, NULL},
    {"127.0.0.1", "127.255.255.255", PROTO_TCP, ENETUNREACH, NULL, NULL},
    {"127.0.0.1", "127.255.255.255", PROTO_UDP, EACCES, NULL, NULL},
    {"::1", "ff01::1", PROTO_TCP, ENETUNREACH, NULL, NULL},
};

static void is_addr(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT];

	addr_format(a, got);
	ck_assert_str_eq(got, text ? text : "?");
}

START_TEST(test_route)
{
	struct request q = {.target = {.proto = rows[_i].proto, .port = 9877}, .to_port = 80};
	struct route route;
	int before;

	if (!sandbox_enter())
		return;
	before = open_fds();
	ck_assert(addr_parse(rows[_i].to, &q.to));
	if (rows[_i].from)
		ck_assert(addr_parse(rows[_i].from, &q.target.addr));
	ck_assert_int_eq(route_ask(&q, &route), 0);
	ck_assert(route.asked);
	ck_assert_msg(route.err == rows[_i].err, "%s: %s", rows[_i].to, strerror(route.err));
	is_addr(&route.from, rows[_i].chosen);
	is_addr(&route.to, rows[_i].reached);
	ck_assert_int_eq(open_fds(), before);
}
END_TEST

/* An address of another host: what bind() gets is the answer. */
START_TEST(test_not_local)
{
	struct request q = {.target = {.port = 9877}, .to_port = 80};
	struct route route = {.asked = true};

	if (!sandbox_enter())
		return;
	ck_assert(addr_parse("127.0.0.1", &q.to) && addr_parse("192.0.2.1", &q.target.addr));
	ck_assert_int_eq(route_ask(&q, &route), 0);
	ck_assert(!route.asked);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("route");

	add_table(suite, "route", test_route, COUNT(rows));
	add_table(suite, "not local", test_not_local, 1);
	return run_suite(suite);
}
