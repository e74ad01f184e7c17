/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a trial says of this kernel is what the kernel does to us, and nothing of the trial stays. */
#define _GNU_SOURCE
#include "sys/quirks.h"

#include <signal.h>
#include <sys/wait.h>

#include "sandbox.h"
#include "suite.h"

enum { PORT = 9877 };

static int hold(const char *text, int type, int v6only, int reuseaddr)
{
	struct place at = place_of(text, PORT);
	int fd = socket(at.u.sa.sa_family, type | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, reuseaddr);
	if (at.u.sa.sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only);
	if (!bind(fd, &at.u.sa, at.len))
		return fd;
	ck_assert_int_eq(errno, EADDRINUSE);
	close(fd);
	return -1;
}

static bool let_in(const char *text, int type, int v6only, int reuseaddr)
{
	int fd = hold(text, type, v6only, reuseaddr);

	close(fd);
	return fd >= 0;
}

/* The server's end of a connection to itself, its listener closed; the client's end in *client. */
static int connect_to(const char *at, const char *to, int *client)
{
	int listener = hold(at, SOCK_STREAM, 0, 0), server;
	struct place there = place_of(to, PORT);

	ck_assert_int_eq(listen(listener, 1), 0);
	*client = socket(there.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(*client, &there.u.sa, there.len), 0);
	server = accept(listener, NULL, NULL);
	close(listener);
	return server;
}

static bool is_time_wait_unseen(void)
{
	const struct linger until_acknowledged = {.l_onoff = 1, .l_linger = 5};
	int client, server = connect_to("127.0.0.3", "127.0.0.3", &client);
	char byte;

	close(server);
	ck_assert_int_eq(recv(client, &byte, 1, 0), 0);
	ck_assert(!setsockopt(client, SOL_SOCKET, SO_LINGER, &until_acknowledged, sizeof until_acknowledged));
	close(client);
	return let_in("127.0.0.3", SOCK_STREAM, 0, 0);
}

static bool is_mapped_unseen(void)
{
	static const char *const pairs[][2] = {
	    {"0.0.0.0", "::ffff:127.0.0.1"},
	    {"::ffff:0.0.0.0", "127.0.0.1"},
	    {"127.0.0.1", "::ffff:127.0.0.1"},
	};
	bool unseen = false;

	for (size_t i = 0; i < 2 * COUNT(pairs); i++) {
		int fd = hold(pairs[i / 2][i % 2], SOCK_STREAM, 0, 0);

		unseen |= let_in(pairs[i / 2][!(i % 2)], SOCK_STREAM, 0, 0);
		close(fd);
	}
	return unseen;
}

static bool is_mapped_any_unseen(void)
{
	int fd = hold("::ffff:0.0.0.0", SOCK_STREAM, 0, 0);
	bool unseen = let_in("::ffff:127.0.0.2", SOCK_STREAM, 0, 0);

	close(fd);
	return unseen;
}

static bool does_v6only_meet_v4(void)
{
	static const char *const v4[] = {"127.0.0.1", "::ffff:127.0.0.1"};
	bool meets = false;

	for (size_t i = 0; i < COUNT(v4); i++) {
		int fd = hold("::", SOCK_STREAM, 1, 0);

		meets |= !let_in(v4[i], SOCK_STREAM, 0, 0);
		close(fd);
		fd = hold(v4[i], SOCK_STREAM, 0, 0);
		meets |= !let_in("::", SOCK_STREAM, 1, 0);
		close(fd);
	}
	return meets;
}

/* Of one family; where the wildcard alone is not seen, that is another quirk. */
static bool does_v6only_hide_any(void)
{
	static const char *const pairs[][2] = {{"0.0.0.0", "127.0.0.1"}, {"::ffff:0.0.0.0", "::ffff:127.0.0.1"}};
	bool hides = false;

	for (size_t i = 0; i < COUNT(pairs); i++) {
		int any = hold(pairs[i][0], SOCK_STREAM, 0, 0);
		bool alone = let_in(pairs[i][1], SOCK_STREAM, 0, 0);
		int v6only = hold("::", SOCK_STREAM, 1, 0);

		hides |= !alone && v6only >= 0 && let_in(pairs[i][1], SOCK_STREAM, 0, 0);
		close(v6only);
		close(any);
	}
	return hides;
}

static bool is_reuseaddr_remembered(void)
{
	int fd = hold("127.0.0.1", SOCK_STREAM, 0, 1);
	bool in;

	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 0);
	in = let_in("127.0.0.1", SOCK_STREAM, 0, 1);
	close(fd);
	return in;
}

static bool does_loopback6_collide(void)
{
	int client, server = connect_to("::", "::1", &client);
	bool collides = !let_in("127.0.0.6", SOCK_STREAM, 0, 0);

	close(server);
	close(client);
	return collides;
}

/* By chance one of a crowd is in the slot of the wildcard, and is seen: not one of each. */
static bool is_udp_any_unseen(void)
{
	bool unseen = false;

	for (int net = 1; net <= 6 && !unseen; net++) {
		char text[16];
		int fd[11];

		for (int i = 0; i < 11; i++) {
			snprintf(text, sizeof text, "127.0.%d.%d", net, i + 1);
			fd[i] = hold(text, SOCK_DGRAM, 0, 0);
			ck_assert_int_ge(fd[i], 0);
		}
		unseen = let_in("0.0.0.0", SOCK_DGRAM, 0, 0);
		for (int i = 0; i < 11; i++)
			close(fd[i]);
	}
	return unseen;
}

static const struct row {
	const char *name;
	bool (*really)(void);
	size_t at;
} rows[] = {
    {"time_wait_unseen", is_time_wait_unseen, offsetof(struct quirks, time_wait_unseen)},
    {"mapped_unseen", is_mapped_unseen, offsetof(struct quirks, mapped_unseen)},
    {"mapped_any_unseen", is_mapped_any_unseen, offsetof(struct quirks, mapped_any_unseen)},
    {"v6only_meets_v4", does_v6only_meet_v4, offsetof(struct quirks, v6only_meets_v4)},
    {"v6only_hides_any", does_v6only_hide_any, offsetof(struct quirks, v6only_hides_any)},
    {"reuseaddr_memory", is_reuseaddr_remembered, offsetof(struct quirks, reuseaddr_memory)},
    {"loopback6_collides", does_loopback6_collide, offsetof(struct quirks, loopback6_collides)},
    {"udp_any_unseen", is_udp_any_unseen, offsetof(struct quirks, udp_any_unseen)},
};

START_TEST(test_really)
{
	const struct row *row = &rows[_i];
	struct quirks q;
	enum tri told;
	bool really;

	if (!sandbox_enter())
		return;
	ck_assert_int_eq(quirks_read(&q), 0);
	told = ((const uint8_t *)&q)[row->at];
	really = row->really();
	ck_assert_msg(told == tri_of(really), "%s: told %d, really %d", row->name, told, tri_of(really));
}
END_TEST

static void read_namespaces(char text[3][64])
{
	static const char *const links[] = {"/proc/self/ns/net", "/proc/self/ns/user", "/proc/self/ns/mnt"};

	memset(text, 0, 3 * sizeof *text);
	for (size_t i = 0; i < COUNT(links); i++)
		ck_assert_int_gt(readlink(links[i], text[i], sizeof text[i] - 1), 0);
}

/* No descriptor, no child, no namespace; whatever the caller does with signals. */
static void leaves_nothing(void)
{
	char before[3][64], after[3][64];
	int fds = open_fds();
	struct quirks q;

	read_namespaces(before);
	ck_assert_int_eq(quirks_read(&q), 0);
	read_namespaces(after);
	ck_assert(!memcmp(before, after, sizeof before));
	ck_assert_int_eq(open_fds(), fds);
	ck_assert(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	ck_assert(q.time_wait_unseen && q.reuseaddr_memory && q.udp_any_unseen);
}

static void hear_signal(int number)
{
	(void)number;
}

START_TEST(test_leaves_nothing)
{
	struct sigaction heard = {.sa_handler = hear_signal}; /* no SA_RESTART */
	sigset_t all;

	if (!sandbox_enter())
		return;
	leaves_nothing();
	sigaction(SIGCHLD, &heard, NULL);
	leaves_nothing();
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	leaves_nothing();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	leaves_nothing();
}
END_TEST

static void knows_nothing(int err)
{
	static const struct quirks nothing;
	int fds = open_fds();
	struct quirks q;

	memset(&q, 0xff, sizeof q);
	ck_assert_int_eq(quirks_read(&q), err);
	ck_assert(!memcmp(&q, &nothing, sizeof q));
	ck_assert_int_eq(open_fds(), fds);
	ck_assert(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

/* Network namespaces are used up. */
START_TEST(test_no_network)
{
	if (!sandbox_enter())
		return;
	if (!put_text("/proc/sys/user/max_net_namespaces", "0")) {
		skip("no max_net_namespaces");
		return;
	}
	knows_nothing(-ENOSPC);
}
END_TEST

/* An ordinary user finds the same, or may not. */
START_TEST(test_ordinary_user)
{
	struct quirks of_root, q;
	int err;

	if (quirks_read(&of_root) || !sandbox_drop_root())
		return;
	err = quirks_read(&q);
	if (err) {
		errno = -err;
		skip("no namespace for an ordinary user");
		return;
	}
	ck_assert(!memcmp(&of_root, &q, sizeof q));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("quirks");
	TCase *whole = tcase_create("whole");

	add_table(suite, "really", test_really, COUNT(rows));
	tcase_add_test(whole, test_leaves_nothing);
	tcase_add_test(whole, test_no_network);
	tcase_add_test(whole, test_ordinary_user);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
