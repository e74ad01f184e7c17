/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes: what may help to understand, and changes no verdict. */
#include "text/text.h"

const struct note_text note_texts[NOTES] = {
    [NOTE_LOW_PORTS_REFUSED] = {"low-ports-refused", "{low} of the ports below {lowest} not listed: bind() fails with "
                                                    "EACCES, only root may bind them."},
    [NOTE_RESERVED_EXHAUSTED] =
        {
            "reserved-ports-exhausted",
            "A program that must come from such a port (rresvport(3): rsh, rlogin, NFS mounts) tries them one by one, from "
            "1023 down, and fails when none is left. Whoever closes first keeps the port for 60 s: let the server close "
            "first, connect less often, or use what needs no reserved port, as ssh.",
        },
    [NOTE_NO_SUCH_FAMILY] = {"no-such-family", "This host has no {family}: only {addresses} was judged."},
    [NOTE_CONNECTS_TO_ITSELF] =
        {
            "connects-to-itself",
            "Both ends would be {from}:{toport}: connect() would connect the socket to itself, and succeed.",
        },
    [NOTE_UDP_SHARED] =
        {
            "udp-shared",
            "Another UDP socket is on the port, and both allow it: nothing will fail, but a datagram to one address goes "
            "to one of them only. A socket connected to the sender comes first, then the more specific address, then "
            "IPv4 before IPv6; of equals, with SO_REUSEADDR the newest, with SO_REUSEPORT one by a hash of the sender. "
            "Multicast and broadcast go to all.",
        },
    [NOTE_LISTEN_REFUSED] =
        {
            "listen-refused",
            "bind() works, but listen() will probably fail with EADDRINUSE: a socket that had SO_REUSEADDR when it was "
            "bound and has not any more is on the port, and this kernel looks at it only then.",
        },
    [NOTE_OTHER_ADDRESS] =
        {
            "other-address-free",
            "Held on another address: {others}; a wildcard bind() would meet {otherit}.",
        },
    [NOTE_OTHER_NETNS] =
        {
            "other-netns",
            "Held in network namespace {elsewhere}: {elseholder} {elsehas} {elselocal}{elsemore}. Look there: {looktherecommand}",
        },
    [NOTE_UNLINKED_SOCKET] =
        {
            "unlinked-socket",
            "A socket of that name is still open, {unlinked}, but its file was removed: nobody can connect to it any more.",
        },
    [NOTE_REMOTE_SIDE_ONLY] =
        {
            "remote-side-only",
            "{remote} to port {port} {linger} on the client's side; {theydo} not hold it.",
        },
};
