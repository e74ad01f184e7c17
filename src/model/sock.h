/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_SOCK_H
#define MODEL_SOCK_H

#include <stddef.h>
#include <stdint.h>

#include "model/addr.h"
#include "model/tri.h"

/* What a port belongs to: TCP and UDP have port spaces of their own.  Unix sockets have none: behind PROTOS, the number of those. */
enum proto { PROTO_TCP, PROTO_UDP, PROTOS, PROTO_UNIX = PROTOS };

/*
 * The kernel's numbers (include/net/tcp_states.h).  STATE_CLOSE with no peer is
 * shown as BOUND; of UDP there are ESTABLISHED (connected) and CLOSE, shown as UNCONN; of
 * unix LISTEN, ESTABLISHED and CLOSE, shown as BOUND.
 */
enum sock_state {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT_1,
	STATE_FIN_WAIT_2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,
	STATE_MAX
};

/* What a state is called: the kernel's name without TCP_, or BOUND, or UNCONN of UDP. */
enum shown_state {
	SHOWN_LISTEN,
	SHOWN_BOUND,
	SHOWN_UNCONN,
	SHOWN_ESTABLISHED,
	SHOWN_SYN_SENT,
	SHOWN_SYN_RECV,
	SHOWN_FIN_WAIT_1,
	SHOWN_FIN_WAIT_2,
	SHOWN_CLOSING,
	SHOWN_CLOSE_WAIT,
	SHOWN_LAST_ACK,
	SHOWN_TIME_WAIT,
	SHOWN_CLOSE,
	SHOWN_OTHER,
	SHOWN_STATES
};

/* idiag_timer; TIMER_FIN_WAIT_2 is what a kernel calls keepalive (2) on a FIN_WAIT_2 orphan. */
enum sock_timer {
	TIMER_NONE,
	TIMER_RETRANSMIT,
	TIMER_KEEPALIVE,
	TIMER_TIMEWAIT,
	TIMER_PROBE,
	TIMER_DELACK,
	TIMER_MAX
};

/* Who opened a connection, as far as tcp_info proves it. */
enum opener { OPENER_UNKNOWN, OPENER_HERE, OPENER_PEER };

enum held_by { HELD_UNKNOWN, HELD_PROCESS, HELD_KERNEL, HELD_HIDDEN };

/* One socket, or (count above 1) what remains of a folded group of alike ones.  There may be 100,000: small and without gaps. */
struct sock {
	uint8_t proto : 2;     /* enum proto */
	uint8_t held_by : 2;   /* enum held_by */
	uint8_t opener : 2;    /* enum opener */
	uint8_t shutdown : 2;  /* bit 0 RCV_SHUTDOWN, bit 1 SEND_SHUTDOWN */
	uint8_t v6only : 2, reuseaddr : 2, reuseport : 2; /* enum tri */
	uint8_t mptcp : 2;     /* enum tri: a subflow of an MPTCP socket */
	uint8_t state;         /* enum sock_state */
	uint8_t timer;         /* enum sock_timer */
	uint8_t retransmits;   /* retransmissions or probes sent without an answer */
	uint8_t backoff;       /* of the zero-window probe */
	uint16_t port, peer_port;
	struct addr local, peer; /* peer.family 0: the rest of a group, see sock_is_rest(); of unix AF_UNIX and no more */
	uint32_t ifindex;    /* 0: bound to no device; IFINDEX_UNKNOWN where the source does not say */
	uint32_t l3mdev;     /* the VRF whose port space it is in, as an ifindex; 0: that of all others; IFINDEX_UNKNOWN */
	uint32_t uid;        /* UID_UNKNOWN where the kernel does not say (minisockets) */
	uint32_t inode;      /* 0: no process has a descriptor of it */
	uint32_t receive_queue, send_queue; /* bytes; of a listener: queued connections and their limit */
	uint32_t count;      /* sockets that this row stands for, at least 1 */
	int32_t expires_ms;  /* of the timer, from the snapshot's time on; -1 without timer */
	uint32_t rto_ms;     /* the present retransmission time-out; 0 not known */
	int32_t gives_up_ms; /* when the kernel ends it if the peer stays silent, an estimate; 0 none */
	int32_t first_ends_ms; /* of a rest: when the first of them ends, see sock_ends_ms() */
	uint64_t cookie;     /* 0: not known */
	uint64_t cgroup;     /* inode of the creator's cgroup2 directory; 0: not known */
};

#define UID_UNKNOWN UINT32_MAX
#define IFINDEX_UNKNOWN UINT32_MAX

uint32_t sock_hash(const struct sock *s);
const char *sock_proto_name(enum proto proto);
enum shown_state sock_shown_state(const struct sock *s);
const char *sock_shown_name(enum shown_state state);
const char *sock_state_name(const struct sock *s);
const char *sock_timer_name(const struct sock *s);
bool sock_is_minisocket(const struct sock *s);
bool sock_is_rest(const struct sock *s);
bool sock_is_bound_only(const struct sock *s);
bool sock_is_half_open(const struct sock *s);
uint32_t sock_unread(const struct sock *s);
int64_t sock_ends_ms(const struct sock *s);
int64_t sock_first_ends_ms(const struct sock *s);
int64_t sock_earlier(int64_t a_ms, int64_t b_ms);

#endif
