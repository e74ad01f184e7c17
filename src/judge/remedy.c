/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which fixes a cause has, and which of them help now.  An ordered table: of
 * those that help now the first is the one to try first, the safest before the
 * strongest; what they say stands in text/fix.c.
 */
#include "judge/remedy.h"

#include <string.h>

#include "judge/autobind.h"
#include "model/starter.h"

enum { NOW = 1, FOR_GOOD = 2, THEN = 4 };

static const struct process *holder(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; rows_next(&c->socks, &i); i++) {
		size_t n;
		const struct owner *o = owners_of(&r->seen->owners, row_sock(r, i).inode, &n);

		if (n)
			return &r->seen->owners.processes[o->process];
	}
	return NULL;
}

static bool has(const struct cause *c, enum facet_id id)
{
	return c->facets & FACET_BIT(id);
}

static bool always(const struct report *r, const struct cause *c)
{
	(void)r;
	(void)c;
	return true;
}

static bool is_container(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_CONTAINER) || has(c, FACET_CONTAINER_PROXY);
}

static bool is_service(const struct report *r, const struct cause *c)
{
	const struct process *p = holder(r, c);
	pid_t pid;

	return has(c, FACET_SOCKET_ACTIVATION) ||
	       (has(c, FACET_SUPERVISED) && p && starter_supervisor(p, &pid) == SUPERVISOR_SYSTEMD);
}

/* Any other supervisor. */
static bool is_supervised(const struct report *r, const struct cause *c)
{
	return has(c, FACET_SUPERVISED) && !is_service(r, c) && !is_container(r, c);
}

/* Where to kill a process is of no use: something starts it again. */
static bool is_managed(const struct report *r, const struct cause *c)
{
	return is_service(r, c) || is_container(r, c) || is_supervised(r, c);
}

/* A stopped process does not act on SIGTERM until it is continued. */
static bool is_stopped(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_STOPPED);
}

/* Whether more than one process has a socket of the cause, be it the same one or each its own. */
static bool are_several(const struct report *r, const struct cause *c)
{
	const struct process *first = holder(r, c);

	for (size_t i = 0; rows_next(&c->socks, &i); i++) {
		size_t n;
		const struct owner *o = owners_of(&r->seen->owners, row_sock(r, i).inode, &n);

		for (size_t k = 0; k < n; k++)
			if (&r->seen->owners.processes[o[k].process] != first)
				return true;
	}
	return false;
}

static bool is_group(const struct report *r, const struct cause *c)
{
	return are_several(r, c) && !is_stopped(r, c) && !is_managed(r, c);
}

static bool is_one_process(const struct report *r, const struct cause *c)
{
	return holder(r, c) && !are_several(r, c) && !is_stopped(r, c) && !is_managed(r, c);
}

/* Connections of which the end of the process does not end our end. */
enum { STAYING_STATES = 1 << STATE_ESTABLISHED | 1 << STATE_FIN_WAIT_1 | 1 << STATE_FIN_WAIT_2 };

/*
 * Whether the end of its process leaves connections that block even a bind() with
 * SO_REUSEADDR: FIN_WAIT and TIME_WAIT sockets keep the option as it was.  Unread
 * data makes the end a reset, which leaves nothing.
 */
static bool leaves_connections(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; rows_next(&c->socks, &i); i++) {
		struct sock s = row_sock(r, i);

		if (s.proto == PROTO_TCP && 1U << s.state & STAYING_STATES && s.inode && s.reuseaddr == NO && !sock_unread(&s))
			return holder(r, c) != NULL;
	}
	return false;
}

static bool is_inherited(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_INHERITED_FD);
}

static bool is_in_range(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_IN_EPHEMERAL_RANGE);
}

/* No process has a socket of the cause: it ends by itself. */
static bool is_orphaned(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; rows_next(&c->socks, &i); i++)
		if (row_sock(r, i).inode)
			return false;
	return true;
}

/*
 * Whether SOCK_DESTROY does what is wanted, for all sockets of that state on the
 * port, for that is what the command names: none may be a process's.
 * Minisockets can be destroyed from 6.0 on (af9784d007d8); an orphan that is a
 * full socket would never die before 6.12 (bac76cf89816), though some older
 * kernels have that mended.
 */
static bool is_destroyable(const struct report *r, const struct cause *c)
{
	const struct host *h = &r->seen->host;

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock s = row_sock(r, i);

		if (s.state != c->first->state)
			continue;
		if (s.inode || !(sock_is_minisocket(&s) ? host_has_kernel(h, 6, 0) : host_has_kernel(h, 6, 12)))
			return false;
	}
	return true;
}

/* The socket of an interface, as far as can be told. */
static bool is_interface(const struct report *r, const struct cause *c)
{
	enum kernel_owner whose = snapshot_kernel_owner(r->seen, c->first);

	return has(c, FACET_KERNEL_OWNED) &&
	       (whose == KERNEL_OWNER_TUNNEL || whose == KERNEL_OWNER_MAYBE_TUNNEL || whose == KERNEL_OWNER_UDP);
}

/* Some process may not be looked at: root sees more. */
static bool is_hidden(const struct report *r, const struct cause *c)
{
	for (size_t i = 0; rows_next(&c->socks, &i); i++)
		if (row_sock(r, i).held_by == HELD_HIDDEN)
			return true;
	return false;
}

static bool is_not_root(const struct report *r, const struct cause *c)
{
	(void)c;
	return r->seen->host.own_uid != 0;
}

static bool is_hidden_from_user(const struct report *r, const struct cause *c)
{
	return is_hidden(r, c) && is_not_root(r, c);
}

/*
 * From whom as root something is hidden, is root of a user namespace or lacks
 * CAP_SYS_PTRACE, as in a container (__ptrace_may_access() in kernel/ptrace.c).
 */
static bool is_hidden_from_root(const struct report *r, const struct cause *c)
{
	return is_hidden(r, c) && !is_not_root(r, c);
}

/* A process was not found, but one that probably holds it. */
static bool is_suspected(const struct report *r, const struct cause *c)
{
	return !holder(r, c) && (has(c, FACET_IO_URING) || has(c, FACET_IN_FLIGHT_FD) || has(c, FACET_BLOCKED_ACCEPT));
}

static bool is_seen_from_host(const struct report *r, const struct cause *c)
{
	return has(c, FACET_OTHER_PID_NAMESPACE) || is_hidden_from_root(r, c);
}

static bool is_in_accept(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_BLOCKED_ACCEPT);
}

/* Whether a plain bind() is asked for, and every address accepts that mix. */
static bool mix_works(const struct report *r, unsigned int mix)
{
	for (size_t i = mix; i < r->nbinds; i += MIXES)
		if (r->binds[i].result != RESULT_OK)
			return false;
	return r->nbinds && r->request->mix == MIX_PLAIN;
}

static bool reuseaddr_works(const struct report *r, const struct cause *c)
{
	(void)c;
	return mix_works(r, MIX_REUSEADDR);
}

static bool reuseaddr_needed(const struct report *r, const struct cause *c)
{
	(void)c;
	return r->request->mix == MIX_PLAIN || r->request->mix == MIX_REUSEPORT;
}

/* A listener is never overridden; what it leaves behind is, by the option. */
static bool reuseaddr_needed_after(const struct report *r, const struct cause *c)
{
	return reuseaddr_needed(r, c) && leaves_connections(r, c);
}

static bool is_one_sided(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_REUSEPORT_ONE_SIDED);
}

static bool is_of_another(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_REUSEPORT_OTHER_USER);
}

static bool overlaps_wildcard(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_WILDCARD_OVERLAP);
}

static bool is_dual_stack(const struct report *r, const struct cause *c)
{
	(void)r;
	return has(c, FACET_DUAL_STACK);
}

static bool ends_by_itself(const struct report *r, const struct cause *c)
{
	return is_orphaned(r, c) && sock_ends_ms(c->first) >= 0;
}

static bool a_port_will_be_free(const struct report *r, const struct cause *c)
{
	(void)c;
	return autobind_ends_ms(r) >= 0;
}

static bool range_is_narrow(const struct report *r, const struct cause *c)
{
	const struct host *h = &r->seen->host;

	(void)c;
	return h->ephemeral_last && (h->ephemeral_last < 65535 || h->ephemeral_first > 1024);
}

static bool is_for_bind(const struct report *r, const struct cause *c)
{
	(void)c;
	return !r->connect.asked;
}

static bool is_held(const struct report *r, const struct cause *c)
{
	return holder(r, c) != NULL;
}

static bool is_inferred(const struct report *r, const struct cause *c)
{
	(void)r;
	return c->inferred;
}

static bool is_proven(const struct report *r, const struct cause *c)
{
	return !is_inferred(r, c);
}

/* Whoever holds a socket is stopped the same way. */
#define STOP_HOLDERS(cause)                                                                                            \
	{cause, FIX_STOP_UNIT, NOW, is_service}, {cause, FIX_STOP_CONTAINER, NOW, is_container},                       \
	    {cause, FIX_RESTART_VIA_SUPERVISOR, NOW, is_supervised},                                               \
	    {cause, FIX_CONTINUE_OR_KILL, NOW, is_stopped}, {cause, FIX_STOP_HOLDER, NOW, is_one_process},             \
	    {cause, FIX_KILL_GROUP, NOW, is_group}, {cause, FIX_WAIT_FOR_CONNECTIONS, NOW | THEN, leaves_connections},      \
	    {cause, FIX_STOP_PROBABLE_HOLDER, NOW, is_suspected},                                                  \
	    {cause, FIX_LOOK_AS_ROOT, NOW, is_hidden_from_user},                                                   \
	    {cause, FIX_LOOK_FROM_HOST, NOW, is_seen_from_host},                                                   \
	    {cause, FIX_SET_CLOEXEC, FOR_GOOD, is_inherited},                                                      \
	    {cause, FIX_SHUTDOWN_BEFORE_CLOSE, FOR_GOOD, is_in_accept}

static const struct {
	enum cause_id cause;
	enum fix_id fix;
	int when;
	bool (*applies)(const struct report *r, const struct cause *c);
} fixes[] = {
    STOP_HOLDERS(CAUSE_LISTENER),
    {CAUSE_LISTENER, FIX_SET_REUSEPORT, FOR_GOOD, is_one_sided},
    {CAUSE_LISTENER, FIX_SAME_USER, FOR_GOOD, is_of_another},
    {CAUSE_LISTENER, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed_after},
    {CAUSE_LISTENER, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_LISTENER, FIX_SET_V6ONLY, FOR_GOOD, is_dual_stack},
    {CAUSE_LISTENER, FIX_BIND_SPECIFIC, FOR_GOOD, overlaps_wildcard},
    STOP_HOLDERS(CAUSE_BOUND_NOT_LISTENING),
    {CAUSE_BOUND_NOT_LISTENING, FIX_SET_REUSEPORT, FOR_GOOD, is_one_sided},
    {CAUSE_BOUND_NOT_LISTENING, FIX_SAME_USER, FOR_GOOD, is_of_another},
    {CAUSE_BOUND_NOT_LISTENING, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_BOUND_NOT_LISTENING, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_works},
    STOP_HOLDERS(CAUSE_SELF_CONNECT),
    {CAUSE_SELF_CONNECT, FIX_RESERVE_PORT, FOR_GOOD, is_in_range},
    {CAUSE_SELF_CONNECT, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    STOP_HOLDERS(CAUSE_OUTBOUND_CONNECTION),
    {CAUSE_OUTBOUND_CONNECTION, FIX_RESERVE_PORT, FOR_GOOD, is_in_range},
    {CAUSE_OUTBOUND_CONNECTION, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_OUTBOUND_CONNECTION, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_works},
    STOP_HOLDERS(CAUSE_ACCEPTED_CONNECTION),
    {CAUSE_ACCEPTED_CONNECTION, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_ACCEPTED_CONNECTION, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    STOP_HOLDERS(CAUSE_CLOSE_WAIT),
    {CAUSE_CLOSE_WAIT, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_CLOSE_WAIT, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    STOP_HOLDERS(CAUSE_FIN_WAIT_2_HALF_CLOSED),
    {CAUSE_FIN_WAIT_2_HALF_CLOSED, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_FIN_WAIT_2_HALF_CLOSED, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    STOP_HOLDERS(CAUSE_SYN_RECV),
    {CAUSE_SYN_RECV, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_SYN_RECV, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    STOP_HOLDERS(CAUSE_FIN_WAIT_1),
    {CAUSE_FIN_WAIT_1, FIX_WAIT, NOW, is_orphaned},
    {CAUSE_FIN_WAIT_1, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_FIN_WAIT_1, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    {CAUSE_FIN_WAIT_1, FIX_LET_PEER_CLOSE_FIRST, FOR_GOOD, always},
    {CAUSE_CLOSING, FIX_WAIT, NOW, is_orphaned},
    {CAUSE_CLOSING, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_CLOSING, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    {CAUSE_CLOSING, FIX_LET_PEER_CLOSE_FIRST, FOR_GOOD, always},
    {CAUSE_LAST_ACK, FIX_WAIT, NOW, is_orphaned},
    {CAUSE_LAST_ACK, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_LAST_ACK, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_WAIT, NOW, always},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_LET_PEER_CLOSE_FIRST, FOR_GOOD, always},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_LOWER_FIN_TIMEOUT, FOR_GOOD, always},
    {CAUSE_FIN_WAIT_2_ORPHAN, FIX_LINGER_ZERO, FOR_GOOD, always},
    {CAUSE_TIME_WAIT, FIX_WAIT, NOW, always},
    {CAUSE_TIME_WAIT, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_TIME_WAIT, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_needed},
    {CAUSE_TIME_WAIT, FIX_LET_PEER_CLOSE_FIRST, FOR_GOOD, always},
    {CAUSE_TIME_WAIT, FIX_LINGER_ZERO, FOR_GOOD, always},
    {CAUSE_OUTBOUND_TIME_WAIT, FIX_WAIT, NOW, always},
    {CAUSE_OUTBOUND_TIME_WAIT, FIX_DESTROY_SOCKET, NOW, is_destroyable},
    {CAUSE_OUTBOUND_TIME_WAIT, FIX_RESERVE_PORT, FOR_GOOD, is_in_range},
    {CAUSE_OUTBOUND_TIME_WAIT, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_OUTBOUND_TIME_WAIT, FIX_SET_REUSEADDR, FOR_GOOD, reuseaddr_works},
    {CAUSE_EPHEMERAL_EXHAUSTED, FIX_WAIT, NOW, a_port_will_be_free},
    {CAUSE_EPHEMERAL_EXHAUSTED, FIX_WIDEN_RANGE, NOW, range_is_narrow},
    {CAUSE_EPHEMERAL_EXHAUSTED, FIX_BIND_ADDRESS_NO_PORT, FOR_GOOD, is_for_bind},
    {CAUSE_EPHEMERAL_EXHAUSTED, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    STOP_HOLDERS(CAUSE_CONNECT_TUPLE_IN_USE),
    {CAUSE_CONNECT_TUPLE_IN_USE, FIX_WAIT, NOW, ends_by_itself},
    {CAUSE_CONNECT_TUPLE_IN_USE, FIX_BIND_ADDRESS_NO_PORT, FOR_GOOD, always},
    {CAUSE_CONNECT_TUPLE_IN_USE, FIX_OTHER_PORT, FOR_GOOD, always},
    STOP_HOLDERS(CAUSE_UDP_SOCKET),
    {CAUSE_UDP_SOCKET, FIX_SET_REUSEPORT, FOR_GOOD, is_one_sided},
    {CAUSE_UDP_SOCKET, FIX_SAME_USER, FOR_GOOD, is_of_another},
    {CAUSE_UDP_SOCKET, FIX_STOP_INTERFACE, NOW, is_interface},
    {CAUSE_UDP_SOCKET, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_UDP_SOCKET, FIX_SET_V6ONLY, FOR_GOOD, is_dual_stack},
    {CAUSE_UDP_SOCKET, FIX_BIND_SPECIFIC, FOR_GOOD, overlaps_wildcard},
    {CAUSE_UDP_SOCKET, FIX_SHARE_PORT, NOW | FOR_GOOD, reuseaddr_works},
    STOP_HOLDERS(CAUSE_UNIX_LISTENER),
    {CAUSE_UNIX_LISTENER, FIX_UNLINK_PATH, NOW | THEN, is_held},
    {CAUSE_UNIX_LISTENER, FIX_OTHER_PATH, FOR_GOOD, always},
    STOP_HOLDERS(CAUSE_UNIX_BOUND),
    {CAUSE_UNIX_BOUND, FIX_UNLINK_PATH, NOW | THEN, is_held},
    {CAUSE_UNIX_BOUND, FIX_OTHER_PATH, FOR_GOOD, always},
    {CAUSE_UNIX_BOUND, FIX_CLOSE_THE_SOCKET, FOR_GOOD, always},
    {CAUSE_UNIX_ELSEWHERE, FIX_LOOK_IN_NETNS, NOW, always},
    {CAUSE_UNIX_ELSEWHERE, FIX_OTHER_PATH, FOR_GOOD, always},
    {CAUSE_UNIX_STALE_PATH, FIX_LOOK_IN_NETNS, NOW, is_inferred},
    {CAUSE_UNIX_STALE_PATH, FIX_UNLINK_PATH, NOW | THEN, is_inferred},
    {CAUSE_UNIX_STALE_PATH, FIX_UNLINK_PATH, NOW, is_proven},
    {CAUSE_UNIX_STALE_PATH, FIX_UNLINK_BEFORE_BIND, FOR_GOOD, always},
    {CAUSE_UNIX_NOT_A_SOCKET, FIX_LOOK_AT_PATH, NOW, always},
    {CAUSE_UNIX_NOT_A_SOCKET, FIX_OTHER_PATH, FOR_GOOD, always},
    STOP_HOLDERS(CAUSE_UNIX_ABSTRACT),
    {CAUSE_UNIX_ABSTRACT, FIX_OTHER_PATH, FOR_GOOD, always},
    {CAUSE_PRIVILEGED_PORT, FIX_RAISE_PRIVILEGE, FOR_GOOD, always},
    {CAUSE_PRIVILEGED_PORT, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_ADDRESS_NOT_LOCAL, FIX_ADD_ADDRESS, FOR_GOOD, always},
    {CAUSE_BIND_DENIED, FIX_OTHER_PORT, FOR_GOOD, always},
    {CAUSE_INVISIBLE_HOLDER, FIX_RETRY, NOW, always},
    {CAUSE_INVISIBLE_HOLDER, FIX_LOOK_AS_ROOT, NOW, is_not_root},
};

/* Fills c->fixes.  The facets of c and the binds of r must be final. */
void remedy(const struct report *r, struct cause *c)
{
	for (size_t i = 0; i < sizeof fixes / sizeof *fixes && c->nfixes < FIXES_MAX; i++) {
		bool now = fixes[i].when & NOW;

		if (fixes[i].cause != c->id || !fixes[i].applies(r, c))
			continue;
		if (fixes[i].fix == FIX_SET_REUSEADDR)
			now = reuseaddr_works(r, c);
		if (fixes[i].fix == FIX_SET_REUSEPORT)
			now = mix_works(r, MIX_REUSEPORT);
		c->fixes[c->nfixes++] =
		    (struct fix){.id = fixes[i].fix, .helps_now = now, .permanent = fixes[i].when & FOR_GOOD, .then = fixes[i].when & THEN};
	}
}

static bool is_among(const struct fix *v, size_t n, enum fix_id id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].id == id)
			return true;
	return false;
}

/* Every fix that a cause can have, each once, in order; whether it helps now hangs on the case.  Returns how many. */
size_t remedy_all(enum cause_id id, struct fix out[static FIXES])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
		if (fixes[i].cause == id && !is_among(out, n, fixes[i].fix))
			out[n++] = (struct fix){.id = fixes[i].fix, .permanent = fixes[i].when & FOR_GOOD};
	return n;
}
