/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metrics of --prometheus: names and help as Prometheus prints them.  All are gauges. */
#include "text/text.h"

const struct metric_text metric_texts[METRICS] = {
    [METRIC_SOCKETS] = {"portwhy_sockets", "Sockets that have a local port, by protocol and state."},
    [METRIC_PORTS] =
        {
            "portwhy_ports",
            "Ports in use by role: server (listens or waits for datagrams), lingering (closing connections alone), "
            "outgoing (others in the ephemeral range), other.",
        },
    [METRIC_BIND_PORTS] =
        {
            "portwhy_bind_ports",
            "Ports in use by what bind() to all addresses gets there, without and with SO_REUSEADDR.",
        },
    [METRIC_EPHEMERAL] = {"portwhy_ephemeral_ports", "Size of the range from which the kernel picks ports (ip_local_port_range)."},
    [METRIC_EPHEMERAL_USED] = {"portwhy_ephemeral_used_ports", "TCP ports of the ephemeral range that have a socket."},
    [METRIC_EPHEMERAL_OUTGOING] =
        {
            "portwhy_ephemeral_outgoing_ports",
            "TCP ports of the ephemeral range that have outgoing connections and no server.",
        },
    [METRIC_TIME_WAIT_END] =
        {
            "portwhy_time_wait_latest_end_seconds",
            "Time until the last of the sockets that are in TIME_WAIT now is gone; 0 where there is none.",
        },
    [METRIC_GAPS] = {"portwhy_gaps", "Looks that failed, by kind: what they would have shown is missing in the other metrics."},
    [METRIC_TARGET_VERDICT] =
        {
            "portwhy_target_verdict",
            "Whether bind() to the target would work: 1 for its verdict, 0 for the others; of several ports the worst.",
        },
    [METRIC_TARGET_PORTS] = {"portwhy_target_ports", "Ports of a range or list, by verdict."},
    [METRIC_TARGET_CLEARS] =
        {
            "portwhy_target_clears_seconds",
            "Time until the target is free if nothing new arrives: 0 now, +Inf never by itself, NaN not known.",
        },
    [METRIC_TARGET_SOCKETS] = {"portwhy_target_sockets", "Sockets on the target's port and address, by state."},
    [METRIC_TARGET_GAPS] =
        {
            "portwhy_target_gaps",
            "Whether a look at the target failed, by what that could change: the verdict or details.",
        },
};

const char *const gap_ids[GAP_KINDS] = {
    [GAP_SOCK_DIAG] = "sock-diag",
    [GAP_BOUND_ONLY] = "bound-only",
    [GAP_DUMP_CUT] = "dump-cut",
    [GAP_PROC_NET] = "proc-net",
    [GAP_PROC] = "proc",
    [GAP_FD_TABLE] = "fd-table",
    [GAP_PIDS] = "pids",
    [GAP_PROCESS] = "process",
    [GAP_SOCKET_OPTIONS] = "socket-options",
    [GAP_PROBE] = "probe",
    [GAP_CGROUP] = "cgroup",
    [GAP_CONNECTION_INFO] = "connection-info",
    [GAP_PEERS] = "peers",
    [GAP_ADDRESSES] = "addresses",
    [GAP_VRF] = "vrf",
    [GAP_UNIX_DIAG] = "unix-diag",
    [GAP_ALIVE] = "alive",
    [GAP_ROUTE] = "route",
    [GAP_NETNS] = "netns",
    [GAP_OTHER_NETNS] = "other-netns",
};
