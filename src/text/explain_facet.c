/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facets, told without a socket at hand; in the order of the list. */
#include "text/explain.h"

const struct explain_text explain_facets[] = {
    {
        .id = FACET_WILDCARD_OVERLAP,
        .group = "Facets: address",
        .line = "a wildcard address covers the specific one",
        .parts =
            {
                "One of the two addresses is the wildcard, 0.0.0.0 or [::], and the other is not. The wildcard covers "
                "every address of the host, so the two overlap.",
                "A server on 0.0.0.0:53 meets a resolver on 127.0.0.53:53. Bound to one address that nobody uses, it "
                "does not.",
            },
        .see = "bind-specific dual-stack",
    },
    {
        .id = FACET_DUAL_STACK,
        .line = "an IPv6 socket claims IPv4 as well",
        .parts =
            {
                "An IPv6 socket on [::] without IPV6_V6ONLY takes IPv4 connections too, and so collides with 0.0.0.0 "
                "and every IPv4 address.",
                "Tools that are asked for IPv4 only do not show it: ss -4, lsof -i4, fuser -4, /proc/net/tcp. A "
                "connection that it accepted over IPv6 still keeps 0.0.0.0 from being bound.",
            },
        .see = "set-v6only v4-mapped",
    },
    {
        .id = FACET_V4_MAPPED,
        .line = "it is IPv4 on an IPv6 socket",
        .parts =
            {
                "The socket is an IPv6 one with an IPv4 address in it, such as [::ffff:192.0.2.1]: what a dual-stack "
                "server accepts over IPv4.",
                "The kernel lists it with IPv6: ss -4, lsof -i4 and /proc/net/tcp do not show it, TIME_WAIT included.",
            },
        .see = "dual-stack",
    },
    {
        .id = FACET_DEVICE_BOUND,
        .line = "it is bound to a network device",
        .parts =
            {
                "The socket is bound to a device (SO_BINDTODEVICE), or its link-local address names one.",
                "Sockets bound to different devices never meet, each may have the port. One that is bound to none "
                "meets all of them.",
            },
        .see = "wildcard-overlap",
    },
    {
        .id = FACET_OWNER_LACKED_REUSEADDR,
        .group = "Facets: options",
        .line = "the old socket had no SO_REUSEADDR",
        .parts =
            {
                "The socket in the way has, or had, no SO_REUSEADDR. Linux wants the option on both sockets, also on "
                "one that is dead: it is kept in TIME_WAIT as it was.",
                "Setting it on the new socket does not help this time, whatever the web says. Set it all the same: from "
                "the next restart on both have it. What counts of a connection is the option of the accepted socket, "
                "which it has from its listener.",
            },
        .see = "set-reuseaddr owner-has-reuseaddr time-wait",
    },
    {
        .id = FACET_OWNER_HAS_REUSEADDR,
        .line = "the old socket has SO_REUSEADDR set",
        .parts =
            {
                "The socket in the way has, or had, SO_REUSEADDR.",
                "A new socket that sets it too can be bound beside it, at once, unless the old one listens.",
            },
        .see = "set-reuseaddr owner-lacked-reuseaddr",
    },
    {
        .id = FACET_REUSEPORT_OTHER_USER,
        .line = "SO_REUSEPORT is there, and another user",
        .parts =
            {
                "Both sockets have, or would have, SO_REUSEPORT, but they belong to different users.",
                "Only sockets of one user share a port that way, so that nobody takes a part of the connections of a "
                "stranger. Root is a user like any other here.",
            },
        .see = "same-user reuseport-one-sided",
    },
    {
        .id = FACET_REUSEPORT_ONE_SIDED,
        .line = "SO_REUSEPORT is on one of the two sockets only",
        .parts =
            {
                "One of the two sockets has SO_REUSEPORT, the other has not, or got it after its bind().",
                "Both must have it, each before its own bind(): to set it on the new server alone changes nothing.",
            },
        .see = "set-reuseport reuseport-other-user",
    },
    {
        .id = FACET_OTHER_PID_NAMESPACE,
        .line = "its process is probably outside of this container",
        .parts =
            {
                "No process that /proc shows has a descriptor of the socket, and this /proc shows only those of its "
                "own pid namespace, as in a container that shares the network of the host.",
                "So it is probably a process outside, or the kernel itself: from the host it can be seen. The socket's "
                "user and cgroup are known here too.",
            },
        .see = "look-from-host kernel-owned hidden-owner",
    },
    {
        .id = FACET_STOPPED,
        .group = "Facets: owner",
        .line = "its process is stopped, by Ctrl-Z or SIGSTOP",
        .parts =
            {
                "The process is stopped (state T): Ctrl-Z in a shell, or SIGSTOP. It is not ended.",
                "It holds the port and accepts nothing. SIGTERM waits until it goes on: continue it first, or kill it "
                "with SIGKILL.",
            },
        .see = "continue-or-kill",
    },
    {
        .id = FACET_ZOMBIE_LEADER,
        .line = "its main thread has exited, others live on",
        .parts =
            {
                "The main thread of the process has ended and other threads go on: ps shows it as defunct (Z).",
                "ss, lsof and fuser do not find the socket, because /proc/PID/fd is empty; that of another thread, "
                "/proc/PID/task/TID/fd, has it. A signal to the process ends all of it.",
            },
        .see = "stop-holder own-fd-table",
    },
    {
        .id = FACET_INHERITED_FD,
        .line = "a child inherited the socket",
        .parts =
            {
                "The descriptor was not close-on-exec, so a program that the server started has it too, and it "
                "outlived the server. Who made a socket is not recorded: this is inferred where the holder is a shell "
                "or a plain utility, or runs another program than the oldest holder.",
                "The socket lives until the heir ends, which is why starting the server again and again does not help.",
            },
        .see = "set-cloexec shared-socket",
    },
    {
        .id = FACET_SHARED_SOCKET,
        .line = "several processes hold this one socket",
        .parts =
            {
                "Several processes have a descriptor of one and the same socket, as after fork().",
                "It stays until the last of them closes it: to kill one is not enough.",
            },
        .see = "kill-group inherited-fd",
    },
    {
        .id = FACET_ORPHANED_WORKER,
        .line = "workers live on, their master has died",
        .parts =
            {
                "Several processes share the socket, the leader of their process group is gone, and all were adopted, by "
                "pid 1 or a subreaper such as systemd --user: the master that forked them has died.",
                "They go on accepting, with the old program and the old configuration, and the new master meets its own "
                "socket. Stop all of them. One process alone is not called so: a daemon that has forked twice looks the "
                "same.",
            },
        .see = "kill-group shared-socket",
    },
    {
        .id = FACET_HIDDEN_OWNER,
        .line = "its process may not be seen by you",
        .parts =
            {
                "The socket has a process, and it may not be seen: it is another user's, or hidden by the mount of "
                "/proc, or the right to look (CAP_SYS_PTRACE) is missing.",
                "ss, lsof and fuser print nothing then and do not say why. The user of the socket and the cgroup of "
                "its creator are known all the same, and with it the unit or container.",
            },
        .see = "look-as-root look-from-host",
    },
    {
        .id = FACET_KERNEL_OWNED,
        .line = "it is probably a socket of the kernel itself",
        .parts =
            {
                "The socket has an inode, all processes could be looked at, and none has a descriptor of it: the kernel "
                "made it for itself. UDP: a VXLAN, GENEVE, WireGuard or L2TP interface; TCP: nfsd, lockd, ksmbd, SMC.",
                "There is no process to stop: the interface or service that it belongs to has to go, or to use another "
                "port. ip -d link and rpcinfo -p name it.",
            },
        .see = "udp-socket listener",
    },
    {
        .id = FACET_SUPERVISED,
        .line = "something starts the process again when it ends",
        .parts =
            {
                "The process is part of a service of systemd, or below PM2, supervisord, nodemon, runsv, s6-supervise or "
                "supervise, as the names of its parents and its cgroup tell.",
                "Who kills it sees it come back, with another pid and the same port. The supervisor has to be told to "
                "stop it.",
            },
        .see = "stop-unit restart-via-supervisor",
    },
    {
        .id = FACET_CONTAINER,
        .line = "its process runs in a container",
        .parts =
            {
                "The cgroup of the process is that of a container: Docker, Podman, containerd, CRI-O, LXC, systemd-nspawn.",
                "A restart policy may start it again; it does not show from outside. The container is what to stop.",
            },
        .see = "stop-container other-pid-namespace",
    },
    {
        .id = FACET_CONTAINER_PROXY,
        .line = "a helper has it for a container",
        .parts =
            {
                "docker-proxy, or without root rootlessport, pasta, rootlesskit or slirp4netns, has the port and passes "
                "connections on to a container; without docker-proxy dockerd itself keeps it. The command line of "
                "docker-proxy tells the address and port there, that of pasta the port, the others get theirs otherwise.",
                "The port is free when the container stops. Where it has gone already the helper is a leftover.",
            },
        .see = "stop-container container",
    },
    {
        .id = FACET_SOCKET_ACTIVATION,
        .line = "systemd has opened it for a socket unit",
        .parts =
            {
                "systemd listens itself and starts the service when somebody connects. Which unit it is for the cgroup of "
                "the socket tells, where systemd made it in one.",
                "Stopping the service leaves the socket; the .socket unit has to be stopped. systemctl list-sockets shows "
                "them all.",
            },
        .see = "stop-unit supervised",
    },
    {
        .id = FACET_SSH_FORWARD,
        .line = "it is a port that ssh forwards",
        .parts =
            {
                "A client of ssh listens for its -L or -D, a session of sshd for a -R of its client.",
                "It ends with the session. Where the client has gone without a word, sshd notices only by "
                "ClientAliveInterval.",
            },
        .see = "stop-holder",
    },
    {
        .id = FACET_IO_URING,
        .line = "an io_uring holds it, no descriptor does",
        .parts =
            {
                "The socket is registered with an io_uring and needs no descriptor: it lives as long as the ring, or "
                "until the ring lets it go.",
                "ss, lsof and fuser do not find it. The ring may end a moment after its process has, so the port is busy "
                "a little longer than the process lives.",
            },
        .see = "stop-holder in-flight-fd",
    },
    {
        .id = FACET_IN_FLIGHT_FD,
        .line = "its descriptor is probably on its way",
        .parts =
            {
                "No process has a descriptor of it, and somewhere descriptors that were sent over a unix socket "
                "(SCM_RIGHTS) wait to be received. That is a hint and no proof: nothing shows what they refer to.",
                "What waits keeps its socket alive and is in no table of any process. It is received, or closed with the "
                "receiving socket.",
            },
        .see = "stop-probable-holder io-uring blocked-accept",
    },
    {
        .id = FACET_BLOCKED_ACCEPT,
        .line = "probably closed while a thread sat in accept()",
        .parts =
            {
                "No process has a descriptor of the listener, and a thread waits in accept() on one that is closed. That "
                "is a hint and no proof: nothing shows which socket it waits on.",
                "The call keeps the socket, so it listens until the call returns, which the next connection brings "
                "about. shutdown() before close() ends the wait.",
            },
        .see = "shutdown-before-close stop-probable-holder",
    },
    {
        .id = FACET_OWN_FD_TABLE,
        .line = "one thread alone has it, in a table of its own",
        .parts =
            {
                "One thread of the process has a table of descriptors of its own (unshare(CLONE_FILES)), and only that "
                "has the socket.",
                "ss, lsof and fuser look at the table of the process and find nothing. The socket is gone when that "
                "thread ends, or the process.",
            },
        .see = "stop-holder zombie-leader",
    },
    {
        .id = FACET_MPTCP,
        .line = "it is a socket of Multipath TCP",
        .parts =
            {
                "The socket is one of Multipath TCP (protocol 262), which runs one connection over several paths at "
                "once. Listeners of Go programs are, from Go 1.24 on, without having asked.",
                "For bind() it is one of TCP like any other. ss -M shows it; ss -K cannot destroy such a listener.",
            },
        .see = "listener",
    },
    {
        .id = FACET_IN_EPHEMERAL_RANGE,
        .group = "Facets: circumstances",
        .line = "the kernel gives this port to connections",
        .parts =
            {
                "The port lies in net.ipv4.ip_local_port_range (32768 to 60999 unless changed) and is not reserved: "
                "the kernel may give it to any outgoing connection.",
                "A server on such a port fails now and then, whenever somebody was faster. Reserve the port, or take "
                "one outside the range.",
            },
        .see = "reserve-port outbound-connection self-connect",
    },
    {
        .id = FACET_PEER_ON_THIS_HOST,
        .line = "the other end is on this host, too",
        .parts =
            {
                "The other end of the connection is a socket of this network namespace: its state and its process are "
                "known.",
                "lsof -i shows that process for our port number, but it only has the other end: look before you kill.",
            },
        .see = "peer-keeps-open",
    },
    {
        .id = FACET_PEER_UNREACHABLE,
        .line = "retransmissions go unanswered",
        .parts =
            {
                "Two or more retransmissions were not answered: the peer, or the network to it, is probably gone.",
                "The state ends when the kernel gives up, at an estimated time: the intervals grow.",
            },
        .see = "fin-wait-1 last-ack closing",
    },
    {
        .id = FACET_PEER_KEEPS_OPEN,
        .line = "the peer is alive and does not close",
        .parts =
            {
                "The peer has acknowledged and does not close: it sits in CLOSE_WAIT on this host, or answers with a "
                "shut window.",
                "Ending the peer, or its connection, ends the state at this end.",
            },
        .see = "let-peer-close-first fin-wait-2-orphan",
    },
    {
        .id = FACET_SIMULTANEOUS_CLOSE,
        .line = "both ends closed before they saw the other's FIN",
        .parts =
            {
                "The two FINs crossed.",
                "Both ends send a last ACK, so both have TIME_WAIT in the end.",
            },
        .see = "closing CLOSING TIME_WAIT",
    },
    {
        .id = FACET_HALF_CLOSED,
        .line = "the process closed only its sending side",
        .parts =
            {
                "The process called shutdown(SHUT_WR) and still has the socket.",
                "In FIN_WAIT_2 no timer ends it: the process or the peer must.",
            },
        .see = "fin-wait-2-half-closed",
    },
    {
        .id = FACET_UNREAD_DATA,
        .line = "received data lies unread",
        .parts =
            {
                "Data that the peer sent was not read by the process.",
                "close() now sends a reset instead of a FIN, so that the peer learns that its data was lost. Nothing "
                "remains then: no FIN_WAIT, no TIME_WAIT.",
            },
        .see = "close-wait accepted-connection",
    },
    {
        .id = FACET_NO_TIMEOUT,
        .line = "no timer runs, not even keepalive",
        .parts =
            {
                "A process has the connection, and no timer of the kernel runs for it.",
                "If the peer is gone without a word, nobody will notice: SO_KEEPALIVE would, after two hours unless "
                "told otherwise.",
            },
        .see = "accepted-connection close-wait",
    },
    {
        .id = FACET_MANY,
        .line = "more than 1000 alike",
        .parts =
            {
                "More than 1000 sockets of the same cause: a server under load, or one that leaks.",
                "One in TIME_WAIT takes 256 bytes and no process; net.ipv4.tcp_max_tw_buckets bounds their "
                "number. Above it a connection is simply over.",
            },
        .see = "TIME_WAIT ephemeral-exhausted",
    },
};

_Static_assert(sizeof explain_facets / sizeof *explain_facets == FACETS, "a facet without a text");
