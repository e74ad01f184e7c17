/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notes, told without a socket at hand; in the order of the list. */
#include "text/explain.h"

const struct explain_text explain_notes[] = {
    {
        .id = NOTE_NO_SUCH_FAMILY,
        .group = "Notes",
        .line = "this host has no IPv6, or no IPv4",
        .parts = {"A bare port is judged for IPv4 and IPv6; a family that the host does not have is left out."},
        .see = "dual-stack",
    },
    {
        .id = NOTE_REMOTE_SIDE_ONLY,
        .line = "connections linger on the client's side only",
        .parts =
            {
                "Connections of this host to the port, as clients, are closed and linger. Their local port is another "
                "one: they do not hold it, though tools that match either port list them. Said of a port that is free.",
            },
        .see = "TIME_WAIT peer-on-this-host",
    },
    {
        .id = NOTE_LOW_PORTS_REFUSED,
        .line = "only root may bind some ports of the range",
        .parts = {"Of a range, the ports that are refused for want of a privilege alone are counted, not listed."},
        .see = "privileged-port",
    },
    {
        .id = NOTE_RESERVED_EXHAUSTED,
        .line = "no port below 1024 of the range is left",
        .parts = {"Each port of a range below 1024 has a socket in the way, mostly TIME_WAIT: rresvport(3), with which rsh, "
                  "rlogin and NFS mounts find a port that shows they are root's, tries 1023 down to 512 and fails. Each "
                  "connection that this end closes first costs one of them for 60 s."},
        .see = "time-wait let-peer-close-first",
    },
    {
        .id = NOTE_UDP_SHARED,
        .line = "two UDP sockets share it: no error, one gets it",
        .parts =
            {
                "Another UDP socket is on the port, and both allow it: nothing will fail, but a datagram to one address "
                "goes to one of them only. A socket connected to the sender comes first, then the more specific "
                "address, then IPv4 before IPv6; of equals, with SO_REUSEADDR the newest, with SO_REUSEPORT one by a "
                "hash of the sender. Multicast and broadcast go to all.",
            },
        .see = "udp-socket",
    },
    {
        .id = NOTE_LISTEN_REFUSED,
        .line = "bind() works, listen() will probably fail",
        .parts =
            {
                "A socket that had SO_REUSEADDR when it was bound, and has not any more, is on the port: bind() passes "
                "it, and this kernel looks at the option again in listen(), which then fails with EADDRINUSE.",
            },
        .see = "bound-not-listening LISTEN",
    },
    {
        .id = NOTE_CONNECTS_TO_ITSELF,
        .line = "connect() would connect the socket to itself",
        .parts =
            {
                "Both ends of the connection would be the same address and port. connect() succeeds then, and the "
                "program talks to itself.",
            },
        .see = "self-connect",
    },
    {
        .id = NOTE_UNLINKED_SOCKET,
        .line = "unix: a socket of that name lost its file",
        .parts =
            {
                "A process still has a socket that was bound to the path, but the file was removed, or is another one now: "
                "its clients do not find it any more, and it does not notice.",
            },
        .see = "unix-stale-path unlink-before-bind",
    },
    {
        .id = NOTE_OTHER_ADDRESS,
        .line = "free here, held on another address",
        .parts =
            {
                "bind() works on the address asked for, and another address of this host is held on the same port: "
                "clients that come by that address meet another server, and a bind() to the wildcard would fail.",
            },
        .see = "wildcard-overlap bind-specific",
    },
    {
        .id = NOTE_OTHER_NETNS,
        .line = "free here, held in another network namespace",
        .parts =
            {
                "Each network namespace, such as that of a container, has ports of its own. The port is free in this "
                "one and held in the one that is named: what failed a moment ago may have run there. portwhy -N looks "
                "there, --all-netns everywhere.",
            },
        .see = "other-address-free look-in-netns",
    },
};

_Static_assert(sizeof explain_notes / sizeof *explain_notes == NOTES, "a note without a text");
