/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "model/census.h"
#include "model/gap.h"
#include "model/owner.h"
#include "model/request.h"
#include "model/sock.h"
#include "model/unix.h"

/* What a bind() of ours got from the kernel. */
struct probe {
	struct addr addr;
	unsigned int mix;
	int err;          /* 0: it worked; otherwise the errno */
};

/* Whether an address can be bound at all, as far as the kernel's tables tell. */
struct locality {
	struct addr addr;
	enum tri local;   /* YES also where ip_nonlocal_bind allows any address */
	struct addr nearest; /* where not: that of this host which is most like it; family 0: none is much like it */
	char device[16];  /* that has that one */
};

/* The way to the host of --to that the kernel chooses for a socket that is bound as the target says. */
struct route {
	bool asked;             /* the kernel has answered */
	int err;                /* what connect() gets before any socket is looked at; 0: there is a way */
	struct addr from, to;   /* the two ends, which may differ from what was typed (0.0.0.0 is this host) */
};

/* What the kernel says about the host and about us. */
struct host {
	char *release;             /* uname -r */
	int64_t now_ms;            /* CLOCK_REALTIME at the snapshot */
	uint64_t netns;            /* inode of the network namespace; 0 not known */
	uint32_t uid;              /* that of the socket that would be made: our effective one, or the one asked about */
	unsigned int hz;           /* timer ticks a second; 0 not known */
	uint16_t unprivileged_port_start;
	uint16_t ephemeral_first, ephemeral_last; /* ip_local_port_range; 0: not known */
	unsigned int orphan_retries;              /* tcp_orphan_retries, with 0 resolved to the kernel's 8 */
	uint32_t own_uid;          /* our effective one */
	bool may_bind_low;         /* CAP_NET_BIND_SERVICE over this network namespace */
	enum tri has_inet, has_inet6;
};

/*
 * What this kernel does where versions differ, shown by a trial in a network
 * namespace of its own (sys/quirks.c); UNKNOWN where none was made.
 */
struct quirks {
	uint8_t time_wait_unseen;   /* a specific address is let in over a TIME_WAIT */
	uint8_t mapped_unseen;      /* IPv4 and v4-mapped sockets on one address do not see each other */
	uint8_t mapped_any_unseen;  /* a specific v4-mapped address is let in over ::ffff:0.0.0.0 */
	uint8_t v6only_meets_v4;    /* [::] with IPV6_V6ONLY and a specific IPv4 address collide */
	uint8_t v6only_hides_any;   /* [::] with IPV6_V6ONLY hides a wildcard IPv4 socket from a specific address */
	uint8_t reuseaddr_memory;   /* the bucket remembers that all its binders had SO_REUSEADDR */
	uint8_t loopback6_collides; /* 127.0.0.6 collides with an IPv6 connection */
	uint8_t udp_any_unseen;     /* UDP: a wildcard is let in over specific addresses where a slot is crowded */
};

struct cgroup {
	uint64_t id;
	char *path, *unit, *container; /* NULL: not found, or the path names none */
};

/* The names of uids that no process of ours carries. */
struct user {
	uint32_t uid;
	char *name;
};

/* The name of an interface that some socket is bound to. */
struct device {
	uint32_t ifindex;
	char name[16];
	uint32_t l3mdev;   /* the VRF whose port space it is in, as an ifindex; 0: that of all others; IFINDEX_UNKNOWN */
};

/* An interface of the kernel that receives on a UDP port. */
struct tunnel {
	const char *kind;  /* "vxlan"...; NULL: there is none */
	char name[16];
	bool certain;      /* its port is that one; otherwise nothing tells its port */
};

/* What the kernel has a socket of its own for. */
enum kernel_owner {
	KERNEL_OWNER_TUNNEL,
	KERNEL_OWNER_MAYBE_TUNNEL,
	KERNEL_OWNER_NFSD,
	KERNEL_OWNER_KSMBD,
	KERNEL_OWNER_LOCKD,
	KERNEL_OWNER_L2TP,
	KERNEL_OWNER_TCP,
	KERNEL_OWNER_UDP,
	KERNEL_OWNERS
};

/* A TCP socket that no table lists: found by its descriptor, fd of pid. */
struct unlisted {
	struct sock s;
	bool certain;     /* it has that port in this network namespace */
	pid_t pid;
	int fd;
};

/* A network namespace that is not ours and has a server on the port: n sockets of the snapshot's others, from first on. */
struct elsewhere {
	struct netns ns;
	size_t first, n;
};

/* Everything that was seen; owns all it points to.  Sockets are all those with the local port, in dump order. */
struct snapshot {
	struct host host;
	struct quirks quirks;
	bool quirks_read;          /* the trial was made, or could not be */
	uint32_t l3mdev;           /* of the device that the target names; 0: none; IFINDEX_UNKNOWN */
	bool unordered;            /* socks are not in the order in which the kernel looks at them */
	struct route route;
	struct census census;      /* of target 0, but for the reserved ports; then there are no socks */
	struct sock *socks;
	size_t nsocks;
	struct unix_file file;     /* of a unix path: what is there */
	struct unix_name *names;   /* of each of socks, of the same index, where they are unix sockets */
	size_t nnames;
	struct unlisted *unlisted; /* of any port; those of ours that are certain are among socks, or in the census, too */
	size_t nunlisted;
	bool unlisted_read;        /* they were looked for */
	const struct snapshot *whole; /* borrowed: the look at many ports of which this is one (slice.h); NULL: it stands alone */
	bool owners_read;          /* the descriptor scan was made */
	bool options_read;         /* the options of its findings were asked for */
	struct owners owners;
	struct tunnel tunnel;      /* looked for only where a UDP socket has no owner */
	uint16_t lockd_ports[PROTOS]; /* fs.nfs.nlm_tcpport and nlm_udpport; 0: any port, or not known */
	struct probe *probes;
	size_t nprobes;
	struct locality *localities;
	size_t nlocalities;
	struct cgroup *cgroups;
	size_t ncgroups;
	struct user *users;
	size_t nusers;
	struct device *devices;
	size_t ndevices;
	bool info_read, peers_read, remote_read, mptcp_read;
	struct sock *peers;        /* other ends of our connections that are sockets of this namespace too */
	size_t npeers;
	struct elsewhere *elsewhere;
	size_t nelsewhere;
	struct snapshot *others;   /* the sockets of all of those, and who holds them; NULL if nobody looked */
	size_t remote_lingering;   /* closing sockets whose remote port is ours and that are none of those */
	struct gaps gaps;
};

bool host_has_kernel(const struct host *h, unsigned long major, unsigned long minor);
const struct probe *snapshot_probe(const struct snapshot *s, const struct addr *addr, unsigned int mix);
void snapshot_keep_trials(struct snapshot *s, const struct snapshot *before);
void snapshot_recall(struct snapshot *s, const struct snapshot *before, bool trials);
const struct locality *snapshot_locality(const struct snapshot *s, const struct addr *addr);
enum tri snapshot_local(const struct snapshot *s, const struct addr *addr);
const struct cgroup *snapshot_cgroup(const struct snapshot *s, uint64_t id);
const char *snapshot_user(const struct snapshot *s, uint32_t uid);
uint32_t snapshot_l3mdev(const struct snapshot *s, uint32_t ifindex);
const char *snapshot_device(const struct snapshot *s, uint32_t ifindex);
const struct hint *snapshot_hint(const struct snapshot *s, const struct sock *of, enum hint_kind kind, size_t *n);
const struct unix_name *snapshot_name(const struct snapshot *s, const struct sock *of);
enum kernel_owner snapshot_kernel_owner(const struct snapshot *s, const struct sock *of);
const struct sock *snapshot_peer(const struct snapshot *s, const struct sock *of);
void snapshot_free(struct snapshot *s);

#endif
