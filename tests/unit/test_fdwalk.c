/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over all descriptors: which come first, and what ends it. */
#define _GNU_SOURCE
#include "sys/fdwalk.h"

#include "suite.h"
#include "tree.h"

enum { MANY = 150, FDS = 3, MARK = 1000 };

/* Told of each descriptor, in this order. */
struct told {
	int n, first_pid, steps[2];  /* what to answer at the first descriptor, at all others */
	int asked;                   /* for the preferred ones */
	bool of[MANY + 1];           /* pids */
};

static int take(void *arg, int table, pid_t pid, int fd, const char *target)
{
	struct told *t = arg;

	ck_assert(table >= 0 && fd < FDS && fdwalk_inode(target) == MARK + (uint32_t)pid);
	if (!t->n++)
		t->first_pid = pid;
	t->of[pid] = true;
	return t->steps[t->n > 1];
}

static void refuse(void *arg, int err, pid_t pid)
{
	(void)arg;
	ck_abort_msg("%d: %s", (int)pid, strerror(-err));
}

/* Two of them, and one that is gone. */
static void prefer(void *arg, struct idset *pids)
{
	struct told *t = arg;

	t->asked++;
	idset_add(pids, 77);
	idset_add(pids, 33);
	idset_add(pids, 123456);
	idset_end(pids);
}

static struct tree processes(int n)
{
	struct tree t = tree_begin();
	char path[32], link[32];

	for (int pid = 1; pid <= n; pid++)
		for (int fd = 0; fd < FDS; fd++) {
			snprintf(path, sizeof path, "%d/fd/%d", pid, fd);
			snprintf(link, sizeof link, "socket:[%d]", MARK + pid);
			tree_link(&t, path, link);
		}
	return t;
}

static const struct row {
	const char *what;
	int processes, steps[2];
	bool prefers;
	int n, asked; /* descriptors told of, and how often for the preferred */
} rows[] = {
    {"all", 20, {FDWALK_ON, FDWALK_ON}, true, 20 * FDS, 0},
    {"one of each", 20, {FDWALK_NEXT, FDWALK_NEXT}, false, 20, 0},
    {"one of the first", 20, {FDWALK_NEXT, FDWALK_ON}, false, 19 * FDS + 1, 0},
    {"enough", 20, {FDWALK_ENOUGH, FDWALK_ON}, false, 1, 0},
    {"enough at the second", 20, {FDWALK_ON, FDWALK_ENOUGH}, false, 2, 0},
    {"many", MANY, {FDWALK_ON, FDWALK_ON}, false, MANY * FDS, 0},
    {"many, some first", MANY, {FDWALK_ON, FDWALK_ON}, true, MANY * FDS, 1},
    {"many, enough with the first", MANY, {FDWALK_ENOUGH, FDWALK_ON}, true, 1, 1},
};

START_TEST(test_walk)
{
	const struct row *row = &rows[_i];
	struct tree t = processes(row->processes);
	struct told told = {.steps = {row->steps[0], row->steps[1]}};
	struct fdwalk walk = {
	    .procfd = t.fd, .arg = &told, .link = take, .refused = refuse, .prefer = row->prefers ? prefer : NULL};
	int pids = 0;

	ck_assert_int_eq(fdwalk(&walk), 0);
	for (int pid = 1; pid <= MANY; pid++)
		pids += told.of[pid];
	ck_assert_msg(told.n == row->n && told.asked == row->asked, "%s: %d, asked %d", row->what, told.n, told.asked);
	ck_assert_int_eq(pids, row->steps[0] == FDWALK_ENOUGH || row->steps[1] == FDWALK_ENOUGH ? 1 : row->processes);
	if (row->asked)
		ck_assert_msg(told.first_pid == 77 || told.first_pid == 33, "%s: %d first", row->what, told.first_pid);
	tree_end(&t);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fdwalk");

	add_table(suite, "walk", test_walk, COUNT(rows));
	return run_suite(suite);
}
