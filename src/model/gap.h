/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_GAP_H
#define MODEL_GAP_H

#include <stdbool.h>
#include <stddef.h>

/* Each kind of look that can fail; what it means for the reader stands in text/gap.c. */
enum gap_kind {
	GAP_SOCK_DIAG,       /* netlink answered nothing usable: /proc/net/tcp was read instead */
	GAP_BOUND_ONLY,      /* bound-only sockets are not listed (before 6.8, or by /proc/net/tcp), nor all found by their descriptors */
	GAP_DUMP_CUT,        /* a dump ended with an error after some records */
	GAP_PROC_NET,        /* /proc/net/tcp or tcp6 could not be read either */
	GAP_PROC,            /* /proc itself could not be read */
	GAP_FD_TABLE,        /* descriptor tables of that many processes could not be read */
	GAP_PIDS,            /* there may be processes that /proc does not list: it is not of the first pid namespace */
	GAP_PROCESS,         /* a detail of one process could not be read */
	GAP_SOCKET_OPTIONS,  /* the options of a holder's socket could not be read */
	GAP_PROBE,           /* a wanted probe could not be made */
	GAP_CGROUP,          /* a cgroup id could not be turned into a path */
	GAP_CONNECTION_INFO, /* tcp_info could not be asked for */
	GAP_PEERS,           /* the other ends of connections could not be asked for */
	GAP_ADDRESSES,       /* whether the address is on this host is not known */
	GAP_VRF,             /* to which VRF a device belongs is not known */
	GAP_UNIX_DIAG,       /* netlink answered nothing usable: /proc/net/unix was read instead */
	GAP_ALIVE,           /* whether a socket file is some socket's could not be asked for */
	GAP_ROUTE,           /* the way to the host of --to could not be asked for */
	GAP_NETNS,           /* the network namespace that is asked about may not be entered */
	GAP_OTHER_NETNS,     /* that many others may not be entered, or seen */
	GAP_KINDS
};

/* One look that failed. */
struct gap {
	enum gap_kind kind;
	int err;       /* errno of the failure; 0 where there was none */
	char *object;  /* what was looked at ("12" for a pid, a path); may be NULL */
	size_t count;  /* how many objects of this kind failed alike, at least 1 */
};

struct gaps {
	struct gap *v;
	size_t n;
};

void gap_add(struct gaps *gaps, enum gap_kind kind, int err, const char *object);
void gap_copy(struct gaps *to, const struct gap *gap);
void gap_copy_kind(struct gaps *to, const struct gaps *from, enum gap_kind kind);
void gap_close(struct gaps *gaps, enum gap_kind kind);
bool gap_hides_sockets(const struct gaps *gaps);
bool gap_has(const struct gaps *gaps, enum gap_kind kind);
void gap_free(struct gaps *gaps);

#endif
