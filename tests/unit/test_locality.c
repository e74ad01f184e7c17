/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether addresses can be bound, against real binds of a port, in networks of many kinds. */
#define _GNU_SOURCE
#include "sys/locality.h"

#include "sandbox.h"
#include "suite.h"

static const char *const addresses[] = {
    "0.0.0.0",         "127.0.0.1",   "127.0.0.53",         "127.255.255.255",  "255.255.255.255", "224.0.0.1",
    "0.1.2.3",         "10.9.0.1",    "10.9.0.0",           "10.9.0.255",       "10.9.0.2",        "192.0.2.1",
    "203.0.113.7",     "240.0.0.1",   "::",                 "::1",              "::2",             "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:10.9.0.1", "::ffff:192.0.2.1", "::ffff:224.0.0.1", "fe80::1",
    "ff02::1",         "2001:db8::1", "2001:db8::2",        "2001:db8::3",
};

#define VETH "ip link add v0 type veth peer name v1 && ip addr add 10.9.0.1/24 dev v0 brd + && "
#define UP "ip link set lo up && ip link set v0 up && ip link set v1 up"

/* Each network is made by commands in an empty one, and an address that must be (or not be) local there. */
static const struct network {
	const char *name, *commands, *local, *away;
} networks[] = {
    {"without any route", "true", "192.0.2.1", "::1"},
    {"lo", "ip link set lo up", "127.0.0.53", "10.9.0.1"},
    {"lo that is down again", "ip link set lo up && ip link set lo down", "127.0.0.1", "::1"},
    {"a device that is down", VETH "ip link set lo up && ip addr add 2001:db8::1/64 dev v0", "10.9.0.1", "2001:db8::1"},
    {"a device that is up", VETH "ip addr add 2001:db8::1/64 dev v0 nodad && " UP, "2001:db8::1", "10.9.0.2"},
    {"a tentative address", VETH UP " && ip addr add 2001:db8::2/64 dev v0", "10.9.0.255", "2001:db8::2"},
    {"a whole prefix", "ip link set lo up && ip route add local 203.0.113.0/24 dev lo", "203.0.113.7", "192.0.2.1"},
    {"a default route", VETH UP " && ip route add default via 10.9.0.2", "10.9.0.1", "192.0.2.1"},
    {"no rule for the local table", VETH UP " && ip rule del pref 0", "10.9.0.1", "10.9.0.2"},
    {"ip_nonlocal_bind", "ip link set lo up && echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind", "192.0.2.1", "::2"},
    {"ip_nonlocal_bind for IPv6", "ip link set lo up && echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind", "2001:db8::3",
     "192.0.2.1"},
    {"IPv6 switched off", "ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6", "127.0.0.1", "::1"},
    {"v6only by default", "ip link set lo up && echo 1 >/proc/sys/net/ipv6/bindv6only", "::ffff:127.0.0.1", "::2"},
};

static enum tri ask(const char *name, const char *text)
{
	enum tri local = YES;
	struct target target = {0};
	int err;

	ck_assert(addr_parse(text, &target.addr));
	err = locality_ask(&target, &local);
	ck_assert_msg(!err, "%s, %s: %s", name, text, strerror(-err));
	return local;
}

START_TEST(test_network)
{
	const struct network *row = &networks[_i];

	if (!sandbox_unshare(CLONE_NEWNET))
		return;
	if (system(row->commands)) {
		skip(row->name);
		return;
	}
	ck_assert_msg(ask(row->name, row->local) == YES, "%s: %s is not local", row->name, row->local);
	ck_assert_msg(ask(row->name, row->away) == NO, "%s: %s is local", row->name, row->away);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		enum tri local = ask(row->name, addresses[i]);
		int err = really_bind(addresses[i], 9877);
		enum tri want = !err ? YES : err == EADDRNOTAVAIL ? NO : UNKNOWN;

		ck_assert_msg(local == want, "%s, %s: we say %d, bind() says %s", row->name, addresses[i], local,
		              strerror(err));
	}
}
END_TEST

START_TEST(test_no_family)
{
	struct target target = {.addr.family = 200};
	enum tri local = YES;

	ck_assert_int_eq(locality_ask(&target, &local), -EAFNOSUPPORT);
	ck_assert_int_eq(local, UNKNOWN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("locality");
	TCase *whole = tcase_create("whole");

	add_table(suite, "network", test_network, COUNT(networks));
	tcase_add_test(whole, test_no_family);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
