/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about who started the holder: supervisors, containers, ssh. */
#include "out/facts.h"

#include <string.h>

#include "text/text.h"

static const struct process *holder(const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	size_t others;

	return s ? facts_holder(scope->report, s, &others) : NULL;
}

static enum supervisor supervisor(const struct scope *scope, pid_t *pid)
{
	const struct process *p = holder(scope);

	*pid = 0;
	return p ? starter_supervisor(p, pid) : SUPERVISOR_NONE;
}

static void put_supervises(struct buf *out, const struct scope *scope)
{
	pid_t pid;

	facts_expand(out, supervisor_texts[supervisor(scope, &pid)].text, scope);
}

static void put_stop_supervised(struct buf *out, const struct scope *scope)
{
	pid_t pid;

	facts_expand(out, supervisor_texts[supervisor(scope, &pid)].command, scope);
}

static void put_supervisor_pid(struct buf *out, const struct scope *scope)
{
	pid_t pid;

	supervisor(scope, &pid);
	buf_printf(out, "%ld", (long)pid);
}

static void put_systemctl(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);

	facts_expand(out, p && starter_is_user_unit(p) ? "systemctl --user" : "{root}systemctl", scope);
}

/* A container is known as "RUNTIME NAME". */
static void put_container_name(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);
	const char *name = p && p->container ? strchr(p->container, ' ') : NULL;

	facts_raw(out, name ? name + 1 : "NAME", scope);
}

/* What has the port for a container, if its holder is such a program and none in a container. */
static enum helper helper(const struct scope *scope)
{
	const struct process *p = holder(scope);

	return p && !p->container ? starter_helper(p, facts_sock(scope)->port) : HELPER_NONE;
}

static void put_stop_container(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);
	const struct runtime_text *t = runtime_texts;

	while (t->runtime && p && p->container && strncmp(p->container, t->runtime, strcspn(p->container, " ")))
		t++;
	facts_expand(out, helper(scope) ? helper_texts[helper(scope)].command : t->command, scope);
}

/* A helper does not know the name: the command tells it, and stops nothing. */
static void put_naming(struct buf *out, const struct scope *scope)
{
	const char *leftover = helper_texts[helper(scope)].leftover;

	if (!helper(scope))
		return;
	buf_puts(out, *leftover ? ", which this lists " : ", which this lists");
	facts_expand(out, leftover, scope);
}

/* An engine without root shows each user only that one's own containers. */
static void put_as_user(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);

	if (helper(scope) <= HELPER_DOCKERD || p->uid == scope->report->seen->host.own_uid)
		return;
	buf_puts(out, " as user ");
	if (p->user)
		facts_raw(out, p->user, scope);
	else
		buf_printf(out, "%u", p->uid);
}

static void put_helper(struct buf *out, const struct scope *scope)
{
	facts_expand(out, helper_texts[helper(scope)].text, scope);
}

/* Where it passes the connections on to, as far as the command line tells. */
static void put_target(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);
	const struct sock *s = facts_sock(scope);
	const char *ip = p ? starter_option(p, "-container-ip") : NULL;
	const char *port = p ? starter_option(p, "-container-port") : NULL;
	unsigned int pasta = p && s ? starter_pasta_port(p, s->proto == PROTO_UDP, s->port) : 0;

	if (helper(scope) == HELPER_PASTA && pasta)
		buf_printf(out, ", to port %u there", pasta);
	if (helper(scope) != HELPER_DOCKER_PROXY || !ip || !port)
		return;
	buf_puts(out, ", at ");
	facts_raw(out, ip, scope);
	buf_puts(out, " port ");
	facts_raw(out, port, scope);
}

/* As much of it as says who it is. */
static void put_cmdline(struct buf *out, const struct scope *scope)
{
	enum { ARGUMENTS = 8 };
	const struct process *p = holder(scope);

	for (size_t i = 0; p && i < p->ncmdline && i < ARGUMENTS; i++) {
		if (i)
			buf_puts(out, " ");
		facts_raw(out, p->cmdline[i], scope);
	}
}

/* See out/facts.h. */
const struct fact facts_starter[] = {
    {"supervises", put_supervises},
    {"stopsupervised", put_stop_supervised},
    {"supervisorpid", put_supervisor_pid},
    {"systemctl", put_systemctl},
    {"containername", put_container_name},
    {"stopcontainer", put_stop_container},
    {"naming", put_naming},
    {"asuser", put_as_user},
    {"helper", put_helper},
    {"helpertarget", put_target},
    {"cmdline", put_cmdline},
    {NULL, NULL},
};
