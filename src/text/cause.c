/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The causes: why bind(), or connect() after it, is refused. */
#include "text/text.h"

const struct cause_text cause_texts[CAUSES] = {
    [CAUSE_LISTENER] =
        {
            "listener",
            "{someone} listens on it",
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
            "its start failed half-way, or its connection was reset, and the socket stayed open. lsof and netstat do not show such a socket.",
            "bind() alone reserves the port until the socket is closed. The programs are between bind() and listen(), "
            "or a start failed half-way and left the sockets open. lsof and netstat do not show such sockets.",
        },
    [CAUSE_SELF_CONNECT] =
        {
            "self-connect",
            "a client has connected to itself on it",
            "Both ends of this connection are the same socket: the kernel gave connect() as source port the very port "
            "that it asked for, and nobody listened. It lasts until the process closes it.",
            NULL,
        },
    [CAUSE_OUTBOUND_CONNECTION] =
        {
            "outbound-connection",
            "the port {is} the source port of an outgoing connection",
            "This end {opened} the connection to {peer}. Nobody listens, but the port is in use until the process "
            "closes the connection, and SO_REUSEADDR helps only if that socket has it too.",
            "This end {opened} {count} connections from the port. Nobody listens, but the port is in use until the "
            "last is closed, and SO_REUSEADDR helps only if those sockets have it too.",
        },
    [CAUSE_ACCEPTED_CONNECTION] =
        {
            "accepted-connection",
            "a connection is left of a listener that is gone",
            "The peer {peer} {peeropened} it. The listener is closed, the connection is not: it holds the port until "
            "the process closes it.",
            "{count} connections that peers {peeropened} are left. The listener is closed, they are not: they hold the "
            "port until the process closes the last of them.",
        },
    [CAUSE_CLOSE_WAIT] =
        {
            "close-wait",
            "the peer has closed and the process has not",
            "The peer {peer} closed its side; the process has not called close() on its own. CLOSE_WAIT has no "
            "time-out: it lasts until the process does.",
            "The peers of {count} connections closed their side; the process has not called close() on its own. "
            "CLOSE_WAIT has no time-out: it lasts until the process does.",
        },
    [CAUSE_SYN_RECV] =
        {
            "syn-recv",
            "a connection that both ends open at once is half open",
            "This is a full socket in SYN_RECV (simultaneous open or Fast Open), not a request in a listener's queue: "
            "it holds the port. It is connected when the peer's ACK comes, or gone when the kernel gives up.",
            NULL,
        },
    [CAUSE_FIN_WAIT_1] =
        {
            "fin-wait-1",
            "this end closed first and the peer has not acknowledged it",
            "This end has sent its FIN, or has data to send before it, and the peer has not acknowledged all of it. "
            "The kernel repeats it, at growing intervals, until the peer answers or it gives up.",
            "{count} connections have sent their FIN, or have data to send before it, and the peers have not "
            "acknowledged all of it. The kernel repeats it, at growing intervals, until they answer or it gives up.",
        },
    [CAUSE_CLOSING] =
        {
            "closing",
            "both ends closed at once, and the last ACK is missing",
            "The two FINs crossed; the peer has not acknowledged ours. The kernel repeats it, at growing intervals, "
            "until the peer answers, then TIME_WAIT follows, or it gives up.",
            "The FINs of {count} connections crossed; the peers have not acknowledged ours. The kernel repeats them "
            "until they answer, then TIME_WAIT follows, or it gives up.",
        },
    [CAUSE_LAST_ACK] =
        {
            "last-ack",
            "the peer closed first; it has not acknowledged our FIN",
            "Both ends have closed. Only the ACK of our FIN is missing: the kernel repeats the FIN, at growing "
            "intervals, until it comes or it gives up. No TIME_WAIT follows at this end.",
            "Both ends of {count} connections have closed. Only the ACKs of our FINs are missing: the kernel repeats "
            "the FINs until they come or it gives up. No TIME_WAIT follows at this end.",
        },
    [CAUSE_OUTBOUND_TIME_WAIT] =
        {
            "outbound-time-wait",
            "the port was probably the source port of an outgoing connection",
            "In TIME_WAIT for {age} (since {since}), to {peer}: by the ports, this end probably opened it, and it "
            "closed first. The kernel keeps this pair of addresses 60 s. Nothing to kill.",
            NULL,
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
            "{count} of them, the latest since {since}; each stays 60 s. Nothing to kill.",
        },
    [CAUSE_EPHEMERAL_EXHAUSTED] =
        {
            "ephemeral-exhausted",
            "no port is left that the kernel may choose",
            "The kernel chooses from ports {range} (net.ipv4.ip_local_port_range){reserved}. Taken {taken}.{most} "
            "{pickrule}",
            NULL,
        },
    [CAUSE_CONNECT_TUPLE_IN_USE] =
        {
            "connect-tuple-in-use",
            "a connection between these two ends is there already",
            "Two connections never have the same addresses and ports at both ends: one from {local} to {peer} is in "
            "{state}. Linux says EADDRNOTAVAIL here, not EADDRINUSE, and no option of either socket changes it.",
            NULL,
        },
    [CAUSE_UDP_SOCKET] =
        {
            "udp-socket",
            "a UDP socket is bound to it",
            "UDP has no listen() and no time after close(): who binds a port has it until the socket is closed. Two "
            "sockets share it only where both have SO_REUSEADDR, or both SO_REUSEPORT and one user; a datagram then goes "
            "to one of them alone.",
            "UDP has no listen() and no time after close(): who binds a port has it until the socket is closed. "
            "Sockets share it only where all have SO_REUSEADDR, or all SO_REUSEPORT and one user; a datagram then goes to "
            "one of them alone.",
        },
    [CAUSE_UNIX_LISTENER] =
        {
            "unix-listener",
            "a process {maybe}listens on it",
            "bind() to a path makes a file, and fails wherever one of that name is; no option changes that. The file "
            "stays when the socket is closed: whoever made it has to remove it.",
            NULL,
        },
    [CAUSE_UNIX_BOUND] =
        {
            "unix-bound",
            "a process has {maybe}bound it and does not listen",
            "bind() to a path makes a file, and fails wherever one of that name is; no option changes that. This one is "
            "of a {type} socket that does not listen. The file stays when it is closed: whoever made it has to remove it.",
            NULL,
        },
    [CAUSE_UNIX_ELSEWHERE] =
        {
            "unix-elsewhere",
            "a socket that is not listed here is bound to it",
            "connect() finds a {elsewhere} socket bound to the file, and none that is listed here has it. Only sockets of "
            "one's own network namespace are listed: its process is probably in another one, such as a container that "
            "shares the folder. Removing the file would cut its clients off.",
            NULL,
        },
    [CAUSE_UNIX_STALE_PATH] =
        {
            "unix-stale-path",
            "a socket file is left, and {nobody} has it",
            "bind() made the file, and close() does not remove it: a server that ends without unlink(), or is killed, "
            "leaves it behind, and bind() fails wherever something has the name. {whystale}",
            NULL,
        },
    [CAUSE_UNIX_NOT_A_SOCKET] =
        {
            "unix-not-a-socket",
            "{file} has that name",
            "bind() to a path makes a file, and fails with EADDRINUSE, not EEXIST, wherever something has the name, "
            "whatever it is: here {file}{leads}. That is no left-over of a server, so look before you remove anything.",
            NULL,
        },
    [CAUSE_UNIX_ABSTRACT] =
        {
            "unix-abstract",
            "a process has {maybe}the abstract name",
            "An abstract name is no file: one {type} socket of a network namespace has it until it is closed, and nothing "
            "is left after that. fuser does not find the holder of such a name.",
            NULL,
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
            "{noaddress}",
            "bind() takes only addresses of an interface of this host (ip address shows them), and says "
            "EADDRNOTAVAIL for others.{nearest}",
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
            "socket may be about to go, or be of a kind that the kernel does not list.{windows}",
            NULL,
        },
};

const char windows_hint[] = " This kernel is WSL's: the refusal can come from Windows, where a program there has the port "
                            "(netstat -ano) or it lies in a range that is kept (netsh int ipv4 show excludedportrange tcp).";

const char *const no_address_texts[2] = {"this host does not have the address {address}",
                                         "the address {address} is not ready on this host"};

const char *const nearest_texts[2] = {
    " The nearest that it has is {nearestaddress}, on {nearestdevice}.",
    " {nearestdevice} has it, but not for this bind(): it is down, the address is still tentative, or another device was asked "
    "for.",
};
