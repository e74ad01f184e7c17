/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A count of all sockets, port by port, while a dump streams in.  A million in
 * TIME_WAIT cost no more than one: a bit for each port they are on, once for
 * each state and each kind of socket that a bind() to a wildcard may treat in its own way.
 */
#include "model/census.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"

static bool same_class(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && addr_is_any(a) == addr_is_any(b) && addr_is_mapped(a) == addr_is_mapped(b);
}

static bool is_alike(const struct sock *a, const struct sock *b)
{
	return a->state == b->state && sock_is_minisocket(a) == sock_is_minisocket(b) && same_class(&a->local, &b->local) && a->v6only == b->v6only &&
	       a->ifindex == b->ifindex && a->l3mdev == b->l3mdev;
}

static struct census_group *group_of(struct census *c, const struct sock *s)
{
	for (size_t i = 0; i < c->ngroups; i++)
		if (is_alike(&c->groups[i].like, s))
			return &c->groups[i];
	c->groups = xgrow(c->groups, c->ngroups, sizeof *c->groups);
	c->groups[c->ngroups] = (struct census_group){.like = *s};
	return &c->groups[c->ngroups++];
}

static void add_end(struct census *c, const struct sock *s)
{
	int32_t end = s->state == STATE_TIME_WAIT && s->expires_ms >= 0 ? s->expires_ms + 1 : INT32_MAX, *at;

	if (!c->ends_ms)
		c->ends_ms = xcalloc((size_t)c->last - c->first + 1, sizeof *c->ends_ms);
	at = &c->ends_ms[s->port - c->first];
	*at = end > *at ? end : *at;
}

static void add_inode(struct census *c, const struct sock *s)
{
	if (!s->inode)
		return;
	if (!c->inodes)
		c->inodes = xcalloc((size_t)c->last - c->first + 1, sizeof *c->inodes);
	c->inodes[s->port - c->first] = s->inode;
}

/* Takes one socket into account; the range, and the ends of the connection asked about, are set before the first. */
void census_add(struct census *c, const struct sock *s)
{
	struct census_group *group;

	if (sock_is_half_open(s) || s->port < c->first || s->port > c->last)
		return;
	group = group_of(c, s);
	port_set_add(&group->ports, s->port);
	if (s->peer_port)
		peers_add(&group->peers, &(struct peer_count){s->peer, s->peer_port, s->count ? s->count : 1});
	c->states[s->state < STATE_MAX ? s->state : 0]++;
	add_end(c, s);
	add_inode(c, s);
	if (c->to.family && s->peer_port == c->to_port && addr_same(&s->peer, &c->to) && addr_same(&s->local, &c->from))
		port_set_add(sock_is_minisocket(s) ? &c->dead : &c->live, s->port);
}

void census_free(struct census *c)
{
	for (size_t i = 0; i < c->ngroups; i++)
		port_set_free(&c->groups[i].ports);
	port_set_free(&c->reserved);
	port_set_free(&c->live);
	port_set_free(&c->dead);
	free(c->groups);
	free(c->inodes);
	free(c->ends_ms);
	*c = (struct census){0};
}
