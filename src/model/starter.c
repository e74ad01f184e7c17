/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who stands behind a process, by conventions of programs, not of the kernel: the
 * names of its parents, its cgroup, its command line.  A name can be given to any
 * program, so this decides about words and fixes and never about the verdict.
 */
#include "model/starter.h"

#include <stddef.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
	return text && !strncmp(text, with, strlen(with));
}

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

/* Parents that restart what they run; PM2 names itself "PM2 v5.3.0: God Daemon", of which 15 bytes are kept. */
static const struct {
	const char *comm;
	bool whole;
	enum supervisor is;
} supervisors[] = {
    {"PM2 v", false, SUPERVISOR_PM2},     {"supervisord", true, SUPERVISOR_SUPERVISORD},
    {"nodemon", true, SUPERVISOR_NODEMON}, {"runsv", true, SUPERVISOR_RUNIT},
    {"s6-supervise", true, SUPERVISOR_S6}, {"supervise", true, SUPERVISOR_DAEMONTOOLS},
};

/* Parents that open a session for somebody: what runs below them is no part of the service that they are. */
static const char *const sessions[] = {"sshd", "sshd-session", "dropbear", "login",  "su",    "sudo",   "cron",
                                       "crond", "atd",         "tmux",     "screen", "xterm", "konsole", "gnome-terminal"};

static enum supervisor supervisor_named(const char *comm)
{
	for (size_t i = 0; i < sizeof supervisors / sizeof *supervisors; i++)
		if (supervisors[i].whole ? is(comm, supervisors[i].comm) : begins(comm, supervisors[i].comm))
			return supervisors[i].is;
	return SUPERVISOR_NONE;
}

/* "tmux: server", "SCREEN" and "gnome-terminal-" (cut) are sessions too. */
static bool opens_session(const char *comm)
{
	if (is(comm, "SCREEN") || begins(comm, "tmux: ") || begins(comm, "gnome-terminal"))
		return true;
	for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++)
		if (is(comm, sessions[i]))
			return true;
	return false;
}

/* A service of systemd, the manager of a user's units apart. */
static bool is_service(const char *unit)
{
	size_t len = unit ? strlen(unit) : 0;

	return len > 8 && !strcmp(unit + len - 8, ".service") && !begins(unit, "user@");
}

/*
 * What starts the process again when it ends: the nearest parent that is known
 * to, with its pid, or systemd (*pid 0), of whose unit the process is a part.
 * What somebody runs in a session is nobody's service, even where the cgroup is
 * that of sshd or cron.
 */
enum supervisor starter_supervisor(const struct process *p, pid_t *pid)
{
	*pid = 0;
	for (size_t i = 0; i < p->nparents; i++) {
		enum supervisor found = supervisor_named(p->parents[i].comm);

		*pid = p->parents[i].pid;
		if (found)
			return found;
		if (opens_session(p->parents[i].comm))
			return SUPERVISOR_NONE;
	}
	*pid = 0;
	return is_service(p->unit) ? SUPERVISOR_SYSTEMD : SUPERVISOR_NONE;
}

/* Whether its unit is one of a user's own systemd (systemctl --user). */
bool starter_is_user_unit(const struct process *p)
{
	return p->cgroup && strstr(p->cgroup, "/user@");
}

/* systemd itself, of the machine or of a user: it opens the sockets of socket units (systemd.socket(5)). */
bool starter_is_systemd(const struct process *p)
{
	return is(p->comm, "systemd") || (p->pid == 1 && is(p->comm, "init") && begins(p->exe, "/usr/lib/systemd/"));
}

/* A helper of a container engine that has the port on the host. */
bool starter_is_proxy(const struct process *p)
{
	return is(p->comm, "docker-proxy") || begins(p->comm, "rootlessport") || is(p->comm, "pasta") ||
	       begins(p->comm, "pasta.");
}

/* The value of an option of docker-proxy ("-container-ip 172.17.0.2"); NULL where it has none. */
const char *starter_proxy_option(const struct process *p, const char *name)
{
	for (size_t i = 1; i + 1 < p->ncmdline; i++)
		if (is(p->cmdline[i], name))
			return p->cmdline[i + 1];
	return NULL;
}

/*
 * A port that ssh forwards: the client listens for -L and -D only; a session of
 * the server, whose title is "sshd: USER@TTY" (setproctitle() in OpenSSH's
 * session.c), for the client's -R.  The daemon's own title says "[listener]".
 */
bool starter_is_ssh_forward(const struct process *p)
{
	const char *title = p->ncmdline ? p->cmdline[0] : NULL;

	if (is(p->comm, "ssh"))
		return true;
	return (is(p->comm, "sshd") || is(p->comm, "sshd-session")) &&
	       (begins(title, "sshd: ") || begins(title, "sshd-session: ")) && !strstr(title, "[listener]");
}
