/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host: fixture sysctls, and what we say of ourselves against real binds. */
#define _GNU_SOURCE
#include "sys/host.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "sandbox.h"
#include "suite.h"
#include "tree.h"

static void end(struct host *h)
{
	struct snapshot s = {.host = *h};

	snapshot_free(&s);
}

static struct host read_real(void)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct host h;

	host_read(&h, proc);
	close(proc);
	return h;
}

static const struct start {
	const char *text;
	uint16_t want;
} starts[] = {
    {"1024\n", 1024}, {"80\n", 80},      {"0\n", 0},    {"65535\n", 65535}, {"65536\n", 1024},
    {"-1\n", 1024},   {"much\n", 1024},  {"", 1024},    {NULL, 1024},       {"99999999999999999999999\n", 1024},
};

START_TEST(test_start)
{
	const struct start *row = &starts[_i];
	struct tree t = tree_begin();
	struct host h;

	if (row->text)
		tree_text(&t, "sys/net/ipv4/ip_unprivileged_port_start", row->text);
	host_read(&h, t.fd);
	ck_assert_msg(h.unprivileged_port_start == row->want, "%s: %u", row->text, h.unprivileged_port_start);
	ck_assert(h.netns == 0);
	end(&h);
	tree_end(&t);
}
END_TEST

START_TEST(test_values)
{
	struct timespec now;
	struct utsname name;
	struct stat st;
	struct host h = read_real();

	ck_assert(!uname(&name) && !stat("/proc/self/ns/net", &st) && !clock_gettime(CLOCK_REALTIME, &now));
	ck_assert_str_eq(h.release, name.release);
	ck_assert_uint_eq(h.netns, st.st_ino);
	ck_assert_uint_eq(h.uid, geteuid());
	ck_assert(llabs(h.now_ms - (int64_t)now.tv_sec * 1000) < 60000);
	ck_assert_int_eq(h.has_inet, YES);
	end(&h);
}
END_TEST

static int64_t coarse_ns(void)
{
	struct timespec t;

	ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC_COARSE, &t), 0);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The shortest step of the coarse clock is one tick, however many a busy machine skips. */
START_TEST(test_hz)
{
	enum { STEPS = 50 };
	int64_t last = coarse_ns(), shortest = INT64_MAX, now;
	struct host h = read_real();
	double seen;

	for (int steps = 0; steps < STEPS; last = now) {
		now = coarse_ns();
		steps += now != last;
		if (now != last && now - last < shortest)
			shortest = now - last;
	}
	seen = 1e9 / (double)shortest;
	ck_assert_msg(seen > h.hz * 0.98 && seen < h.hz * 1.02, "%u Hz, seen %.1f", h.hz, seen);
	end(&h);
}
END_TEST

static bool drop_capability(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return false;
	data[0].effective &= ~(1U << CAP_NET_BIND_SERVICE);
	return !syscall(SYS_capset, &header, data);
}

/* Into the network of a child that made user and network namespaces of its own. */
static bool enter_child(void)
{
	int ready[2], fd;
	char path[32], c;
	pid_t child;

	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (!child) {
		bool ok = sandbox_enter() && write(ready[1], "x", 1) == 1;

		while (ok)
			pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		return skip("no nested namespace");
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(setns(fd, CLONE_NEWNET), 0);
	close(fd);
	kill(child, SIGKILL);
	return waitpid(child, NULL, 0) == child;
}

static bool nothing(void)
{
	return true;
}

static bool next_user_namespace(void)
{
	return sandbox_unshare(0);
}

static bool lower_start(void)
{
	return put_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", "80");
}

/* As root of a private network, and then ... */
static const struct privilege {
	const char *name;
	bool (*change)(void);
	bool want;
	int bind80;
} privileges[] = {
    {"root of the network", nothing, true, 0},
    {"no capability", drop_capability, false, EACCES},
    {"root of a user namespace inside, not of the network", next_user_namespace, false, EACCES},
    {"root of a user namespace above the network's", enter_child, true, 0},
    {"a lower start", lower_start, true, 0},
};

START_TEST(test_privilege)
{
	const struct privilege *row = &privileges[_i];
	struct host h;
	int err;

	if (!sandbox_enter() || !row->change())
		return;
	h = read_real();
	err = really_bind("127.0.0.1", 80);
	ck_assert_msg(err == row->bind80, "%s: bind() says %s", row->name, strerror(err));
	ck_assert_msg(h.may_bind_low == row->want, "%s: %d", row->name, h.may_bind_low);
	ck_assert_uint_eq(h.unprivileged_port_start, row->change == lower_start ? 80 : 1024);
	end(&h);
}
END_TEST

START_TEST(test_user)
{
	char *root = host_user(0), *none = host_user(4123456789);

	ck_assert_str_eq(root, "root");
	ck_assert(!none);
	free(root);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host");
	TCase *whole = tcase_create("whole");

	add_table(suite, "start", test_start, COUNT(starts));
	add_table(suite, "privilege", test_privilege, COUNT(privileges));
	tcase_add_test(whole, test_values);
	tcase_add_test(whole, test_hz);
	tcase_add_test(whole, test_user);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
