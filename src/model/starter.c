/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who stands behind a process, by conventions of programs, not of the kernel: the
 * names of its parents, its cgroup, its command line.  A name can be given to any
 * program, so this decides about words and fixes and never about the verdict.
 */
#include "model/starter.h"

#include <stddef.h>
#include <stdlib.h>
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

/* Ports on which Docker's daemon serves itself: its API, and swarm. */
static bool is_dockers_own(uint16_t port)
{
	return (port >= 2375 && port <= 2377) || port == 7946;
}

/*
 * What has the port on the host for a container, by the names of programs.  That
 * of Podman was a second life of podman itself until 4.0 (comm "exe"): its title
 * tells.  Without docker-proxy (userland-proxy off) the daemon keeps the ports.
 */
enum helper starter_helper(const struct process *p, uint16_t port)
{
	const char *title = p->ncmdline ? p->cmdline[0] : NULL;

	if (is(p->comm, "docker-proxy"))
		return HELPER_DOCKER_PROXY;
	if (is(p->comm, "dockerd") && !is_dockers_own(port))
		return HELPER_DOCKERD;
	if (begins(p->comm, "rootlessport") || (is(p->comm, "exe") && is(title, "containers-rootlessport")))
		return HELPER_ROOTLESSPORT;
	if (is(p->comm, "pasta") || begins(p->comm, "pasta."))
		return HELPER_PASTA;
	if (is(p->comm, "rootlesskit"))
		return HELPER_ROOTLESSKIT;
	return is(p->comm, "slirp4netns") ? HELPER_SLIRP4NETNS : HELPER_NONE;
}

/* The word behind an option of the command line ("-container-ip 172.17.0.2"); NULL where it has none. */
const char *starter_option(const struct process *p, const char *name)
{
	for (size_t i = 1; i + 1 < p->ncmdline; i++)
		if (is(p->cmdline[i], name))
			return p->cmdline[i + 1];
	return NULL;
}

/* "80" or "80-89" at *s, which is moved behind it; false if there is no such thing. */
static bool take_ports(const char **s, unsigned long *first, unsigned long *last)
{
	char *end;

	if (**s < '0' || **s > '9')
		return false;
	*first = *last = strtoul(*s, &end, 10);
	if (*end == '-' && end[1] >= '0' && end[1] <= '9')
		*last = strtoul(end + 1, &end, 10);
	*s = end;
	return *first && *first <= *last && *last <= UINT16_MAX;
}

/* Where one mapping of pasta(1) sends the port, as "127.0.0.1/8080-8089:80-89"; 0 if it is not about it. */
static uint16_t mapped_port(const char *spec, uint16_t port)
{
	const char *slash = strchr(spec, '/');
	unsigned long first, last, to, to_last;

	spec = slash ? slash + 1 : spec;
	if (!take_ports(&spec, &first, &last) || port < first || port > last)
		return 0;
	if (!*spec)
		return port;
	spec++;
	if (spec[-1] != ':' || !take_ports(&spec, &to, &to_last) || *spec || to_last - to != last - first)
		return 0;
	return (uint16_t)(to + port - first);
}

/* The port of the container that pasta passes the port on to, as its command line says; 0 where that is not clear. */
uint16_t starter_pasta_port(const struct process *p, bool udp, uint16_t port)
{
	for (size_t i = 1; i + 1 < p->ncmdline; i++) {
		uint16_t to = 0;

		if (is(p->cmdline[i], udp ? "-u" : "-t") || is(p->cmdline[i], udp ? "--udp-ports" : "--tcp-ports"))
			to = mapped_port(p->cmdline[i + 1], port);
		if (to)
			return to;
	}
	return 0;
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
