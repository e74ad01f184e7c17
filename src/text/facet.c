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
            "It is IPv4 on an IPv6 socket ({local}): ss -4, lsof -i4 and /proc/net/tcp do not show it.",
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
    [FACET_SHARED_SOCKET] =
        {
            "shared-socket",
            "Several processes hold this one socket ({pids}): it stays until the last of them closes it.",
        },
    [FACET_HIDDEN_OWNER] =
        {
            "hidden-owner",
            "Its process may not be seen by you. The socket belongs to user {owner}{cgroup}.",
        },
};
