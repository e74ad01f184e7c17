/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a result is unknown. */
#include "text/text.h"

const struct doubt_text doubt_texts[DOUBTS] = {
    [DOUBT_OPTIONS] =
        {
            "options",
            "it hangs on an option (SO_REUSEADDR, SO_REUSEPORT, IPV6_V6ONLY) of a socket in the way, which only its process could show",
        },
    [DOUBT_MEMORY] =
        {
            "reuseport-memory",
            "a socket stands in the way, but a port remembers its last binder with SO_REUSEPORT and may let another one "
            "of that user in; nothing shows that memory",
        },
    [DOUBT_KERNEL] =
        {
            "kernel-version",
            "kernels differ here by version, and which way this one goes could not be found out without a bind()",
        },
    [DOUBT_HIDDEN] = {"hidden-sockets", "a socket that nothing lists may hold the port"},
    [DOUBT_ADDRESS] = {"address", "whether the address is on this host is not known"},
    [DOUBT_ORDER] =
        {
            "order",
            "the first of several UDP sockets decides, and the order in which the kernel looks at them is not known",
        },
    [DOUBT_CHANCE] = {"chance", "of an odd number of ports the kernel leaves one end out, by chance"},
    [DOUBT_ACCEPTED] =
        {
            "accepted",
            "a connection has the name, and nothing shows whether bind() gave it, which excludes others, or accept()",
        },
    [DOUBT_PERMISSION] = {"permission", "whether that user may write to the folder was not tried"},
    [DOUBT_REFUTED] = {"refuted", "a bind() failed that should have worked, so the rules do not tell"},
};

/* Behind each of them where --probe=never was given. */
const char doubt_untried[] = "; without --probe=never it is tried";
