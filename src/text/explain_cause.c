/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The causes, told without a socket at hand; in the order of the list. */
#include "text/explain.h"

const struct explain_text explain_causes[] = {
    {
        .id = CAUSE_LISTENER,
        .group = "Causes: TCP",
        .line = "a process listens on it",
        .parts =
            {
                "A socket on the port is in LISTEN: a server runs. It may be the one that you started before, another "
                "program with the same default port, or a child that inherited the socket.",
                "Connections are given out by the port they ask for, so two listeners on overlapping addresses would "
                "share them by chance. SO_REUSEADDR never overrides a listener on Linux; only SO_REUSEPORT on both "
                "sockets, of one user, lets two listen, and then they do share.",
            },
        .see = "LISTEN wildcard-overlap dual-stack shared-socket inherited-fd stopped hidden-owner",
    },
    {
        .id = CAUSE_BOUND_NOT_LISTENING,
        .line = "a process has bound it and does not listen",
        .parts =
            {
                "A process called bind() and then neither listen() nor connect(): it is between the two calls, its start "
                "failed half-way and the socket stayed open, or its connection was reset. lsof, fuser and netstat show "
                "nothing; ss does with -B, from iproute2 6.8 on.",
                "bind() alone reserves the port until the socket is closed, so that what follows it finds the port free. "
                "Another socket may be bound beside it where both have SO_REUSEADDR.",
            },
        .see = "BOUND CLOSE owner-has-reuseaddr",
    },
    {
        .id = CAUSE_TIME_WAIT,
        .line = "this end closed first, or both did at once",
        .parts =
            {
                "A connection of the port is over, and the kernel remembers it for 60 s. There is no process: nothing can "
                "be killed. It is the end that closed first that waits, which is the server's where the server was "
                "stopped, timed out or sent \"Connection: close\".",
                "The end that sent the last ACK must be able to repeat it if it was lost, and old segments that are "
                "still under way must not be taken for those of a new connection. The time is a constant: "
                "tcp_fin_timeout does not change it, tcp_tw_reuse is about connect() and not about bind(). "
                "SO_REUSEADDR lets bind() pass it where both sockets have it, the new and the old one; that of a dead "
                "connection is the option that the accepted socket had.",
            },
        .story = STORY_TIME_WAIT,
        .see = "TIME_WAIT owner-lacked-reuseaddr owner-has-reuseaddr simultaneous-close",
    },
    {
        .id = CAUSE_FIN_WAIT_1,
        .line = "this end closed first; its FIN is not acknowledged",
        .parts =
            {
                "This end has closed; its FIN, or data before it, was not acknowledged. The peer or the network to it is "
                "gone, or the peer lives and has no room for the data (its window is shut). Mostly no process has the "
                "socket any more.",
                "What was written before close() is still to be delivered, so the kernel goes on after the process: it "
                "repeats the FIN after 0.2, 0.4, 0.8... s and gives up after some 105 s (net.ipv4.tcp_orphan_retries); "
                "a peer with a shut window is asked for some six minutes.",
            },
        .story = STORY_FIN_WAIT_1,
        .see = "FIN_WAIT_1 peer-unreachable peer-keeps-open",
    },
    {
        .id = CAUSE_FIN_WAIT_2_ORPHAN,
        .line = "this end closed first, the peer has not closed yet",
        .parts =
            {
                "The process is gone or has closed the socket; the peer has acknowledged that and keeps its side open. "
                "This is what a server leaves that was stopped while clients were connected.",
                "A connection is closed in each direction by itself: the kernel waits for the peer's FIN, at most "
                "net.ipv4.tcp_fin_timeout seconds (60 unless changed). If the FIN comes, 60 s of TIME_WAIT begin; if "
                "data comes, nobody is there to read it: the peer gets a reset and nothing remains.",
            },
        .story = STORY_FIN_WAIT_2_ORPHAN,
        .see = "FIN_WAIT_2 fin-wait-2-half-closed peer-keeps-open peer-on-this-host",
    },
    {
        .id = CAUSE_FIN_WAIT_2_HALF_CLOSED,
        .line = "a process closed its sending side only",
        .parts =
            {
                "A process called shutdown(SHUT_WR), keeps the socket to read what the peer still sends, and the peer "
                "does not close. ss shows FIN_WAIT_2 with a process, which is what tells it from an orphan.",
                "Half a connection is in use, so no timer runs, whatever tcp_fin_timeout says: the state ends when the "
                "peer closes its side or the process closes the socket.",
            },
        .story = STORY_FIN_WAIT_2_HALF_CLOSED,
        .see = "FIN_WAIT_2 half-closed fin-wait-2-orphan",
    },
    {
        .id = CAUSE_CLOSING,
        .line = "both ends closed at once, the last ACK is missing",
        .parts =
            {
                "Both ends closed before either saw the other's FIN, and the ACK of ours has not come.",
                "The FIN is repeated until it is acknowledged, as in FIN_WAIT_1. When the ACK comes TIME_WAIT follows, "
                "at both ends: each has sent a last ACK that may be lost.",
            },
        .story = STORY_CLOSING,
        .see = "CLOSING TIME_WAIT simultaneous-close",
    },
    {
        .id = CAUSE_LAST_ACK,
        .line = "the peer closed first, our FIN is not acknowledged",
        .parts =
            {
                "Both ends have closed, the peer first. Only the ACK of our FIN is missing: the peer or the network to "
                "it went away in that moment.",
                "The FIN is repeated until it is acknowledged, as in FIN_WAIT_1. When the ACK comes the socket is gone "
                "at once: the end that closes last has no TIME_WAIT.",
            },
        .story = STORY_LAST_ACK,
        .see = "LAST_ACK peer-unreachable",
    },
    {
        .id = CAUSE_CLOSE_WAIT,
        .line = "the peer has closed and the process has not",
        .parts =
            {
                "The peer closed its side: read() has returned 0, or would. The process has not called close(). Where "
                "nothing listens any more, an old worker still has this connection.",
                "The kernel cannot know whether the process still has something to send, so there is no time-out: "
                "CLOSE_WAIT that stays is an error in the program.",
            },
        .story = STORY_CLOSE_WAIT,
        .see = "CLOSE_WAIT no-timeout unread-data",
    },
    {
        .id = CAUSE_ACCEPTED_CONNECTION,
        .line = "a connection is left of a listener that is gone",
        .parts =
            {
                "Nothing listens, but a connection that the listener accepted is alive in a process: a worker that "
                "goes on after the server was stopped, or a child that inherited it.",
                "An accepted connection has the local port of its listener, and holds it as long as it lives. It has "
                "the listener's options too: where both had SO_REUSEADDR, a new server starts beside it.",
            },
        .see = "ESTABLISHED inherited-fd shared-socket no-timeout",
    },
    {
        .id = CAUSE_OUTBOUND_CONNECTION,
        .line = "it is the source port of an outgoing connection",
        .parts =
            {
                "Nothing listens. A program of this host connected to somewhere, and the kernel gave it this very port "
                "as source port. That makes a server fail once in many starts, mostly at boot.",
                "A source port is a port like any other: it is in use until the connection is closed. The kernel "
                "chooses from net.ipv4.ip_local_port_range and leaves out what "
                "net.ipv4.ip_local_reserved_ports names. SO_REUSEADDR helps only if that socket has it too, and "
                "outgoing ones seldom have.",
            },
        .see = "ESTABLISHED SYN_SENT in-ephemeral-range outbound-time-wait",
    },
    {
        .id = CAUSE_OUTBOUND_TIME_WAIT,
        .line = "it was probably an outgoing connection's source port",
        .parts =
            {
                "As outbound-connection, but the connection is over, and closed first by this end: TIME_WAIT keeps the "
                "port for 60 s.",
                "A dead connection leaves no proof of who opened it. It is inferred where our port is in "
                "net.ipv4.ip_local_port_range, the peer's is not, and no other socket of the port has another peer.",
            },
        .story = STORY_TIME_WAIT,
        .see = "TIME_WAIT in-ephemeral-range outbound-connection",
    },
    {
        .id = CAUSE_SELF_CONNECT,
        .line = "a client has connected to itself on it",
        .parts =
            {
                "Both ends of the connection are one socket. A client that tries again and again to reach a port of its "
                "own host, while nobody listens there, is one day given that very port as source port, and succeeds.",
                "Its SYN meets the socket that sent it, which TCP takes for a simultaneous open. The kernel does not "
                "rule it out; the range that it chooses from must not have the server's port in it.",
            },
        .see = "ESTABLISHED in-ephemeral-range",
    },
    {
        .id = CAUSE_SYN_RECV,
        .line = "a connection that both ends open is half open",
        .parts =
            {
                "A full socket is in SYN_RECV: both ends called connect() at once, or TCP Fast Open accepted data with "
                "the SYN. It has an inode and holds the port.",
                "Requests in a listener's queue have the same name and are not sockets yet: they hold nothing and are "
                "never the cause. The full one is connected when the ACK comes, or gone when the kernel gives up.",
            },
        .story = STORY_SYN_RECV,
        .see = "SYN_RECV",
    },
    {
        .id = CAUSE_UDP_SOCKET,
        .group = "Causes: others",
        .line = "a UDP socket is bound to it",
        .parts =
            {
                "A UDP socket has the port: a server, a client that bound it or was given it, or the kernel itself "
                "(a VXLAN or WireGuard interface). TCP and UDP ports of one number have nothing to do with each other.",
                "UDP has no listen() and no time after close(): who binds a port has it until the socket is closed. Two "
                "sockets share it only where both have SO_REUSEADDR, or both SO_REUSEPORT and one user; a datagram then "
                "goes to one of them.",
            },
        .see = "udp-shared kernel-owned wildcard-overlap dual-stack in-ephemeral-range",
    },
    {
        .id = CAUSE_UNIX_LISTENER,
        .line = "unix: a process listens on the path",
        .parts =
            {
                "A socket that is bound to the file at the path listens: a server runs. Its name may be relative, so "
                "the file decides, not the text.",
                "bind() to a path makes a file, as mknod() does, and fails with EADDRINUSE wherever something has the "
                "name. No option changes that. The file stays when the socket is closed.",
            },
        .see = "unix-bound unix-stale-path unix-elsewhere shared-socket stopped hidden-owner",
    },
    {
        .id = CAUSE_UNIX_BOUND,
        .line = "unix: bound to the path, and not listening",
        .parts =
            {
                "A datagram socket is bound to the path, or a stream that does not listen, or a client with a name of "
                "its own.",
                "The file that bind() made is in the way, whatever the type of the socket. It stays when the socket "
                "is closed.",
            },
        .see = "unix-listener unix-stale-path shared-socket inherited-fd",
    },
    {
        .id = CAUSE_UNIX_ELSEWHERE,
        .line = "unix: a socket that is not listed has the path",
        .parts =
            {
                "connect() finds a socket that is bound to the file, and no listed one is: its process is probably in "
                "another network namespace, such as a container that shares the folder.",
                "A file is seen by all who see its folder, sockets are listed in their own network namespace alone. "
                "Removing the file would cut off the clients of a server that lives.",
            },
        .see = "unix-listener unix-stale-path other-netns look-in-netns",
    },
    {
        .id = CAUSE_UNIX_STALE_PATH,
        .line = "unix: a socket file is left, and nobody has it",
        .parts =
            {
                "The file of a socket is there, and connect() to it is refused: the server that made it ended, or was "
                "killed, without unlink(). ss, lsof and fuser show nothing.",
                "close() does not remove what bind() made. Where connect() may not be tried, it is only probable that "
                "nobody has the file.",
            },
        .see = "unix-elsewhere unix-listener unlink-before-bind",
    },
    {
        .id = CAUSE_UNIX_NOT_A_SOCKET,
        .line = "unix: the path is something else than a socket",
        .parts =
            {
                "A regular file, a directory, a FIFO or a symbolic link has the name. A link is in the way even where "
                "it leads nowhere, or to a socket.",
                "The name must be new, and the last part of a path is not followed. No server left it behind, so it "
                "is not to be removed blindly.",
            },
        .see = "unix-stale-path look-at-path",
    },
    {
        .id = CAUSE_UNIX_ABSTRACT,
        .line = "unix: a process has the abstract name",
        .parts =
            {
                "A socket of the same type has the name, which is written @NAME and is no file.",
                "Abstract names belong to a network namespace; one socket of each type may have a name, until its "
                "last descriptor is closed. Nothing is left after that. NULs at the end of a name count.",
            },
        .see = "unix-listener shared-socket hidden-owner",
    },
    {
        .id = CAUSE_EPHEMERAL_EXHAUSTED,
        .line = "no port is left that the kernel may choose",
        .parts =
            {
                "bind() to port 0, listen() without bind(), or connect() wanted a port of the kernel's choice, and each "
                "of net.ipv4.ip_local_port_range is taken.",
                "For bind() a port is taken when any socket on it has an overlapping address, TIME_WAIT and all options "
                "notwithstanding, because the kernel does not know yet what the socket is for. connect() may share a "
                "port between different peers; it fails with EADDRNOTAVAIL where it cannot.",
            },
        .see = "in-ephemeral-range many TIME_WAIT",
    },
    {
        .id = CAUSE_CONNECT_TUPLE_IN_USE,
        .line = "a connection between these two ends exists",
        .parts =
            {
                "bind() of a fixed local port works, connect() after it fails: the old connection to the same server is "
                "alive, or closed and not yet acknowledged.",
                "A segment is matched to a connection by the addresses and ports of both ends, so no two have the same "
                "four. Linux says EADDRNOTAVAIL, never EADDRINUSE, and no option changes it. One in TIME_WAIT is "
                "replaced at once where TCP timestamps were in use.",
            },
        .see = "TIME_WAIT FIN_WAIT_2",
    },
    {
        .id = CAUSE_PRIVILEGED_PORT,
        .group = "Look-alikes",
        .line = "a low port, and you lack the privilege",
        .parts =
            {
                "bind() says EACCES: the port is below net.ipv4.ip_unprivileged_port_start (1024 unless changed), and "
                "the process has no CAP_NET_BIND_SERVICE.",
                "The kernel asks that before it looks at any socket, so a port that is in use as well says EACCES, too. "
                "It dates from a time when a low port proved that root of a trusted host had opened it.",
            },
        .see = "low-ports-refused",
    },
    {
        .id = CAUSE_ADDRESS_NOT_LOCAL,
        .line = "this host does not have the address",
        .parts =
            {
                "bind() says EADDRNOTAVAIL: no interface of this host, in this network namespace, has the address. It "
                "is that of another host or of a NAT in front of this one, or the interface is not up yet.",
                "A socket on an address that is not here would never get a packet. net.ipv4.ip_nonlocal_bind and "
                "IP_FREEBIND allow it all the same.",
            },
        .see = "wildcard-overlap",
    },
    {
        .id = CAUSE_BIND_DENIED,
        .line = "a security policy forbids this bind()",
        .parts =
            {
                "bind() says EPERM or EACCES, and neither a socket nor the number of the port is the reason.",
                "A policy was asked and said no: SELinux, Landlock, seccomp, a BPF program of the cgroup, or "
                "SocketBindDeny= of the systemd unit. The log of that policy tells more.",
            },
        .see = "privileged-port",
    },
    {
        .id = CAUSE_INVISIBLE_HOLDER,
        .line = "the kernel refuses, and nothing seen explains it",
        .parts =
            {
                "A real bind() failed with EADDRINUSE, and no socket that this kernel lists stands in the way, on two "
                "looks.",
                "A file is closed some time after its process ended, so a socket may be about to go. Before Linux 6.8 a "
                "socket that is bound and does not listen is in no list. Under WSL the refusal can come from Windows.",
            },
        .see = "hidden-owner bound-not-listening",
    },
};

_Static_assert(sizeof explain_causes / sizeof *explain_causes == CAUSES, "a cause without a text");
