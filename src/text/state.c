/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of a TCP socket (RFC 9293, section 3.3.2, and BOUND, which is no
 * state there), and the ways in which a connection ends.  Times are Linux's,
 * with its sysctls as they are unless changed.
 */
#include "text/explain.h"

const struct explain_text explain_states[] = {
    {
        .id = STATE_ESTABLISHED,
        .group = "TCP states",
        .line = "the connection is open, both ends may send",
        .parts =
            {
                "The connection is open and data goes both ways.",
                "Nobody waits.",
                "It holds the local port, accepted or not: a server's connections keep the port when the listener is gone.",
                "As long as both ends like. Without data under way and without SO_KEEPALIVE no timer runs, and a peer "
                "that vanished is never noticed; data that is not acknowledged is repeated for some 15 minutes "
                "(net.ipv4.tcp_retries2).",
                "close() or shutdown() leads to FIN_WAIT_1, the peer's FIN to CLOSE_WAIT, a reset ends it.",
            },
        .see = "accepted-connection outbound-connection",
    },
    {
        .id = STATE_SYN_SENT,
        .line = "connect() was called, the peer has not answered",
        .parts =
            {
                "This end has sent its SYN to open a connection.",
                "This end waits for the peer's answer, and connect() with it.",
                "It holds the local port, which connect() was given by the kernel unless bind() chose it.",
                "The SYN is repeated; after some two minutes connect() fails with ETIMEDOUT "
                "(net.ipv4.tcp_syn_retries).",
                "The peer's SYN and ACK lead to ESTABLISHED, its SYN alone to SYN_RECV, its reset to ECONNREFUSED.",
            },
        .see = "outbound-connection SYN_RECV",
    },
    {
        .id = STATE_SYN_RECV,
        .line = "a connection is half open",
        .parts =
            {
                "A SYN came and was answered. Mostly this is a request in a listener's queue; after a simultaneous open "
                "or with Fast Open it is a full socket.",
                "This end waits for the peer's ACK.",
                "A request holds nothing: the listener has the port. A full socket, which has an inode, holds it.",
                "The answer is repeated for about a minute (net.ipv4.tcp_synack_retries).",
                "The ACK leads to ESTABLISHED; without it the request is dropped.",
            },
        .see = "syn-recv",
    },
    {
        .id = STATE_FIN_WAIT_1,
        .line = "closed here first; the peer has not acknowledged",
        .parts =
            {
                "This end closed first. Its FIN, or data before it, is not acknowledged.",
                "This end waits for the peer's ACK.",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR.",
                "One round trip, mostly. With a silent peer and no process any more some 105 s "
                "(net.ipv4.tcp_orphan_retries), with a shut window some six minutes.",
                "The ACK leads to FIN_WAIT_2, the peer's FIN to CLOSING, both in one to TIME_WAIT; or the kernel gives up.",
            },
        .see = "fin-wait-1",
    },
    {
        .id = STATE_FIN_WAIT_2,
        .line = "closed here first; the peer has not closed yet",
        .parts =
            {
                "This end closed first, the peer knows it and has not closed its side.",
                "This end waits for the peer's FIN.",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR.",
                "Without a process at most net.ipv4.tcp_fin_timeout (60 s). With a process that called shutdown() only, "
                "without end.",
                "The peer's FIN leads to TIME_WAIT. Data for an orphan is answered with a reset, and nothing remains.",
            },
        .see = "fin-wait-2-orphan fin-wait-2-half-closed",
    },
    {
        .id = STATE_TIME_WAIT,
        .line = "all is said; the kernel remembers it for 60 s",
        .parts =
            {
                "Both ends have closed, and this end sent the last ACK. There is no process any more.",
                "Nobody waits for anything: this end stays to repeat the ACK if it was lost, and until old segments "
                "are gone. The peer knows by that ACK that all is said, so it needs no such state.",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR, the dead one too.",
                "60 s, a constant (TCP_TIMEWAIT_LEN), and up to 5 s more as the timer is late. No sysctl changes it. A "
                "stray segment of the old connection restarts it.",
                "By its timer; by a new SYN of the same peer, which takes its place; by a reset.",
            },
        .see = "time-wait outbound-time-wait",
    },
    {
        .id = STATE_CLOSE,
        .line = "not connected any more, and still open in a process",
        .parts =
            {
                "The connection was reset, or the kernel gave it up, and a process still has the descriptor. (RFC 9293 "
                "says CLOSED where there is no socket at all.)",
                "The kernel waits for the process to close it.",
                "It holds the local port only if bind() had chosen it; otherwise the port is free again.",
                "As long as the process keeps it.",
                "close().",
            },
        .see = "bound-not-listening BOUND",
    },
    {
        .id = STATE_CLOSE_WAIT,
        .line = "the peer has closed, the process has not",
        .parts =
            {
                "The peer's FIN came and was acknowledged: read() returns 0.",
                "The peer, in FIN_WAIT_2, and the kernel wait for the process to call close().",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR.",
                "Without end: there is no timer.",
                "close() leads to LAST_ACK; with unread data to a reset, and nothing remains.",
            },
        .see = "close-wait",
    },
    {
        .id = STATE_LAST_ACK,
        .line = "closed after the peer; the last ACK is missing",
        .parts =
            {
                "The peer closed first, then this end.",
                "This end waits for the ACK of its FIN.",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR.",
                "One round trip, mostly. With a silent peer some 105 s (net.ipv4.tcp_orphan_retries).",
                "The ACK ends it at once: the end that closes last has no TIME_WAIT.",
            },
        .see = "last-ack",
    },
    {
        .id = STATE_LISTEN,
        .line = "a server waits for connections",
        .parts =
            {
                "listen() was called: the socket takes connections.",
                "The server waits for clients.",
                "It holds the port against every other socket on an overlapping address, whatever SO_REUSEADDR says; "
                "only SO_REUSEPORT on both, of one user, lets two listen.",
                "As long as a process has it.",
                "The last close(). Connections that nobody accepted are reset then, and leave nothing.",
            },
        .see = "listener",
    },
    {
        .id = STATE_CLOSING,
        .line = "both closed at once; the last ACK is missing",
        .parts =
            {
                "Both ends sent a FIN before they saw the other's; the peer's was acknowledged, ours was not.",
                "This end waits for the ACK of its FIN.",
                "It holds the local port. bind() passes it where both sockets have SO_REUSEADDR.",
                "A moment. With a silent peer some 105 s (net.ipv4.tcp_orphan_retries).",
                "The ACK leads to TIME_WAIT, at both ends.",
            },
        .see = "closing simultaneous-close",
    },
    {
        .id = STATE_BOUND,
        .line = "bound, and nothing more",
        .parts =
            {
                "bind() was called and neither listen() nor connect(). The kernel's state is CLOSE; it is named apart "
                "here because it holds a port and most tools do not show it.",
                "Nobody waits: the process has the port for later.",
                "It holds the port. bind() passes it where both sockets have SO_REUSEADDR.",
                "As long as a process has it.",
                "listen() leads to LISTEN, connect() to SYN_SENT, close() frees the port.",
            },
        .see = "bound-not-listening CLOSE",
    },
};

_Static_assert(sizeof explain_states / sizeof *explain_states == STATE_MAX - 1, "a state without a text");

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct ladder_line at_once_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">FIN", NULL, false},
    {"FIN_WAIT_1", "<FIN", "close()", false},
    {NULL, ">ACK", "FIN_WAIT_1", false},
    {"CLOSING", "<ACK", "CLOSING", false},
    {"TIME_WAIT", NULL, "TIME_WAIT", false},
};

static const struct ladder_line abort_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">RST", NULL, false},
    {"CLOSED", NULL, "CLOSED", false},
};

const struct close_text close_texts[CLOSE_WAYS] = {
    [CLOSE_IN_TURN] =
        {
            .title = "One end closes first",
            .text = "The end that closes first has FIN_WAIT_1, FIN_WAIT_2 and TIME_WAIT; the other CLOSE_WAIT and "
                    "LAST_ACK, and then it is gone. A process that is killed closes as if by close().",
            .story = STORY_TIME_WAIT,
        },
    [CLOSE_AT_ONCE] =
        {
            .title = "Both close at once",
            .text = "The FINs cross. Both ends send a last ACK, so both have TIME_WAIT.",
            .lines = at_once_lines,
            .nlines = COUNT(at_once_lines),
        },
    [CLOSE_ABORT] =
        {
            .title = "One end aborts",
            .text = "close() with received data unread, or with SO_LINGER on and its time 0, sends a reset. No "
                    "TIME_WAIT at either end; the peer's next call fails with ECONNRESET.",
            .lines = abort_lines,
            .nlines = COUNT(abort_lines),
        },
};
