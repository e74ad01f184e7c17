/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the words of the command line to what is asked: names are looked up, lists and ranges become ports. */
#include "cmd/inquiry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "cmd/target.h"
#include "sys/resolve.h"

/* Ends the program: WHAT 'TEXT': WHY. */
static void bad(const char *what, const char *text, const char *why)
{
	struct buf b = {0};

	vis(&b, text, strlen(text), true);
	die("%s '%s': %s", what, b.s ? b.s : "", why);
}

/* Each port of the list once. */
static void take_ports(struct inquiry *to, const struct target_spec *spec)
{
	struct port_set seen = {{0}};

	for (size_t i = 0; i < spec->nports; i++) {
		struct ports p = spec->ports[i];

		if (*p.service) {
			if (!resolve_service(p.service, &p.first))
				bad("bad target", spec->text, "a port is a number from 1 to 65535 or the name of a service");
			p.last = p.first;
		}
		for (unsigned int port = p.first; port <= p.last; port++) {
			if (port_set_has(&seen, (uint16_t)port))
				continue;
			port_set_add(&seen, (uint16_t)port);
			to->ports = xgrow(to->ports, to->nports, sizeof *to->ports);
			to->ports[to->nports++] = (uint16_t)port;
		}
	}
}

/* What the options say of the socket that would be bound. */
static struct request request_of(const struct options *o)
{
	struct request q = {
	    .probe = o->probe,
	    .family = o->ipv4 == o->ipv6 ? 0 : o->ipv4 ? AF_INET : AF_INET6,
	    .v6only = o->v6only,
	    .as_user = o->user != NULL,
	    .all = o->all,
	    .numeric = o->numeric,
	};

	for (unsigned int mix = 0; mix < MIXES; mix++)
		if (mixes[mix].reuseaddr == o->reuseaddr && mixes[mix].reuseport == o->reuseport)
			q.mix = mix;
	if (o->user && !resolve_user(o->user, &q.uid))
		bad("--user", o->user, "there is no such user");
	return q;
}

static void take_device(struct request *q, const struct target_spec *spec, const struct options *o)
{
	struct target *t = &q->target;

	if (*spec->device && !resolve_device(spec->device, &t->ifindex, t->device))
		bad("bad target", spec->text, "this host has no such device");
	if (!*spec->device && o->device && !resolve_device(o->device, &t->ifindex, t->device))
		bad("--device", o->device, "this host has no such device");
}

/* The addresses that the target names; a bare port is one without a family. */
static size_t addresses_of(const struct target_spec *spec, int family, struct addr **addrs)
{
	const char *why;
	size_t n = 1;

	if (*spec->host) {
		n = resolve_host(spec->host, family, addrs, &why);
		if (!n)
			bad("bad target", spec->text, why);
		return n;
	}
	if (family && spec->addr.family && spec->addr.family != family)
		bad("bad target", spec->text, family == AF_INET ? "it is an IPv6 address, and -4 was given"
		                                                : "it is an IPv4 address, and -6 was given");
	*addrs = xcalloc(1, sizeof **addrs);
	**addrs = spec->addr;
	return n;
}

/* Adds an inquiry for each address of one target. */
static void read_target(const struct options *o, const char *text, const struct request *options, struct inquiry **v,
                        size_t *n)
{
	struct request q = *options;
	struct target_spec spec;
	struct addr *addrs;
	const char *why;
	size_t naddrs;

	if (!target_parse(text, &spec, &why))
		bad("bad target", text, why);
	q.target.text = text;
	take_device(&q, &spec, o);
	naddrs = addresses_of(&spec, q.family, &addrs);
	for (size_t i = 0; i < naddrs; i++) {
		struct inquiry *to;

		*v = xgrow(*v, *n, sizeof **v);
		to = &(*v)[(*n)++];
		*to = (struct inquiry){.request = q, .is_many = spec.is_many};
		take_ports(to, &spec);
		to->request.target.addr = addrs[i];
		to->request.target.port = to->ports[0];
		to->request.one_of_many = spec.is_many;
	}
	free(addrs);
	target_free(&spec);
}

/*
 * Reads all targets of the command line; their number in *n.  What is wrong
 * ends the program with status 2, before anything is asked.
 */
struct inquiry *inquiries_read(const struct options *o, size_t *n)
{
	struct request options = request_of(o);
	struct inquiry *v = NULL;

	*n = 0;
	for (int i = 0; i < o->ntargets; i++)
		read_target(o, o->targets[i], &options, &v, n);
	return v;
}

void inquiries_free(struct inquiry *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].ports);
	free(v);
}
