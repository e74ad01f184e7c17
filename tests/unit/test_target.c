/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is a target, and what is said of the rest. */
#include <string.h>

#include "base/buf.h"
#include "cmd/target.h"
#include "tests/unit/suite.h"

static const struct {
	const char *text;
	const char *reads; /* what is understood, in one form: PROTOCOL ADDRESS %DEVICE many PORTS, names as <NAME>; NULL: a bad target */
	const char *why;   /* a part of the complaint */
} rows[] = {
    {"9877", "* 9877", NULL},
    {"1", "* 1", NULL},
    {"65535", "* 65535", NULL},
    {"0080", "* 80", NULL},
    {"tcp:9877", "tcp * 9877", NULL},
    {"9877/tcp", "tcp * 9877", NULL},
    {"tcp:127.0.0.1:80/tcp", "tcp 127.0.0.1 80", NULL},
    {"*:9877", "* 9877", NULL},
    {":9877", "* 9877", NULL},
    {":::9877", ":: 9877", NULL},
    {"127.0.0.1:9877", "127.0.0.1 9877", NULL},
    {"0.0.0.0:80", "0.0.0.0 80", NULL},
    {"[::]:80", ":: 80", NULL},
    {"[::1]:9877", "::1 9877", NULL},
    {"[::ffff:127.0.0.1]:9877", "::ffff:127.0.0.1 9877", NULL},
    {"[2001:DB8::1]:9877", "2001:db8::1 9877", NULL},
    {"http", "* <http>", NULL},
    {"iso-tsap", "* <iso-tsap>", NULL},
    {"3com-tsmux", "* <3com-tsmux>", NULL},
    {"localhost:http", "<localhost> <http>", NULL},
    {"www.example.org:80", "<www.example.org> 80", NULL},
    {"x.:80", "<x.> 80", NULL},
    {"0.0.0.0%lo:9877", "0.0.0.0 %lo 9877", NULL},
    {"*%lo:9877", "* %lo 9877", NULL},
    {"localhost%lo:9877", "<localhost> %lo 9877", NULL},
    {"[fe80::1%eth0]:9877", "fe80::1 %eth0 9877", NULL},
    {"[fe80::1%2]:9877", "fe80::1 %2 9877", NULL},
    {"8000-8100", "* many 8000-8100", NULL},
    {"8000-8000", "* many 8000", NULL},
    {"80,443,8000-8100", "* many 80 443 8000-8100", NULL},
    {"80,80", "* many 80 80", NULL},
    {"127.0.0.1:80,443", "127.0.0.1 many 80 443", NULL},
    {"127.0.0.1:80,443/tcp", "tcp 127.0.0.1 many 80 443", NULL},
    {"[::1]:1-65535", "::1 many 1-65535", NULL},
    {"http,https", "* many <http> <https>", NULL},
    {"", NULL, "a target is"},
    {"0", "* 0", NULL},
    {"tcp:0", "tcp * 0", NULL},
    {"0/tcp", "tcp * 0", NULL},
    {"0,80", NULL, "1 to 65535"},
    {"80,0", NULL, "1 to 65535"},
    {"00", NULL, "1 to 65535"},
    {"*:0", NULL, "1 to 65535"},
    {"9877/udp", "udp * 9877", NULL},
    {"udp:9877", "udp * 9877", NULL},
    {"udp:9877/udp", "udp * 9877", NULL},
    {"udp:127.0.0.1:80", "udp 127.0.0.1 80", NULL},
    {"[::1]:53/udp", "udp ::1 53", NULL},
    {"udp:[ff02::1%lo]:5353", "udp ff02::1 %lo 5353", NULL},
    {"80,8000-8100/udp", "udp * many 80 8000-8100", NULL},
    {"udp:domain", "udp * <domain>", NULL},
    {"0/udp", "udp * 0", NULL},
    {"tcp:9877/udp", NULL, "two protocols"},
    {"udp:9877/tcp", NULL, "two protocols"},
    {"udp:tcp:9877", "udp <tcp> 9877", NULL},
    {"udp:", NULL, "1 to 65535"},
    {"/udp", "unix /udp", NULL},
    {"udp:9877/upd", NULL, "no protocol"},
    {"9877/UDP", NULL, "no protocol"},
    {"upd:9877", "<upd> 9877", NULL},
    {"/run/x.sock", "unix /run/x.sock", NULL},
    {"./x", "unix ./x", NULL},
    {"../x", "unix ../x", NULL},
    {"./80", "unix ./80", NULL},
    {"run/x", "unix run/x", NULL},
    {"run/9877/tcp", "unix run/9877/tcp", NULL},
    {".hidden/x", "unix .hidden/x", NULL},
    {"unix:x", "unix x", NULL},
    {"unix:9877", "unix 9877", NULL},
    {"unix:/x", "unix /x", NULL},
    {"unix:@x", "unix @x", NULL},
    {"unix:unix:x", "unix unix:x", NULL},
    {"/", "unix /", NULL},
    {"/x/tcp", "unix /x/tcp", NULL},
    {"@name", "unix @name", NULL},
    {"@@", "unix @@", NULL},
    {"@/x", "unix @/x", NULL},
    {"http/tcp", "tcp * <http>", NULL},
    {"run/x,80", "unix run/x,80", NULL},
    {"/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678",
     "unix /0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678",
     NULL},
    {"unix:", NULL, "behind unix:"},
    {"@", NULL, "behind the @"},
    {"unix:@", NULL, "behind the @"},
    {"127.0.0.1:80/upd", NULL, "no protocol"},
    {"localhost:http/upd", NULL, "no protocol"},
    {"[::1]:80/x", NULL, "no protocol"},
    {"80-90/x", NULL, "no protocol"},
    {"*:80/x", NULL, "no protocol"},
    {"9877/upd", NULL, "no protocol"},
    {"9877/", NULL, "no protocol"},
    {"80/443/tcp", NULL, "no protocol"},
    {"tcp:", NULL, "1 to 65535"},
    {"00000", NULL, "1 to 65535"},
    {"65536", NULL, "1 to 65535"},
    {"99999999999999999999999999", NULL, "1 to 65535"},
    {"-1", NULL, "a range is"},
    {"+80", NULL, "1 to 65535"},
    {" 80", NULL, "1 to 65535"},
    {"80 ", NULL, "1 to 65535"},
    {"a b", NULL, "1 to 65535"},
    {"-x", NULL, "1 to 65535"},
    {"80,", NULL, "1 to 65535"},
    {",80", NULL, "1 to 65535"},
    {"80,,81", NULL, "1 to 65535"},
    {"80-", NULL, "a range is"},
    {"-", NULL, "a range is"},
    {"80-90-100", NULL, "a range is"},
    {"0-10", NULL, "a range is"},
    {"80-65536", NULL, "a range is"},
    {"8100-8000", NULL, "from the lower"},
    {"127.0.0.1", NULL, "wants a port"},
    {"127.0.0.1:", NULL, "1 to 65535"},
    {"127.0.0.1:0", NULL, "1 to 65535"},
    {"127.0.0.1:65536", NULL, "1 to 65535"},
    {"127.0.0:80", NULL, "no IPv4 address"},
    {"127.0.0.256:80", NULL, "no IPv4 address"},
    {"0x7f.1:80", NULL, "no IPv4 address"},
    {"127.0x1:80", NULL, "no IPv4 address"},
    {"8000:80", NULL, "no IPv4 address"},
    {"-x:80", NULL, "no name"},
    {"a b:80", NULL, "no name"},
    {".x:80", NULL, "no name"},
    {"127.0.0.1%:80", NULL, "device name"},
    {"127.0.0.1%0123456789abcdef:80", NULL, "device name"},
    {"[::1%]:80", NULL, "device name"},
    {"::1", NULL, "brackets"},
    {"::1:80", NULL, "brackets"},
    {"127.0.0.1:80:90", NULL, "brackets"},
    {"[::1]", NULL, "closing bracket"},
    {"[::1:80", NULL, "closing bracket"},
    {"[::1]80", NULL, "closing bracket"},
    {"[]:80", NULL, "no IPv6 address"},
    {"[127.0.0.1]:80", NULL, "no IPv6 address"},
    {"[localhost]:80", NULL, "no IPv6 address"},
    {"[::g]:80", NULL, "no IPv6 address"},
    {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80", NULL, "no IPv6 address"},
};

static void describe(struct buf *out, const struct target_spec *t)
{
	char address[ADDR_TEXT];

	if (t->path) {
		buf_printf(out, "unix %s", t->path);
		return;
	}
	addr_format(&t->addr, address);
	buf_puts(out, t->proto < 0 ? "" : t->proto == PROTO_UDP ? "udp " : "tcp ");
	buf_puts(out, t->addr.family ? address : "");
	if (*t->host)
		buf_printf(out, "<%s>", t->host);
	buf_puts(out, t->addr.family || *t->host ? "" : "*");
	if (*t->device)
		buf_printf(out, " %%%s", t->device);
	buf_puts(out, t->is_many ? " many" : "");
	for (size_t i = 0; i < t->nports; i++) {
		if (*t->ports[i].service)
			buf_printf(out, " <%s>", t->ports[i].service);
		else if (t->ports[i].first == t->ports[i].last)
			buf_printf(out, " %u", t->ports[i].first);
		else
			buf_printf(out, " %u-%u", t->ports[i].first, t->ports[i].last);
	}
}

START_TEST(test_target)
{
	struct target_spec t;
	struct buf b = {0};
	const char *why = "";
	bool good = target_parse(rows[_i].text, &t, &why);

	ck_assert_msg(good == !!rows[_i].reads, "'%s': %s", rows[_i].text, good ? "taken as a target" : why);
	if (!good) {
		ck_assert_msg(strstr(why, rows[_i].why) != NULL, "'%s': says '%s'", rows[_i].text, why);
		return;
	}
	describe(&b, &t);
	ck_assert_msg(!strcmp(b.s, rows[_i].reads), "'%s': %s", rows[_i].text, b.s);
	ck_assert(t.text == rows[_i].text);
	buf_free(&b);
	target_free(&t);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("target");

	add_table(suite, "target", test_target, COUNT(rows));
	return run_suite(suite);
}
