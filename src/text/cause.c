/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The causes: why bind() is refused. */
#include "text/text.h"

const struct cause_text cause_texts[CAUSES] = {
    [CAUSE_LISTENER] =
        {
            "listener",
            "a process listens on it",
            "A listening socket excludes every other one on an overlapping address. SO_REUSEADDR never overrides a "
            "listener; only SO_REUSEPORT on both sockets, of one user, lets two listen.",
            "A listening socket excludes every other one on an overlapping address. SO_REUSEADDR never overrides a "
            "listener; only SO_REUSEPORT on both sockets, of one user, lets two listen. The other sockets are "
            "listeners too, or connections that were accepted.",
        },
    [CAUSE_BOUND_NOT_LISTENING] =
        {
            "bound-not-listening",
            "a process has bound it and does not listen",
            "bind() alone reserves the port until the socket is closed. The program is between bind() and listen(), "
            "or its start failed half-way and left the socket open. lsof and netstat do not show such a socket.",
            "bind() alone reserves the port until the socket is closed. The programs are between bind() and listen(), "
            "or a start failed half-way and left the sockets open. lsof and netstat do not show such sockets.",
        },
    [CAUSE_FIN_WAIT_2_HALF_CLOSED] =
        {
            "fin-wait-2-half-closed",
            "a process closed its sending side only and waits for the peer",
            "The process called shutdown(SHUT_WR) and keeps the socket open to read. This state has no time-out: it "
            "ends when the peer closes its side or the process closes the socket.",
            "The process called shutdown(SHUT_WR) on {count} connections and keeps them open to read. This state has "
            "no time-out: it ends when the peer closes its side or the process closes the socket.",
        },
    [CAUSE_FIN_WAIT_2_ORPHAN] =
        {
            "fin-wait-2-orphan",
            "this end closed first and the peer has not closed yet",
            "No process has the socket any more; the kernel waits {left} more for the peer's FIN (the limit is "
            "tcp_fin_timeout). If it comes before that, 60 s of TIME_WAIT begin. Nothing to kill at this end.",
            "No process has these {count} sockets any more; the kernel waits up to {left} more for the peers' FINs "
            "(the limit is tcp_fin_timeout). Where one comes, 60 s of TIME_WAIT begin. Nothing to kill at this end.",
        },
    [CAUSE_TIME_WAIT] =
        {
            "time-wait",
            "this end closed first, or both did at once",
            "In TIME_WAIT for {age} (since {since}). The kernel keeps this pair of addresses 60 s, for a lost last ACK "
            "and old segments. Nothing to kill.",
            "{count} connections are in TIME_WAIT, the latest since {since}. The kernel keeps each pair of addresses "
            "60 s, for a lost last ACK and old segments. Nothing to kill.",
        },
    [CAUSE_PRIVILEGED_PORT] =
        {
            "privileged-port",
            "the port is below {lowest}, and you lack the privilege",
            "Ports below net.ipv4.ip_unprivileged_port_start ({lowest}) need CAP_NET_BIND_SERVICE. bind() says "
            "EACCES before it looks at any socket.",
            NULL,
        },
    [CAUSE_ADDRESS_NOT_LOCAL] =
        {
            "address-not-local",
            "this host does not have the address {address}",
            "bind() takes only addresses of an interface of this host (ip address shows them), and says "
            "EADDRNOTAVAIL for others.",
            NULL,
        },
    [CAUSE_BIND_DENIED] =
        {
            "bind-denied",
            "a security policy forbids this bind()",
            "The kernel answered {errno}, and no socket is the reason: SELinux, Landlock, seccomp, a BPF program of the "
            "cgroup or SocketBindDeny= of the systemd unit can do that.",
            NULL,
        },
    [CAUSE_INVISIBLE_HOLDER] =
        {
            "invisible-holder",
            "the kernel refuses, and nothing that can be seen explains it",
            "A real bind() failed with EADDRINUSE just now, but no socket that this kernel lists stands in the way. A "
            "socket may be about to go, or be of a kind that the kernel does not list.",
            NULL,
        },
};
