/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bind() to a path gets, found without creating anything, against what it
 * gets: each path is looked at and then bound, as an ordinary user.
 */
#define _GNU_SOURCE
#include "sys/unix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "suite.h"

#define TEN "0123456789"
#define LONGEST TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "0123456"

static int procfd;

static int bind_to(int fd, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	ck_assert(strlen(path) < sizeof to.sun_path);
	strcpy(to.sun_path, path);
	return bind(fd, (struct sockaddr *)&to, sizeof to) ? errno : 0;
}

static int socket_at(const char *path, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	ck_assert(fd >= 0 && !bind_to(fd, path));
	return fd;
}

/* A folder with one of each kind in it; the present one.  root becomes nobody. */
static void enter(char *folder)
{
	ck_assert(mkdtemp(folder) && !chdir(folder) && !chmod(folder, 0755));
	if (!geteuid())
		ck_assert(!chown(folder, 65534, 65534) && !setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	close(socket_at("stale", SOCK_STREAM));
	close(open("file", O_CREAT | O_WRONLY, 0644));
	ck_assert(!mkdir("dir", 0755) && !mkdir("readonly", 0555) && !mkdir("closed", 0000) && !mkfifo("fifo", 0644));
	ck_assert(!symlink("nowhere", "dangling") && !symlink("file", "link") && !symlink("loop", "loop") && !symlink("dir", "way"));
}

/* As root of the parent: the folder of nobody goes with everything in it. */
static void leave(const char *folder)
{
	static const char *const names[] = {"stale", "file", "fifo", "dangling", "link", "loop", "way"};

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	rmdir("dir");
	rmdir("readonly");
	rmdir("closed");
	rmdir(folder);
}

static const struct {
	const char *path;
	enum file_kind kind;
	enum path_reason reason;
	int err;    /* for the reader; what counts is the kernel */
} rows[] = {
    {"new", FILE_NONE, PATH_FINE, 0},
    {"./new", FILE_NONE, PATH_FINE, 0},
    {"way/new", FILE_NONE, PATH_FINE, 0},
    {"dir//new", FILE_NONE, PATH_FINE, 0},
    {"-x", FILE_NONE, PATH_FINE, 0},
    {"\xff\n", FILE_NONE, PATH_FINE, 0},
    {LONGEST, FILE_NONE, PATH_FINE, 0},
    {"stale", FILE_SOCKET, PATH_FINE, EADDRINUSE},
    {"dir/../stale", FILE_SOCKET, PATH_FINE, EADDRINUSE},
    {"stale/", FILE_SOCKET, PATH_FINE, EADDRINUSE},
    {"file", FILE_REGULAR, PATH_FINE, EADDRINUSE},
    {"dir", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {"dir/", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {"dir/.", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {".", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {"..", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {"/", FILE_DIRECTORY, PATH_FINE, EADDRINUSE},
    {"fifo", FILE_FIFO, PATH_FINE, EADDRINUSE},
    {"/dev/null", FILE_DEVICE, PATH_FINE, EADDRINUSE},
    {"link", FILE_LINK, PATH_FINE, EADDRINUSE},
    {"way", FILE_LINK, PATH_FINE, EADDRINUSE},
    {"dangling", FILE_LINK_DANGLING, PATH_FINE, EADDRINUSE},
    {"loop", FILE_LINK, PATH_FINE, EADDRINUSE},
    {"new/", FILE_NONE, PATH_SLASH, ENOENT},
    {"nowhere/new", FILE_NONE, PATH_NO_FOLDER, ENOENT},
    {"dangling/new", FILE_NONE, PATH_NO_FOLDER, ENOENT},
    {"file/new", FILE_NONE, PATH_NOT_A_FOLDER, ENOTDIR},
    {"stale/.", FILE_NONE, PATH_NOT_A_FOLDER, ENOTDIR},
    {"loop/new", FILE_NONE, PATH_LOOP, ELOOP},
    {"readonly/new", FILE_NONE, PATH_NO_WRITE, EACCES},
    {"closed/new", FILE_NONE, PATH_NO_SEARCH, EACCES},
    {"/proc/new", FILE_NONE, PATH_NO_FILES, ENOENT},
    {"/sys/new", FILE_NONE, PATH_NO_WRITE, EACCES},
};

START_TEST(path)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX";
	struct request request = {.target = {.proto = PROTO_UNIX, .path = rows[_i].path, .type = SOCK_STREAM}};
	struct unix_file f;
	int fd, err;

	enter(folder);
	unix_file_look(&f, procfd, &request);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = bind_to(fd, rows[_i].path);
	if (!err)
		unlink(rows[_i].path);
	close(fd);
	leave(folder);
	ck_assert_msg(f.asked && f.err == err, "'%s': %s, the kernel says %s", rows[_i].path, strerror(f.err), strerror(err));
	ck_assert_msg(err == rows[_i].err, "'%s': this kernel says %s", rows[_i].path, strerror(err));
	ck_assert_msg(f.kind == rows[_i].kind && f.reason == rows[_i].reason, "'%s': kind %d, reason %d", rows[_i].path, f.kind, f.reason);
	unix_file_free(&f);
}
END_TEST

/* The file that it is, without symbolic links on the way; nothing is there that was not. */
START_TEST(identity)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX", wanted[64];
	struct request request = {.target = {.proto = PROTO_UNIX, .path = "way/../stale"}};
	struct unix_file f;
	struct stat st;

	enter(folder);
	unix_file_look(&f, procfd, &request);
	ck_assert(!stat("stale", &st) && f.inode == st.st_ino && f.uid == geteuid());
	snprintf(wanted, sizeof wanted, "%s/stale", folder);
	ck_assert_str_eq(f.absolute, wanted);
	unix_file_free(&f);
	request.target.path = "dangling";
	unix_file_look(&f, procfd, &request);
	ck_assert_str_eq(f.link, "nowhere");
	unix_file_free(&f);
	request.target.path = "new";
	unix_file_look(&f, procfd, &request);
	ck_assert(stat("new", &st) && errno == ENOENT);
	unix_file_free(&f);
	leave(folder);
}
END_TEST

/* A name that is too long for any socket is not even looked at. */
START_TEST(too_long)
{
	struct request request = {.target = {.proto = PROTO_UNIX, .path = LONGEST "8"}};
	struct unix_file f;

	unix_file_look(&f, procfd, &request);
	ck_assert(f.err == ENAMETOOLONG && f.reason == PATH_TOO_LONG);
	unix_file_free(&f);
}
END_TEST

/* What another user may is not asked; that something is there is the same for all. */
START_TEST(other_user)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX";
	struct request request = {.target = {.proto = PROTO_UNIX, .path = "new"}, .as_user = true, .uid = 12345};
	struct unix_file f;

	enter(folder);
	unix_file_look(&f, procfd, &request);
	ck_assert_int_eq(f.err, -1);
	unix_file_free(&f);
	request.target.path = "stale";
	unix_file_look(&f, procfd, &request);
	ck_assert_int_eq(f.err, EADDRINUSE);
	unix_file_free(&f);
	leave(folder);
}
END_TEST

/* Of btrfs st_dev is not what sock_diag tells: the table of mounts is. */
START_TEST(mount)
{
	int fd = open("/proc", O_PATH | O_CLOEXEC);
	uint32_t dev;
	struct stat st;

	ck_assert(!fstat(fd, &st));
	ck_assert_int_eq(unix_file_mount(procfd, fd, &dev), 0);
	ck_assert_uint_eq(dev, (uint32_t)st.st_dev & 0xff);
	ck_assert_int_eq(unix_file_mount(procfd, 1 << 20, &dev), -ENOENT);
	close(fd);
}
END_TEST

static const struct {
	const char *what;
	int type;        /* of the socket there; 0: none any more */
	bool listens, connected;
	enum tri alive;
	uint8_t alive_type;
} live[] = {
    {"nobody", 0, false, false, NO, 0},
    {"a listener", SOCK_STREAM, true, false, YES, 0},
    {"a bound stream", SOCK_STREAM, false, false, YES, 0},
    {"a seqpacket listener", SOCK_SEQPACKET, true, false, YES, 0},
    {"a datagram socket", SOCK_DGRAM, false, false, YES, SOCK_DGRAM},
    {"one that talks to another alone", SOCK_DGRAM, false, true, YES, SOCK_DGRAM},
};

START_TEST(alive)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX", bytes[8];
	struct sockaddr_un away = {.sun_family = AF_UNIX, .sun_path = "away"};
	struct unix_file f = {0};
	int fd, other;

	enter(folder);
	fd = socket_at("s", live[_i].type ? live[_i].type : SOCK_STREAM);
	other = socket_at("away", SOCK_DGRAM);
	if (live[_i].listens)
		ck_assert(!listen(fd, 0));
	if (live[_i].connected)
		ck_assert(!connect(fd, (struct sockaddr *)&away, sizeof away));
	if (!live[_i].type)
		close(fd);
	ck_assert_int_eq(unix_file_alive(&f, "s"), 0);
	ck_assert_msg(f.alive_asked && f.alive == live[_i].alive && f.alive_type == live[_i].alive_type, "%s: %d", live[_i].what, f.alive);
	if (live[_i].type == SOCK_DGRAM)
		ck_assert_msg(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) < 0 && errno == EAGAIN, "%s: it heard something", live[_i].what);
	unlink("s");
	unlink("away");
	leave(folder);
	close(other);
	if (live[_i].type)
		close(fd);
}
END_TEST

/* A listener does not notice it. */
START_TEST(unnoticed)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX";
	struct unix_file f = {0};
	int fd;

	enter(folder);
	fd = socket_at("s", SOCK_STREAM);
	ck_assert(!listen(fd, 5) && !fcntl(fd, F_SETFL, O_NONBLOCK));
	ck_assert_int_eq(unix_file_alive(&f, "s"), 0);
	ck_assert(accept(fd, NULL, NULL) < 0 && errno == EAGAIN);
	unlink("s");
	leave(folder);
	close(fd);
}
END_TEST

/* Who may not write the file is told nothing. */
START_TEST(not_allowed)
{
	char folder[] = "/tmp/portwhy-file-XXXXXX";
	struct unix_file f = {0};

	enter(folder);
	ck_assert(!chmod("stale", 0444));
	ck_assert_int_eq(unix_file_alive(&f, "stale"), -EACCES);
	ck_assert(f.alive == UNKNOWN);
	leave(folder);
}
END_TEST

/* An abstract name: taken by one of the same type alone, and given back. */
START_TEST(abstract)
{
	char name[32];
	struct target t = {.proto = PROTO_UNIX, .path = name, .type = SOCK_STREAM};
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = -1;
	int len = snprintf(name, sizeof name, "@portwhy-%d", (int)getpid());

	memcpy(to.sun_path + 1, name + 1, (size_t)len - 1);
	ck_assert(!bind(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len)));
	for (int i = 0; i < 2; i++)
		ck_assert(!unix_try_abstract(&t, &err) && !err);
	t.type = SOCK_DGRAM;
	ck_assert(!unix_try_abstract(&t, &err) && err == EADDRINUSE);
	t.path = "@" LONGEST;
	ck_assert(!unix_try_abstract(&t, &err) && !err);
	t.path = "@" LONGEST "8";
	ck_assert_int_eq(unix_try_abstract(&t, &err), -ENAMETOOLONG);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unix_file");

	procfd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	add_table(suite, "path", path, COUNT(rows));
	add_table(suite, "identity", identity, 1);
	add_table(suite, "too long", too_long, 1);
	add_table(suite, "other user", other_user, 1);
	add_table(suite, "mount", mount, 1);
	add_table(suite, "alive", alive, COUNT(live));
	add_table(suite, "unnoticed", unnoticed, 1);
	add_table(suite, "not allowed", not_allowed, 1);
	add_table(suite, "abstract", abstract, 1);
	return run_suite(suite);
}
