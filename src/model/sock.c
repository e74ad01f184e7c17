/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sock_diag record means, as far as it follows from the record alone.
 * States: include/net/tcp_states.h.  Timers: net/ipv4/inet_diag.c
 * (inet_sk_diag_fill, inet_twsk_diag_fill), alike from 5.4 to 7.1.
 */
#include "model/sock.h"

enum { TIME_WAIT_MS = 60000 };

static const uint8_t shown[STATE_MAX] = {
    [0] = SHOWN_OTHER,
    [STATE_ESTABLISHED] = SHOWN_ESTABLISHED, [STATE_SYN_SENT] = SHOWN_SYN_SENT,     [STATE_SYN_RECV] = SHOWN_SYN_RECV,
    [STATE_FIN_WAIT_1] = SHOWN_FIN_WAIT_1,   [STATE_FIN_WAIT_2] = SHOWN_FIN_WAIT_2, [STATE_TIME_WAIT] = SHOWN_TIME_WAIT,
    [STATE_CLOSE] = SHOWN_CLOSE,             [STATE_CLOSE_WAIT] = SHOWN_CLOSE_WAIT, [STATE_LAST_ACK] = SHOWN_LAST_ACK,
    [STATE_LISTEN] = SHOWN_LISTEN,           [STATE_CLOSING] = SHOWN_CLOSING,       [STATE_NEW_SYN_RECV] = SHOWN_SYN_RECV,
};

static const char *const shown_names[SHOWN_STATES] = {
    [SHOWN_LISTEN] = "LISTEN",         [SHOWN_BOUND] = "BOUND",           [SHOWN_UNCONN] = "UNCONN",
    [SHOWN_ESTABLISHED] = "ESTABLISHED", [SHOWN_SYN_SENT] = "SYN_SENT",   [SHOWN_SYN_RECV] = "SYN_RECV",
    [SHOWN_FIN_WAIT_1] = "FIN_WAIT_1", [SHOWN_FIN_WAIT_2] = "FIN_WAIT_2", [SHOWN_CLOSING] = "CLOSING",
    [SHOWN_CLOSE_WAIT] = "CLOSE_WAIT", [SHOWN_LAST_ACK] = "LAST_ACK",     [SHOWN_TIME_WAIT] = "TIME_WAIT",
    [SHOWN_CLOSE] = "CLOSE",           [SHOWN_OTHER] = "?",
};

static const char *const proto_names[PROTOS + 1] = {[PROTO_TCP] = "tcp", [PROTO_UDP] = "udp", [PROTO_UNIX] = "unix"};

static const char *const timer_names[TIMER_MAX] = {
    [TIMER_NONE] = "none",         [TIMER_RETRANSMIT] = "retransmit", [TIMER_KEEPALIVE] = "keepalive",
    [TIMER_TIMEWAIT] = "timewait", [TIMER_PROBE] = "probe",           [TIMER_DELACK] = "delack",
};

/* A hash of what alike sockets have in common: state, port, device and local address (FNV-1a). */
uint32_t sock_hash(const struct sock *s)
{
	uint32_t hash = 2166136261U;

	hash = (hash ^ s->proto) * 16777619U;
	hash = (hash ^ s->state) * 16777619U;
	hash = (hash ^ s->port) * 16777619U;
	hash = (hash ^ s->ifindex) * 16777619U;
	for (size_t i = 0; i < sizeof s->local.b; i++)
		hash = (hash ^ s->local.b[i]) * 16777619U;
	return hash ^ hash >> 16;
}

/* "tcp", "udp" or "unix". */
const char *sock_proto_name(enum proto proto)
{
	return proto_names[proto];
}

/* As which state it is shown. */
enum shown_state sock_shown_state(const struct sock *s)
{
	if (s->proto == PROTO_UDP && s->state == STATE_CLOSE)
		return SHOWN_UNCONN;
	if (sock_is_bound_only(s))
		return SHOWN_BOUND;
	return s->state < STATE_MAX ? (enum shown_state)shown[s->state] : SHOWN_OTHER;
}

const char *sock_shown_name(enum shown_state state)
{
	return shown_names[state];
}

/* The state's name: the kernel's without TCP_, BOUND for a socket that is bound and nothing more, UNCONN for UDP, "?" otherwise. */
const char *sock_state_name(const struct sock *s)
{
	return sock_shown_name(sock_shown_state(s));
}

/* The timer's name; a timer that this version does not know is "other". */
const char *sock_timer_name(const struct sock *s)
{
	return s->timer < TIMER_MAX ? timer_names[s->timer] : "other";
}

/*
 * Whether it is an inet_timewait_sock: TIME_WAIT, or a FIN_WAIT_2 orphan whose
 * time-out is at most 60 s (tcp_time_wait() in tcp_minisocks.c).
 */
bool sock_is_minisocket(const struct sock *s)
{
	return s->state == STATE_TIME_WAIT || (s->state == STATE_FIN_WAIT_2 && s->timer == TIMER_TIMEWAIT && !s->inode);
}

/* Whether it stands for the rest of a folded group: count says how many, peer, cookie and inode mean nothing. */
bool sock_is_rest(const struct sock *s)
{
	return !s->peer.family;
}

/* Whether it is bound and neither listens nor was ever connected (state CLOSE, no peer). */
bool sock_is_bound_only(const struct sock *s)
{
	return s->proto != PROTO_UDP && s->state == STATE_CLOSE && !s->peer_port;
}

/* Whether it is a request (SYN received, no full socket yet): it is not in the bind table and holds nothing. */
bool sock_is_half_open(const struct sock *s)
{
	return s->state == STATE_NEW_SYN_RECV || (s->state == STATE_SYN_RECV && !s->inode);
}

/*
 * Bytes received and not read.  The peer's FIN takes a place in the sequence
 * space: until end of file is read it counts as one in idiag_rqueue
 * (rcv_nxt - copied_seq, tcp_diag_get_info()).
 */
uint32_t sock_unread(const struct sock *s)
{
	bool fin = s->state == STATE_CLOSE_WAIT && s->receive_queue;

	return s->state == STATE_LISTEN ? 0 : s->receive_queue - fin;
}

/*
 * Milliseconds until the record is gone by its own timer, -1 where the timer
 * does not end it.  A FIN_WAIT_2 orphan with timer 2 becomes a minisocket for
 * 60 s more (TCP_TIMEWAIT_LEN) when that timer fires (tcp_keepalive_timer()).  An
 * orphan that retransmits ends when the kernel gives up.  It is at most INT32_MAX.
 */
int64_t sock_ends_ms(const struct sock *s)
{
	if (s->gives_up_ms)
		return s->gives_up_ms;
	if (s->expires_ms < 0)
		return -1;
	if (sock_is_minisocket(s))
		return s->expires_ms;
	if (s->state == STATE_FIN_WAIT_2 && !s->inode && s->timer == TIMER_KEEPALIVE)
		return s->expires_ms < INT32_MAX - TIME_WAIT_MS ? s->expires_ms + TIME_WAIT_MS : INT32_MAX;
	return -1;
}

/* When the first of those that s stands for does. */
int64_t sock_first_ends_ms(const struct sock *s)
{
	return s->count > 1 ? s->first_ends_ms : sock_ends_ms(s);
}

/* The earlier of two such times; -1 is never. */
int64_t sock_earlier(int64_t a_ms, int64_t b_ms)
{
	return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}
