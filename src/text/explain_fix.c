/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fixes, told without a socket at hand; in the order of the list. */
#include "text/explain.h"

const struct explain_text explain_fixes[] = {
    {
        .id = FIX_WAIT,
        .group = "Fixes",
        .line = "wait until it ends by itself",
        .parts =
            {
                "No process has the socket and a timer of the kernel ends it. The report says when, and portwhy wait returns then.",
                "Time, at most: 60 s and the lateness of the timer in TIME_WAIT. Nothing can go wrong.",
            },
        .see = "TIME_WAIT FIN_WAIT_2 FIN_WAIT_1",
    },
    {
        .id = FIX_SET_REUSEADDR,
        .line = "set SO_REUSEADDR before every bind() of the server",
        .parts =
            {
                "With SO_REUSEADDR on both sockets, the new one and the old one, bind() passes everything on the port "
                "that does not listen: TIME_WAIT, FIN_WAIT, connections that are alive.",
                "On Linux nothing, for TCP: it never overrides a listener and lets nobody steal a port that is listened "
                "on. For UDP it lets sockets share the port, of any user. It must be set before bind(), and helps from "
                "the restart on whose predecessor had it, too.",
            },
        .see = "owner-lacked-reuseaddr owner-has-reuseaddr time-wait",
    },
    {
        .id = FIX_SET_REUSEPORT,
        .line = "set SO_REUSEPORT on every socket of the port",
        .parts =
            {
                "With SO_REUSEPORT on all of them, before each bind(), several sockets of one user share a port; the "
                "kernel spreads connections and datagrams over them.",
                "Two servers that do not know of each other get a part of the clients each, and nobody sees an error. Of "
                "a server that ends, what waits in its queue is reset.",
            },
        .see = "reuseport-one-sided reuseport-other-user same-user",
    },
    {
        .id = FIX_LET_PEER_CLOSE_FIRST,
        .line = "let the client close first",
        .parts =
            {
                "The end that closes first has the TIME_WAIT. Where the protocol ends with a word of the client, or "
                "the server reads until end of file before it closes, that end is the client, whose port nobody asks "
                "for.",
                "The server depends on the client: give the wait for its end of file a time-out.",
            },
        .see = "time-wait CLOSE_WAIT",
    },
    {
        .id = FIX_CLOSE_THE_SOCKET,
        .line = "close the socket as soon as it is of no use",
        .parts =
            {
                "Close on end of file, on errors, and where the start of the program failed half-way: what the kernel "
                "cannot end, the process must.",
                "Nothing; it is an error in the program that goes.",
            },
        .see = "close-wait bound-not-listening no-timeout",
    },
    {
        .id = FIX_STOP_HOLDER,
        .line = "stop the process that holds it",
        .parts =
            {
                "SIGTERM asks the process to end; its sockets are closed then, as after close().",
                "Its connections: what was established may leave FIN_WAIT_2 and TIME_WAIT behind. Under a supervisor it "
                "comes back.",
            },
        .see = "kill-group stop-unit stop-container",
    },
    {
        .id = FIX_CONTINUE_OR_KILL,
        .line = "continue the stopped process, or kill it",
        .parts =
            {
                "A stopped process acts on SIGCONT and SIGKILL alone: fg in its shell, kill -CONT, or kill -KILL.",
                "SIGKILL gives it no chance to clean up.",
            },
        .see = "stopped",
    },
    {
        .id = FIX_KILL_GROUP,
        .line = "stop all processes that hold it",
        .parts =
            {
                "The socket lives until its last descriptor is closed, so all of its holders have to end.",
                "All of them end: look at what they are first.",
            },
        .see = "shared-socket inherited-fd",
    },
    {
        .id = FIX_WAIT_FOR_CONNECTIONS,
        .line = "wait for what its connections leave behind",
        .parts =
            {
                "A process that ends closes its connections first: FIN_WAIT_2 until the peer closes, then 60 s of "
                "TIME_WAIT. These sockets keep SO_REUSEADDR as it was, and without it block every bind().",
                "Time, and no more than that if the peers are alive. With SO_REUSEADDR in the server the next restart "
                "does not wait.",
            },
        .see = "stop-holder set-reuseaddr owner-lacked-reuseaddr",
    },
    {
        .id = FIX_STOP_UNIT,
        .line = "stop its systemd unit",
        .parts =
            {
                "The process belongs to a service of systemd; stopped by its unit it stays stopped.",
                "The service does not run until it is started again.",
            },
        .see = "stop-holder",
    },
    {
        .id = FIX_STOP_CONTAINER,
        .line = "stop its container",
        .parts =
            {
                "The process belongs to a container, by its cgroup; stopped by its engine it stays stopped.",
                "Everything in the container stops.",
            },
        .see = "stop-holder",
    },
    {
        .id = FIX_RESTART_VIA_SUPERVISOR,
        .line = "stop it by its supervisor",
        .parts =
            {
                "What a supervisor runs it starts again: it has to be told.",
                "The program does not run until it is started again.",
            },
        .see = "supervised stop-unit",
    },
    {
        .id = FIX_STOP_PROBABLE_HOLDER,
        .line = "stop the process that probably holds it",
        .parts =
            {
                "No descriptor proves who holds the socket; a hint names a process.",
                "If the hint is wrong, a process ends that had nothing to do with it.",
            },
        .see = "in-flight-fd blocked-accept hidden-owner",
    },
    {
        .id = FIX_STOP_INTERFACE,
        .line = "take the interface that has it down",
        .parts =
            {
                "A VXLAN, GENEVE or WireGuard interface has its UDP port as long as it is up; ip -d link shows which it "
                "is.",
                "What goes through the interface stops.",
            },
        .see = "kernel-owned udp-socket",
    },
    {
        .id = FIX_SET_CLOEXEC,
        .line = "make the server's sockets close-on-exec",
        .parts =
            {
                "SOCK_CLOEXEC in socket() and accept4() keeps the programs that the server starts from inheriting its "
                "sockets.",
                "Nothing, unless a child is meant to have the socket.",
            },
        .see = "inherited-fd",
    },
    {
        .id = FIX_SHUTDOWN_BEFORE_CLOSE,
        .line = "call shutdown() before close()",
        .parts =
            {
                "shutdown(fd, SHUT_RDWR) on a listener ends the accept() of every thread that waits in it; close() alone "
                "does not, and the socket listens on.",
                "Other processes that have the same socket cannot accept from it any more, either.",
            },
        .see = "blocked-accept",
    },
    {
        .id = FIX_SAME_USER,
        .line = "run both servers as one user",
        .parts =
            {
                "SO_REUSEPORT lets sockets of one user share a port, and only those.",
                "The servers are no longer kept apart by their users.",
            },
        .see = "reuseport-other-user set-reuseport",
    },
    {
        .id = FIX_SHARE_PORT,
        .line = "set SO_REUSEADDR, if they shall share the UDP port",
        .parts =
            {
                "UDP sockets that all have SO_REUSEADDR share a port, as programs do that receive the same multicast.",
                "Of datagrams to one address one of them gets all, the others none; any user may join.",
            },
        .see = "udp-shared udp-socket",
    },
    {
        .id = FIX_BIND_SPECIFIC,
        .line = "bind to one address that nobody uses",
        .parts =
            {
                "Two sockets on different specific addresses never meet; the wildcard meets all of them.",
                "The server is reached on that address alone.",
            },
        .see = "wildcard-overlap",
    },
    {
        .id = FIX_SET_V6ONLY,
        .line = "set IPV6_V6ONLY on the IPv6 socket",
        .parts =
            {
                "With IPV6_V6ONLY, set before bind(), an IPv6 socket leaves IPv4 to others.",
                "A server that wants both needs a second socket, for IPv4.",
            },
        .see = "dual-stack",
    },
    {
        .id = FIX_OTHER_PORT,
        .line = "use another port",
        .parts =
            {
                "Best one that no other product has as its default, outside of net.ipv4.ip_local_port_range.",
                "The clients have to know.",
            },
        .see = "in-ephemeral-range",
    },
    {
        .id = FIX_RESERVE_PORT,
        .line = "keep the kernel from giving the port away",
        .parts =
            {
                "net.ipv4.ip_local_reserved_ports names ports that the kernel never chooses, for bind() to 0 or "
                "connect(); bind() to the number itself works as before. The line replaces what was there, so that "
                "the ports reserved already are in it, too; put it into /etc/sysctl.d.",
                "One port less for outgoing connections. It does not end a connection that has the port now.",
            },
        .see = "in-ephemeral-range outbound-connection",
    },
    {
        .id = FIX_WIDEN_RANGE,
        .line = "widen the range that the kernel chooses from",
        .parts =
            {
                "net.ipv4.ip_local_port_range, first and last; for good in /etc/sysctl.d.",
                "Servers whose port is then in the range may meet a connection on it: reserve those.",
            },
        .see = "ephemeral-exhausted reserve-port",
    },
    {
        .id = FIX_BIND_ADDRESS_NO_PORT,
        .line = "let connect() choose the port, not bind()",
        .parts =
            {
                "A client that calls bind() to choose its address sets IP_BIND_ADDRESS_NO_PORT and port 0, or leaves "
                "bind() out: connect() knows the peer and can share a port between different ones.",
                "Nothing; getsockname() shows the port after connect() only.",
            },
        .see = "ephemeral-exhausted connect-tuple-in-use",
    },
    {
        .id = FIX_DESTROY_SOCKET,
        .line = "drop it (SOCK_DESTROY, as root)",
        .parts =
            {
                "The kernel ends the socket at once: TIME_WAIT and FIN_WAIT_2 from Linux 6.0 on, other orphans from "
                "6.12 on.",
                "What the state was there for: after TIME_WAIT an old segment may reach a new connection. Of a listener "
                "with a process it only stops the listening, the port stays bound.",
            },
        .see = "TIME_WAIT wait",
    },
    {
        .id = FIX_LOWER_FIN_TIMEOUT,
        .line = "shorten FIN_WAIT_2 (not TIME_WAIT)",
        .parts =
            {
                "net.ipv4.tcp_fin_timeout bounds how long the kernel waits for the peer's FIN once no process has the "
                "socket. It does nothing to TIME_WAIT, nor to sockets that are in FIN_WAIT_2 already.",
                "A peer that closes later than that gets a reset.",
            },
        .see = "fin-wait-2-orphan FIN_WAIT_2",
    },
    {
        .id = FIX_LINGER_ZERO,
        .line = "close with a reset, as a last resort",
        .parts =
            {
                "SO_LINGER, on and with a time of 0, set on the connection (struct linger is then 1, 0): close() sends a "
                "reset instead of a FIN, and the socket is gone at once, without FIN_WAIT or TIME_WAIT.",
                "What was not sent yet is thrown away, and so may be what the peer received and has not read: it gets "
                "ECONNRESET and cannot tell that from a crash. An old segment may reach a new connection of the same "
                "ports. SO_REUSEADDR costs none of that.",
            },
        .see = "set-reuseaddr let-peer-close-first time-wait",
    },
    {
        .id = FIX_LOOK_AS_ROOT,
        .line = "look as root",
        .parts =
            {
                "Root (CAP_SYS_PTRACE) sees the descriptors of all processes.",
                "Nothing is changed.",
            },
        .see = "hidden-owner invisible-holder",
    },
    {
        .id = FIX_LOOK_FROM_HOST,
        .line = "look from outside of this container or user namespace",
        .parts =
            {
                "In a pid namespace of its own a process sees only what runs there, and root of a user namespace may look "
                "only at what that owns: sudo changes nothing there. From the host portwhy names the holder; with -N and a "
                "process of the container it looks at the ports that the container sees.",
                "Nothing is changed.",
            },
        .see = "other-pid-namespace hidden-owner",
    },
    {
        .id = FIX_RAISE_PRIVILEGE,
        .line = "allow the program low ports",
        .parts =
            {
                "CAP_NET_BIND_SERVICE on the program file, AmbientCapabilities= of its systemd unit, or a lower "
                "net.ipv4.ip_unprivileged_port_start.",
                "With setcap everybody who may run the program has it bind low ports.",
            },
        .see = "privileged-port",
    },
    {
        .id = FIX_ADD_ADDRESS,
        .line = "give an interface the address",
        .parts =
            {
                "Or correct the address in the configuration, if it is that of another host, or start the service "
                "after the network is up.",
                "Two hosts with one address disturb each other.",
            },
        .see = "address-not-local",
    },
    {
        .id = FIX_UNLINK_PATH,
        .line = "remove the file of a unix socket",
        .parts =
            {
                "rm, once nobody has the socket. Where a process has it, end that first: its program may remove the "
                "file itself.",
                "Removed while a server listens, the file is gone for its clients, and the server does not notice.",
            },
        .see = "unix-stale-path unix-listener",
    },
    {
        .id = FIX_UNLINK_BEFORE_BIND,
        .line = "let the server remove its file, and a left one",
        .parts =
            {
                "unlink() on the way out, and before bind() if a connect() to the path is refused. In a systemd "
                "socket unit RemoveOnStop=yes; systemd removes a left file before it binds.",
                "Without that connect() a second server takes the name of the first, which goes on listening where "
                "nobody finds it.",
            },
        .see = "unix-stale-path",
    },
    {
        .id = FIX_LOOK_IN_NETNS,
        .line = "look in the other network namespaces",
        .parts =
            {
                "lsns -t net lists a process of each; portwhy -N PID looks there.",
                "It takes root.",
            },
        .see = "unix-elsewhere unix-stale-path other-netns",
    },
    {
        .id = FIX_LOOK_AT_PATH,
        .line = "look at what is at the path",
        .parts =
            {
                "ls -ld, before anything is removed.",
                "Nothing.",
            },
        .see = "unix-not-a-socket",
    },
    {
        .id = FIX_OTHER_PATH,
        .line = "use another path, or another abstract name",
        .parts =
            {
                "In the configuration of the server, and of its clients.",
                "The clients have to know. A path has at most 107 bytes.",
            },
        .see = "unix-listener unix-abstract unix-not-a-socket",
    },
    {
        .id = FIX_RETRY,
        .line = "try again in a moment",
        .parts =
            {
                "A socket that is about to go is gone a moment later.",
                "Nothing.",
            },
        .see = "invisible-holder",
    },
};

_Static_assert(sizeof explain_fixes / sizeof *explain_fixes == FIXES, "a fix without a text");
