/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who holds the sockets of a snapshot: processes, or where none shows the user,
 * the cgroup in which the socket was made, and the interface whose socket it is.
 */
#include "sys/holders.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "model/cgroup.h"
#include "model/starter.h"
#include "sys/cgroup_path.h"
#include "sys/host.h"
#include "sys/most.h"
#include "sys/owner.h"
#include "sys/procfile.h"
#include "sys/tunnel.h"

enum { OBJECT_MAX = 32 };

static void name_user(struct snapshot *s, uint32_t uid, bool numeric)
{
	if (numeric || uid == UID_UNKNOWN)
		return;
	for (size_t i = 0; i < s->nusers; i++)
		if (s->users[i].uid == uid)
			return;
	s->users = xgrow(s->users, s->nusers, sizeof *s->users);
	s->users[s->nusers++] = (struct user){.uid = uid, .name = host_user(uid)};
}

/* Each user is looked up once, whatever the number of sockets and processes. */
void holders_name_users(struct snapshot *s, bool numeric)
{
	for (size_t i = 0; i < s->nsocks; i++)
		name_user(s, s->socks[i].uid, numeric);
	for (size_t i = 0; i < s->owners.nprocesses; i++) {
		struct process *p = &s->owners.processes[i];

		name_user(s, p->uid, numeric);
		free(p->user);
		p->user = xstrdup(snapshot_user(s, p->uid));
	}
}

/* A cgroup that has been removed meanwhile is an answer, not a gap. */
static void name_cgroup(struct snapshot *s, int procfd, uint64_t id)
{
	struct cgroup c = {.id = id};
	char object[OBJECT_MAX];
	int err = cgroup_path(procfd, id, &c.path);

	if (err && err != -ENOENT) {
		snprintf(object, sizeof object, "%" PRIu64, id);
		gap_add(&s->gaps, GAP_CGROUP, -err, object);
	}
	if (c.path) {
		c.unit = cgroup_unit(c.path);
		c.container = cgroup_container(c.path);
	}
	s->cgroups = xgrow(s->cgroups, s->ncgroups, sizeof *s->cgroups);
	s->cgroups[s->ncgroups++] = c;
}

static bool is_of_systemd(const struct snapshot *s, const struct sock *t)
{
	size_t n;
	const struct owner *o = owners_of(&s->owners, t->inode, &n);

	for (size_t i = 0; i < n; i++)
		if (starter_is_systemd(&s->owners.processes[o[i].process]))
			return true;
	return false;
}

/* Where no process shows, or it is systemd, the cgroup in which the socket was made tells whose it is. */
static void name_cgroups(struct snapshot *s, int procfd)
{
	for (size_t i = 0; i < s->nsocks; i++) {
		const struct sock *t = &s->socks[i];

		if ((t->held_by != HELD_PROCESS || is_of_systemd(s, t)) && t->cgroup > ROOT_CGROUP && !snapshot_cgroup(s, t->cgroup))
			name_cgroup(s, procfd, t->cgroup);
	}
}

static bool lacks_owner(const struct sock *t)
{
	return t->proto < PROTOS && t->inode && (t->held_by == HELD_UNKNOWN || t->held_by == HELD_HIDDEN);
}

static const struct sock *first_lacking(const struct snapshot *s)
{
	for (size_t i = 0; i < s->nsocks; i++)
		if (lacks_owner(&s->socks[i]))
			return &s->socks[i];
	return NULL;
}

/*
 * An interface on the port has all UDP sockets there that have no process; where
 * that cannot be asked it stays open.  All sockets of s are on one port.
 */
void holders_name_tunnel(struct snapshot *s)
{
	const struct sock *lacking = first_lacking(s);

	if (!lacking || lacking->proto != PROTO_UDP || tunnel_find(lacking->port, &s->tunnel) || !s->tunnel.certain)
		return;
	for (size_t i = 0; i < s->nsocks; i++)
		if (lacks_owner(&s->socks[i]))
			s->socks[i].held_by = HELD_KERNEL;
}

/* The files are there while lockd's module is. */
static void read_lockd_ports(struct snapshot *s, int procfd)
{
	static const char *const files[PROTOS] = {[PROTO_TCP] = "sys/fs/nfs/nlm_tcpport", [PROTO_UDP] = "sys/fs/nfs/nlm_udpport"};

	for (int proto = 0; proto < PROTOS; proto++) {
		uint64_t port;

		if (!procfile_number(procfd, files[proto], &port) && port <= UINT16_MAX)
			s->lockd_ports[proto] = (uint16_t)port;
	}
}

/*
 * Fills in who holds the sockets of s, once: its owners, held_by of each socket,
 * the names of users and cgroups; of an exhausted range who holds most.  procfd is
 * a descriptor of /proc.  What could not be seen is a gap.  brief: nobody is named,
 * and one holder of each socket will do.
 */
void holders_fetch(struct snapshot *s, int procfd, bool numeric, bool brief)
{
	if (s->census.inodes)
		most_find(s, procfd);
	else if (brief)
		owner_scan_brief(s, procfd);
	else
		owner_scan(s, procfd);
	if (brief)
		return;
	if (first_lacking(s))
		read_lockd_ports(s, procfd);
	holders_name_users(s, numeric);
	name_cgroups(s, procfd);
}
