/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who stands behind a process, by names that are right and names that are nearly so. */
#include "model/starter.h"

#include "suite.h"

static const struct supervisor_row {
	const char *near, *far, *unit; /* its parent, the parent of that; NULL: none */
	enum supervisor want;
	pid_t pid;
} supervisors[] = {
    {"supervisord", "systemd", "x.service", SUPERVISOR_SUPERVISORD, 10},
    {"sh", "nodemon", NULL, SUPERVISOR_NODEMON, 11},
    {"PM2 v5.3.0: God", NULL, NULL, SUPERVISOR_PM2, 10},
    {"PM2", NULL, NULL, SUPERVISOR_NONE, 0},
    {"runsv", NULL, NULL, SUPERVISOR_RUNIT, 10},
    {"runsvdir", NULL, NULL, SUPERVISOR_NONE, 0},
    {"s6-supervise", NULL, NULL, SUPERVISOR_S6, 10},
    {"supervise", NULL, NULL, SUPERVISOR_DAEMONTOOLS, 10},
    {"systemd", NULL, "nginx.service", SUPERVISOR_SYSTEMD, 0},
    {NULL, NULL, "nginx.service", SUPERVISOR_SYSTEMD, 0},
    {"systemd", NULL, ".service", SUPERVISOR_NONE, 0},
    {"systemd", NULL, "user@1000.service", SUPERVISOR_NONE, 0},
    {"systemd", NULL, "session-3.scope", SUPERVISOR_NONE, 0},
    {"bash", "sshd", "ssh.service", SUPERVISOR_NONE, 0},
    {"sh", "cron", "cron.service", SUPERVISOR_NONE, 0},
    {"bash", "tmux: server", "x.service", SUPERVISOR_NONE, 0},
    {"tmux: server", "nodemon", NULL, SUPERVISOR_NONE, 0},
    {"gnome-terminal-", NULL, "gnome-terminal-server.service", SUPERVISOR_NONE, 0},
    {NULL, NULL, NULL, SUPERVISOR_NONE, 0},
};

START_TEST(test_supervisor)
{
	const struct supervisor_row *row = &supervisors[_i];
	struct parent parents[] = {{10, (char *)row->near}, {11, (char *)row->far}};
	struct process p = {.parents = parents, .nparents = row->far ? 2 : row->near ? 1 : 0, .unit = (char *)row->unit};
	pid_t pid = 1;
	enum supervisor got = starter_supervisor(&p, &pid);

	ck_assert_msg(got == row->want, "%s below %s, %s: %d", row->near, row->far, row->unit, got);
	if (got)
		ck_assert_int_eq(pid, row->pid);
}
END_TEST

static const struct name_row {
	const char *comm, *title;
	bool systemd, proxy, forward;
} names[] = {
    {"systemd", "/sbin/init", true, false, false},
    {"systemd-resolve", "x", false, false, false},
    {"docker-proxy", "x", false, true, false},
    {"dockerd", "x", false, false, false},
    {"rootlessport", "x", false, true, false},
    {"rootlessport-ch", "x", false, true, false},
    {"pasta.avx2", "x", false, true, false},
    {"pastate", "x", false, false, false},
    {"ssh", NULL, false, false, true},
    {"ssh-agent", "x", false, false, false},
    {"sshd", "sshd: a@pts/0", false, false, true},
    {"sshd", "sshd: a", false, false, true},
    {"sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", false, false, false},
    {"sshd", "/usr/sbin/sshd", false, false, false},
    {"sshd", NULL, false, false, false},
    {"sshd-session", "sshd-session: a@notty", false, false, true},
    {NULL, NULL, false, false, false},
};

START_TEST(test_name)
{
	const struct name_row *row = &names[_i];
	char *args[] = {(char *)row->title};
	struct process p = {.pid = 12, .comm = (char *)row->comm, .cmdline = args, .ncmdline = row->title != NULL};

	ck_assert_msg(starter_is_systemd(&p) == row->systemd && starter_is_proxy(&p) == row->proxy &&
	                  starter_is_ssh_forward(&p) == row->forward,
	              "%s, %s", row->comm, row->title);
}
END_TEST

START_TEST(test_option)
{
	char *args[] = {"-a", "-a", "1", "-b"};
	struct process p = {.cmdline = args, .ncmdline = COUNT(args)}, none = {0};

	ck_assert_str_eq(starter_proxy_option(&p, "-a"), "1");
	ck_assert(!starter_proxy_option(&p, "-b") && !starter_proxy_option(&none, "-a"));
	p.cgroup = "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service";
	ck_assert(starter_is_user_unit(&p) && !starter_is_user_unit(&none));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("starter");
	TCase *whole = tcase_create("whole");

	add_table(suite, "supervisor", test_supervisor, COUNT(supervisors));
	add_table(suite, "name", test_name, COUNT(names));
	tcase_add_test(whole, test_option);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
