/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be seen, and what that means. */
#include "text/text.h"

const struct gap_text gap_texts[GAP_KINDS] = {
    [GAP_SOCK_DIAG] =
        {
            "sock_diag (netlink)",
            "sockets were read from /proc/net/{proto}, without cookies and cgroups",
            "detail",
        },
    [GAP_BOUND_ONLY] =
        {
            "sockets that are bound and do not listen{hindrance}",
            "one may hold the port unseen; only a real bind() tells",
            "verdict",
        },
    [GAP_DUMP_CUT] = {"the end of the socket dump", "a socket may hold the port unseen; only a real bind() tells", "verdict"},
    [GAP_PROC_NET] = {"/proc/net/{object}", "a socket may hold the port unseen; only a real bind() tells", "verdict"},
    [GAP_PROC] = {"/proc", "no process is named", "detail"},
    [GAP_FD_TABLE] =
        {
            "{fdtables}",
            "a socket whose process is not named here may belong to one of them",
            "detail",
        },
    [GAP_PIDS] =
        {
            "processes outside of this pid namespace",
            "a socket whose process is not named here may belong to one of them",
            "detail",
        },
    [GAP_PROCESS] = {"{object}", "it is missing in the report", "detail"},
    [GAP_SOCKET_OPTIONS] =
        {
            "socket options of {object}",
            "whether it has SO_REUSEADDR or SO_REUSEPORT is known only where a bind() was tried",
            "detail",
        },
    [GAP_PROBE] = {"a trial bind()", "what could not be tried stays unknown", "detail"},
    [GAP_CGROUP] = {"cgroup {object}", "its unit or container is not named", "detail"},
    [GAP_CONNECTION_INFO] = {"tcp_info of the connections", "who opened them is not known", "detail"},
    [GAP_PEERS] = {"the other ends of the connections", "whether they are on this host is not known", "detail"},
    [GAP_ADDRESSES] = {"the addresses of this host", "whether the address is one of them is not known", "verdict"},
    [GAP_VRF] = {"the VRF of {object}", "whether sockets there have the same ports is not known", "verdict"},
    [GAP_UNIX_DIAG] =
        {
            "sock_diag (netlink)",
            "sockets were read from /proc/net/unix, which tells names and not files",
            "detail",
        },
    [GAP_ALIVE] = {"whether a socket is bound to the file", "that nobody has it is probable and no more", "detail"},
    [GAP_ROUTE] = {"the way to the host of --to", "what connect() gets is not known", "verdict"},
    [GAP_NETNS] = {"network namespace {object}", "nothing in it was looked at; as root it can be", "verdict"},
    [GAP_OTHER_NETNS] = {"network namespace {object}{more}", "whether the port is taken there is not known", "detail"},
};
