/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is a target, and what is said of the rest. */
#include <string.h>

#include "cmd/target.h"
#include "tests/unit/suite.h"

static const struct {
	const char *text, *addr;
	unsigned int port;
	const char *why; /* a part of the complaint; NULL: a good target */
} rows[] = {
    {"9877", NULL, 9877, NULL},
    {"1", NULL, 1, NULL},
    {"65535", NULL, 65535, NULL},
    {"0080", NULL, 80, NULL},
    {"127.0.0.1:9877", "127.0.0.1", 9877, NULL},
    {"0.0.0.0:80", "0.0.0.0", 80, NULL},
    {"[::]:80", "::", 80, NULL},
    {"[::1]:9877", "::1", 9877, NULL},
    {"[::ffff:127.0.0.1]:9877", "::ffff:127.0.0.1", 9877, NULL},
    {"[2001:DB8::1]:9877", "2001:db8::1", 9877, NULL},
    {"", NULL, 0, "a target is"},
    {"0", NULL, 0, "not a target of this version"},
    {"65536", NULL, 0, "1 to 65535"},
    {"99999999999999999999999999", NULL, 0, "1 to 65535"},
    {"-1", NULL, 0, "1 to 65535"},
    {"+80", NULL, 0, "1 to 65535"},
    {" 80", NULL, 0, "1 to 65535"},
    {"80 ", NULL, 0, "1 to 65535"},
    {"0x50", NULL, 0, "1 to 65535"},
    {"http", NULL, 0, "1 to 65535"},
    {"127.0.0.1:", NULL, 0, "1 to 65535"},
    {"127.0.0.1:0", NULL, 0, "1 to 65535"},
    {"127.0.0.1:65536", NULL, 0, "1 to 65535"},
    {"127.0.0:80", NULL, 0, "no IPv4 address"},
    {"127.0.0.256:80", NULL, 0, "no IPv4 address"},
    {"localhost:80", NULL, 0, "no IPv4 address"},
    {"::1:80", NULL, 0, "brackets"},
    {"[::1]", NULL, 0, "closing bracket"},
    {"[::1:80", NULL, 0, "closing bracket"},
    {"[::1]80", NULL, 0, "closing bracket"},
    {"[127.0.0.1]:80", NULL, 0, "no IPv6 address"},
    {"[::g]:80", NULL, 0, "no IPv6 address"},
    {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80", NULL, 0, "no IPv6 address"},
    {":9877", NULL, 0, "not a target of this version"},
    {":::9877", NULL, 0, "not a target of this version"},
    {"*:9877", NULL, 0, "not a target of this version"},
    {"9877/udp", NULL, 0, "not a target of this version"},
    {"9877/upd", NULL, 0, "not a target of this version"},
    {"tcp:9877", NULL, 0, "not a target of this version"},
    {"8000-8100", NULL, 0, "not a target of this version"},
    {"80,443", NULL, 0, "not a target of this version"},
    {"127.0.0.1%lo:80", NULL, 0, "not a target of this version"},
    {"/run/x.sock", NULL, 0, "not a target of this version"},
    {"@name", NULL, 0, "not a target of this version"},
};

START_TEST(test_target)
{
	struct target t;
	struct addr a = {0};
	const char *why = "";
	bool good = target_parse(rows[_i].text, &t, &why);

	ck_assert_msg(good == !rows[_i].why, "'%s': %s", rows[_i].text, good ? "taken as a target" : why);
	if (!good) {
		ck_assert_msg(strstr(why, rows[_i].why) != NULL, "'%s': says '%s'", rows[_i].text, why);
		return;
	}
	if (rows[_i].addr)
		ck_assert(addr_parse(rows[_i].addr, &a));
	ck_assert_msg(t.port == rows[_i].port && addr_equal(&t.addr, &a) && t.text == rows[_i].text, "'%s'",
	              rows[_i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("target");

	add_table(suite, "target", test_target, COUNT(rows));
	return run_suite(suite);
}
