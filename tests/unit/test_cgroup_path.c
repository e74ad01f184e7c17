/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From cgroup ids to paths: in a plain directory tree that mountinfo calls a cgroup2, and in the real hierarchy. */
#define _GNU_SOURCE
#include "sys/cgroup_path.h"

#include <sys/sysmacros.h>

#include "sandbox.h"
#include "suite.h"
#include "tree.h"

/* The mount in the tree, as mountinfo describes it; root is where in the hierarchy it begins. */
static void put_mountinfo(struct tree *t, const char *format, const char *root)
{
	char text[2 * PATH_MAX], point[PATH_MAX];
	struct stat st;

	tree_dir(t, "mnt/a b");
	ck_assert(!fstatat(t->fd, "mnt/a b", &st, 0));
	snprintf(point, sizeof point, "%s/mnt/a\\040b", t->path);
	snprintf(text, sizeof text, format, major(st.st_dev), minor(st.st_dev), root, point);
	tree_text(t, "self/mountinfo", text);
}

#define OTHERS \
	"22 27 0:21 / /proc rw - proc proc rw\n" \
	"40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
#define MOUNT "41 31 %u:%u %s %s rw,relatime shared:9 - cgroup2 cgroup2 rw\n"

static uint64_t id_of(struct tree *t, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "mnt/a b%s", dir);
	ck_assert_msg(!fstatat(t->fd, path, &st, AT_SYMLINK_NOFOLLOW), "%s: %s", path, strerror(errno));
	return st.st_ino;
}

static const struct row {
	const char *name, *format, *root, *dir, *want;
	int err;
} rows[] = {
    {"the root", OTHERS MOUNT, "/", "", "/", 0},
    {"below the root", OTHERS MOUNT, "/", "/system.slice", "/system.slice", 0},
    {"deep", MOUNT OTHERS, "/", "/system.slice/x.service/1/2/3", "/system.slice/x.service/1/2/3", 0},
    {"strange bytes", MOUNT, "/", "/x \\040\x1b\xff", "/x \\040\x1b\xff", 0},
    {"the root of a part", MOUNT, "/docker/7", "", "/docker/7", 0},
    {"in a part", MOUNT, "/docker/7", "/system.slice", "/docker/7/system.slice", 0},
    {"above our namespace", MOUNT, "/../..", "/system.slice", "/../../system.slice", 0},
    {"a file", MOUNT, "/", "/file", NULL, -ENOENT},
    {"a link", MOUNT, "/", "/link", NULL, -ENOENT},
    {"no cgroup2", OTHERS, "/", "", NULL, -ENODEV},
    {"a cgroup2 covered by another mount", "41 31 %u:9%u %s %s rw - cgroup2 cgroup2 rw\n", "/", "", NULL, -ENODEV},
    {"a cut line", "41 31 %u:%u %s - cgroup2 cgroup2", "/", "", NULL, -ENODEV},
    {"empty", "", "/", "", NULL, -ENODEV},
};

START_TEST(test_path)
{
	const struct row *row = &rows[_i];
	struct tree t = tree_begin();
	char *path;
	int err;

	put_mountinfo(&t, row->format, row->root);
	tree_dir(&t, "mnt/a b/system.slice/x.service/1/2/3");
	tree_dir(&t, "mnt/a b/x \\040\x1b\xff");
	tree_text(&t, "mnt/a b/file", "x");
	tree_link(&t, "mnt/a b/link", "/");
	err = cgroup_path(t.fd, id_of(&t, row->dir), &path);
	ck_assert_msg(err == row->err, "%s: %s", row->name, strerror(-err));
	ck_assert_msg(path && row->want ? !strcmp(path, row->want) : !path && !row->want, "%s: %s", row->name, path);
	free(path);
	tree_end(&t);
}
END_TEST

/* The processes of one directory of the tree, of its root, and of one that says none. */
START_TEST(test_processes)
{
	static const char *const dirs[] = {"", "/a.slice", "/empty", "/none"};
	struct tree t = tree_begin();
	struct idset pids = {0};

	put_mountinfo(&t, OTHERS MOUNT, "/");
	tree_text(&t, "mnt/a b/cgroup.procs", "1\n");
	tree_text(&t, "mnt/a b/a.slice/cgroup.procs", "0\n4194304\n17\n");
	tree_text(&t, "mnt/a b/empty/cgroup.procs", "");
	tree_dir(&t, "mnt/a b/none");
	cgroup_processes(t.fd, id_of(&t, dirs[_i]), &pids);
	idset_end(&pids);
	ck_assert_uint_eq(pids.n, _i == 0 ? 1 : _i == 1 ? 2 : 0);
	ck_assert(_i != 0 || idset_has(&pids, 1));
	ck_assert(_i != 1 || (idset_has(&pids, 17) && idset_has(&pids, 4194304)));
	idset_free(&pids);
	tree_end(&t);
}
END_TEST

START_TEST(test_no_such_id)
{
	struct tree t = tree_begin();
	char *path;

	put_mountinfo(&t, MOUNT, "/");
	ck_assert_int_eq(cgroup_path(t.fd, UINT64_MAX, &path), -ENOENT);
	ck_assert_int_eq(cgroup_path(-1, 1, &path), -EBADF);
	ck_assert(!path);
	tree_end(&t);
}
END_TEST

/* What cannot be seen is not "not there". */
START_TEST(test_unreadable)
{
	struct tree t;
	char *path;

	if (!sandbox_drop_root())
		return;
	t = tree_begin();
	put_mountinfo(&t, MOUNT, "/");
	tree_dir(&t, "mnt/a b/closed");
	ck_assert_int_eq(fchmodat(t.fd, "mnt/a b/closed", 0, 0), 0);
	ck_assert_int_eq(cgroup_path(t.fd, UINT64_MAX, &path), -E2BIG);
	fchmodat(t.fd, "mnt/a b/closed", 0700, 0);
	tree_end(&t);
}
END_TEST

/* Some 20000 directories are too many, and are no reason to be slow. */
START_TEST(test_bounded)
{
	struct tree t = tree_begin();
	char name[64], *path;

	put_mountinfo(&t, MOUNT, "/");
	for (int i = 0; i < 20100; i++) {
		snprintf(name, sizeof name, "mnt/a b/%d", i);
		ck_assert_int_eq(mkdirat(t.fd, name, 0755), 0);
	}
	ck_assert_int_eq(cgroup_path(t.fd, UINT64_MAX, &path), -E2BIG);
	tree_end(&t);
}
END_TEST

/* Where the real hierarchy is mounted; false if it is not. */
static bool real_mount(char point[static PATH_MAX])
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[2 * PATH_MAX];
	bool found = false;

	while (f && !found && fgets(line, sizeof line, f))
		found = strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s / %4095s", point) == 1;
	if (f)
		fclose(f);
	return found || skip("no cgroup2 mount");
}

/* A cgroup made for the purpose, found by handle as root and by a walk as nobody. */
START_TEST(test_really)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char point[PATH_MAX], dir[PATH_MAX + 64], name[64], *path[2] = {NULL}, *gone;
	struct stat st;
	int err[3] = {0};

	snprintf(name, sizeof name, "/portwhy-test-%d", (int)getpid());
	if (!real_mount(point))
		return;
	snprintf(dir, sizeof dir, "%s%s", point, name);
	if (mkdir(dir, 0755)) {
		skip("cannot make a cgroup");
		return;
	}
	if (!stat(dir, &st))
		err[0] = cgroup_path(proc, st.st_ino, &path[0]);
	if (!seteuid(65534)) {
		err[1] = cgroup_path(proc, st.st_ino, &path[1]);
		ck_assert_int_eq(seteuid(0), 0);
	}
	rmdir(dir);
	err[2] = cgroup_path(proc, st.st_ino, &gone);
	for (size_t i = 0; i < 2; i++)
		ck_assert_msg(!err[i] && path[i] && !strcmp(path[i], name), "%zu: %s", i, strerror(-err[i]));
	ck_assert_int_eq(err[2], -ENOENT);
	free(path[0]);
	free(path[1]);
	close(proc);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cgroup_path");
	TCase *whole = tcase_create("whole");

	add_table(suite, "path", test_path, COUNT(rows));
	add_table(suite, "processes", test_processes, 4);
	tcase_add_test(whole, test_no_such_id);
	tcase_add_test(whole, test_unreadable);
	tcase_add_test(whole, test_bounded);
	tcase_add_test(whole, test_really);
	tcase_set_timeout(whole, 300);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
