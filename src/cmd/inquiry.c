/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the words of the command line to what is asked: names are looked up, lists and ranges become ports. */
#include "cmd/inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/target.h"
#include "model/unix.h"
#include "sys/resolve.h"

/* Each port of the list once. */
static void take_ports(struct inquiry *to, const struct target_spec *spec)
{
	struct port_set seen = {0};

	for (size_t i = 0; i < spec->nports; i++) {
		struct ports p = spec->ports[i];

		if (*p.service) {
			if (!resolve_service(p.service, (enum proto)to->request.target.proto, &p.first))
				die_of("bad target", spec->text, "a port is a number from 1 to 65535 or the name of a service");
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
	port_set_free(&seen);
}

/* What the options say of the socket that would be bound. */
static struct request request_of(const struct options *o, const struct netns *netns)
{
	struct request q = {
	    .probe = o->probe,
	    .family = o->ipv4 == o->ipv6 ? 0 : o->ipv4 ? AF_INET : AF_INET6,
	    .v6only = o->v6only,
	    .as_user = o->user != NULL,
	    .all = o->all,
	    .numeric = o->numeric,
	    .netns = netns,
	    .everywhere = o->all_netns,
	};

	for (unsigned int mix = 0; mix < MIXES; mix++)
		if (mixes[mix].reuseaddr == o->reuseaddr && mixes[mix].reuseport == o->reuseport)
			q.mix = mix;
	if (o->user && !resolve_user(o->user, &q.uid))
		die_of("--user", o->user, "there is no such user");
	return q;
}

/* Of a namespace that may not be entered nobody knows the devices. */
static bool find_device(const char *name, const struct netns *netns, uint32_t *ifindex, char out[static DEVICE_TEXT])
{
	if (!netns || !netns->err)
		return resolve_device(name, ifindex, out);
	*ifindex = IFINDEX_UNKNOWN;
	snprintf(out, DEVICE_TEXT, "%s", name);
	return true;
}

static void take_device(struct request *q, const struct target_spec *spec, const struct options *o)
{
	struct target *t = &q->target;

	if (*spec->device && !find_device(spec->device, q->netns, &t->ifindex, t->device))
		die_of("bad target", spec->text, "this host has no such device");
	if (!*spec->device && o->device && !find_device(o->device, q->netns, &t->ifindex, t->device))
		die_of("--device", o->device, "this host has no such device");
}

/* The addresses that the target names; a bare port is one without a family. */
static size_t addresses_of(const struct target_spec *spec, int family, struct addr **addrs)
{
	const char *why;
	size_t n = 1;

	if (*spec->host) {
		n = resolve_host(spec->host, family, addrs, &why);
		if (!n)
			die_of("bad target", spec->text, why);
		return n;
	}
	if (family && spec->addr.family && spec->addr.family != family)
		die_of("bad target", spec->text, family == AF_INET ? "it is an IPv6 address, and -4 was given"
		                                                   : "it is an IPv4 address, and -6 was given");
	*addrs = xcalloc(1, sizeof **addrs);
	**addrs = spec->addr;
	return n;
}

/* What --to names: addresses of one host, and its port. */
struct peer {
	const char *text;
	struct addr *addrs;
	size_t naddrs;
	uint16_t port;
	uint32_t ifindex;  /* of the device in [fe80::1%DEVICE] */
	bool numeric;      /* it was an address, not a name */
};

static uint16_t port_of_peer(const struct target_spec *spec)
{
	uint16_t port = spec->ports[0].first;

	if (*spec->ports[0].service && !resolve_service(spec->ports[0].service, PROTO_TCP, &port))
		die_of("--to", spec->text, "there is no such service");
	return port;
}

static void take_peer_device(struct peer *peer, const struct target_spec *spec, const struct netns *netns)
{
	char name[DEVICE_TEXT];

	if (!*spec->device)
		return;
	if (!addr_is_link_local(&spec->addr))
		die_of("--to", spec->text, "only an address of one link (fe80::, ff02::) has a device; the target may name one");
	if (!find_device(spec->device, netns, &peer->ifindex, name))
		die_of("--to", spec->text, "this host has no such device");
}

/* Reads --to; nothing where it was not given. */
static struct peer read_peer(const struct options *o, const struct netns *netns)
{
	struct peer peer = {.text = o->to, .naddrs = 1};
	struct target_spec spec;
	const char *why;

	if (!o->to)
		return (struct peer){0};
	if (!target_parse(o->to, &spec, &why))
		die_of("--to", o->to, why);
	if (spec.path)
		die_of("--to", o->to, "HOST:PORT is wanted");
	if (spec.is_many || !spec.ports[0].first == !*spec.ports[0].service || (!spec.addr.family && !*spec.host))
		die_of("--to", o->to, "HOST:PORT is wanted, with one port");
	peer.port = port_of_peer(&spec);
	take_peer_device(&peer, &spec, netns);
	if (*spec.host) {
		peer.naddrs = resolve_host(spec.host, 0, &peer.addrs, &why);
		if (!peer.naddrs)
			die_of("--to", o->to, why);
	} else {
		peer.numeric = true;
		peer.addrs = xcalloc(1, sizeof *peer.addrs);
		peer.addrs[0] = spec.addr;
	}
	target_free(&spec);
	return peer;
}

static struct addr without_mapping(const struct addr *a)
{
	struct addr v4 = {.family = AF_INET};

	memcpy(v4.b, a->b + 12, 4);
	return addr_is_mapped(a) ? v4 : *a;
}

static struct addr mapped(const struct addr *a)
{
	struct addr v6 = {.family = AF_INET6, .b = {[10] = 0xff, [11] = 0xff}};

	memcpy(v6.b + 12, a->b, 4);
	return v6;
}

/*
 * Makes q a question about connect() to that address, if a socket of the target
 * can go there: of one family, or an IPv6 socket that takes IPv4 and an IPv4 address.
 */
static bool take_peer(struct request *q, const struct peer *peer, size_t i)
{
	const struct addr *here = &q->target.addr, to = without_mapping(&peer->addrs[i]);
	bool carries = addr_is_mapped(here) || (here->family == AF_INET6 && addr_is_any(here) && !q->v6only && peer->numeric);

	q->to = to;
	q->to_port = peer->port;
	q->to_ifindex = peer->ifindex;
	if (!here->family) {
		bool fits = !q->family || q->family == to.family;

		q->family = to.family;
		return fits;
	}
	if (here->family == AF_INET6 && to.family == AF_INET && carries)
		q->to = mapped(&to);
	return q->to.family == here->family && (to.family == AF_INET || !addr_is_mapped(here));
}

static void add_inquiry(const struct request *q, const struct target_spec *spec, struct inquiry **v, size_t *n)
{
	struct inquiry *to;

	*v = xgrow(*v, *n, sizeof **v);
	to = &(*v)[(*n)++];
	*to = (struct inquiry){.request = *q, .is_many = spec->is_many};
	take_ports(to, spec);
	to->request.target.port = to->ports[0];
	to->request.one_of_many = spec->is_many;
}

/* One for each address of the peer that fits; one is enough for what asks about no connect(). */
static void add_inquiries(const struct request *q, const struct target_spec *spec, const struct peer *peer,
                          struct inquiry **v, size_t *n)
{
	if (!peer->text)
		add_inquiry(q, spec, v, n);
	for (size_t i = 0; i < peer->naddrs; i++) {
		struct request one = *q;

		if (take_peer(&one, peer, i))
			add_inquiry(&one, spec, v, n);
	}
}

/* Whether the target is meant for that protocol: its text says so, or the options do (TCP where nothing does). */
static bool is_meant(const struct options *o, const struct target_spec *spec, enum proto proto)
{
	if (spec->proto >= 0)
		return spec->proto == (int)proto;
	return proto == PROTO_UDP ? o->udp : o->tcp || !o->udp;
}

/* Of a unix socket no option of a port means anything.  The type is a part of an abstract name, and of no path. */
static void add_unix(const struct options *o, const struct target_spec *spec, const struct request *options,
                     const struct peer *peer, struct inquiry **v, size_t *n)
{
	struct request q = *options;
	bool both = o->tcp && o->udp && unix_is_abstract(spec->path);

	if (peer->text)
		die_of("--to", peer->text, "a unix socket has no connection to a port");
	q.mix = MIX_PLAIN;
	q.v6only = false;
	q.target.proto = PROTO_UNIX;
	q.target.path = spec->path;
	for (int i = 0; i <= both; i++) {
		q.target.type = (o->udp && !o->tcp) || i ? SOCK_DGRAM : SOCK_STREAM;
		*v = xgrow(*v, *n, sizeof **v);
		(*v)[(*n)++] = (struct inquiry){.request = q, .ports = xcalloc(1, sizeof(uint16_t)), .nports = 1};
	}
}

/* Adds an inquiry for each protocol and address of one target (and of the peer). */
static void read_target(const struct options *o, const char *text, const struct request *options,
                        const struct peer *peer, struct inquiry **v, size_t *n)
{
	struct request q = *options;
	struct target_spec spec;
	struct addr *addrs;
	const char *why;
	size_t naddrs, before = *n;

	if (!target_parse(text, &spec, &why))
		die_of("bad target", text, why);
	q.target.text = text;
	if (spec.path) {
		add_unix(o, &spec, &q, peer, v, n);
		return;
	}
	if (is_meant(o, &spec, PROTO_UDP) && !spec.ports[0].first && !*spec.ports[0].service)
		die_of("bad target", text, "which port the kernel picks is judged for TCP alone");
	take_device(&q, &spec, o);
	naddrs = addresses_of(&spec, q.family, &addrs);
	for (size_t i = 0; i < PROTOS * naddrs; i++) {
		q.target.proto = (uint8_t)(i / naddrs);
		q.target.addr = addrs[i % naddrs];
		if (is_meant(o, &spec, (enum proto)q.target.proto))
			add_inquiries(&q, &spec, peer, v, n);
	}
	if (*n == before)
		die_of("--to", peer->text, "a socket of the target's family cannot go there");
	free(addrs);
	target_free(&spec);
}

/*
 * Reads all targets of the command line; their number in *n.  What is wrong
 * ends the program with status 2, before anything is asked.  Names of devices are
 * those of the namespace that we are in: netns (may be NULL), which must live as
 * long as what is returned.
 */
struct inquiry *inquiries_read(const struct options *o, const struct netns *netns, size_t *n)
{
	struct request options = request_of(o, netns);
	struct peer peer = read_peer(o, netns);
	struct inquiry *v = NULL;

	*n = 0;
	for (int i = 0; i < o->ntargets; i++)
		read_target(o, o->targets[i], &options, &peer, &v, n);
	free(peer.addrs);
	return v;
}

/*
 * Makes to the same question about another namespace, in which we are: the device of
 * the target is the one of that name there.  False, and to is empty, where there is
 * none; or where the peer is an address of a link of ours.
 */
bool inquiry_move(struct inquiry *to, const struct inquiry *from, const struct netns *netns)
{
	struct target *t = &to->request.target;

	*to = (struct inquiry){.request = from->request, .nports = from->nports, .is_many = from->is_many};
	to->request.netns = netns;
	if (from->request.to_ifindex || (t->ifindex && !resolve_device(from->request.target.device, &t->ifindex, t->device))) {
		*to = (struct inquiry){0};
		return false;
	}
	to->ports = xrealloc(NULL, from->nports, sizeof *to->ports);
	memcpy(to->ports, from->ports, from->nports * sizeof *to->ports);
	return true;
}

void inquiries_free(struct inquiry *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].ports);
	free(v);
}
