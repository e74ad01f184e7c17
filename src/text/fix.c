/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fixes, now and for good. */
#include "text/text.h"

const struct fix_text fix_texts[FIXES] = {
    [FIX_WAIT] = {"wait", "wait {left}", NULL, "portwhy wait {there}{asked}{argument}"},
    [FIX_SET_REUSEADDR] =
        {
            "set-reuseaddr",
            "set SO_REUSEADDR before every bind() of the server",
            "start the server with SO_REUSEADDR: bind() works with it at once",
            NULL,
        },
    [FIX_SET_REUSEPORT] =
        {
            "set-reuseport",
            "set SO_REUSEPORT on every socket of the port before its bind(), if several servers are meant to share it",
            "start the server with SO_REUSEPORT: bind() works with it at once, and the two share the load",
            NULL,
        },
    [FIX_SAME_USER] = {"same-user", "run both servers as the same user, so that SO_REUSEPORT works", NULL, NULL},
    [FIX_SHARE_PORT] =
        {
            "share-port",
            "set SO_REUSEADDR if they shall share the port, as for multicast: of datagrams to one address one of them "
            "gets none",
            "start the server with SO_REUSEADDR: bind() works at once, and they share the port",
            NULL,
        },
    [FIX_LET_PEER_CLOSE_FIRST] = {"let-peer-close-first", "let the client close first", NULL, NULL},
    [FIX_CLOSE_THE_SOCKET] =
        {
            "close-the-socket",
            "close the socket as soon as it is of no use, on error paths too",
            NULL,
            NULL,
        },
    [FIX_STOP_HOLDER] = {"stop-holder", "stop {name}", NULL, "{sudo}kill {pid}"},
    [FIX_STOP_PROBABLE_HOLDER] =
        {
            "stop-probable-holder",
            "stop {suspect}, which probably holds it",
            NULL,
            "{sudo}kill {suspectpid}",
        },
    [FIX_CONTINUE_OR_KILL] =
        {
            "continue-or-kill",
            "continue it (fg, or {sudo}kill -CONT {pid}) and let it end, or kill it",
            NULL,
            "{sudo}kill -KILL {allpids}",
        },
    [FIX_KILL_GROUP] = {"kill-group", "stop all processes that hold it", NULL, "{sudo}kill {allpids}"},
    [FIX_WAIT_FOR_CONNECTIONS] =
        {
            "wait-for-connections",
            "wait a minute or two: what is left of its connections (FIN_WAIT_2, TIME_WAIT) can block bind() even with "
            "SO_REUSEADDR, for they lack it",
            NULL,
            NULL,
        },
    [FIX_STOP_UNIT] = {"stop-unit", "stop its unit", NULL, "{systemctl} stop {unit}"},
    [FIX_STOP_CONTAINER] = {"stop-container", "stop its container{asuser}{naming}", NULL, "{stopcontainer}"},
    [FIX_RESTART_VIA_SUPERVISOR] =
        {
            "restart-via-supervisor",
            "stop or restart it by its supervisor, which starts again what is only killed",
            NULL,
            "{stopsupervised}",
        },
    [FIX_STOP_INTERFACE] =
        {
            "stop-interface",
            "take {theinterface} down",
            NULL,
            "{rootthere}ip link set {interface} down",
        },
    [FIX_BIND_SPECIFIC] =
        {
            "bind-specific",
            "bind to one specific address that nobody uses, not to the wildcard",
            NULL,
            NULL,
        },
    [FIX_SET_V6ONLY] = {"set-v6only", "set IPV6_V6ONLY on the IPv6 socket before its bind()", NULL, NULL},
    [FIX_OTHER_PORT] = {"other-port", "use another port", NULL, NULL},
    [FIX_RESERVE_PORT] =
        {
            "reserve-port",
            "keep the kernel from giving it away ({reservedtoo}for good in /etc/sysctl.d)",
            NULL,
            "{rootthere}sysctl net.ipv4.ip_local_reserved_ports={reservethese}",
        },
    [FIX_SET_CLOEXEC] = {"set-cloexec", "make the server's sockets close-on-exec (SOCK_CLOEXEC)", NULL, NULL},
    [FIX_SHUTDOWN_BEFORE_CLOSE] =
        {
            "shutdown-before-close",
            "call shutdown(fd, SHUT_RDWR) before close(): it ends the accept() of another thread",
            NULL,
            NULL,
        },
    [FIX_DESTROY_SOCKET] =
        {
            "destroy-socket",
            "drop it",
            NULL,
            "{rootthere}ss -tK state {sstate} 'sport = :{port}'",
        },
    [FIX_LOWER_FIN_TIMEOUT] =
        {
            "lower-fin-timeout",
            "shorten this state (not TIME_WAIT)",
            NULL,
            "{rootthere}sysctl net.ipv4.tcp_fin_timeout=15",
        },
    [FIX_LINGER_ZERO] =
        {
            "linger-zero",
            "as a last resort close with a reset (SO_LINGER on, 0 s): nothing stays, but what was not sent or read yet is "
            "lost, and the peer gets ECONNRESET",
            NULL,
            NULL,
        },
    [FIX_LOOK_AS_ROOT] = {"look-as-root", "look as root", NULL, "sudo portwhy {there}{argument}"},
    [FIX_LOOK_FROM_HOST] =
        {
            "look-from-host",
            "look as root of the host, from outside of this container or user namespace (PID: a process of it, as the "
            "host counts)",
            NULL,
            "sudo portwhy -N PID {argument}",
        },
    [FIX_RAISE_PRIVILEGE] =
        {
            "raise-privilege",
            "allow the program low ports",
            NULL,
            "{root}setcap cap_net_bind_service=+ep PROGRAM",
        },
    [FIX_ADD_ADDRESS] = {"add-address", "give an interface the address", NULL, "{rootthere}ip address add {address} dev DEVICE"},
    [FIX_BIND_ADDRESS_NO_PORT] =
        {
            "bind-address-no-port",
            "let connect() choose the port: bind() the client to port 0 with IP_BIND_ADDRESS_NO_PORT, or not at all",
            NULL,
            NULL,
        },
    [FIX_WIDEN_RANGE] =
        {
            "widen-range",
            "widen the range (for good in /etc/sysctl.d)",
            NULL,
            "{rootthere}sysctl net.ipv4.ip_local_port_range='{wider}'",
        },
    [FIX_UNLINK_PATH] = {"unlink-path", "{remove}", NULL, "{rmsudo}rm {quoted}"},
    [FIX_UNLINK_BEFORE_BIND] =
        {
            "unlink-before-bind",
            "remove the file when the server ends, and (once connect() to it is refused) before its bind(); in a systemd "
            ".socket unit RemoveOnStop=yes",
            NULL,
            NULL,
        },
    [FIX_LOOK_IN_NETNS] =
        {
            "look-in-netns",
            "look for its process in the other network namespaces (lsns -t net lists a PID of each)",
            NULL,
            "sudo portwhy -N PID {argument}",
        },
    [FIX_LOOK_AT_PATH] = {"look-at-path", "look at what it is", NULL, "ls -ld {quoted}"},
    [FIX_OTHER_PATH] = {"other-path", "use another {pathorname}", NULL, NULL},
    [FIX_RETRY] = {"retry", "try again in a moment", NULL, NULL},
};
