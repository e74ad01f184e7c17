/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about who holds the socket: processes, users, units. */
#include "out/facts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "text/text.h"

static const struct process *holder(const struct scope *scope, size_t *others)
{
	const struct sock *s = facts_sock(scope);

	*others = 0;
	return s ? facts_holder(scope->report, s, others) : NULL;
}

static void put_user(struct buf *out, uint32_t uid, const struct scope *scope)
{
	const char *name = scope->style && scope->style->numeric ? NULL : snapshot_user(scope->report->seen, uid);

	if (name)
		facts_raw(out, name, scope);
	else
		buf_printf(out, "%u", uid);
}

static void put_owner(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	if (s && s->uid != UID_UNKNOWN)
		put_user(out, s->uid, scope);
	else
		buf_puts(out, "(not known)");
}

static void put_group(struct buf *out, const struct scope *scope, const char *unit, const char *container)
{
	if (container || unit) {
		buf_puts(out, container ? ", container " : ", unit ");
		facts_raw(out, container ? container : unit, scope);
	}
}

static void put_cgroup(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	const struct cgroup *g = s ? snapshot_cgroup(scope->report->seen, s->cgroup) : NULL;

	if (!g || !g->path)
		return;
	if (g->unit || g->container) {
		put_group(out, scope, g->unit, g->container);
	} else {
		buf_puts(out, ", cgroup ");
		facts_raw(out, g->path, scope);
	}
}

static bool is_kernel_owned(const struct scope *scope)
{
	return scope->cause && scope->cause->facets & 1U << FACET_KERNEL_OWNED;
}

static void put_holder(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	size_t others;
	const struct process *p = holder(scope, &others);

	if (!p && s && s->inode && s->held_by == HELD_KERNEL) {
		buf_puts(out, "the kernel");
		return;
	}
	if (!p) {
		buf_puts(out, is_kernel_owned(scope) ? "probably the kernel itself (no process has it; user " : "a process of user ");
		put_owner(out, scope);
		put_cgroup(out, scope);
		buf_puts(out, is_kernel_owned(scope)                 ? ")"
		              : s && s->held_by == HELD_HIDDEN ? " (hidden from you)"
		                                                 : " (not found in /proc)");
		return;
	}
	facts_raw(out, p->comm ? p->comm : "?", scope);
	buf_printf(out, " (pid %ld, %s", (long)p->pid, snapshot_user(scope->report->seen, p->uid) ? "" : "uid ");
	put_user(out, p->uid, scope);
	if (others)
		buf_printf(out, ", and %zu more", others);
	buf_puts(out, ")");
}

/* Who is behind the socket, in a word. */
static void put_someone(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	if (!is_kernel_owned(scope))
		buf_puts(out, "a process");
	else
		buf_puts(out, s && s->held_by == HELD_KERNEL ? "the kernel" : "the kernel probably");
}

static void put_name(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	facts_raw(out, p && p->comm ? p->comm : "the process", scope);
}

static void put_pid(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	buf_printf(out, "%ld", p ? (long)p->pid : 0L);
}

/* Each process that holds the first socket of the cause, once. */
static void put_pids(struct buf *out, const struct scope *scope)
{
	enum { MOST = 5 };
	const struct sock *s = facts_sock(scope);
	const struct snapshot *seen = scope->report->seen;
	size_t n, shown = 0, others;
	const struct owner *o;

	if (!s || !facts_holder(scope->report, s, &others))
		return;
	o = owners_of(&seen->owners, s->inode, &n);
	for (size_t i = 0; i < n && shown < MOST; i++) {
		if (i && o[i].process == o[i - 1].process)
			continue;
		buf_printf(out, "%s%ld", shown++ ? ", " : "pids ", (long)seen->owners.processes[o[i].process].pid);
	}
	if (others + 1 > shown)
		buf_printf(out, " and %zu more", others + 1 - shown);
}

/* Each process that holds some socket of the cause, once. */
static void put_all_pids(struct buf *out, const struct scope *scope)
{
	const struct report *r = scope->report;
	const struct owners *owners = &r->seen->owners;
	bool *told = xcalloc(owners->nprocesses, sizeof *told), any = false;

	for (size_t i = 0; scope->cause && rows_next(&scope->cause->socks, &i); i++) {
		size_t n;
		const struct owner *o = owners_of(owners, row_sock(r, i).inode, &n);

		for (size_t k = 0; k < n; k++) {
			if (!told[o[k].process])
				buf_printf(out, "%s%ld", any ? " " : "", (long)owners->processes[o[k].process].pid);
			told[o[k].process] = any = true;
		}
	}
	free(told);
}

static void put_started(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	facts_duration(out, p ? p->age_ms : 0);
}

static void put_parent(struct buf *out, const struct process *p, const struct scope *scope)
{
	if (!p || !p->nparents || !p->parents[0].comm)
		return;
	buf_puts(out, " by ");
	facts_raw(out, p->parents[0].comm, scope);
	buf_printf(out, " (pid %ld)", (long)p->parents[0].pid);
}

/* Who started it; nothing of one that is somebody else's child by now. */
static void put_by(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	if (p && !p->orphaned)
		put_parent(out, p, scope);
}

static void put_adopter(struct buf *out, const struct scope *scope)
{
	size_t others;

	put_parent(out, holder(scope, &others), scope);
}

static void put_in(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	if (p && p->cwd) {
		buf_puts(out, ", in ");
		facts_raw(out, p->cwd, scope);
	}
}

static void put_unit_clause(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	if (p)
		put_group(out, scope, p->unit, p->container);
}

/* Of a socket that systemd has opened the socket unit, by the cgroup that it was made in. */
static const char *unit_of(const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);
	const struct sock *s = facts_sock(scope);
	const struct cgroup *g = s ? snapshot_cgroup(scope->report->seen, s->cgroup) : NULL;

	if (!scope->cause || !(scope->cause->facets & FACET_BIT(FACET_SOCKET_ACTIVATION)))
		return p && p->unit ? p->unit : "?";
	return g && g->unit && strstr(g->unit, ".socket") ? g->unit : "UNIT.socket";
}

static void put_unit(struct buf *out, const struct scope *scope)
{
	facts_raw(out, unit_of(scope), scope);
}

static void put_container(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);

	facts_raw(out, p && p->container ? p->container : "?", scope);
}

/* Who has the other end, if that is a socket of this namespace too. */
static void put_peer_holder(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope), *peer = s ? snapshot_peer(scope->report->seen, s) : NULL;
	size_t others;
	const struct process *p = peer ? facts_holder(scope->report, peer, &others) : NULL;

	if (p) {
		facts_raw(out, p->comm ? p->comm : "?", scope);
		buf_printf(out, " (pid %ld)", (long)p->pid);
	} else {
		buf_puts(out, peer && peer->inode ? "a process that may not be seen" : "held by the kernel");
	}
}

/* The process that the facet inherited-fd is about: the last one found that keeps it over exec. */
static void put_heir(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);
	const struct owners *owners = &scope->report->seen->owners;
	size_t n = 0;
	const struct owner *o = s ? owners_of(owners, s->inode, &n) : NULL;

	while (n > 1 && o[n - 1].cloexec != NO)
		n--;
	facts_raw(out, n && owners->processes[o[n - 1].process].comm ? owners->processes[o[n - 1].process].comm : "It",
	          scope);
}

/* The first descriptor by which the socket is held that way, NULL if there is none. */
static const struct owner *owner_via(const struct scope *scope, enum via via)
{
	const struct sock *s = facts_sock(scope);
	size_t n = 0;
	const struct owner *o = s ? owners_of(&scope->report->seen->owners, s->inode, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (o[i].via == via)
			return &o[i];
	return NULL;
}

static void put_tid(struct buf *out, const struct scope *scope)
{
	const struct owner *o = owner_via(scope, VIA_TASK);

	buf_printf(out, "%ld", o ? (long)o->tid : 0L);
}

static const struct hint *hint_of(const struct scope *scope, enum hint_kind kind, size_t *n)
{
	const struct sock *s = facts_sock(scope);

	*n = 0;
	return s ? snapshot_hint(scope->report->seen, s, kind, n) : NULL;
}

static void put_hint_name(struct buf *out, const struct hint *h, const struct scope *scope)
{
	facts_raw(out, h && h->comm ? h->comm : "?", scope);
	buf_printf(out, " (pid %ld)", h ? (long)h->pid : 0L);
}

static void put_ring(struct buf *out, const struct scope *scope)
{
	const struct owner *o = owner_via(scope, VIA_IO_URING);
	size_t n;
	const struct hint *h = o ? NULL : hint_of(scope, HINT_IO_URING, &n);

	if (o)
		buf_printf(out, "%d of pid %ld", o->fd, (long)scope->report->seen->owners.processes[o->process].pid);
	else if (h)
		buf_printf(out, "%d of pid %ld", h->fd, (long)h->pid);
}

/* Nothing where the ring names the inode. */
static void put_surely(struct buf *out, const struct scope *scope)
{
	if (!owner_via(scope, VIA_IO_URING))
		buf_puts(out, "probably ");
}

static void put_mail(struct buf *out, const struct scope *scope)
{
	size_t n;
	const struct hint *h = hint_of(scope, HINT_IN_FLIGHT, &n);

	buf_printf(out, "descriptor %d of ", h ? h->fd : 0);
	put_hint_name(out, h, scope);
	if (n > 1)
		buf_printf(out, " and %zu more", n - 1);
}

static void put_accepter(struct buf *out, const struct scope *scope)
{
	size_t n;

	put_hint_name(out, hint_of(scope, HINT_ACCEPT, &n), scope);
}

static void put_closed(struct buf *out, const struct scope *scope)
{
	size_t n;
	const struct hint *h = hint_of(scope, HINT_ACCEPT, &n);

	buf_printf(out, "%d", h ? h->fd : 0);
}

/* The strongest hint first. */
static const struct hint *suspect(const struct scope *scope)
{
	size_t n;
	const struct hint *h = hint_of(scope, HINT_ACCEPT, &n);

	h = h ? h : hint_of(scope, HINT_IO_URING, &n);
	return h ? h : hint_of(scope, HINT_IN_FLIGHT, &n);
}

static void put_suspect(struct buf *out, const struct scope *scope)
{
	put_hint_name(out, suspect(scope), scope);
}

static void put_suspect_pid(struct buf *out, const struct scope *scope)
{
	buf_printf(out, "%ld", suspect(scope) ? (long)suspect(scope)->pid : 0L);
}

static void put_kernel_whose(struct buf *out, const struct scope *scope)
{
	const struct sock *s = facts_sock(scope);

	if (s)
		facts_expand(out, kernel_owner_texts[snapshot_kernel_owner(scope->report->seen, s)], scope);
}

static void put_interface(struct buf *out, const struct scope *scope)
{
	const struct tunnel *t = &scope->report->seen->tunnel;

	facts_raw(out, t->kind ? t->name : "DEVICE", scope);
}

static void put_the_interface(struct buf *out, const struct scope *scope)
{
	const struct tunnel *t = &scope->report->seen->tunnel;

	buf_puts(out, t->certain ? "the interface " : "the interface that has it");
	if (t->certain)
		facts_raw(out, t->name, scope);
}

static void put_kind(struct buf *out, const struct scope *scope)
{
	const struct tunnel *t = &scope->report->seen->tunnel;

	buf_puts(out, t->kind ? t->kind : "?");
}

static void put_sudo(struct buf *out, const struct scope *scope)
{
	size_t others;
	const struct process *p = holder(scope, &others);
	uint32_t uid = scope->report->seen->host.own_uid;

	if (uid && (p ? p->uid : suspect(scope) ? suspect(scope)->uid : UID_UNKNOWN) != uid)
		buf_puts(out, "sudo ");
}

/* See out/facts.h. */
const struct fact facts_who[] = {
    {"holder", put_holder},
    {"started", put_started},
    {"by", put_by},
    {"adopter", put_adopter},
    {"in", put_in},
    {"group", put_unit_clause},
    {"unit", put_unit},
    {"container", put_container},
    {"owner", put_owner},
    {"cgroup", put_cgroup},
    {"someone", put_someone},
    {"name", put_name},
    {"pid", put_pid},
    {"pids", put_pids},
    {"allpids", put_all_pids},
    {"sudo", put_sudo},
    {"peerholder", put_peer_holder},
    {"heir", put_heir},
    {"tid", put_tid},
    {"ring", put_ring},
    {"kernelwhose", put_kernel_whose},
    {"interface", put_interface},
    {"theinterface", put_the_interface},
    {"kind", put_kind},
    {"surely", put_surely},
    {"mail", put_mail},
    {"accepter", put_accepter},
    {"closed", put_closed},
    {"suspect", put_suspect},
    {"suspectpid", put_suspect_pid},
    {NULL, NULL},
};
