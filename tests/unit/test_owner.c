/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From inodes to processes: fixture trees in place of /proc, and a real child that shares a socket. */
#define _GNU_SOURCE
#include "sys/owner.h"

#include <signal.h>
#include <sys/wait.h>

#include "descriptors.h"
#include "sandbox.h"
#include "suite.h"
#include "sys/procfile.h"

static const struct link_row {
	const char *link;
	bool matches;
} links[] = {
    {"socket:[123]", true},
    {"socket:[12]", false},
    {"socket:[1234]", false},
    {"socket:[4294967419]", false},           /* 123 and 2 to the 32nd */
    {"socket:[18446744073709551739]", false}, /* 123 and 2 to the 64th */
    {"socket:[123", false},
    {"socket:123", false},
    {"socket:[]", false},
    {"socket:[ 123]", false},
    {"socket:[-123]", false},
    {"socket:[0]", false},
    {"pipe:[123]", false},
    {"/tmp/socket:[123]", false},
    {"anon_inode:[eventpoll]", false},
    {"s", false},
    {"/a/path/that/is/longer/than/any/name/of/a/socket/and/longer/than/the/room/for/it/[123]", false},
};

START_TEST(test_link)
{
	const struct link_row *row = &links[_i];
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_process(&t, 12, 1, "x");
	give(&t, 12, 3, row->link, "02");
	owner_scan(&s, t.fd);
	ck_assert_msg(s.owners.n == row->matches, "%s: %zu owners", row->link, s.owners.n);
	ck_assert_msg(s.owners_read && s.socks[0].held_by == (row->matches ? HELD_PROCESS : HELD_UNKNOWN), "%s: %d",
	              row->link, s.socks[0].held_by);
	same_gaps(row->link, &s, "");
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

static const struct flags_row {
	const char *flags;
	enum tri want;
} flags[] = {
    {"02", NO}, {"02000002", YES}, {"02004002", YES}, {"04002", NO},
    {"0", NO},  {"", UNKNOWN},     {"x", UNKNOWN},    {NULL, UNKNOWN},
};

START_TEST(test_cloexec)
{
	const struct flags_row *row = &flags[_i];
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_process(&t, 12, 1, "x");
	give_socket(&t, 12, 2000000000, INODE, row->flags);
	owner_scan(&s, t.fd);
	ck_assert_uint_eq(s.owners.n, 1);
	ck_assert(s.owners.v[0].cloexec == UNKNOWN && !s.owners.v[0].asked);
	owner_read_flags(&s.owners, t.fd, INODE);
	ck_assert(s.owners.v[0].asked);
	ck_assert_msg(s.owners.v[0].cloexec == row->want, "%s: %d", row->flags, s.owners.v[0].cloexec);
	ck_assert(s.owners.v[0].fd == 2000000000 && s.owners.v[0].inode == INODE);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* Forty processes with three descriptors each of two sockets among five, and others that hold none. */
START_TEST(test_sharers)
{
	static const uint32_t inodes[] = {900, INODE, 0, 4294967295, INODE, 7};
	enum { SHARERS = 40, FDS = 3 };
	struct snapshot s = snapshot_of(inodes, COUNT(inodes));
	struct tree t = begin();
	size_t n;

	for (int pid = 2; pid < 2 + SHARERS; pid++) {
		tree_process(&t, pid, 1, "sharer");
		for (int fd = 0; fd < FDS; fd++) {
			give_socket(&t, pid, fd, INODE, fd ? "02" : "02000002");
			give_socket(&t, pid, 10 + fd, 4294967295, NULL);
			give_socket(&t, pid, 20 + fd, 5, "02");
		}
		tree_process(&t, pid + 1000, 1, "other");
		give_socket(&t, pid + 1000, 3, 5, "02");
	}
	owner_scan(&s, t.fd);
	ck_assert_uint_eq(s.owners.nprocesses, SHARERS);
	ck_assert_uint_eq(s.owners.n, 2 * SHARERS * FDS);
	for (size_t i = 0; i < COUNT(inodes); i++)
		owner_read_flags(&s.owners, t.fd, inodes[i]);
	for (size_t i = 0; i < 2; i++) {
		const struct owner *o = owners_of(&s.owners, i ? 4294967295 : INODE, &n);

		ck_assert_uint_eq(n, SHARERS * FDS);
		for (size_t k = 0; k < n; k++) {
			ck_assert_str_eq(s.owners.processes[o[k].process].comm, "sharer");
			ck_assert_int_eq(o[k].cloexec, i ? UNKNOWN : o[k].fd ? NO : YES);
		}
	}
	for (size_t i = 0; i < COUNT(inodes); i++) {
		enum held_by want = inodes[i] == 7 || inodes[i] == 900 ? HELD_UNKNOWN : HELD_PROCESS;

		want = inodes[i] ? want : HELD_KERNEL;
		ck_assert_msg(s.socks[i].held_by == want, "inode %u: %d", inodes[i], s.socks[i].held_by);
	}
	same_gaps("sharers", &s, "");
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* What ended between two looks leaves neither an owner nor a gap. */
START_TEST(test_vanished)
{
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_dir(&t, "12");                                 /* its table is gone */
	give_socket(&t, 13, 3, INODE, "02");                /* its stat is gone */
	give_socket(&t, 13, 4, INODE, "02");
	tree_text(&t, "self", "no directory");              /* no number */
	tree_text(&t, "99999999999999999999/x", "no pid");
	owner_scan(&s, t.fd);
	ck_assert(!s.owners.n && !s.owners.nprocesses && s.socks[0].held_by == HELD_UNKNOWN);
	same_gaps("vanished", &s, "");
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* Two tables that may not be read, one whose links may not. */
static struct tree begin_refusing(void)
{
	struct tree t = begin();

	for (int pid = 20; pid < 22; pid++) {
		char path[16];

		tree_process(&t, pid, 1, "secret");
		give_socket(&t, pid, 3, 5, "02");
		snprintf(path, sizeof path, "%d/fd", pid);
		ck_assert_int_eq(fchmodat(t.fd, path, 0, 0), 0);
	}
	tree_process(&t, 22, 1, "secret");
	give_socket(&t, 22, 3, 5, "02");
	give_socket(&t, 22, 4, 5, "02");
	ck_assert_int_eq(fchmodat(t.fd, "22/fd", 0400, 0), 0);
	return t;
}

static void end_refusing(struct tree *t)
{
	for (int pid = 20; pid < 23; pid++) {
		char path[16];

		snprintf(path, sizeof path, "%d/fd", pid);
		fchmodat(t->fd, path, 0700, 0);
	}
	tree_end(t);
}

START_TEST(test_hidden)
{
	static const uint32_t inodes[] = {INODE, 7, 0};
	struct snapshot s = snapshot_of(inodes, COUNT(inodes));
	struct tree t;

	if (!sandbox_drop_root())
		return;
	t = begin_refusing();
	tree_process(&t, 12, 1, "x");
	give_socket(&t, 12, 3, INODE, "02");
	owner_scan(&s, t.fd);
	ck_assert(s.socks[0].held_by == HELD_PROCESS && s.socks[1].held_by == HELD_HIDDEN);
	ck_assert_int_eq(s.socks[2].held_by, HELD_KERNEL);
	ck_assert(s.gaps.n == 1 && s.gaps.v[0].kind == GAP_FD_TABLE && s.gaps.v[0].err == EACCES);
	ck_assert_uint_eq(s.gaps.v[0].count, 3);
	snapshot_free(&s);
	end_refusing(&t);
}
END_TEST

/* Where each socket has its holder, the tables that may not be read are not worth a word. */
START_TEST(test_not_hidden)
{
	static const uint32_t inodes[] = {INODE, 0};
	struct snapshot s = snapshot_of(inodes, COUNT(inodes));
	struct tree t;

	if (!sandbox_drop_root())
		return;
	t = begin_refusing();
	tree_process(&t, 12, 1, "x");
	give_socket(&t, 12, 3, INODE, "02");
	owner_scan(&s, t.fd);
	ck_assert(s.socks[0].held_by == HELD_PROCESS && s.socks[1].held_by == HELD_KERNEL);
	same_gaps("not hidden", &s, "");
	snapshot_free(&s);
	end_refusing(&t);
}
END_TEST

/* In a pid namespace of its own /proc lists only what is in it: the socket may be somebody's outside. */
START_TEST(test_pid_namespace)
{
	static const char *const namespaces[] = {FIRST_PID_NAMESPACE, "pid:[4026532000]", NULL};
	static const char *const wants[] = {"", "pids 0 - 1\n", ""};

	for (size_t i = 0; i < COUNT(wants); i++) {
		struct snapshot s = one_socket();
		struct tree t = tree_begin();

		tree_process(&t, 1, 0, "x");
		tree_dir(&t, "1/fd");
		if (namespaces[i])
			tree_link(&t, "self/ns/pid", namespaces[i]);
		owner_scan(&s, t.fd);
		ck_assert_int_eq(s.socks[0].held_by, HELD_UNKNOWN);
		same_gaps("pid namespace", &s, wants[i]);
		snapshot_free(&s);
		tree_end(&t);
	}
}
END_TEST

/* hidepid=invisible: others are not even listed, pid 1 among them. */
START_TEST(test_invisible)
{
	struct snapshot s = one_socket();
	struct tree t = tree_begin();

	tree_process(&t, 12, 1, "x");
	tree_dir(&t, "12/fd");
	owner_scan(&s, t.fd);
	ck_assert_int_eq(s.socks[0].held_by, HELD_HIDDEN);
	same_gaps("invisible", &s, "fd EACCES 1 1\n");
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

START_TEST(test_no_proc)
{
	static const struct {
		int procfd;
		const char *want;
	} rows[] = {{-EACCES, "proc EACCES - 1\n"}, {-ENOENT, "proc ENOENT - 1\n"}};
	struct tree t = tree_begin();

	for (size_t i = 0; i <= COUNT(rows); i++) {
		struct snapshot s = one_socket();

		owner_scan(&s, i < COUNT(rows) ? rows[i].procfd : t.fd);
		ck_assert(s.owners_read && s.socks[0].held_by == HELD_UNKNOWN);
		same_gaps("no /proc", &s, i < COUNT(rows) ? rows[i].want : "proc ENOENT - 1\n");
		snapshot_free(&s);
	}
	tree_end(&t);
}
END_TEST

/* Without an inode nothing is looked at, and nothing can fail. */
START_TEST(test_nothing_to_look_for)
{
	struct snapshot s = snapshot_of((const uint32_t[]){0, 0}, 2), empty = {0};

	owner_scan(&s, -ENOENT);
	owner_scan(&empty, -ENOENT);
	ck_assert(s.owners_read && empty.owners_read && s.socks[1].held_by == HELD_KERNEL);
	same_gaps("kernel only", &s, "");
	same_gaps("no socket", &empty, "");
	snapshot_free(&s);
}
END_TEST

/* A socket that the test and its child hold, the child twice. */
START_TEST(test_really)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, copy;
	struct snapshot s = one_socket();
	struct stat st;
	pid_t child;
	size_t n[2] = {0};

	if (!sandbox_enter())
		return;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	s.socks[0].inode = (uint32_t)st.st_ino;
	copy = dup(fd);
	child = fork();
	if (!child)
		pause();
	close(copy);
	owner_scan(&s, proc);
	owner_read_flags(&s.owners, proc, s.socks[0].inode);
	kill(child, SIGKILL);
	ck_assert_uint_eq(s.owners.n, 3);
	ck_assert_uint_eq(s.owners.nprocesses, 2);
	for (size_t i = 0; i < s.owners.n; i++) {
		const struct owner *o = &s.owners.v[i];

		ck_assert_int_eq(o->cloexec, o->fd == fd ? YES : NO);
		n[s.owners.processes[o->process].pid == child]++;
	}
	ck_assert(n[0] == 1 && n[1] == 2 && s.owners.processes[s.owners.v[0].process].pid == getpid());
	ck_assert_int_eq(s.socks[0].held_by, HELD_PROCESS);
	snapshot_free(&s);
	waitpid(child, NULL, 0);
	close(fd);
	close(proc);
}
END_TEST

/* Scans while processes come and go: those that ended are no gap. */
START_TEST(test_among_the_dying)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t forker = fork();

	if (!forker) {
		signal(SIGCHLD, SIG_IGN);
		for (;;)
			if (!fork())
				_exit(0);
	}
	for (int i = 0; i < 50; i++) {
		struct snapshot s = snapshot_of(&(uint32_t){4294967295}, 1);

		owner_scan(&s, proc);
		ck_assert(!s.owners.n);
		for (size_t k = 0; k < s.gaps.n; k++)
			ck_assert_msg(s.gaps.v[k].err == EACCES || s.gaps.v[k].err == EPERM, "%s",
			              strerror(s.gaps.v[k].err));
		snapshot_free(&s);
	}
	kill(forker, SIGKILL);
	waitpid(forker, NULL, 0);
	close(proc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("owner");
	TCase *whole = tcase_create("whole");

	add_table(suite, "link", test_link, COUNT(links));
	add_table(suite, "cloexec", test_cloexec, COUNT(flags));
	tcase_add_test(whole, test_sharers);
	tcase_add_test(whole, test_vanished);
	tcase_add_test(whole, test_hidden);
	tcase_add_test(whole, test_not_hidden);
	tcase_add_test(whole, test_pid_namespace);
	tcase_add_test(whole, test_invisible);
	tcase_add_test(whole, test_no_proc);
	tcase_add_test(whole, test_nothing_to_look_for);
	tcase_add_test(whole, test_really);
	tcase_add_test(whole, test_among_the_dying);
	tcase_set_timeout(whole, 300);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
