/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look at the kernel: the sockets first, then, round by round, what the
 * judgement asks for.  Nothing here decides; what failed becomes a gap.
 */
#define _GNU_SOURCE
#include "sys/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "model/slice.h"
#include "sys/boundonly.h"
#include "sys/connection.h"
#include "sys/elsewhere.h"
#include "sys/holders.h"
#include "sys/host.h"
#include "sys/l3mdev.h"
#include "sys/locality.h"
#include "sys/other_end.h"
#include "sys/owner.h"
#include "sys/probe.h"
#include "sys/procfile.h"
#include "sys/quirks.h"
#include "sys/range.h"
#include "sys/route.h"
#include "sys/sockopt.h"
#include "sys/sources.h"
#include "sys/unix_file.h"
#include "sys/unix_look.h"

enum { OBJECT_MAX = 32 };

static void close_proc(int procfd)
{
	if (procfd >= 0)
		close(procfd);
}

/* A wildcard is everywhere, and nothing can be asked of a family that the host does not have. */
static void read_locality(struct snapshot *s, const struct target *target)
{
	const struct addr *addr = &target->addr;
	enum tri local;
	int err;

	if (addr_is_any(addr) || (addr->family == AF_INET ? s->host.has_inet : s->host.has_inet6) == NO)
		return;
	err = locality_ask(target, &local);
	if (err)
		gap_add(&s->gaps, GAP_ADDRESSES, -err, NULL);
	s->localities = xgrow(s->localities, s->nlocalities, sizeof *s->localities);
	s->localities[s->nlocalities] = (struct locality){.addr = *addr, .local = local};
	if (local == NO)
		locality_nearest(&s->localities[s->nlocalities]);
	s->nlocalities++;
}

static void read_route(struct snapshot *s, const struct request *request)
{
	int err = route_ask(request, &s->route);

	if (err)
		gap_add(&s->gaps, GAP_ROUTE, -err, NULL);
}

static void name_device(struct snapshot *s, uint32_t ifindex)
{
	struct device d = {.ifindex = ifindex};
	char name[IF_NAMESIZE];

	if (!ifindex || ifindex == IFINDEX_UNKNOWN || snapshot_device(s, ifindex) || !if_indextoname(ifindex, name))
		return;
	memcpy(d.name, name, sizeof d.name);
	s->devices = xgrow(s->devices, s->ndevices, sizeof *s->devices);
	s->devices[s->ndevices++] = d;
}

static void read_unlisted(struct snapshot *s, int procfd)
{
	struct idset listed = {0};

	sources_inodes(&s->host, procfd, &listed);
	boundonly_scan(s, procfd, &listed);
	idset_free(&listed);
}

static void add_sock(struct snapshot *s, const struct sock *t)
{
	s->socks = xrealloc(s->socks, s->nsocks + 1, sizeof *s->socks);
	s->socks[s->nsocks++] = *t;
	name_device(s, t->ifindex);
}

/* Those of the wanted ports. */
static void take_unlisted(struct snapshot *s, const struct port_set *wanted)
{
	for (size_t i = 0; i < s->nunlisted; i++)
		if (s->unlisted[i].certain && port_set_has(wanted, s->unlisted[i].s.port))
			add_sock(s, &s->unlisted[i].s);
}

/* Those that the kernel may pick: the sockets are counted and not kept. */
static void count_unlisted(struct snapshot *s)
{
	slice_count_unlisted(s);
	for (size_t i = 0; i < s->nunlisted; i++)
		name_device(s, s->unlisted[i].s.ifindex);
}

static void fetch_unlisted(struct snapshot *s, const struct request *request)
{
	uint16_t port = request->target.port;
	struct port_set wanted = {0};
	int procfd = procfile_proc();

	port_set_add(&wanted, port);
	read_unlisted(s, procfd);
	if (port)
		take_unlisted(s, &wanted);
	else
		count_unlisted(s);
	slice_name_uncertain(s, port ? port : s->census.first, port ? port : s->census.last);
	l3mdev_read(s, procfd, &request->target); /* of their devices, too */
	port_set_free(&wanted);
	close_proc(procfd);
}

static void begin(struct snapshot *s, int procfd, const struct request *request)
{
	*s = (struct snapshot){0};
	host_read(&s->host, procfd);
	range_read_reserved(&s->census, procfd);
	if (request->as_user)
		host_as_user(&s->host, request->uid);
	if (request->target.addr.family)
		read_locality(s, &request->target);
	if (request->to.family)
		read_route(s, request);
}

/*
 * Fills s where the request's namespace may not be entered: nothing is looked at,
 * and nothing that our own namespace would say counts.
 */
void snapshot_closed(struct snapshot *s, const struct request *request)
{
	int procfd = procfile_proc();
	const struct netns *ns = request->netns;
	char *label;

	*s = (struct snapshot){0};
	host_read(&s->host, procfd);
	close_proc(procfd);
	s->host.netns = ns->inode;
	s->host.has_inet = s->host.has_inet6 = UNKNOWN;
	s->host.unprivileged_port_start = 0;
	s->host.ephemeral_first = s->host.ephemeral_last = 0;
	label = netns_label(ns);
	gap_add(&s->gaps, GAP_NETNS, ns->err, label);
	free(label);
}

/* Which ports the kernel may pick, and who has them. */
static void take_census(struct snapshot *s, int procfd, const struct request *request)
{
	struct census *c = &s->census;

	range_read(c, procfd, &s->host);
	c->from = s->route.from;
	c->to = s->route.to;
	c->to_port = request->to_port;
	sources_census(s, procfd);
	for (size_t i = 0; i < c->ngroups; i++)
		name_device(s, c->groups[i].like.ifindex);
}

/* The devices of all sockets, and the VRFs of these. */
static void name_all(struct snapshot *s, int procfd, const struct request *request)
{
	for (size_t i = 0; i < s->nsocks; i++)
		name_device(s, s->socks[i].ifindex);
	if (request->target.proto != PROTO_UNIX)
		l3mdev_read(s, procfd, &request->target);
}

/*
 * Fills s (what is older in it is not released): the host, as the user of the
 * request finds it, whether the target's address is on it, and all sockets of
 * its port, with the names of their devices and the VRFs of these; where the port
 * is 0 a count of all.  Of a unix name the file and the sockets that have it.
 */
void snapshot_take(struct snapshot *s, const struct request *request)
{
	int procfd = procfile_proc();

	begin(s, procfd, request);
	if (request->target.proto == PROTO_UNIX)
		unix_look_take(s, procfd, request);
	else if (request->target.port)
		sources_read(s, procfd, request, request->target.port, NULL);
	else
		take_census(s, procfd, request);
	name_all(s, procfd, request);
	close_proc(procfd);
}

/*
 * The short way to "taken": the same as snapshot_take() for a TCP port, with its
 * listeners alone.  What they prove is proven, and nothing else; snapshot_complete()
 * sees the rest.
 */
void snapshot_take_listeners(struct snapshot *s, const struct request *request)
{
	int procfd = procfile_proc();

	begin(s, procfd, request);
	sources_listeners(s, request);
	name_all(s, procfd, request);
	close_proc(procfd);
}

/* Makes of that what snapshot_take() would have made. */
void snapshot_complete(struct snapshot *s, const struct request *request)
{
	int procfd = procfile_proc();

	free(s->socks);
	sources_read(s, procfd, request, request->target.port, NULL);
	name_all(s, procfd, request);
	close_proc(procfd);
}

/*
 * The same for many ports in one look, for snapshot_slice(): all sockets of the
 * wanted ports in the order of these (slice_order()).  The request's own port
 * means nothing here.
 */
void snapshot_take_many(struct snapshot *s, const struct request *request, const struct port_set *wanted)
{
	int procfd = procfile_proc();

	begin(s, procfd, request);
	sources_read(s, procfd, request, 0, wanted);
	for (size_t i = 0; i < s->nsocks; i++)
		name_device(s, s->socks[i].ifindex);
	if (gap_has(&s->gaps, GAP_BOUND_ONLY))
		read_unlisted(s, procfd);
	take_unlisted(s, wanted);
	l3mdev_read(s, procfd, &request->target);
	close_proc(procfd);
	slice_order(s);
}

/* What such a look shows of one port: see slice_of(). */
void snapshot_slice(struct snapshot *s, const struct snapshot *whole, uint16_t port)
{
	slice_of(s, whole, port);
	if (s->owners_read)
		holders_name_tunnel(s);
}

static void fetch_owners(struct snapshot *s, const struct request *request, bool brief)
{
	int procfd = procfile_proc();

	holders_fetch(s, procfd, request->numeric, brief);
	if (request->target.port)
		holders_name_tunnel(s);
	close_proc(procfd);
}

/* What cannot be read stays unknown: it decides about words, not about the verdict. */
static void fetch_info(struct snapshot *s, uint16_t port)
{
	int err = connection_read_info(s, port);

	if (err)
		gap_add(&s->gaps, GAP_CONNECTION_INFO, -err, NULL);
	s->info_read = true;
}

/* Where it cannot be told, nothing is said of it: the rules are the same. */
static void fetch_mptcp(struct snapshot *s, uint16_t port)
{
	connection_read_mptcp(s, port);
	s->mptcp_read = true;
}

static void fetch_peers(struct snapshot *s, uint16_t port, bool remote)
{
	int err = remote || !port ? other_end_walk(s, port) : other_end_find(s);

	if (err)
		gap_add(&s->gaps, GAP_PEERS, -err, NULL);
	s->peers_read = true;
	s->remote_read |= remote;
	if (!port)
		slice_order(s);
}

/* The process that was asked last: most sockets that are asked for are of one. */
struct asked {
	pid_t pid;
	int pidfd; /* or -errno */
};

static void forget(struct asked *last)
{
	if (last->pid && last->pidfd >= 0)
		close(last->pidfd);
}

static int ask(struct asked *last, pid_t pid, int fd, struct sock *t)
{
	if (last->pid != pid) {
		forget(last);
		*last = (struct asked){pid, sockopt_open(pid)};
	}
	return sockopt_read(last->pidfd, fd, t);
}

/* Any of the processes that share it will do; the gap names the first that refused. */
static void fetch_option(struct snapshot *s, struct asked *last, struct sock *t)
{
	size_t n;
	const struct owner *o = owners_of(&s->owners, t->inode, &n);
	int first = 0, err = 0;
	char object[OBJECT_MAX];

	for (size_t i = 0; i < n; i++) {
		pid_t pid = o[i].tid ? o[i].tid : s->owners.processes[o[i].process].pid;

		err = o[i].via == VIA_IO_URING ? -EOPNOTSUPP : ask(last, pid, o[i].fd, t);
		if (!err)
			return;
		first = first ? first : err;
	}
	if (!n)
		return;
	snprintf(object, sizeof object, "pid %d", (int)s->owners.processes[o->process].pid);
	gap_add(&s->gaps, GAP_SOCKET_OPTIONS, -first, object);
}

static void fetch_options(struct snapshot *s, const struct want *want)
{
	struct asked last = {0};

	for (size_t i = 0; i < want->noptions; i++)
		fetch_option(s, &last, &s->socks[want->options[i]]);
	forget(&last);
	s->options_read |= want->noptions > 0;
}

static void fetch_told(struct snapshot *s, const struct want *want)
{
	int procfd = want->ntold ? procfile_proc() : -1;

	for (size_t i = 0; i < want->ntold; i++)
		owner_read_flags(&s->owners, procfd, s->socks[want->told[i]].inode);
	close_proc(procfd);
}

/* Where no trial could be made all stays unknown, and with it what hangs on it. */
static void fetch_quirks(struct snapshot *s)
{
	quirks_read(&s->quirks);
	s->quirks_read = true;
}

static void fetch_probe(struct snapshot *s, const struct request *request, const struct wanted_probe *w)
{
	struct probe p = {.addr = w->addr, .mix = w->mix};
	bool unix_name = request->target.proto == PROTO_UNIX;
	int err = unix_name ? unix_try_abstract(&request->target, &p.err)
	                    : probe_bind(request, &w->addr, &mixes[w->mix], &p.err);

	if (err) {
		gap_add(&s->gaps, GAP_PROBE, -err, NULL);
		return;
	}
	s->probes = xgrow(s->probes, s->nprobes, sizeof *s->probes);
	s->probes[s->nprobes++] = p;
}

/*
 * Adds what is wanted to a snapshot of that request; of a look at many ports its
 * port is 0.  Owners are looked for once, with the names of users and of the
 * cgroups of sockets without a process; options only behind descriptors that the
 * owners have told.
 */
void snapshot_fetch(struct snapshot *s, const struct request *request, const struct want *want)
{
	if (want->unlisted && !s->unlisted_read)
		fetch_unlisted(s, request);
	if (want->info && !s->info_read)
		fetch_info(s, request->target.port);
	if ((want->peers && !s->peers_read) || (want->remote && !s->remote_read))
		fetch_peers(s, request->target.port, want->remote);
	if (want->mptcp && !s->mptcp_read)
		fetch_mptcp(s, request->target.port);
	if (want->alive && !s->file.alive_asked)
		unix_look_alive(s, request);
	if (want->owners && !s->owners_read)
		fetch_owners(s, request, want->brief);
	if (want->quirks && !s->quirks_read)
		fetch_quirks(s);
	fetch_options(s, want);
	fetch_told(s, want);
	for (size_t i = 0; i < want->nprobes; i++)
		fetch_probe(s, request, &want->probes[i]);
}

/*
 * Adds who has the request's port in other network namespaces, once.  Returns 0;
 * -errno where there was no way back into ours, and nothing more can be asked.
 */
int snapshot_elsewhere(struct snapshot *s, const struct request *request)
{
	int procfd = procfile_proc(), err = 0;

	if (!s->others)
		err = elsewhere_read(s, procfd, (enum proto)request->target.proto, request->target.port);
	if (s->nelsewhere) {
		owner_scan(s->others, procfd);
		holders_name_users(s->others, request->numeric);
	}
	close_proc(procfd);
	return err;
}
