/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes read from fixture trees with hostile contents, and ourselves from the real /proc. */
#define _GNU_SOURCE
#include "sys/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

#include "model/sock.h"
#include "sandbox.h"
#include "suite.h"
#include "tree.h"

#define LONG_COMM "0123456789012345678901234567890123456789012345678901234567890123"

/* The end of p and its gaps. */
static void end(struct process *p, struct gaps *gaps)
{
	struct owners owners = {.processes = malloc(sizeof *p), .nprocesses = 1};

	*owners.processes = *p;
	owners_free(&owners);
	gap_free(gaps);
}

static void same(const char *name, const char *what, const char *got, const char *want)
{
	ck_assert_msg(got && want ? !strcmp(got, want) : !got && !want, "%s: %s is %s, not %s", name, what,
	              got ? got : "none", want ? want : "none");
}

/* The gaps as "exe of pid 12 EACCES", one a line. */
static void same_gaps(const char *name, const struct gaps *gaps, const char *want)
{
	char text[512] = "";

	for (size_t i = 0; i < gaps->n; i++) {
		size_t n = strlen(text);

		ck_assert_msg(gaps->v[i].kind == GAP_PROCESS, "%s: kind %d", name, (int)gaps->v[i].kind);
		snprintf(text + n, sizeof text - n, "%s %s\n", gaps->v[i].object, strerrorname_np(gaps->v[i].err));
	}
	ck_assert_msg(!strcmp(text, want), "%s: gaps are:\n%s", name, text);
}

static const struct identity_row {
	const char *name, *stat, *comm;   /* comm NULL: no such file */
	const char *want_comm;
	char want_state;
	pid_t want_ppid;
	bool has_age;
} identities[] = {
#define REST(state, ppid) ") " state " " ppid " 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 100 1 2 3\n"
    {"plain", "12 (nginx" REST("S", "7"), "nginx\n", "nginx", 'S', 7, true},
    {"no comm file", "12 (nginx" REST("S", "7"), NULL, "nginx", 'S', 7, true},
    {"forged end", "12 (x) R 1 (y" REST("Z", "7"), "x) R 1 (y\n", "x) R 1 (y", 'Z', 7, true},
    {"forged end, no comm file", "12 (x) R 1 (y" REST("T", "7"), NULL, "x) R 1 (y", 'T', 7, true},
    {"many parentheses", "12 (((()))" REST("S", "7"), NULL, "((()))", 'S', 7, true},
    {"empty name", "12 (" REST("S", "7"), "\n", "", 'S', 7, true},
    {"newline", "12 (a\\nb" REST("S", "7"), "a\nb\n", "a\nb", 'S', 7, true},
    {"newline, raw in stat", "12 (a\nb) R 2" REST("S", "7"), NULL, "a\nb) R 2", 'S', 7, true},
    {"escape sequence", "12 (\x1b[2Jx" REST("S", "7"), "\x1b[2Jx\n", "\x1b[2Jx", 'S', 7, true},
    {"invalid UTF-8", "12 (\xff\xc0\x80" REST("S", "7"), "\xff\xc0\x80\n", "\xff\xc0\x80", 'S', 7, true},
    {"long", "12 (" LONG_COMM REST("I", "2"), LONG_COMM "\n", LONG_COMM, 'I', 2, true},
    {"pid 1", "12 (init" REST("S", "0"), "init\n", "init", 'S', 0, true},
    {"cut before the start time", "12 (nginx) S 7 12 12 0 -1 4194560 1 2 3", "nginx\n", "nginx", 'S', 7, false},
    {"cut before the parent", "12 (nginx) S", "nginx\n", "nginx", 'S', 0, false},
    {"cut behind the name", "12 (nginx)", "nginx\n", "nginx", 0, 0, false},
    {"cut in the name", "12 (ngi", NULL, NULL, 0, 0, false},
    {"cut before the name", "12", NULL, NULL, 0, 0, false},
    {"empty", "", NULL, NULL, 0, 0, false},
    {"empty, but a name", "", "nginx\n", "nginx", 0, 0, false},
    {"name without newline", "", "nginx", "nginx", 0, 0, false},
    {"parentheses the wrong way", "12 )x( S 7", NULL, NULL, 0, 0, false},
    {"letters for numbers", "12 (x) S y z", NULL, "x", 'S', 0, false},
    {"start time beyond all numbers", "12 (x) S 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 99999999999999999999999", NULL, "x",
     'S', 7, false},
};

START_TEST(test_identity)
{
	const struct identity_row *row = &identities[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	tree_text(&t, "12/stat", row->stat);
	if (row->comm)
		tree_text(&t, "12/comm", row->comm);
	ck_assert_msg(!process_read(t.fd, 12, process_clock(), &p, &gaps), "%s", row->name);
	same(row->name, "comm", p.comm, row->want_comm);
	ck_assert_msg(p.pid == 12 && p.state == row->want_state && p.ppid == row->want_ppid, "%s: state %d, ppid %d",
	              row->name, p.state, (int)p.ppid);
	ck_assert_msg((p.age_ms >= 0) == row->has_age, "%s: age %lld", row->name, (long long)p.age_ms);
	ck_assert_msg(p.uid == UID_UNKNOWN && !p.exe && !p.cwd && !p.ncmdline && !p.cgroup, "%s", row->name);
	same_gaps(row->name, &gaps, "");
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

/* Process 12: its parent, group and session, and the parent's session; no process can have a number above the limit of 4194304. */
static const struct orphan_row {
	const char *name;
	int ppid, pgrp, session, parents;
	bool want;
} orphans[] = {
    {"adopted by pid 1", 1, 99999999, 99999999, 1, true},
    {"adopted by a subreaper", 7, 99999999, 99999999, 7, true},
    {"in a session whose leader lives", 7, 99999999, 50, 7, true},
    {"its own parent's, in a pipeline", 7, 99999999, 50, 50, false},
    {"adopted into a session begun outside", 7, 99999999, 99999999, 0, true},
    {"the leader lives", 1, 7, 7, 1, false},
    {"leads its group", 1, 12, 99999999, 1, false},
    {"leads its session", 1, 12, 12, 1, false},
    {"of another pid namespace", 1, 0, 0, 1, false},
};

START_TEST(test_orphaned)
{
	const struct orphan_row *row = &orphans[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;
	char text[128];

	snprintf(text, sizeof text, "12 (x) S %d %d %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 100 0 0\n", row->ppid, row->pgrp, row->session);
	tree_text(&t, "12/stat", text);
	for (int pid = 1; pid <= 7; pid += 6) {
		char path[16];

		snprintf(path, sizeof path, "%d/stat", pid);
		snprintf(text, sizeof text, "%d (y) S 0 %d %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 100 0 0\n", pid, row->parents, row->parents);
		tree_text(&t, path, text);
	}
	ck_assert(!process_read(t.fd, 12, process_clock(), &p, &gaps));
	ck_assert_msg(p.orphaned == row->want, "%s", row->name);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

static const struct cmdline_row {
	const char *name, *bytes;
	size_t len;
	const char *want;   /* each argument in brackets */
} cmdlines[] = {
#define ROW(name, bytes, want) {name, bytes, sizeof bytes - 1, want}
    ROW("none", "", ""),
    ROW("one", "nginx\0", "[nginx]"),
    ROW("three", "sh\0-c\0exec x\0", "[sh][-c][exec x]"),
    ROW("an empty one between", "a\0\0b\0", "[a][][b]"),
    ROW("an empty one at the end", "a\0\0", "[a][]"),
    ROW("a title with room behind it", "nginx: master\0\0\0\0\0\0\0\0", "[nginx: master][]"),
    ROW("without a NUL", "postgres: writer", "[postgres: writer]"),
    ROW("only NULs", "\0\0\0\0", "[][]"),
    ROW("bytes", "\xff\x1b[0m\n\0\xc3\0", "[\xff\x1b[0m\n][\xc3]"),
#undef ROW
};

START_TEST(test_cmdline)
{
	const struct cmdline_row *row = &cmdlines[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	char text[256] = "";
	struct process p;

	tree_process(&t, 12, 0, "x");
	tree_file(&t, "12/cmdline", row->bytes, row->len);
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	for (size_t i = 0; i < p.ncmdline; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "[%s]", p.cmdline[i]);
	same(row->name, "cmdline", text, row->want);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

/* A megabyte of arguments is cut, and costs no more than what is kept. */
START_TEST(test_cmdline_is_bounded)
{
	enum { LEN = 1 << 20, KEPT = 128 << 10 };
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	char *bytes = malloc(LEN);
	struct process p;

	memset(bytes, 'x', LEN);
	tree_process(&t, 12, 0, "x");
	tree_file(&t, "12/cmdline", bytes, LEN);
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	ck_assert_uint_eq(p.ncmdline, 1);
	ck_assert_uint_eq(strlen(p.cmdline[0]), KEPT);
	end(&p, &gaps);
	tree_end(&t);
	free(bytes);
}
END_TEST

static const struct cgroup_row {
	const char *name, *text, *want_path, *want_unit, *want_container;
} cgroups[] = {
    {"version 2", "0::/system.slice/a.service\n", "/system.slice/a.service", "a.service", NULL},
    {"root of version 2", "0::/\n", "/", NULL, NULL},
    {"both, systemd on version 1", "9:name=systemd:/system.slice/a.service\n4:memory:/m\n0::/\n",
     "/system.slice/a.service", "a.service", NULL},
    {"both, version 2 in use", "9:name=systemd:/b.service\n0::/a.service\n", "/a.service", "a.service", NULL},
    {"version 1 alone", "4:memory:/m\n1:name=systemd:/b.service\n", "/b.service", "b.service", NULL},
    {"version 1 without systemd", "4:memory:/m\n", NULL, NULL, NULL},
    {"a path that looks like a line of systemd", "4:memory:/x:name=systemd:/evil.service\n0::/\n", "/", NULL, NULL},
    {"a colon in the path", "0::/a:b/c.service\n", "/a:b/c.service", "c.service", NULL},
    {"no newline at the end", "0::/c.service", "/c.service", "c.service", NULL},
    {"lxc", "0::/lxc.payload.web/x.service\n", "/lxc.payload.web/x.service", NULL, "lxc web"},
    {"no path", "0::\n", "", NULL, NULL},
    {"cut", "0:", NULL, NULL, NULL},
    {"no colon", "0\n1\n", NULL, NULL, NULL},
    {"empty", "", NULL, NULL, NULL},
};

START_TEST(test_cgroup)
{
	const struct cgroup_row *row = &cgroups[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	tree_process(&t, 12, 0, "x");
	tree_text(&t, "12/cgroup", row->text);
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	same(row->name, "path", p.cgroup, row->want_path);
	same(row->name, "unit", p.unit, row->want_unit);
	same(row->name, "container", p.container, row->want_container);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

static const struct parents_row {
	const char *name;
	struct {
		int pid, ppid;
	} processes[5];
	const char *want;   /* pids of the parents of 12 */
} families[] = {
    {"up to pid 1", {{12, 9}, {9, 5}, {5, 1}, {1, 0}}, " 9 5 1"},
    {"none", {{12, 0}}, ""},
    {"its own parent", {{12, 12}}, ""},
    {"a circle of two", {{12, 9}, {9, 12}}, " 9"},
    {"a circle above", {{12, 9}, {9, 5}, {5, 3}, {3, 9}}, " 9 5 3"},
    {"one is not there", {{12, 9}, {9, 5}}, " 9"},
    {"negative", {{12, -4}}, ""},
};

START_TEST(test_parents)
{
	const struct parents_row *row = &families[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	char text[64] = "", comm[16];
	struct process p;

	for (size_t i = 0; row->processes[i].pid; i++) {
		snprintf(comm, sizeof comm, "c%d", row->processes[i].pid);
		tree_process(&t, row->processes[i].pid, row->processes[i].ppid, comm);
	}
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	for (size_t i = 0; i < p.nparents; i++) {
		snprintf(text + strlen(text), sizeof text - strlen(text), " %d", (int)p.parents[i].pid);
		snprintf(comm, sizeof comm, "c%d", (int)p.parents[i].pid);
		same(row->name, "comm", p.parents[i].comm, comm);
	}
	same(row->name, "parents", text, row->want);
	same_gaps(row->name, &gaps, "");
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

/* A chain of a thousand ends somewhere. */
START_TEST(test_parents_are_bounded)
{
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	for (int pid = 2; pid <= 100; pid++)
		tree_process(&t, pid, pid - 1, "x");
	ck_assert_int_eq(process_read(t.fd, 100, process_clock(), &p, &gaps), 0);
	ck_assert_uint_eq(p.nparents, 64);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

static const struct status_row {
	const char *name, *text;
	uint32_t want;
} statuses[] = {
    {"the effective one", "Name:\tx\nUmask:\t0022\nUid:\t1000\t0\t33\t44\nGid:\t1\t2\t3\t4\n", 0},
    {"the largest", "Name:\tx\nUid:\t0\t4294967294\t0\t0\n", 4294967294},
    {"an escaped name", "Name:\tx\\nUid:\\t7\\t7\nUid:\t1\t2\t3\t4\n", 2},
    {"cut", "Name:\tx\nUid:\t1", UID_UNKNOWN},
    {"not there", "Name:\tx\n", UID_UNKNOWN},
    {"empty", "", UID_UNKNOWN},
};

START_TEST(test_uid)
{
	const struct status_row *row = &statuses[_i];
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	tree_process(&t, 12, 0, "x");
	tree_text(&t, "12/status", row->text);
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	ck_assert_msg(p.uid == row->want, "%s: %u", row->name, p.uid);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

START_TEST(test_links)
{
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	tree_process(&t, 12, 0, "x");
	tree_link(&t, "12/exe", "/usr/bin/x (deleted)");
	tree_link(&t, "12/cwd", "/home/\xff\n");
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	ck_assert_str_eq(p.exe, "/usr/bin/x (deleted)");
	ck_assert_str_eq(p.cwd, "/home/\xff\n");
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

START_TEST(test_gone)
{
	struct tree t = tree_begin();
	struct gaps gaps = {0};
	struct process p;

	tree_dir(&t, "12/fd");
	ck_assert_int_eq(process_read(t.fd, 11, process_clock(), &p, &gaps), -ENOENT);
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), -ENOENT);
	ck_assert_int_eq(process_read(-1, 12, process_clock(), &p, &gaps), -EBADF);
	ck_assert(!p.comm && !p.parents && !p.cmdline && p.age_ms == -1);
	same_gaps("gone", &gaps, "");
	tree_end(&t);
}
END_TEST

/* Files without permission, to somebody who is not root. */
START_TEST(test_refused)
{
	static const char *const files[] = {"12/status", "12/cmdline", "12/cgroup"};
	struct gaps gaps = {0};
	struct process p;
	struct tree t;

	if (!sandbox_drop_root())
		return;
	t = tree_begin();
	tree_process(&t, 12, 0, "x");
	for (size_t i = 0; i < COUNT(files); i++) {
		tree_text(&t, files[i], "secret");
		ck_assert_int_eq(fchmodat(t.fd, files[i], 0, 0), 0);
	}
	ck_assert_int_eq(process_read(t.fd, 12, process_clock(), &p, &gaps), 0);
	same_gaps("refused", &gaps,
	          "status of pid 12 EACCES\ncmdline of pid 12 EACCES\ncgroup of pid 12 EACCES\n");
	ck_assert(p.uid == UID_UNKNOWN && !p.ncmdline && !p.cgroup);
	end(&p, &gaps);
	tree_end(&t);
}
END_TEST

/* The real pid 1, to somebody who is not root: its name is public, its executable is not. */
START_TEST(test_refused_really)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct gaps gaps = {0};
	struct process p;
	int err;

	if (!sandbox_drop_root())
		return;
	err = process_read(proc, 1, process_clock(), &p, &gaps);
	if (err || p.exe) {
		skip("pid 1 is hidden, or ours");
	} else {
		ck_assert(p.comm && *p.comm && p.uid == 0 && !p.cwd);
		same_gaps("pid 1", &gaps, "exe of pid 1 EACCES\ncwd of pid 1 EACCES\n");
	}
	end(&p, &gaps);
	close(proc);
}
END_TEST

/* Ourselves, with a name that the kernel has to escape. */
START_TEST(test_ourselves)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char cwd[PATH_MAX], exe[PATH_MAX + 1] = "";
	struct gaps gaps = {0};
	struct process p;

	ck_assert(!prctl(PR_SET_NAME, ") R 1 (\n\x1b\\\xff", 0, 0, 0));
	ck_assert(getcwd(cwd, sizeof cwd) && readlink("/proc/self/exe", exe, PATH_MAX) > 0);
	ck_assert_int_eq(process_read(proc, getpid(), process_clock(), &p, &gaps), 0);
	ck_assert_str_eq(p.comm, ") R 1 (\n\x1b\\\xff");
	ck_assert_str_eq(p.cwd, cwd);
	ck_assert_str_eq(p.exe, exe);
	ck_assert(p.state == 'R' && p.ppid == getppid() && p.uid == geteuid() && !p.user);
	ck_assert(p.ncmdline > 0 && strstr(p.cmdline[0], "test_process"));
	ck_assert(p.nparents > 0 && p.parents[0].pid == getppid() && p.parents[p.nparents - 1].pid == 1);
	ck_assert_msg(p.age_ms >= 0 && p.age_ms < 600000, "%lld ms old", (long long)p.age_ms);
	same_gaps("ourselves", &gaps, "");
	end(&p, &gaps);
	close(proc);
}
END_TEST

/* The age grows with the clock: a child that has lived 300 ms is 0.3 s old. */
START_TEST(test_age)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct timespec nap = {.tv_nsec = 300000000};
	struct gaps gaps = {0};
	struct process p;
	pid_t child = fork();

	if (!child)
		pause();
	nanosleep(&nap, NULL);
	ck_assert_int_eq(process_read(proc, child, process_clock(), &p, &gaps), 0);
	kill(child, SIGKILL);
	ck_assert_msg(p.age_ms >= 290 && p.age_ms < 5000, "%lld ms old", (long long)p.age_ms);
	end(&p, &gaps);
	close(proc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("process");
	TCase *whole = tcase_create("whole");

	add_table(suite, "identity", test_identity, COUNT(identities));
	add_table(suite, "orphaned", test_orphaned, COUNT(orphans));
	add_table(suite, "cmdline", test_cmdline, COUNT(cmdlines));
	add_table(suite, "cgroup", test_cgroup, COUNT(cgroups));
	add_table(suite, "parents", test_parents, COUNT(families));
	add_table(suite, "uid", test_uid, COUNT(statuses));
	tcase_add_test(whole, test_cmdline_is_bounded);
	tcase_add_test(whole, test_parents_are_bounded);
	tcase_add_test(whole, test_links);
	tcase_add_test(whole, test_gone);
	tcase_add_test(whole, test_refused);
	tcase_add_test(whole, test_refused_really);
	tcase_add_test(whole, test_ourselves);
	tcase_add_test(whole, test_age);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
