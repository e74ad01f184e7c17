/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facets: what makes this instance of a cause special. */
#include "text/text.h"

const struct facet_text facet_texts[FACETS] = {
    [FACET_WILDCARD_OVERLAP] =
        {
            "wildcard-overlap",
            "A wildcard address (0.0.0.0 or [::]) covers every specific one: that is why {local} collides with the "
            "address asked for.",
        },
    [FACET_DUAL_STACK] =
        {
            "dual-stack",
            "An IPv6 socket without IPV6_V6ONLY claims IPv4 as well: IPv4 and IPv6 collide here. Tools that are asked "
            "for IPv4 only do not show it.",
        },
    [FACET_V4_MAPPED] =
        {
            "v4-mapped",
            "It is IPv4 on an IPv6 socket ({local}): ss -4, lsof -i4 and /proc/net/{proto} do not show it.",
        },
    [FACET_OWNER_LACKED_REUSEADDR] =
        {
            "owner-lacked-reuseaddr",
            "The socket lacked SO_REUSEADDR. Linux wants it on both, the old one too: setting it on the new one does "
            "not help this time.",
        },
    [FACET_OWNER_HAS_REUSEADDR] =
        {
            "owner-has-reuseaddr",
            "The old socket had SO_REUSEADDR set: a new one that sets it too does not collide with it.",
        },
    [FACET_REUSEPORT_OTHER_USER] =
        {
            "reuseport-other-user",
            "The socket has SO_REUSEPORT, but it belongs to user {owner}: only sockets of one user share a port that way.",
        },
    [FACET_REUSEPORT_ONE_SIDED] =
        {
            "reuseport-one-sided",
            "SO_REUSEPORT is on one of the two sockets only: both must have it, each before its own bind().",
        },
    [FACET_SHARED_SOCKET] =
        {
            "shared-socket",
            "Several processes hold this one socket ({pids}): it stays until the last of them closes it.",
        },
    [FACET_ORPHANED_WORKER] =
        {
            "orphaned-worker",
            "The leader of their process group is gone, and they were adopted{adopter}: probably workers that outlived their "
            "master, which would have stopped them.",
        },
    [FACET_HIDDEN_OWNER] =
        {
            "hidden-owner",
            "Its process may not be seen by you. The socket belongs to user {owner}{cgroup}.",
        },
    [FACET_KERNEL_OWNED] = {"kernel-owned", "No process has a descriptor of it: {kernelwhose}"},
    [FACET_OTHER_PID_NAMESPACE] =
        {
            "other-pid-namespace",
            "No process here has a descriptor of it, and this /proc shows only the processes of its own pid namespace, as "
            "in a container: it is probably one outside of it, of user {owner}{cgroup}, or the kernel's own.",
        },
    [FACET_STOPPED] =
        {
            "stopped",
            "The process is stopped (Ctrl-Z or SIGSTOP): it holds the port and acts on no signal but SIGCONT and "
            "SIGKILL.",
        },
    [FACET_INHERITED_FD] =
        {
            "inherited-fd",
            "{heir} probably inherited the descriptor: it was not close-on-exec when its parent ran it, and this "
            "program does not look like the one that made the socket.",
        },
    [FACET_MPTCP] =
        {
            "mptcp",
            "It is a socket of Multipath TCP, which runs one connection over several paths at once; for bind() it is one "
            "of TCP like any other. ss -M shows it as what it is, and ss -K cannot destroy such a listener.",
        },
    [FACET_ZOMBIE_LEADER] =
        {
            "zombie-leader",
            "Its main thread has exited and others live on: ps shows it as defunct (Z), and ss, lsof and fuser do not find "
            "it. A signal to the process still ends all of it.",
        },
    [FACET_OWN_FD_TABLE] =
        {
            "own-fd-table",
            "Only thread {tid} has the descriptor, in a table of its own (unshare(CLONE_FILES)): ss, lsof and fuser look "
            "at that of the process.",
        },
    [FACET_IO_URING] =
        {
            "io-uring",
            "No descriptor holds it: it is {surely}registered with an io_uring (descriptor {ring}) and lives until the "
            "ring is closed or lets it go, for a moment after the end of the process even. ss, lsof and fuser do not find "
            "it.",
        },
    [FACET_IN_FLIGHT_FD] =
        {
            "in-flight-fd",
            "No process that could be looked at has a descriptor of it. Probably one is on its way: descriptors that "
            "were sent over a unix socket (SCM_RIGHTS) wait to be received at {mail}, and while they do they keep what "
            "they refer to. Which socket that is nothing shows.",
        },
    [FACET_BLOCKED_ACCEPT] =
        {
            "blocked-accept",
            "No process that could be looked at has a descriptor of it. Probably it was closed while a thread waited in "
            "accept(), which keeps it listening until the call returns: one of {accepter} waits on descriptor {closed}, "
            "which is closed. The next connection ends that; which socket it waits on nothing shows.",
        },
    [FACET_SUPERVISED] = {"supervised", "{supervises}"},
    [FACET_CONTAINER] =
        {
            "container",
            "It runs in a container ({container}). Stop that, not the process: a restart policy, which does not show "
            "here, may start again what is killed.",
        },
    [FACET_CONTAINER_PROXY] =
        {"container-proxy", "{helper} The port is free when that container stops."},
    [FACET_SOCKET_ACTIVATION] =
        {
            "socket-activation",
            "systemd itself has opened it, for the socket unit {unit}, and starts the service when somebody connects: "
            "stopping the service alone does not free it.",
        },
    [FACET_SSH_FORWARD] =
        {
            "ssh-forward",
            "ssh forwards it ({cmdline}): it is a -L or -D of a client here, or a -R of one that is connected from "
            "elsewhere, and ends with that session.",
        },
    [FACET_IN_EPHEMERAL_RANGE] =
        {
            "in-ephemeral-range",
            "Port {port} is in net.ipv4.ip_local_port_range ({range}): the kernel gives it to any outgoing connection.",
        },
    [FACET_PEER_ON_THIS_HOST] = {"peer-on-this-host", "The other end is on this host: {peerholder}, in {peerstate}."},
    [FACET_PEER_KEEPS_OPEN] =
        {
            "peer-keeps-open",
            "The peer is alive and does not close: ending it, or its connection, ends this state.",
        },
    [FACET_PEER_UNREACHABLE] =
        {
            "peer-unreachable",
            "{retransmits} retransmissions went unanswered: the peer or the network to it is probably gone.",
        },
    [FACET_SIMULTANEOUS_CLOSE] = {"simultaneous-close", "TIME_WAIT comes at both ends: neither closed first."},
    [FACET_HALF_CLOSED] =
        {
            "half-closed",
            "The process still has the socket: after its close() the kernel would end what is left within minutes.",
        },
    [FACET_UNREAD_DATA] =
        {
            "unread-data",
            "{unread} bytes lie unread in its receive queue: closing it now sends a reset and leaves nothing behind.",
        },
    [FACET_NO_TIMEOUT] =
        {
            "no-timeout",
            "No timer runs, not even keepalive: if the peer went away without a word, nothing here would notice.",
        },
    [FACET_MANY] = {"many", "More than 1000 alike: a server under load, or one that leaks."},
    [FACET_DEVICE_BOUND] =
        {
            "device-bound",
            "It is bound to the device {device}: a socket that is bound to another device could share the port, one that "
            "is bound to none collides.",
        },
};

/* Of the kernel's own sockets, behind "No process has a descriptor of it: ". */
const char *const kernel_owner_texts[KERNEL_OWNERS] = {
    [KERNEL_OWNER_TUNNEL] = "it is the kernel's own, of the interface {interface} ({kind}), which receives on this port.",
    [KERNEL_OWNER_MAYBE_TUNNEL] = "it is probably the kernel's own, of the interface {interface} ({kind}) or another like it. "
                                  "wg show tells its port.",
    [KERNEL_OWNER_NFSD] = "it is probably that of nfsd, the kernel's NFS server, by the port. rpcinfo -p tells; rpc.nfsd 0 "
                          "ends it.",
    [KERNEL_OWNER_KSMBD] = "it is probably that of ksmbd, the kernel's SMB server, by the port. ksmbd.control -s ends it.",
    [KERNEL_OWNER_LOCKD] = "it is probably that of lockd, the kernel's NFS lock manager: fs.nfs.nlm_{proto}port names this "
                           "port, and can name another. rpcinfo -p tells; it ends with the last NFSv3 mount and nfsd.",
    [KERNEL_OWNER_L2TP] = "it is probably that of an L2TP tunnel, by the port. ip l2tp show tunnel tells; ip l2tp del tunnel "
                          "ends it.",
    [KERNEL_OWNER_TCP] = "all could be looked at, so it is probably the kernel's own (nfsd, lockd, ksmbd, SMC). rpcinfo -p "
                         "tells of the first two.",
    [KERNEL_OWNER_UDP] = "all could be looked at, so it is probably the kernel's own (an L2TP, RxRPC or similar socket, "
                         "lockd, or an interface of another network namespace). ip -d link and rpcinfo -p tell.",
};
