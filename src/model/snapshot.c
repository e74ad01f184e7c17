/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in what was seen, and its end. */
#include "model/snapshot.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* Whether the kernel calls itself that version or a later one; false where its release is not known. */
bool host_has_kernel(const struct host *h, unsigned long major, unsigned long minor)
{
	char *end = NULL;
	unsigned long first = h->release ? strtoul(h->release, &end, 10) : 0;
	unsigned long second = end && *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return end && end != h->release && (first > major || (first == major && second >= minor));
}

/* The last probe of that address and mix; NULL if none was made. */
const struct probe *snapshot_probe(const struct snapshot *s, const struct addr *addr, unsigned int mix)
{
	for (size_t i = s->nprobes; i-- > 0;)
		if (s->probes[i].mix == mix && addr_equal(&s->probes[i].addr, addr))
			return &s->probes[i];
	return NULL;
}

/* Whether that refusal could not be had again: a trial without SO_REUSEADDR has ended what the port remembered of it. */
static bool is_spoiled(const struct snapshot *s, const struct probe *p)
{
	if (!mixes[p->mix].reuseaddr || !s->quirks_read || s->quirks.reuseaddr_memory == NO)
		return false;
	for (size_t i = 0; i < s->nprobes; i++)
		if (!s->probes[i].err && !mixes[s->probes[i].mix].reuseaddr)
			return true;
	return false;
}

/*
 * Takes over from an earlier look at the same port what cannot be asked again
 * alike: the trials that worked beside a socket or had SO_REUSEPORT (the port
 * remembers them), those that these have spoiled, and how this kernel goes.
 */
void snapshot_keep_trials(struct snapshot *s, const struct snapshot *before)
{
	s->quirks = before->quirks;
	s->quirks_read = before->quirks_read;
	for (size_t i = 0; i < before->nprobes; i++) {
		const struct probe *p = &before->probes[i];

		if (!before->nsocks || (p->err && !mixes[p->mix].reuseport && !is_spoiled(before, p)))
			continue;
		s->probes = xgrow(s->probes, s->nprobes, sizeof *s->probes);
		s->probes[s->nprobes++] = *p;
	}
}

/* A number for all sockets, whatever their order; timers and queues play no part. */
static uint64_t state_of(const struct snapshot *s)
{
	uint64_t sum = s->nsocks;

	for (size_t i = 0; i < s->nsocks; i++) {
		const struct sock *t = &s->socks[i];
		uint64_t one = (uint64_t)sock_hash(t) << 32 ^ (uint64_t)t->peer_port << 8 ^ t->state;

		one = (one ^ t->cookie ^ (uint64_t)t->inode << 16) * 0x9e3779b97f4a7c15U;
		sum += one ^ one >> 29;
	}
	return sum;
}

/*
 * Takes over from a look some time ago at the same port what need not be asked
 * again: how this kernel goes, and (trials) what each bind() of ours got, if the
 * sockets are the same and in the same states.
 */
void snapshot_recall(struct snapshot *s, const struct snapshot *before, bool trials)
{
	s->quirks = before->quirks;
	s->quirks_read = before->quirks_read;
	if (!trials || !before->nprobes || state_of(s) != state_of(before))
		return;
	for (size_t i = 0; i < before->nprobes; i++) {
		s->probes = xgrow(s->probes, s->nprobes, sizeof *s->probes);
		s->probes[s->nprobes++] = before->probes[i];
	}
}

/* What was found out about the address; NULL if nobody asked. */
const struct locality *snapshot_locality(const struct snapshot *s, const struct addr *addr)
{
	for (size_t i = 0; i < s->nlocalities; i++)
		if (addr_equal(&s->localities[i].addr, addr))
			return &s->localities[i];
	return NULL;
}

/* Whether the address is on this host (a wildcard always is); UNKNOWN if nobody asked or the tables could not be read. */
enum tri snapshot_local(const struct snapshot *s, const struct addr *addr)
{
	const struct locality *l = snapshot_locality(s, addr);

	if (addr_is_any(addr))
		return YES;
	return l ? l->local : UNKNOWN;
}

/* The cgroup with that id; NULL if it was not looked up. */
const struct cgroup *snapshot_cgroup(const struct snapshot *s, uint64_t id)
{
	for (size_t i = 0; i < s->ncgroups; i++)
		if (s->cgroups[i].id == id)
			return &s->cgroups[i];
	return NULL;
}

/* The user's name; NULL where it has none or nobody asked. */
const char *snapshot_user(const struct snapshot *s, uint32_t uid)
{
	for (size_t i = 0; i < s->nusers; i++)
		if (s->users[i].uid == uid)
			return s->users[i].name;
	return NULL;
}

/* The VRF that the interface is or belongs to, as an ifindex; 0 where it does not, or nobody asked. */
uint32_t snapshot_l3mdev(const struct snapshot *s, uint32_t ifindex)
{
	for (size_t i = 0; i < s->ndevices; i++)
		if (s->devices[i].ifindex == ifindex)
			return s->devices[i].l3mdev;
	return 0;
}

/* The interface's name; NULL for ifindex 0 and for one that is gone. */
const char *snapshot_device(const struct snapshot *s, uint32_t ifindex)
{
	for (size_t i = 0; i < s->ndevices; i++)
		if (s->devices[i].ifindex == ifindex)
			return s->devices[i].name;
	return NULL;
}

/* What that unix socket is bound to; NULL for any other. */
const struct unix_name *snapshot_name(const struct snapshot *s, const struct sock *of)
{
	for (size_t i = 0; i < s->nnames && of->proto == PROTO_UNIX; i++)
		if (s->socks[i].inode == of->inode)
			return &s->names[i];
	return NULL;
}

/* The other end of that connection if it is a socket of this namespace too; NULL otherwise. */
const struct sock *snapshot_peer(const struct snapshot *s, const struct sock *of)
{
	for (size_t i = 0; i < s->npeers && of->peer_port; i++) {
		const struct sock *p = &s->peers[i];

		if (p->port == of->peer_port && p->peer_port == of->port && addr_same(&p->local, &of->peer) &&
		    addr_same(&p->peer, &of->local))
			return p;
	}
	return NULL;
}

/* Whether the hint may be about that socket: where processes are hidden, those of other users are likelier. */
static bool is_about(const struct hint *h, const struct sock *of)
{
	if (h->kind == HINT_ACCEPT && of->state != STATE_LISTEN)
		return false;
	return of->held_by != HELD_HIDDEN || h->uid == of->uid;
}

/* Servers in the kernel on the ports that IANA lists for them. */
static const struct {
	uint8_t proto;
	uint16_t port;
	enum kernel_owner owner;
} kernel_ports[] = {
    {PROTO_TCP, 2049, KERNEL_OWNER_NFSD},
    {PROTO_UDP, 2049, KERNEL_OWNER_NFSD},
    {PROTO_TCP, 445, KERNEL_OWNER_KSMBD},
    {PROTO_UDP, 1701, KERNEL_OWNER_L2TP},
};

/*
 * What a socket that no process has is probably of; only KERNEL_OWNER_TUNNEL is
 * proven.  lockd is on any port unless fs.nfs.nlm_tcpport or nlm_udpport say one.
 */
enum kernel_owner snapshot_kernel_owner(const struct snapshot *s, const struct sock *of)
{
	if (s->tunnel.kind && s->tunnel.certain)
		return KERNEL_OWNER_TUNNEL;
	for (size_t i = 0; i < sizeof kernel_ports / sizeof *kernel_ports; i++)
		if (kernel_ports[i].proto == of->proto && kernel_ports[i].port == of->port)
			return kernel_ports[i].owner;
	if (of->proto < PROTOS && s->lockd_ports[of->proto] == of->port)
		return KERNEL_OWNER_LOCKD;
	if (s->tunnel.kind)
		return KERNEL_OWNER_MAYBE_TUNNEL;
	return of->proto == PROTO_UDP ? KERNEL_OWNER_UDP : KERNEL_OWNER_TCP;
}

/*
 * What of that kind may hold a socket for which no process was found: the first
 * hint, and in *n how many there are.  NULL where there is none, or a process was
 * found, or none can be.
 */
const struct hint *snapshot_hint(const struct snapshot *s, const struct sock *of, enum hint_kind kind, size_t *n)
{
	const struct hint *first = NULL;
	bool open = of->inode && (of->held_by == HELD_HIDDEN || of->held_by == HELD_UNKNOWN);

	*n = 0;
	for (size_t i = 0; open && i < s->owners.nhints; i++) {
		const struct hint *h = &s->owners.hints[i];

		if (h->kind != kind || !is_about(h, of))
			continue;
		first = first ? first : h;
		++*n;
	}
	return first;
}

static void elsewhere_free(struct snapshot *s)
{
	for (size_t i = 0; i < s->nelsewhere; i++)
		netns_free(&s->elsewhere[i].ns);
	free(s->elsewhere);
	if (s->others)
		snapshot_free(s->others);
	free(s->others);
}

static void holders_free(struct snapshot *s)
{
	for (size_t i = 0; i < s->ncgroups; i++) {
		free(s->cgroups[i].path);
		free(s->cgroups[i].unit);
		free(s->cgroups[i].container);
	}
	for (size_t i = 0; i < s->nusers; i++)
		free(s->users[i].name);
	free(s->cgroups);
	free(s->users);
	owners_free(&s->owners);
}

static void sockets_free(struct snapshot *s)
{
	for (size_t i = 0; i < s->nnames; i++)
		unix_name_free(&s->names[i]);
	unix_file_free(&s->file);
	free(s->names);
	free(s->host.release);
	free(s->socks);
	free(s->unlisted);
	free(s->localities);
	free(s->devices);
	census_free(&s->census);
	elsewhere_free(s);
}

/* Of a slice only what it has not borrowed, so before the whole. */
void snapshot_free(struct snapshot *s)
{
	const struct snapshot *whole = s->whole;

	if (!whole)
		sockets_free(s);
	if (!whole || !whole->owners_read)
		holders_free(s);
	if (!whole || !whole->peers_read)
		free(s->peers);
	free(s->probes);
	gap_free(&s->gaps);
	*s = (struct snapshot){0};
}
