/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a child's socket, read through its descriptor; and what is not that socket. */
#define _GNU_SOURCE
#include "sys/sockopt.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sandbox.h"
#include "suite.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static const struct flags {
	const char *name;
	int family, reuseaddr, reuseport, v6only;
	enum tri want_v6only;
} rows[] = {
    {"IPv4 plain", AF_INET, 0, 0, 0, UNKNOWN},
    {"IPv4 reuseaddr", AF_INET, 1, 0, 0, UNKNOWN},
    {"IPv4 reuseport", AF_INET, 0, 1, 0, UNKNOWN},
    {"IPv4 both", AF_INET, 1, 1, 0, UNKNOWN},
    {"IPv6 dual", AF_INET6, 0, 0, 0, NO},
    {"IPv6 v6only", AF_INET6, 1, 0, 1, YES},
    {"IPv6 all", AF_INET6, 1, 1, 1, YES},
};

static int make_socket(const struct flags *f, int protocol)
{
	int fd = socket(f->family, SOCK_STREAM | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return fd;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, f->reuseaddr);
	set_option(fd, SOL_SOCKET, SO_REUSEPORT, f->reuseport);
	if (f->family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, f->v6only);
	return fd;
}

/* What sock_diag would say of it. */
static struct sock sock_of(int fd, int family)
{
	struct sock s = {.state = STATE_LISTEN, .count = 1, .local = addr_any(family)};
	socklen_t len = sizeof s.cookie;
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &s.cookie, &len), 0);
	s.inode = (uint32_t)st.st_ino;
	return s;
}

/* A child that has all our descriptors and does nothing. */
static pid_t holder(void)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	while (!child)
		pause();
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static int read_of(pid_t pid, int fd, struct sock *s)
{
	int pidfd = sockopt_open(pid), err = sockopt_read(pidfd, fd, s);

	if (pidfd >= 0)
		close(pidfd);
	return err;
}

START_TEST(test_flags)
{
	const struct flags *row = &rows[_i];
	int fd, before, err;
	struct sock s;
	pid_t child;

	if (!sandbox_enter())
		return;
	fd = make_socket(row, 0);
	ck_assert_int_ge(fd, 0);
	s = sock_of(fd, row->family);
	child = holder();
	close(fd);
	before = open_fds();
	err = read_of(child, fd, &s);
	ck_assert_msg(!err, "%s: %s", row->name, strerror(-err));
	ck_assert_msg(s.reuseaddr == tri_of(row->reuseaddr) && s.reuseport == tri_of(row->reuseport),
	              "%s: reuseaddr %d, reuseport %d", row->name, s.reuseaddr, s.reuseport);
	ck_assert_msg(s.v6only == row->want_v6only, "%s: v6only %d", row->name, s.v6only);
	s.cookie = 0;
	ck_assert_msg(!read_of(child, fd, &s), "%s: without a cookie", row->name);
	ck_assert_int_eq(open_fds(), before);
	end(child);
}
END_TEST

/* Reading from a listener leaves it as it was. */
START_TEST(test_listener_is_untouched)
{
	struct place at = place_of("127.0.0.1", 9877);
	int fd, client;
	struct sock s;
	pid_t child;

	if (!sandbox_enter())
		return;
	fd = make_socket(&rows[1], 0);
	ck_assert(!bind(fd, &at.u.sa, at.len) && !listen(fd, 1));
	s = sock_of(fd, AF_INET);
	child = holder();
	close(fd);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(read_of(child, fd, &s), 0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(client, &at.u.sa, at.len), 0);
	ck_assert_int_eq(really_bind("127.0.0.1", 9877), EADDRINUSE);
	close(client);
	end(child);
}
END_TEST

/* What an MPTCP descriptor hides is a TCP socket with a cookie of its own. */
START_TEST(test_mptcp)
{
	struct sock s;
	pid_t child;
	int fd, err;

	if (!sandbox_enter())
		return;
	fd = make_socket(&rows[1], IPPROTO_MPTCP);
	if (fd < 0) {
		skip("no MPTCP");
		return;
	}
	s = sock_of(fd, AF_INET);
	s.cookie++;
	child = holder();
	err = read_of(child, fd, &s);
	ck_assert_msg(!err && s.reuseaddr == YES && s.reuseport == NO, "%s", strerror(-err));
	s.inode++;
	ck_assert_int_eq(read_of(child, fd, &s), -ESTALE);
	end(child);
}
END_TEST

/* The files of a zombie are gone; only since 6.9 pidfd_getfd() tells that from no descriptor. */
enum what { COOKIE, INODE, INODE_ALONE, OTHER_FILE, CLOSED, ENDED, REAPED, NOBODY, CASES };

static const struct failure {
	const char *name;
	int want, before_6_9;
} failures[CASES] = {
    [COOKIE] = {"another cookie", -ESTALE},
    [INODE] = {"another inode and another cookie", -ESTALE},
    [INODE_ALONE] = {"another inode and no cookie", -ESTALE},
    [OTHER_FILE] = {"no socket", -ESTALE},
    [CLOSED] = {"no descriptor", -EBADF},
    [ENDED] = {"a zombie", -ESRCH, -EBADF},
    [REAPED] = {"no process", -ESRCH},
    [NOBODY] = {"not a pid", -EINVAL},
};

START_TEST(test_failure)
{
	const struct failure *row = &failures[_i];
	struct sock s, before;
	int fd, asked, err;
	pid_t child;

	if (!sandbox_enter())
		return;
	fd = make_socket(&rows[1], 0);
	asked = _i == OTHER_FILE ? open("/dev/null", O_RDONLY | O_CLOEXEC) : _i == CLOSED ? 900 : fd;
	s = sock_of(fd, AF_INET);
	s.cookie = _i == INODE_ALONE ? 0 : s.cookie + (_i == COOKIE || _i == INODE);
	s.inode += _i == INODE || _i == INODE_ALONE;
	child = holder();
	if (_i == ENDED || _i == REAPED) {
		siginfo_t info;

		kill(child, SIGKILL);
		waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	}
	if (_i == REAPED)
		waitpid(child, NULL, 0);
	before = s;
	err = read_of(_i == NOBODY ? -1 : child, asked, &s);
	ck_assert_msg(err == row->want || (row->before_6_9 && err == row->before_6_9), "%s: %s", row->name, strerror(-err));
	ck_assert_msg(!memcmp(&s, &before, sizeof s), "%s: changed", row->name);
	if (_i != REAPED)
		end(child);
}
END_TEST

/* A process that may not be traced keeps its descriptors to itself. */
START_TEST(test_refused)
{
	struct flags plain = rows[1];
	int ready[2], fd, err;
	struct sock s;
	pid_t child;
	char c;

	if (!sandbox_enter() || !prctl(PR_GET_DUMPABLE))
		return;
	fd = make_socket(&plain, 0);
	s = sock_of(fd, AF_INET);
	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (!child) {
		prctl(PR_SET_DUMPABLE, 0);
		err = write(ready[1], "x", 1) != 1;
		while (!err)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	err = read_of(child, fd, &s);
	ck_assert_msg(err == -EPERM, "%s", strerror(-err));
	ck_assert(s.reuseaddr == UNKNOWN && s.reuseport == UNKNOWN);
	end(child);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sockopt");
	TCase *whole = tcase_create("whole");

	add_table(suite, "flags", test_flags, COUNT(rows));
	add_table(suite, "failure", test_failure, COUNT(failures));
	tcase_add_test(whole, test_listener_is_untouched);
	tcase_add_test(whole, test_mptcp);
	tcase_add_test(whole, test_refused);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
