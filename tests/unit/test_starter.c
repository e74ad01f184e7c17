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
	bool systemd;
	enum helper helper;
	bool forward;
} names[] = {
    {"systemd", "/sbin/init", true, HELPER_NONE, false},
    {"systemd-resolve", "x", false, HELPER_NONE, false},
    {"docker-proxy", "x", false, HELPER_DOCKER_PROXY, false},
    {"dockerd", "x", false, HELPER_DOCKERD, false},
    {"docker", "x", false, HELPER_NONE, false},
    {"exe", "containers-rootlessport", false, HELPER_ROOTLESSPORT, false},
    {"exe", "containers", false, HELPER_NONE, false},
    {"exe", NULL, false, HELPER_NONE, false},
    {"rootlesskit", "x", false, HELPER_ROOTLESSKIT, false},
    {"slirp4netns", "x", false, HELPER_SLIRP4NETNS, false},
    {"rootlessport", "x", false, HELPER_ROOTLESSPORT, false},
    {"rootlessport-ch", "x", false, HELPER_ROOTLESSPORT, false},
    {"pasta.avx2", "x", false, HELPER_PASTA, false},
    {"pastate", "x", false, HELPER_NONE, false},
    {"ssh", NULL, false, HELPER_NONE, true},
    {"ssh-agent", "x", false, HELPER_NONE, false},
    {"sshd", "sshd: a@pts/0", false, HELPER_NONE, true},
    {"sshd", "sshd: a", false, HELPER_NONE, true},
    {"sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", false, HELPER_NONE, false},
    {"sshd", "/usr/sbin/sshd", false, HELPER_NONE, false},
    {"sshd", NULL, false, HELPER_NONE, false},
    {"sshd-session", "sshd-session: a@notty", false, HELPER_NONE, true},
    {NULL, NULL, false, HELPER_NONE, false},
};

START_TEST(test_name)
{
	const struct name_row *row = &names[_i];
	char *args[] = {(char *)row->title};
	struct process p = {.pid = 12, .comm = (char *)row->comm, .cmdline = args, .ncmdline = row->title != NULL};

	ck_assert_msg(starter_is_systemd(&p) == row->systemd && starter_helper(&p, 9877) == row->helper &&
	                  starter_is_ssh_forward(&p) == row->forward,
	              "%s, %s", row->comm, row->title);
}
END_TEST

START_TEST(test_option)
{
	char *args[] = {"-a", "-a", "1", "-b"};
	struct process p = {.cmdline = args, .ncmdline = COUNT(args)}, none = {0};

	ck_assert_str_eq(starter_option(&p, "-a"), "1");
	ck_assert(!starter_option(&p, "-b") && !starter_option(&none, "-a"));
	p.cgroup = "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service";
	ck_assert(starter_is_user_unit(&p) && !starter_is_user_unit(&none));
}
END_TEST

/* Docker's daemon serves its API and swarm itself. */
START_TEST(test_dockers_own)
{
	struct process p = {.comm = "dockerd"};
	const uint16_t own[] = {2375, 2376, 2377, 7946}, others[] = {2374, 2378, 7945, 80};

	for (size_t i = 0; i < COUNT(own); i++)
		ck_assert(starter_helper(&p, own[i]) == HELPER_NONE && starter_helper(&p, others[i]) == HELPER_DOCKERD);
}
END_TEST

static const struct pasta_row {
	const char *option, *spec;
	bool udp;
	uint16_t want; /* for port 9877 */
} mappings[] = {
    {"-t", "9877-9877:80-80", false, 80},
    {"-t", "127.0.0.1/9877-9877:80-80", false, 80},
    {"-t", "::1/9870-9879:70-79", false, 77},
    {"--tcp-ports", "9877:80", false, 80},
    {"-t", "9877", false, 9877},
    {"-t", "9870-9880", false, 9877},
    {"-t", "9878-9878:80-80", false, 0},
    {"-t", "9870-9879:70-78", false, 0},
    {"-t", "9877:", false, 0},
    {"-t", "9877:80x", false, 0},
    {"-t", "9877-:80", false, 0},
    {"-t", "0-65535:0-65535", false, 0},
    {"-t", "99999999999999999999", false, 0},
    {"-t", "9870-9879:65530-65539", false, 0},
    {"-t", "none", false, 0},
    {"-t", "", false, 0},
    {"-u", "9877-9877:80-80", false, 0},
    {"-u", "9877-9877:53-53", true, 53},
    {"-T", "9877-9877:80-80", false, 0},
};

START_TEST(test_pasta)
{
	const struct pasta_row *row = &mappings[_i];
	char *args[] = {"pasta", "-t", "1-1:2-2", (char *)row->option, (char *)row->spec};
	struct process p = {.cmdline = args, .ncmdline = COUNT(args)};

	ck_assert_msg(starter_pasta_port(&p, row->udp, 9877) == row->want, "%s %s", row->option, row->spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("starter");
	TCase *whole = tcase_create("whole");

	add_table(suite, "supervisor", test_supervisor, COUNT(supervisors));
	add_table(suite, "name", test_name, COUNT(names));
	add_table(suite, "pasta", test_pasta, COUNT(mappings));
	tcase_add_test(whole, test_option);
	tcase_add_test(whole, test_dockers_own);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
