/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes this instance of a cause special: a rule for each facet. */
#include "judge/facets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "judge/binder.h"
#include "judge/conflict.h"
#include "model/starter.h"

/* Facets of one socket beside one judged address that it stands in the way of. */

static bool address_was_chosen(const struct sock *s)
{
	return s->state == STATE_LISTEN || s->state == STATE_CLOSE;
}

static bool collides(const struct report *r, const struct sock *s, const struct addr *a)
{
	struct binder binder = binder_make(r, a, r->request->mix);

	return conflict_blocks(&binder, s) != NO && conflict_overlap(&binder, s) == YES;
}

static bool is_judged(const struct report *r, const struct addr *a)
{
	for (size_t i = 0; i < r->nbinds; i += MIXES)
		if (addr_equal(&r->binds[i].addr, a))
			return true;
	return false;
}

/* One address is the wildcard and covers the other; no judged address is written alike. */
static bool wildcard_overlap(const struct report *r, const struct sock *s, const struct addr *a)
{
	return address_was_chosen(s) && addr_is_wildcard(a) != addr_is_wildcard(&s->local) && !is_judged(r, &s->local);
}

/* IPv4 and IPv6 collide because the IPv6 socket of the two is not confined to IPv6. */
static bool dual_stack(const struct report *r, const struct sock *s, const struct addr *a)
{
	if (a->family == AF_INET)
		return s->local.family == AF_INET6 && !addr_is_mapped(&s->local);
	return addr_is_any(a) && s->local.family == AF_INET && !is_judged(r, &(struct addr){.family = AF_INET}) &&
	       (r->request->target.addr.family || r->request->family);
}

static const struct {
	enum facet_id id;
	bool (*has)(const struct report *r, const struct sock *s, const struct addr *a);
} address_facets[] = {
    {FACET_WILDCARD_OVERLAP, wildcard_overlap},
    {FACET_DUAL_STACK, dual_stack},
};

static void find_address_facets(const struct report *r, struct cause *c, const struct sock *s)
{
	for (size_t b = 0; b < r->nbinds; b += MIXES)
		for (size_t f = 0; f < sizeof address_facets / sizeof *address_facets; f++)
			if (r->binds[b + r->request->mix].result != RESULT_OK && collides(r, s, &r->binds[b].addr) &&
			    address_facets[f].has(r, s, &r->binds[b].addr))
				c->facets |= FACET_BIT(address_facets[f].id);
}

/* Facets of one socket. */

static bool v4_mapped(const struct report *r, const struct sock *s)
{
	(void)r;
	return addr_is_mapped(&s->local);
}

static bool is_hinted(const struct report *r, const struct sock *s, enum hint_kind kind)
{
	size_t n;

	return snapshot_hint(r->seen, s, kind, &n) != NULL;
}

static bool has_a_hint(const struct report *r, const struct sock *s)
{
	for (int kind = 0; kind < HINTS; kind++)
		if (is_hinted(r, s, (enum hint_kind)kind))
			return true;
	return false;
}

static bool hidden_owner(const struct report *r, const struct sock *s)
{
	return s->held_by == HELD_HIDDEN && !has_a_hint(r, s);
}

/* No process that can be seen has it, and nothing was refused: neither a hint nor an interface tells whose it is. */
static bool is_nobodys(const struct report *r, const struct sock *s)
{
	return r->seen->owners_read && s->inode && s->held_by == HELD_UNKNOWN && !gap_has(&r->seen->gaps, GAP_PROC) &&
	       !has_a_hint(r, s);
}

/* Proven by an interface on that port; or all processes were seen, and that it is the kernel's own is left. */
static bool kernel_owned(const struct report *r, const struct sock *s)
{
	return (s->inode && s->held_by == HELD_KERNEL) || (s->proto != PROTO_UNIX && is_nobodys(r, s) && !gap_has(&r->seen->gaps, GAP_PIDS));
}

static bool other_pid_namespace(const struct report *r, const struct sock *s)
{
	return is_nobodys(r, s) && gap_has(&r->seen->gaps, GAP_PIDS);
}

/* Of a live socket; what a dead one had decides nothing that could be said better by the table of binds. */
static bool has_reuseport(const struct sock *s)
{
	return s->reuseport == YES && s->inode;
}

/* Both have the option, or would have, and the socket is another user's. */
static bool reuseport_other_user(const struct report *r, const struct sock *s)
{
	return has_reuseport(s) && s->uid != r->seen->host.uid;
}

/* One of the two has the option, and the other has not. */
static bool reuseport_one_sided(const struct report *r, const struct sock *s)
{
	bool wanted = mixes[r->request->mix].reuseport;

	if (s->inode && wanted && s->reuseport == NO)
		return true;
	return has_reuseport(s) && !wanted && s->uid == r->seen->host.uid;
}

static bool device_bound(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->ifindex && s->ifindex != IFINDEX_UNKNOWN;
}

static bool shared_socket(const struct report *r, const struct sock *s)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 1; i < n; i++)
		if (o[i].process != o[0].process)
			return true;
	return false;
}

/*
 * Several processes have the socket, and each was left behind.  One alone is not
 * enough: a daemon that has forked twice looks the same.
 */
static bool orphaned_worker(const struct report *r, const struct sock *s)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++)
		if (!r->seen->owners.processes[o[i].process].orphaned)
			return false;
	return shared_socket(r, s);
}

static bool stopped(const struct report *r, const struct sock *s)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++) {
		char state = r->seen->owners.processes[o[i].process].state;

		if (state == 'T' || state == 't')
			return true;
	}
	return false;
}

/* Programs that make no socket of their own: one that has one got it over exec. */
static bool is_plain_utility(const char *comm)
{
	static const char *const names[] = {"sh",   "bash", "dash", "zsh",  "ksh",  "fish", "sleep", "cat",
	                                    "tail", "tee",  "less", "more", "grep", "sed",  "awk",   "mpv"};

	for (size_t i = 0; comm && i < sizeof names / sizeof *names; i++)
		if (!strcmp(comm, names[i]))
			return true;
	return false;
}

/*
 * A descriptor that stays open over exec, in a program that does not look like
 * the one that made the socket.
 */
static bool inherited_fd(const struct report *r, const struct sock *s)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++) {
		const struct process *p = &r->seen->owners.processes[o[i].process];
		const struct process *oldest = &r->seen->owners.processes[o[0].process];

		if (o[i].cloexec != NO)
			continue;
		if (is_plain_utility(p->comm) || (p->exe && oldest->exe && strcmp(p->exe, oldest->exe)))
			return true;
	}
	return false;
}

/* By what the holders have it, where not by a descriptor of their own; dead: with a main thread that has exited. */
static bool is_held_via(const struct report *r, const struct sock *s, enum via via, bool dead)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++)
		if (o[i].via == via && (r->seen->owners.processes[o[i].process].state == 'Z') == dead)
			return true;
	return false;
}

static bool zombie_leader(const struct report *r, const struct sock *s)
{
	return is_held_via(r, s, VIA_TASK, true);
}

static bool own_fd_table(const struct report *r, const struct sock *s)
{
	return is_held_via(r, s, VIA_TASK, false);
}

static bool io_uring(const struct report *r, const struct sock *s)
{
	return is_held_via(r, s, VIA_IO_URING, false) || is_held_via(r, s, VIA_IO_URING, true) ||
	       (is_hinted(r, s, HINT_IO_URING) && !is_hinted(r, s, HINT_ACCEPT));
}

/* A thread that waits in accept() on a closed descriptor has some listener: the other hints are weaker. */
static bool blocked_accept(const struct report *r, const struct sock *s)
{
	return is_hinted(r, s, HINT_ACCEPT);
}

static bool in_flight_fd(const struct report *r, const struct sock *s)
{
	return is_hinted(r, s, HINT_IN_FLIGHT) && !is_hinted(r, s, HINT_ACCEPT);
}

/* Who started the holders: of several any. */
static bool is_any_owner(const struct report *r, const struct sock *s,
                         bool (*fits)(const struct process *p, const struct sock *s))
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	for (size_t i = 0; i < n; i++)
		if (fits(&r->seen->owners.processes[o[i].process], s))
			return true;
	return false;
}

static bool is_in_container(const struct process *p, const struct sock *s)
{
	(void)s;
	return p->container;
}

static bool is_helper(const struct process *p, const struct sock *s)
{
	return starter_helper(p, s->port);
}

static bool is_ssh(const struct process *p, const struct sock *s)
{
	(void)s;
	return starter_is_ssh_forward(p);
}

static bool is_systemd(const struct process *p, const struct sock *s)
{
	(void)s;
	return starter_is_systemd(p);
}

static bool is_supervised(const struct process *p, const struct sock *s)
{
	pid_t pid;

	return !p->container && !is_helper(p, s) && !is_ssh(p, s) && !is_systemd(p, s) && starter_supervisor(p, &pid);
}

/* A socket unit's socket is systemd's too once its service runs: that unit is what holds it. */
static bool socket_activation(const struct report *r, const struct sock *s)
{
	return is_any_owner(r, s, is_systemd);
}

static bool supervised(const struct report *r, const struct sock *s)
{
	return is_any_owner(r, s, is_supervised) && !socket_activation(r, s);
}

static bool container(const struct report *r, const struct sock *s)
{
	return is_any_owner(r, s, is_in_container);
}

static bool container_proxy(const struct report *r, const struct sock *s)
{
	return is_any_owner(r, s, is_helper) && !container(r, s);
}

static bool ssh_forward(const struct report *r, const struct sock *s)
{
	return s->state == STATE_LISTEN && is_any_owner(r, s, is_ssh);
}

static bool mptcp(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->mptcp == YES;
}

static bool peer_on_this_host(const struct report *r, const struct sock *s)
{
	return snapshot_peer(r->seen, s) != NULL;
}

/* The peer acknowledges and does not close: it sits in CLOSE_WAIT here, or answers window probes with a closed window. */
static bool peer_keeps_open(const struct report *r, const struct sock *s)
{
	const struct sock *p = snapshot_peer(r->seen, s);

	if (s->state == STATE_FIN_WAIT_2)
		return p && p->state == STATE_CLOSE_WAIT;
	return s->state == STATE_FIN_WAIT_1 && s->timer == TIMER_PROBE;
}

static bool peer_unreachable(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->timer == TIMER_RETRANSMIT && s->retransmits >= 2;
}

static bool simultaneous_close(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->state == STATE_CLOSING;
}

static bool half_closed(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->inode && (s->state == STATE_FIN_WAIT_1 || s->state == STATE_FIN_WAIT_2);
}

static bool unread_data(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->proto == PROTO_TCP && sock_unread(s) && !sock_is_rest(s) &&
	       (s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT ||
	        (s->state == STATE_FIN_WAIT_2 && s->inode));
}

static bool no_timeout(const struct report *r, const struct sock *s)
{
	(void)r;
	return s->proto == PROTO_TCP && s->inode && s->timer == TIMER_NONE &&
	       (s->state == STATE_ESTABLISHED || s->state == STATE_CLOSE_WAIT || s->state == STATE_FIN_WAIT_2);
}

/* What a listener's own connections are like is not why bind() fails. */
enum { NOT_OF_A_LISTENER = 1 };

static const struct {
	enum facet_id id;
	int when;
	bool (*has)(const struct report *r, const struct sock *s);
} socket_facets[] = {
    {FACET_V4_MAPPED, 0, v4_mapped},
    {FACET_SHARED_SOCKET, 0, shared_socket},
    {FACET_ORPHANED_WORKER, 0, orphaned_worker},
    {FACET_HIDDEN_OWNER, 0, hidden_owner},
    {FACET_KERNEL_OWNED, 0, kernel_owned},
    {FACET_OTHER_PID_NAMESPACE, 0, other_pid_namespace},
    {FACET_REUSEPORT_OTHER_USER, 0, reuseport_other_user},
    {FACET_REUSEPORT_ONE_SIDED, 0, reuseport_one_sided},
    {FACET_DEVICE_BOUND, 0, device_bound},
    {FACET_STOPPED, 0, stopped},
    {FACET_INHERITED_FD, 0, inherited_fd},
    {FACET_MPTCP, 0, mptcp},
    {FACET_ZOMBIE_LEADER, 0, zombie_leader},
    {FACET_OWN_FD_TABLE, 0, own_fd_table},
    {FACET_IO_URING, 0, io_uring},
    {FACET_IN_FLIGHT_FD, 0, in_flight_fd},
    {FACET_BLOCKED_ACCEPT, 0, blocked_accept},
    {FACET_SUPERVISED, 0, supervised},
    {FACET_CONTAINER, 0, container},
    {FACET_CONTAINER_PROXY, 0, container_proxy},
    {FACET_SOCKET_ACTIVATION, 0, socket_activation},
    {FACET_SSH_FORWARD, 0, ssh_forward},
    {FACET_PEER_ON_THIS_HOST, NOT_OF_A_LISTENER, peer_on_this_host},
    {FACET_PEER_KEEPS_OPEN, NOT_OF_A_LISTENER, peer_keeps_open},
    {FACET_PEER_UNREACHABLE, NOT_OF_A_LISTENER, peer_unreachable},
    {FACET_SIMULTANEOUS_CLOSE, NOT_OF_A_LISTENER, simultaneous_close},
    {FACET_HALF_CLOSED, NOT_OF_A_LISTENER, half_closed},
    {FACET_UNREAD_DATA, NOT_OF_A_LISTENER, unread_data},
    {FACET_NO_TIMEOUT, NOT_OF_A_LISTENER, no_timeout},
};

/* Adds the facets of one socket of c to it. */
void facets_of_socket(const struct report *r, struct cause *c, const struct sock *s)
{
	for (size_t f = 0; f < sizeof socket_facets / sizeof *socket_facets; f++)
		if (!(socket_facets[f].when & NOT_OF_A_LISTENER && c->id == CAUSE_LISTENER) && socket_facets[f].has(r, s))
			c->facets |= FACET_BIT(socket_facets[f].id);
}

/* Facets of the cause as a whole. */

static void find_cause_facets(const struct report *r, struct cause *c)
{
	const struct host *h = &r->seen->host;
	uint16_t port = r->request->target.port;
	bool outbound = c->id == CAUSE_OUTBOUND_CONNECTION || c->id == CAUSE_OUTBOUND_TIME_WAIT || c->id == CAUSE_SELF_CONNECT;
	uint64_t count = 0;

	for (size_t i = 0; rows_next(&c->socks, &i); i++)
		count += row_sock(r, i).count;
	if (count > 1000)
		c->facets |= FACET_BIT(FACET_MANY);
	if (outbound && h->ephemeral_last && port >= h->ephemeral_first && port <= h->ephemeral_last &&
	    !port_set_has(&r->seen->census.reserved, port))
		c->facets |= FACET_BIT(FACET_IN_EPHEMERAL_RANGE);
}

/* Whether bind() with SO_REUSEADDR was tried, failed, and only sockets of this cause can be the reason. */
static bool refused_by(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; i < r->nbinds; i++) {
		const struct bind *b = &r->binds[i];
		size_t own = 0;

		if (b->mix != MIX_REUSEADDR || !b->by_probe || b->result != EADDRINUSE || !b->blocked_by.n)
			continue;
		for (size_t k = 0; rows_next(&b->blocked_by, &k); k++)
			own += r->rows[k].cause == c - r->causes;
		if (own == b->blocked_by.n)
			return true;
	}
	return false;
}

/* Whether the holders had SO_REUSEADDR; on a listener, and for connect(), it makes no difference. */
static void find_reuseaddr(const struct report *r, struct cause *c)
{
	enum tri all = YES;
	bool any = false;

	for (size_t i = 0; rows_next(&c->socks, &i); i++) {
		if (c->id == CAUSE_LISTENER || c->id == CAUSE_CONNECT_TUPLE_IN_USE)
			return;
		any = true;
		all = tri_and(all, (enum tri)r->rows[i].reuseaddr);
	}
	if (any && (all == NO || (all == UNKNOWN && !gap_hides_sockets(&r->seen->gaps) && refused_by(r, c))))
		c->facets |= FACET_BIT(FACET_OWNER_LACKED_REUSEADDR);
	else if (any && all == YES)
		c->facets |= FACET_BIT(FACET_OWNER_HAS_REUSEADDR);
}

/* Fills the facets of c.  Its sockets, the rows and the binds of r must be final. */
void facets_find(const struct report *r, struct cause *c)
{
	for (size_t i = 0; rows_next(&c->socks, &i); i++) {
		struct sock s = row_sock(r, i);

		find_address_facets(r, c, &s);
		facets_of_socket(r, c, &s);
	}
	find_cause_facets(r, c);
	find_reuseaddr(r, c);
}
