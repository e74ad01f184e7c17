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
#include "sys/tunnel.h"

enum { ROOT_CGROUP = 1, OBJECT_MAX = 32 };

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

static const struct sock *with_inode(const struct snapshot *s, uint32_t inode)
{
	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].inode == inode)
			return &s->socks[i];
	return NULL;
}

static bool are_known(const struct snapshot *s)
{
	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].inode && !with_inode(s->holders, s->socks[i].inode))
			return false;
	for (size_t i = 0; i < s->npeers; i++)
		if (s->peers[i].inode && !with_inode(s->holders, s->peers[i].inode))
			return false;
	return true;
}

static bool is_of_scan(enum gap_kind kind)
{
	return kind == GAP_FD_TABLE || kind == GAP_PROC || kind == GAP_PIDS;
}

/* Where no process was found, what the scan could not read is a gap here too. */
static void take_holder(struct snapshot *s, struct sock *t)
{
	const struct gaps *gaps = &s->holders->gaps;

	t->held_by = HELD_KERNEL;
	if (!t->inode)
		return;
	t->held_by = with_inode(s->holders, t->inode)->held_by;
	owners_copy(&s->owners, &s->holders->owners, t->inode);
	for (size_t i = 0; i < gaps->n && t->held_by != HELD_PROCESS; i++)
		if (is_of_scan(gaps->v[i].kind) && !gap_has(&s->gaps, gaps->v[i].kind))
			for (size_t k = 0; k < gaps->v[i].count; k++)
				gap_add(&s->gaps, gaps->v[i].kind, gaps->v[i].err, gaps->v[i].object);
}

/* One scan for all ports of a range; a socket that has come since wants one of its own. */
static bool take_holders(struct snapshot *s)
{
	if (!s->holders || !are_known(s))
		return false;
	for (size_t i = 0; i < s->nsocks; i++)
		take_holder(s, &s->socks[i]);
	for (size_t i = 0; i < s->npeers; i++)
		take_holder(s, &s->peers[i]);
	owners_copy_hints(&s->owners, &s->holders->owners);
	owners_sort(&s->owners);
	s->owners_read = true;
	return true;
}

static bool lacks_owner(const struct sock *t)
{
	return t->proto == PROTO_UDP && t->inode && (t->held_by == HELD_UNKNOWN || t->held_by == HELD_HIDDEN);
}

/* A UDP socket without a process may be that of an interface; where that cannot be asked it stays open. */
static void name_tunnel(struct snapshot *s)
{
	const struct sock *lacking = NULL;

	for (size_t i = 0; i < s->nsocks && !lacking; i++)
		lacking = lacks_owner(&s->socks[i]) ? &s->socks[i] : NULL;
	if (!lacking || tunnel_find(lacking->port, &s->tunnel) || !s->tunnel.certain)
		return;
	for (size_t i = 0; i < s->nsocks; i++)
		if (lacks_owner(&s->socks[i]) && s->socks[i].port == lacking->port)
			s->socks[i].held_by = HELD_KERNEL;
}

/*
 * Fills in who holds the sockets of s, once: its owners, held_by of each socket,
 * the names of users and cgroups; of an exhausted range who holds most.  procfd is
 * a descriptor of /proc.  What could not be seen is a gap.
 */
void holders_fetch(struct snapshot *s, int procfd, bool numeric)
{
	if (s->census.inodes)
		most_find(s, procfd);
	else if (!take_holders(s))
		owner_scan(s, procfd);
	name_tunnel(s);
	holders_name_users(s, numeric);
	name_cgroups(s, procfd);
}
