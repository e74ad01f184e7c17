/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way for certain: bind() itself must fail where it does. */
#define _GNU_SOURCE
#include "sys/obstacle.h"

#include <sys/stat.h>
#include <sys/un.h>

#include "model/sock.h"
#include "sandbox.h"
#include "suite.h"

static const struct {
	const char *path, *make; /* a shell command; NULL: none */
	bool stands;
} paths[] = {
    {"nothing", NULL, false},
    {"file", ": >file", true},
    {"folder", "mkdir folder", true},
    {"link", "ln -s nowhere link", true},
    {"gone/sock", NULL, false},
    {"@abstract", ": >@abstract", false},
};

static int bind_path(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	strncpy(to.sun_path, path, sizeof to.sun_path - 1);
	err = bind(fd, (const struct sockaddr *)&to, sizeof to) ? errno : 0;
	close(fd);
	return err;
}

START_TEST(test_path)
{
	struct request request = {.target = {.proto = PROTO_UNIX, .path = paths[_i].path}};
	char folder[] = "/tmp/portwhy-obstacle-XXXXXX", clean[64];

	ck_assert(mkdtemp(folder) && !chdir(folder));
	ck_assert(!paths[_i].make || !system(paths[_i].make));
	ck_assert_msg(obstacle_stands(&request) == paths[_i].stands, "%s", paths[_i].path);
	ck_assert_msg(!paths[_i].stands || bind_path(paths[_i].path) == EADDRINUSE, "%s: bind()", paths[_i].path);
	snprintf(clean, sizeof clean, "rm -rf %s", folder);
	ck_assert(!chdir("/") && !system(clean));
}
END_TEST

static const struct {
	const char *addr;
	bool stands;
} addresses[] = {{"127.0.0.1", false}, {"::1", false},   {"0.0.0.0", false},       {"::", false},
                 {"192.0.2.1", true},  {"2001:db8::1", true}, {"fe80::1", false}};

START_TEST(test_address)
{
	struct request request = {.target.port = 9877};

	if (!sandbox_enter())
		return;
	ck_assert(addr_parse(addresses[_i].addr, &request.target.addr));
	ck_assert_msg(obstacle_stands(&request) == addresses[_i].stands, "%s", addresses[_i].addr);
	ck_assert_msg(!addresses[_i].stands || really_bind(addresses[_i].addr, 9877) == EADDRNOTAVAIL, "%s: bind()", addresses[_i].addr);
}
END_TEST

/* A bare port has no address that could be missing. */
START_TEST(test_bare)
{
	struct request request = {.target.port = 9877};

	ck_assert(!obstacle_stands(&request));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("obstacle");
	TCase *whole = tcase_create("whole");

	add_table(suite, "path", test_path, COUNT(paths));
	add_table(suite, "address", test_address, COUNT(addresses));
	tcase_add_test(whole, test_bare);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
