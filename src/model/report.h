/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* The worst of several is the answer for all: later is worse. */
enum verdict { FREE, UNSURE, REFUSED, TAKEN };

/* In the order in which a report lists them. */
enum cause_id {
	CAUSE_LISTENER,
	CAUSE_BOUND_NOT_LISTENING,
	CAUSE_SELF_CONNECT,
	CAUSE_OUTBOUND_CONNECTION,
	CAUSE_ACCEPTED_CONNECTION,
	CAUSE_CLOSE_WAIT,
	CAUSE_FIN_WAIT_2_HALF_CLOSED,
	CAUSE_SYN_RECV,
	CAUSE_FIN_WAIT_1,
	CAUSE_CLOSING,
	CAUSE_LAST_ACK,
	CAUSE_FIN_WAIT_2_ORPHAN,
	CAUSE_TIME_WAIT,
	CAUSE_OUTBOUND_TIME_WAIT,
	CAUSE_UDP_SOCKET,
	CAUSE_UNIX_LISTENER,
	CAUSE_UNIX_BOUND,
	CAUSE_UNIX_ELSEWHERE,
	CAUSE_UNIX_STALE_PATH,
	CAUSE_UNIX_NOT_A_SOCKET,
	CAUSE_UNIX_ABSTRACT,
	CAUSE_EPHEMERAL_EXHAUSTED,
	CAUSE_CONNECT_TUPLE_IN_USE,
	CAUSE_PRIVILEGED_PORT,
	CAUSE_ADDRESS_NOT_LOCAL,
	CAUSE_BIND_DENIED,
	CAUSE_INVISIBLE_HOLDER,
	CAUSES
};

enum facet_id {
	FACET_WILDCARD_OVERLAP,
	FACET_DUAL_STACK,
	FACET_V4_MAPPED,
	FACET_OWNER_LACKED_REUSEADDR,
	FACET_OWNER_HAS_REUSEADDR,
	FACET_REUSEPORT_OTHER_USER,
	FACET_REUSEPORT_ONE_SIDED,
	FACET_SHARED_SOCKET,
	FACET_ORPHANED_WORKER,
	FACET_HIDDEN_OWNER,
	FACET_KERNEL_OWNED,
	FACET_OTHER_PID_NAMESPACE,
	FACET_STOPPED,
	FACET_INHERITED_FD,
	FACET_MPTCP,
	FACET_ZOMBIE_LEADER,
	FACET_OWN_FD_TABLE,
	FACET_IO_URING,
	FACET_IN_FLIGHT_FD,
	FACET_BLOCKED_ACCEPT,
	FACET_SUPERVISED,
	FACET_CONTAINER,
	FACET_CONTAINER_PROXY,
	FACET_SOCKET_ACTIVATION,
	FACET_SSH_FORWARD,
	FACET_IN_EPHEMERAL_RANGE,
	FACET_PEER_ON_THIS_HOST,
	FACET_PEER_KEEPS_OPEN,
	FACET_PEER_UNREACHABLE,
	FACET_SIMULTANEOUS_CLOSE,
	FACET_HALF_CLOSED,
	FACET_UNREAD_DATA,
	FACET_NO_TIMEOUT,
	FACET_MANY,
	FACET_DEVICE_BOUND,
	FACETS
};

#define FACET_BIT(id) (UINT64_C(1) << (id))
_Static_assert(FACETS <= 64, "facets are the bits of one number");

enum fix_id {
	FIX_WAIT,
	FIX_SET_REUSEADDR,
	FIX_SET_REUSEPORT,
	FIX_SAME_USER,
	FIX_SHARE_PORT,
	FIX_LET_PEER_CLOSE_FIRST,
	FIX_CLOSE_THE_SOCKET,
	FIX_STOP_HOLDER,
	FIX_STOP_PROBABLE_HOLDER,
	FIX_CONTINUE_OR_KILL,
	FIX_KILL_GROUP,
	FIX_WAIT_FOR_CONNECTIONS,
	FIX_STOP_UNIT,
	FIX_STOP_CONTAINER,
	FIX_RESTART_VIA_SUPERVISOR,
	FIX_STOP_INTERFACE,
	FIX_BIND_SPECIFIC,
	FIX_SET_V6ONLY,
	FIX_OTHER_PORT,
	FIX_RESERVE_PORT,
	FIX_SET_CLOEXEC,
	FIX_SHUTDOWN_BEFORE_CLOSE,
	FIX_DESTROY_SOCKET,
	FIX_LOWER_FIN_TIMEOUT,
	FIX_LINGER_ZERO,
	FIX_LOOK_AS_ROOT,
	FIX_LOOK_FROM_HOST,
	FIX_RAISE_PRIVILEGE,
	FIX_ADD_ADDRESS,
	FIX_RETRY,
	FIX_BIND_ADDRESS_NO_PORT,
	FIX_WIDEN_RANGE,
	FIX_UNLINK_PATH,
	FIX_UNLINK_BEFORE_BIND,
	FIX_LOOK_IN_NETNS,
	FIX_LOOK_AT_PATH,
	FIX_OTHER_PATH,
	FIXES
};

enum note_id { NOTE_NO_SUCH_FAMILY, NOTE_REMOTE_SIDE_ONLY, NOTE_LOW_PORTS_REFUSED, NOTE_UDP_SHARED, NOTE_LISTEN_REFUSED, NOTE_CONNECTS_TO_ITSELF,
	       NOTE_OTHER_ADDRESS, NOTE_OTHER_NETNS, NOTE_UNLINKED_SOCKET, NOTE_RESERVED_EXHAUSTED, NOTES };

enum story_id {
	STORY_NONE,
	STORY_TIME_WAIT,
	STORY_FIN_WAIT_1,
	STORY_FIN_WAIT_1_HELD,
	STORY_FIN_WAIT_1_WINDOW,
	STORY_FIN_WAIT_2_ORPHAN,
	STORY_FIN_WAIT_2_HALF_CLOSED,
	STORY_CLOSING,
	STORY_CLOSE_WAIT,
	STORY_LAST_ACK,
	STORY_RESET,
	STORY_SYN_RECV,
	STORIES
};

/* Why a result is unknown. */
enum doubt {
	DOUBT_NONE,
	DOUBT_OPTIONS, /* an option of a socket in the way, that nothing shows */
	DOUBT_MEMORY,  /* what the port remembers of SO_REUSEPORT */
	DOUBT_KERNEL,  /* kernels differ here */
	DOUBT_HIDDEN,  /* a socket may be there that nothing lists */
	DOUBT_ADDRESS, /* whether the address is on this host */
	DOUBT_ORDER,   /* UDP: the order in which the kernel looks at the sockets */
	DOUBT_CHANCE,  /* which ports the kernel comes by when it picks one */
	DOUBT_ACCEPTED, /* unix: whether bind() or accept() gave a connection its abstract name */
	DOUBT_PERMISSION, /* unix: whether that user may write to the folder */
	DOUBT_REFUTED, /* the kernel refused what the rules allow */
	DOUBTS
};

enum clears { CLEARS_NOW, CLEARS_TIMER, CLEARS_ESTIMATE, CLEARS_NEVER, CLEARS_UNKNOWN };

/* IPPORT_RESERVED: only root was trusted with the ports below. */
enum { RESERVED_END = 1024 };

enum { RESULT_OK = 0, RESULT_UNKNOWN = -1, FIXES_MAX = 12, BINDS_MAX = 2 * MIXES };

/* Which sockets, as a set of indexes (into the report's rows): a bit each, for there may be lists of 100,000. */
struct rows {
	uint64_t *bits;
	size_t words, n;      /* of bits; indexes in the set */
};

/* One bind(): what it gets. */
struct bind {
	struct addr addr;
	unsigned int mix;
	int result;           /* RESULT_OK, RESULT_UNKNOWN or an errno */
	int listen;           /* TCP, where bind() works: what listen() behind it gets, likewise */
	enum doubt doubt;     /* where the result is unknown */
	bool by_probe;
	struct rows blocked_by;
};

/* What connect() to request->to gets after a bind() that worked. */
struct connect {
	bool asked;           /* the request names where to */
	bool decides;         /* the verdict is its, not that of bind() */
	bool exhausted;       /* the kernel would pick the port, and none is left */
	struct addr from;     /* family 0: not known */
	int result;           /* RESULT_OK, RESULT_UNKNOWN or an errno */
	struct rows blocked_by; /* sockets with the same ends; where the result is unknown, one that may be replaced */
};

/* Of a port that the kernel picks (target 0): what is left of the range. */
struct pick {
	unsigned int ports, reserved; /* that may be picked; that may not */
	unsigned int free[2];  /* of the former, for each judged address; for connect() the first alone */
	bool chance;           /* a port is free that the kernel may or may not come by */
	uint32_t states[2][STATE_MAX]; /* for each as free: ports with a socket in the way in that state */
	struct peer_count peers[2][PEERS_TOLD]; /* to whom most connections of these are */
	size_t npeers[2];
	bool at_least[2];      /* these counts are no more than that */
	unsigned int open;     /* for connect(): with connections that may or may not share the port */
};

/*
 * One socket of the report, or the rest of a group of alike ones: row_sock() is
 * the socket.  There may be 100,000: a row has only what the snapshot has not.
 */
struct row {
	uint32_t place;       /* in the snapshot; of a rest that of the first of the group */
	uint32_t rest;        /* of a rest: its number in the report's rests, from 1 on; 0: it is none */
	int32_t gives_up_ms;
	uint8_t v6only, reuseaddr, reuseport; /* enum tri: with what trials taught */
	bool any_device;      /* it is bound to none: likewise */
	uint8_t blocks;       /* enum tri: the requested bind(), on at least one of its addresses */
	uint8_t matches;      /* enum tri: "check" was told to look for such a one; UNKNOWN: it is not check that asks */
	int8_t cause;         /* index into causes, -1 for none */
};

struct fix {
	enum fix_id id;
	bool helps_now, permanent;
	bool then;            /* only after the one before it */
};

struct cause {
	enum cause_id id;
	bool inferred;        /* not proven: the words say "probably" */
	struct rows socks;
	struct sock *first;   /* of these; NULL where there is none */
	uint64_t facets;      /* FACET_BIT() of each */
	enum story_id story;
	struct fix fixes[FIXES_MAX];
	size_t nfixes;
};

/* The answer to one request; borrows the request and the snapshot. */
struct report {
	const struct request *request;
	const struct snapshot *seen;
	enum verdict verdict;
	int err;              /* errno of what was asked, bind() or then connect(), 0 if it works or is not known */
	enum clears clears;
	int64_t clears_in_ms; /* -1: not known or never */
	int64_t late_ms;      /* how much later the timer wheel may fire; -1 where no timer counts */
	struct bind binds[BINDS_MAX];
	size_t nbinds;
	struct connect connect;
	struct pick pick;
	struct row *rows;
	size_t nrows;
	struct sock *rests;   /* of groups, each with the count of all that have no row */
	size_t nrests;
	struct cause causes[CAUSES];
	size_t ncauses;
	unsigned int notes;   /* bits 1 << enum note_id */
	struct rows others;   /* sockets of the port on other addresses: indexes into seen->socks */
	enum tri matches;     /* "check": it has what was looked for; UNKNOWN: that is not known, or not asked */
};

/* The answers to a range or list of ports. */
struct range {
	const struct report *about;  /* not judged: the request as typed, and the look that the free ports share */
	const struct report *const *reports; /* the ports that are not free; all of them, if asked for */
	size_t n;
	size_t ports, not_free;      /* how many in all */
	size_t low;                  /* refused for want of privilege alone: counted, not listed */
};

/* The socket of that row, with what trials taught. */
static inline struct sock row_sock(const struct report *r, size_t i)
{
	const struct row *row = &r->rows[i];
	struct sock s = row->rest ? r->rests[row->rest - 1] : r->seen->socks[row->place];

	s.ifindex = row->any_device ? 0 : s.ifindex;
	s.gives_up_ms = row->gives_up_ms;
	s.v6only = row->v6only;
	s.reuseaddr = row->reuseaddr;
	s.reuseport = row->reuseport;
	return s;
}

bool row_is_told(const struct report *r, size_t row);
bool range_is_exhausted(const struct range *range);
struct row *row_add(struct report *r, size_t place);
void row_teach(struct row *row, const struct sock *s);
void cause_add(const struct report *r, struct cause *c, size_t row);
void rows_add(struct rows *r, size_t i);
bool rows_have(const struct rows *r, size_t i);
bool rows_next(const struct rows *r, size_t *i);
size_t rows_first(const struct rows *r);
void rows_free(struct rows *r);
void report_free(struct report *r);

#endif
