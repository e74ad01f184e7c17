/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rounds of a look at a real port: what is taken at once, and what is fetched when it is wanted. */
#define _GNU_SOURCE
#include "sys/snapshot.h"

#include <net/if.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "sandbox.h"
#include "suite.h"

enum { PORT = 9877 };

/* A child that listens on the address; it may hide its descriptors from us. */
static pid_t listener(const char *text, bool hides)
{
	struct place at = place_of(text, PORT);
	int ready[2];
	pid_t child;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (!child) {
		int fd = socket(at.u.sa.sa_family, SOCK_STREAM, 0), on = 1;
		bool ok = !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) && !bind(fd, &at.u.sa, at.len) &&
		          !listen(fd, 1);

		if (hides)
			prctl(PR_SET_DUMPABLE, 0);
		ok = ok && write(ready[1], "x", 1) == 1;
		while (ok)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

/* Before 6.8 no interface lists bound-only sockets: then that gap may be there, whatever the situation. */
static bool lists_bound_only(void)
{
	struct utsname name;
	int major, minor;

	ck_assert(!uname(&name) && sscanf(name.release, "%d.%d", &major, &minor) == 2);
	return major > 6 || (major == 6 && minor >= 8);
}

/* Gaps that the situation has to answer for; *last becomes the last of them. */
static size_t gaps_of(const struct snapshot *s, const struct gap **last)
{
	size_t n = 0;

	for (size_t i = 0; i < s->gaps.n; i++) {
		if (s->gaps.v[i].kind == GAP_BOUND_ONLY && !lists_bound_only())
			continue;
		*last = &s->gaps.v[i];
		n++;
	}
	return n;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static struct request request_of(const char *text)
{
	struct request r = {.target = {.text = text, .port = PORT}};

	ck_assert(!text || addr_parse(text, &r.target.addr));
	return r;
}

START_TEST(test_rounds)
{
	struct request request = request_of("127.0.0.1");
	struct want want = {0};
	size_t first = 0, n;
	const struct gap *gap;
	struct snapshot s;
	pid_t child;

	if (!sandbox_enter())
		return;
	child = listener("127.0.0.1", false);
	snapshot_take(&s, &request);
	ck_assert(s.nsocks == 1 && s.host.release && s.host.has_inet == YES && !gaps_of(&s, &gap));
	ck_assert(!s.owners_read && !s.options_read && s.socks[0].reuseaddr == UNKNOWN);
	ck_assert_int_eq(snapshot_local(&s, &request.target.addr), YES);
	snapshot_fetch(&s, &request, &want);
	ck_assert(!s.owners_read && !s.options_read && !s.nprobes);
	want.owners = true;
	snapshot_fetch(&s, &request, &want);
	ck_assert(s.owners_read && s.socks[0].held_by == HELD_PROCESS && s.owners.nprocesses == 1);
	ck_assert(owners_of(&s.owners, s.socks[0].inode, &n) && n == 1);
	ck_assert(s.owners.processes[0].pid == child && s.owners.v[0].cloexec == UNKNOWN);
	ck_assert_str_eq(s.owners.processes[0].user, "root");
	ck_assert_str_eq(snapshot_user(&s, 0), "root");
	want = (struct want){.options = &first, .noptions = 1, .told = &first, .ntold = 1};
	snapshot_fetch(&s, &request, &want);
	ck_assert_int_eq(s.owners.v[0].cloexec, NO);
	ck_assert(s.options_read && s.socks[0].reuseaddr == YES && s.socks[0].reuseport == NO);
	want = (struct want){.nprobes = 1, .probes = {{request.target.addr, MIX_BOTH}}};
	snapshot_fetch(&s, &request, &want);
	ck_assert(s.nprobes == 1 && snapshot_probe(&s, &request.target.addr, MIX_BOTH)->err == EADDRINUSE);
	ck_assert_uint_eq(gaps_of(&s, &gap), 0);
	snapshot_free(&s);
	end(child);
}
END_TEST

/* Where nothing is and nothing is asked, nothing is found. */
START_TEST(test_free)
{
	struct request request = request_of(NULL);
	struct want want = {.owners = true};
	const struct gap *gap;
	struct snapshot s;

	if (!sandbox_enter())
		return;
	snapshot_take(&s, &request);
	ck_assert(!s.nsocks && !s.nlocalities && !gaps_of(&s, &gap));
	snapshot_fetch(&s, &request, &want);
	ck_assert(s.owners_read && !s.owners.n && !gaps_of(&s, &gap));
	snapshot_free(&s);
}
END_TEST

static const struct place_row {
	const char *target;
	size_t nlocalities;
	enum tri local;
} places[] = {
    {"0.0.0.0", 0, YES}, {"::", 0, YES}, {"127.0.0.1", 1, YES}, {"192.0.2.1", 1, NO}, {"fe80::1", 1, UNKNOWN},
};

START_TEST(test_place)
{
	const struct place_row *row = &places[_i];
	struct request request = request_of(row->target);
	const struct gap *gap;
	struct snapshot s;

	if (!sandbox_enter())
		return;
	snapshot_take(&s, &request);
	ck_assert_msg(s.nlocalities == row->nlocalities, "%s: %zu", row->target, s.nlocalities);
	ck_assert_msg(snapshot_local(&s, &request.target.addr) == row->local, "%s", row->target);
	ck_assert_msg(!gaps_of(&s, &gap), "%s: %zu gaps", row->target, s.gaps.n);
	snapshot_free(&s);
}
END_TEST

/* A holder that may not be looked at: hidden, said once, and no options. */
START_TEST(test_hidden)
{
	struct request request = request_of(NULL);
	struct want want = {.owners = true};
	size_t first = 0;
	struct snapshot s;
	pid_t child;

	if (!sandbox_enter())
		return;
	child = listener("127.0.0.1", true);
	snapshot_take(&s, &request);
	snapshot_fetch(&s, &request, &want);
	ck_assert(s.nsocks == 1 && s.socks[0].held_by == HELD_HIDDEN && !s.owners.n);
	ck_assert(gap_has(&s.gaps, GAP_FD_TABLE));
	want = (struct want){.options = &first, .noptions = 1};
	snapshot_fetch(&s, &request, &want);
	ck_assert(s.options_read && s.socks[0].reuseaddr == UNKNOWN && !gap_has(&s.gaps, GAP_SOCKET_OPTIONS));
	snapshot_free(&s);
	end(child);
}
END_TEST

/* A holder that ended between the rounds. */
START_TEST(test_gone)
{
	struct request request = request_of(NULL);
	struct want want = {.owners = true};
	size_t first = 0;
	const struct gap *gap;
	struct snapshot s;
	char object[32];
	pid_t child;

	if (!sandbox_enter())
		return;
	child = listener("127.0.0.1", false);
	snapshot_take(&s, &request);
	snapshot_fetch(&s, &request, &want);
	end(child);
	want = (struct want){.options = &first, .noptions = 1};
	snapshot_fetch(&s, &request, &want);
	snprintf(object, sizeof object, "pid %d", (int)child);
	ck_assert(gaps_of(&s, &gap) == 1 && gap->kind == GAP_SOCKET_OPTIONS && gap->err == ESRCH);
	ck_assert_str_eq(gap->object, object);
	snapshot_free(&s);
}
END_TEST

/* The short way sees listeners and no other socket; the rest of the way all of them. */
START_TEST(test_listeners)
{
	struct request request = request_of("127.0.0.1");
	struct place at = place_of("127.0.0.2", PORT), server = place_of("127.0.0.1", PORT);
	struct snapshot s;
	pid_t child;
	int fd, client;

	if (!sandbox_enter())
		return;
	child = listener("127.0.0.1", false);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(!bind(fd, &at.u.sa, at.len));
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(!connect(client, &server.u.sa, server.len));
	snapshot_take_listeners(&s, &request);
	ck_assert(s.nsocks == 1 && s.socks[0].state == STATE_LISTEN);
	snapshot_complete(&s, &request);
	ck_assert_uint_ge(s.nsocks, 2);
	snapshot_free(&s);
	close(client);
	close(fd);
	end(child);
}
END_TEST

/* One look for many ports: each slice has the sockets of its port, and no other port was asked for. */
START_TEST(test_many)
{
	struct request request = request_of("127.0.0.1");
	struct port_set wanted = {0};
	const struct gap *gap;
	struct snapshot whole, s;
	pid_t child;

	if (!sandbox_enter())
		return;
	child = listener("127.0.0.1", false);
	port_set_add(&wanted, PORT + 1);
	snapshot_take_many(&whole, &request, &wanted);
	ck_assert(!whole.nsocks);
	snapshot_free(&whole);
	port_set_add(&wanted, PORT);
	snapshot_take_many(&whole, &request, &wanted);
	for (unsigned int port = 0; port <= UINT16_MAX; port++) {
		snapshot_slice(&s, &whole, (uint16_t)port);
		ck_assert_uint_eq(s.nsocks, port == PORT);
		ck_assert(!s.nsocks || (s.socks->state == STATE_LISTEN && s.socks->port == PORT));
		ck_assert(!gaps_of(&s, &gap) && snapshot_local(&s, &request.target.addr) == YES);
		snapshot_free(&s);
	}
	snapshot_free(&whole);
	port_set_free(&wanted);
	end(child);
}
END_TEST

/* A VRF has ports of its own: of a bound socket too, whether the kernel lists it or it is found by its descriptor. */
START_TEST(test_bound_in_vrf)
{
	struct request request = request_of("0.0.0.0");
	struct want want = {.unlisted = true};
	struct place at = place_of("0.0.0.0", PORT);
	struct snapshot s;
	int fd;

	if (!sandbox_enter())
		return;
	if (system("{ ip link add vrf0 type vrf table 10 && ip link set vrf0 up; } 2>/dev/null")) {
		errno = EOPNOTSUPP;
		skip("no VRF");
		return;
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "vrf0", 4) && !bind(fd, &at.u.sa, at.len));
	snapshot_take(&s, &request);
	snapshot_fetch(&s, &request, &want);
	ck_assert_uint_eq(s.nsocks, 1);
	ck_assert(s.socks[0].l3mdev == if_nametoindex("vrf0") && snapshot_l3mdev(&s, s.socks[0].ifindex) == s.socks[0].l3mdev);
	snapshot_free(&s);
	close(fd);
}
END_TEST

/* As another user: no privilege, and a trial only where we may become that one. */
START_TEST(test_user)
{
	struct request request = request_of("127.0.0.1");
	struct want want = {.nprobes = 1, .probes = {{request.target.addr, MIX_PLAIN}}};
	struct snapshot s;

	request.as_user = true;
	request.uid = 12345;
	if (!sandbox_enter())
		return;
	snapshot_take(&s, &request);
	ck_assert(s.host.uid == 12345 && s.host.own_uid == 0 && !s.host.may_bind_low);
	snapshot_fetch(&s, &request, &want); /* a namespace of one user: nobody else can be become */
	ck_assert(!s.nprobes && gap_has(&s.gaps, GAP_PROBE));
	snapshot_free(&s);
}
END_TEST

/* A probe that cannot be made. */
START_TEST(test_no_probe)
{
	struct request request = request_of(NULL);
	struct want want = {.nprobes = 1, .probes = {{{.family = 200}, MIX_PLAIN}}};
	struct snapshot s = {0};

	snapshot_fetch(&s, &request, &want);
	ck_assert(!s.nprobes && s.gaps.n == 1 && s.gaps.v[0].kind == GAP_PROBE && s.gaps.v[0].err == EAFNOSUPPORT);
	snapshot_free(&s);
}
END_TEST

/* UDP sockets come in the order that decides, the newest first, both families in one. */
START_TEST(test_udp)
{
	static const char *const on[] = {"127.0.0.1", "::1", "127.0.0.2", "::ffff:127.0.0.3"};
	struct request request = request_of("0.0.0.0");
	struct snapshot s;

	if (!sandbox_enter())
		return;
	for (size_t i = 0; i < COUNT(on); i++) {
		struct place at = place_of(on[i], PORT);

		ck_assert(!bind(socket(at.u.sa.sa_family, SOCK_DGRAM, 0), &at.u.sa, at.len));
	}
	request.target.proto = PROTO_UDP;
	snapshot_take(&s, &request);
	ck_assert(!s.gaps.n && !s.unordered);
	ck_assert_uint_eq(s.nsocks, COUNT(on));
	for (size_t i = 0; i < s.nsocks; i++) {
		struct addr want;

		ck_assert(addr_parse(on[COUNT(on) - 1 - i], &want));
		ck_assert_msg(addr_equal(&s.socks[i].local, &want) && s.socks[i].proto == PROTO_UDP, "socket %zu", i);
	}
	snapshot_free(&s);
	request.target.proto = PROTO_TCP;
	snapshot_take(&s, &request);
	ck_assert_uint_eq(s.nsocks, 0);
	snapshot_free(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *whole = tcase_create("whole");

	add_table(suite, "place", test_place, COUNT(places));
	tcase_add_test(whole, test_rounds);
	tcase_add_test(whole, test_free);
	tcase_add_test(whole, test_hidden);
	tcase_add_test(whole, test_gone);
	tcase_add_test(whole, test_many);
	tcase_add_test(whole, test_listeners);
	tcase_add_test(whole, test_bound_in_vrf);
	tcase_add_test(whole, test_user);
	tcase_add_test(whole, test_no_probe);
	tcase_add_test(whole, test_udp);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
