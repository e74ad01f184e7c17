/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no descriptor table of a process shows: threads with a table of their own, files of io_uring, hints; owner_scan() asks for it. */
#define _GNU_SOURCE
#include "sys/owner.h"

#include <sys/syscall.h>

#include "descriptors.h"
#include "suite.h"

/* A pid that no real process has: kcmp(2) asks the real ones. */
enum { NOBODY = 5000000 };

/* The table of a thread, with that link in it. */
static void give_thread(struct tree *t, int pid, int tid, int fd, const char *link)
{
	char path[64];

	snprintf(path, sizeof path, "%d/task/%d/fd/%d", pid, tid, fd);
	tree_link(t, path, link);
	snprintf(path, sizeof path, "%d/task/%d/fdinfo/%d", pid, tid, fd);
	tree_text(t, path, "pos:\t0\nflags:\t02000002\n");
}

/* Two threads with one table, the main thread has none: one owner, and its program from the thread. */
START_TEST(test_thread_table)
{
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_process(&t, NOBODY, 1, "x");
	tree_dir(&t, "5000000/fd");
	tree_dir(&t, "5000000/task/5000000/fd");
	give_thread(&t, NOBODY, NOBODY + 1, 3, "socket:[123]");
	give_thread(&t, NOBODY, NOBODY + 1, 4, "socket:[12]");
	give_thread(&t, NOBODY, NOBODY + 2, 3, "socket:[123]");
	tree_link(&t, "5000000/task/5000001/exe", "/x");
	tree_link(&t, "5000000/task/5000002/exe", "/x");
	owner_scan(&s, t.fd);
	owner_read_flags(&s.owners, t.fd, INODE);
	ck_assert(s.owners.n == 1 && s.owners.v[0].via == VIA_TASK && s.owners.v[0].fd == 3);
	ck_assert(s.owners.v[0].tid > NOBODY && s.owners.v[0].cloexec == YES && s.socks[0].held_by == HELD_PROCESS);
	ck_assert_str_eq(s.owners.processes[0].exe, "/x");
	same_gaps("thread", &s, "");
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* What the table of the process has too is no finding of a thread's. */
START_TEST(test_thread_like_process)
{
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_process(&t, NOBODY, 1, "x");
	give_socket(&t, NOBODY, 3, INODE, "02");
	give_thread(&t, NOBODY, NOBODY + 1, 3, "socket:[123]");
	owner_scan(&s, t.fd);
	ck_assert(s.owners.n == 1 && s.owners.v[0].via == VIA_FD && !s.owners.v[0].tid);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

static const struct ring_row {
	const char *fdinfo;
	size_t owners;
} rings[] = {
    {"flags:\t02\nUserFiles:\t1\n    0: socket:[123]\nUserBufs:\t0\n", 1},
    {"UserFiles:\t3\n    0: <none>\n    1: socket:[12]\n    2: socket:[123]\nUserBufs:\t0\n", 1},
    {"UserFiles:\t1\n    0: socket:[12]\n    1: socket:[123]\n", 0}, /* behind the list */
    {"UserFiles:\t0\nUserBufs:\t1\n    0: socket:[123]\n", 0},
    {"UserFiles:\t1\n    0: TCP\n", 0},
    {"UserFiles:\t99\n", 0},
    {"UserFiles:", 0},
    {"", 0},
};

START_TEST(test_ring)
{
	const struct ring_row *row = &rings[_i];
	struct snapshot s = one_socket();
	struct tree t = begin();

	tree_process(&t, NOBODY, 1, "x");
	give(&t, NOBODY, 7, "anon_inode:[io_uring]", NULL);
	tree_text(&t, "5000000/fdinfo/7", row->fdinfo);
	owner_scan(&s, t.fd);
	ck_assert_msg(s.owners.n == row->owners, "%s: %zu", row->fdinfo, s.owners.n);
	if (row->owners)
		ck_assert(s.owners.v[0].via == VIA_IO_URING && s.owners.v[0].fd == 7 && s.owners.v[0].cloexec == UNKNOWN);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

static const struct hint_row {
	long call;                          /* of the thread, on descriptor 3; 0: what follows is the text */
	const char *syscall, *wchan, *link; /* of the thread; what is at the number, NULL: nothing */
	const char *fdinfo, *netns;         /* of the process's socket 9; of the process */
	int kind;                           /* -1: no hint */
} hint_rows[] = {
    {SYS_accept, NULL, "inet_csk_accept", NULL, "", NULL, HINT_ACCEPT},
    {SYS_accept4, NULL, "inet_csk_accept", NULL, "", NULL, HINT_ACCEPT},
    {SYS_accept, NULL, "0", NULL, "", NULL, HINT_ACCEPT},
    {SYS_accept, NULL, "inet_csk_accept", "/dev/null", "", NULL, HINT_ACCEPT},
    {SYS_accept, NULL, "inet_csk_accept", "socket:[55]", "", NULL, -1}, /* that is open */
    {SYS_accept, NULL, "unix_accept", NULL, "", NULL, -1},
    {SYS_close, NULL, "inet_csk_accept", NULL, "", NULL, -1},
    {0, "running", "0", NULL, "", NULL, -1},
    {0, "-1 0x0 0x0", "0", NULL, "", NULL, -1},
    {0, "", "", NULL, "", NULL, -1},
    {0, "", "", NULL, "flags:\t02\nscm_fds: 1\n", NULL, HINT_IN_FLIGHT},
    {0, "", "", NULL, "flags:\t02\nscm_fds: 0\n", NULL, -1},
    {0, "", "", NULL, "flags:\t02\nscm_fds:", NULL, -1},
    {0, "", "", NULL, "scm_fds: 1\n", "net:[7]", HINT_IN_FLIGHT},
    {0, "", "", NULL, "scm_fds: 1\n", "net:[8]", -1},
};

START_TEST(test_hint)
{
	const struct hint_row *row = &hint_rows[_i];
	char syscall[64];
	struct snapshot s = one_socket();
	struct tree t = begin();
	size_t n;

	s.host.netns = 7;
	tree_process(&t, NOBODY, 1, "x");
	give(&t, NOBODY, 9, "socket:[55]", NULL);
	tree_text(&t, "5000000/fdinfo/9", row->fdinfo);
	if (row->netns)
		tree_link(&t, "5000000/ns/net", row->netns);
	snprintf(syscall, sizeof syscall, "%ld 0x3 0x0 0x0\n", row->call);
	tree_text(&t, "5000000/task/5000001/syscall", row->call ? syscall : row->syscall);
	tree_text(&t, "5000000/task/5000001/wchan", row->wchan);
	if (row->link)
		give_thread(&t, NOBODY, NOBODY + 1, 3, row->link);
	owner_scan(&s, t.fd);
	ck_assert_msg(!s.owners.n && s.owners.nhints == (row->kind >= 0), "%ld %s: %zu hints", row->call, row->fdinfo,
	              s.owners.nhints);
	if (row->kind >= 0) {
		const struct hint *h = snapshot_hint(&s, &s.socks[0], (enum hint_kind)row->kind, &n);

		ck_assert(h && n == 1 && h->pid == NOBODY && h->fd == (row->kind == HINT_ACCEPT ? 3 : 9));
		ck_assert_str_eq(h->comm, "x");
	}
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* Where processes are hidden only those of the socket's user count, for accept() only listeners. */
START_TEST(test_hint_is_about)
{
	struct hint hints[] = {{HINT_IN_FLIGHT, 12, 3, 1000, NULL}, {HINT_ACCEPT, 13, 4, 1000, NULL}};
	struct snapshot s = {.owners = {.hints = hints, .nhints = COUNT(hints)}};
	struct sock t = {.state = STATE_LISTEN, .inode = INODE, .uid = 1000, .held_by = HELD_HIDDEN};
	size_t n;

	ck_assert(snapshot_hint(&s, &t, HINT_IN_FLIGHT, &n) == hints && snapshot_hint(&s, &t, HINT_ACCEPT, &n));
	ck_assert(!snapshot_hint(&s, &t, HINT_IO_URING, &n) && !n);
	t.uid = 0;
	ck_assert(!snapshot_hint(&s, &t, HINT_IN_FLIGHT, &n));
	t.held_by = HELD_UNKNOWN;
	t.state = STATE_ESTABLISHED;
	ck_assert(snapshot_hint(&s, &t, HINT_IN_FLIGHT, &n) && !snapshot_hint(&s, &t, HINT_ACCEPT, &n));
	t.held_by = HELD_PROCESS;
	ck_assert(!snapshot_hint(&s, &t, HINT_IN_FLIGHT, &n));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hidden");
	TCase *whole = tcase_create("whole");

	add_table(suite, "ring", test_ring, COUNT(rings));
	add_table(suite, "hint", test_hint, COUNT(hint_rows));
	tcase_add_test(whole, test_hint_is_about);
	tcase_add_test(whole, test_thread_table);
	tcase_add_test(whole, test_thread_like_process);
	tcase_set_timeout(whole, 120);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
