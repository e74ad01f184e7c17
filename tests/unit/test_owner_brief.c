/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The short scan: one holder of each socket that lets itself be asked, which real processes do, and no further one. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sandbox.h"
#include "suite.h"
#include "sys/owner.h"
#include "sys/sockopt.h"
#include "tree.h"

enum { HOLDERS = 6 };

/* Processes with that socket; those that are not to be asked are not dumpable, which closes them to pidfd_getfd(2). */
static void fork_holders(pid_t holders[HOLDERS], int closed)
{
	int ready[2];
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	for (int i = 0; i < HOLDERS; i++) {
		holders[i] = fork();
		if (holders[i])
			continue;
		prctl(PR_SET_DUMPABLE, i >= closed);
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	for (int i = 0; i < HOLDERS; i++)
		ck_assert_int_eq(read(ready[0], &c, 1), 1);
}

/* What /proc shows of them. */
static struct tree proc_of(const pid_t holders[HOLDERS], int fd, const char *link)
{
	struct tree t = tree_begin();
	char path[64];

	tree_process(&t, 1, 0, "init");
	tree_dir(&t, "1/fd");
	for (int i = 0; i < HOLDERS; i++) {
		tree_process(&t, holders[i], 1, "holder");
		snprintf(path, sizeof path, "%d/fd/%d", (int)holders[i], fd);
		tree_link(&t, path, link);
	}
	return t;
}

static bool has(const struct snapshot *s, pid_t pid)
{
	for (size_t i = 0; i < s->owners.n; i++)
		if (s->owners.processes[s->owners.v[i].process].pid == pid)
			return true;
	return false;
}

/* Of six none to six cannot be asked. */
START_TEST(test_brief)
{
	struct snapshot s = {.socks = calloc(1, sizeof *s.socks), .nsocks = 1};
	pid_t holders[HOLDERS];
	char link[32];
	struct stat st;
	struct tree t;
	int fd, asked = 0;

	if (!sandbox_enter())
		return;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	s.socks[0] = (struct sock){.inode = (uint32_t)st.st_ino, .state = STATE_LISTEN, .count = 1};
	fork_holders(holders, _i);
	snprintf(link, sizeof link, "socket:[%u]", s.socks[0].inode);
	t = proc_of(holders, fd, link);
	owner_scan_brief(&s, t.fd);
	for (int i = 0; i < HOLDERS; i++) {
		int copy = has(&s, holders[i]) ? sockopt_duplicate(holders[i], fd) : -1;

		asked += copy >= 0;
		if (copy >= 0)
			close(copy);
	}
	ck_assert_msg(asked == (_i < HOLDERS), "%d of %d that may not be asked: %d asked", _i, HOLDERS, asked);
	ck_assert(s.owners_read && s.socks[0].held_by == HELD_PROCESS && s.owners.n <= (size_t)_i + 1);
	ck_assert(_i < HOLDERS || s.owners.n == HOLDERS);
	for (int i = 0; i < HOLDERS; i++)
		kill(holders[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	tree_end(&t);
	snapshot_free(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("owner_brief");
	TCase *brief = tcase_create("brief");

	tcase_add_loop_test(brief, test_brief, 0, HOLDERS + 1);
	suite_add_tcase(suite, brief);
	return run_suite(suite);
}
