/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket keeps its cookie, whatever becomes of it: asked from the kernel, by SO_COOKIE. */
#define _GNU_SOURCE
#include "sys/cookies.h"

#include <stddef.h>
#include <sys/un.h>

#include "sandbox.h"
#include "suite.h"
#include "sys/inet_diag.h"

enum { PORT = 9877 };

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), 0);
	return cookie;
}

static bool is_listed(uint64_t cookie)
{
	struct idset set = {0};
	bool has;

	ck_assert_int_eq(cookies_ask(&set), 0);
	idset_end(&set);
	has = idset_has(&set, cookie);
	idset_free(&set);
	return has;
}

static int bound(const char *text, int type)
{
	struct place at = place_of(text, PORT);
	int fd = socket(at.u.sa.sa_family, type | SOCK_CLOEXEC, 0);

	ck_assert(fd >= 0 && !bind(fd, &at.u.sa, at.len));
	return fd;
}

/* Both ends of a connection to a listener, which is closed again. */
static void connect_ends(int *server, int *client)
{
	struct place at = place_of("127.0.0.1", PORT);
	int listener = bound("127.0.0.1", SOCK_STREAM);

	ck_assert_int_eq(listen(listener, 1), 0);
	*client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(*client, &at.u.sa, at.len), 0);
	*server = accept(listener, NULL, NULL);
	ck_assert_int_ge(*server, 0);
	close(listener);
}

struct wanted {
	uint64_t cookie;
	enum sock_state state;
	bool found;
};

static void take(const struct sock *s, void *arg)
{
	struct wanted *w = arg;

	w->found |= s->cookie == w->cookie && s->state == w->state;
}

/* Waits until the kernel lists that cookie in that state. */
static void wait_for(uint64_t cookie, enum sock_state state)
{
	struct wanted w = {cookie, state, false};
	bool bound_only;

	for (int i = 0; !w.found && i < 10000; i++) {
		ck_assert_int_eq(inet_diag_ask(PROTO_TCP, PORT, &bound_only, take, &w), 0);
		usleep(1000);
	}
	ck_assert_msg(w.found, "no socket with that cookie in state %d", state);
}

/* The cookie that is saved of a connection is that of what it leaves behind. */
START_TEST(test_close)
{
	int server, client;
	uint64_t cookie;

	if (!sandbox_enter())
		return;
	connect_ends(&server, &client);
	cookie = cookie_of(server);
	ck_assert(cookie && is_listed(cookie) && is_listed(cookie_of(client)));
	wait_for(cookie, STATE_ESTABLISHED);
	close(server);
	wait_for(cookie, STATE_FIN_WAIT_2);
	ck_assert(is_listed(cookie));
	close(client);
	wait_for(cookie, STATE_TIME_WAIT);
	ck_assert(is_listed(cookie));
}
END_TEST

static const struct bound_row {
	const char *text;
	int type;
} bounds[] = {{"127.0.0.1", SOCK_STREAM}, {"::1", SOCK_STREAM}, {"127.0.0.1", SOCK_DGRAM}, {"::", SOCK_DGRAM}};

/* Before 6.8 nothing lists a TCP socket that is bound and no more. */
START_TEST(test_bound)
{
	const struct bound_row *row = &bounds[_i];
	uint64_t cookie;
	int fd;

	if (!sandbox_enter())
		return;
	fd = bound(row->text, row->type);
	if (row->type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	cookie = cookie_of(fd);
	ck_assert_msg(is_listed(cookie), "%s, type %d", row->text, row->type);
	close(fd);
	ck_assert_msg(!is_listed(cookie), "%s, type %d: it is closed", row->text, row->type);
}
END_TEST

START_TEST(test_unix)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = {0, 'c'}};
	int fd;

	if (!sandbox_enter())
		return;
	fd = socket(AF_UNIX, _i ? SOCK_STREAM : SOCK_DGRAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, offsetof(struct sockaddr_un, sun_path) + 2), 0);
	ck_assert(is_listed(cookie_of(fd)));
	close(fd);
}
END_TEST

/* Those of another network namespace are not ours to list, and no two are alike. */
START_TEST(test_namespaces)
{
	uint64_t there, here;
	int fd;

	if (!sandbox_enter())
		return;
	fd = bound("127.0.0.1", SOCK_DGRAM);
	there = cookie_of(fd);
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	sandbox_link("lo", true);
	here = cookie_of(bound("127.0.0.1", SOCK_DGRAM));
	ck_assert(here != there && is_listed(here) && !is_listed(there));
}
END_TEST

START_TEST(test_boot)
{
	char boot[BOOT_TEXT], again[BOOT_TEXT];

	ck_assert(!cookies_boot(boot) && !cookies_boot(again));
	ck_assert_str_eq(boot, again);
	ck_assert_uint_eq(strlen(boot), BOOT_TEXT - 1);
	ck_assert_uint_eq(strspn(boot, "0123456789abcdef-"), BOOT_TEXT - 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cookies");

	add_table(suite, "close", test_close, 1);
	add_table(suite, "bound", test_bound, COUNT(bounds));
	add_table(suite, "unix", test_unix, 2);
	add_table(suite, "namespaces", test_namespaces, 1);
	add_table(suite, "boot", test_boot, 1);
	return run_suite(suite);
}
