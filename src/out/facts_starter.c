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

/* By its runtime, or by the helper that has the port for it. */
static void put_stop_container(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);
	const char *runtime = !p ? "" : p->container ? p->container : p->comm ? p->comm : "";
	const struct runtime_text *t = runtime_texts;

	while (t->runtime && strncmp(runtime, t->runtime, strcspn(runtime, " .")))
		t++;
	facts_expand(out, t->command, scope);
}

static void put_proxied(struct buf *out, const struct scope *scope)
{
	const struct process *p = holder(scope);
	const char *ip = p ? starter_proxy_option(p, "-container-ip") : NULL;
	const char *port = p ? starter_proxy_option(p, "-container-port") : NULL;

	if (!ip || !port)
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
    {"proxied", put_proxied},
    {"cmdline", put_cmdline},
    {NULL, NULL},
};
