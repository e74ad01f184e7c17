/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer: the first lines of a report. */
#include "text/text.h"

const char *const headline_texts[HEADLINES] = {
    [HEAD_FREE] = "{target} is free: bind(){with} works on {addresses}.",
    [HEAD_CLOSED] = "{target}: unsure. That network namespace may not be entered, so nothing in it could be seen.",
    [HEAD_LISTENER] = "{target} is taken{where}: {holder} listens on it.",
    [HEAD_BOUND] = "{target} is taken{where}: {holder} has bound it and does not listen.",
    [HEAD_SELF_CONNECT] = "{target} is taken{where}: {holder} is connected to itself on it.",
    [HEAD_OUTBOUND] = "{target} is taken{where}: {holder} {uses} it as the source port of a connection.",
    [HEAD_ACCEPTED] = "{target} is taken{where}: {holder} has a connection on it, its listener is gone.",
    [HEAD_CLOSE_WAIT] = "{target} is taken{where}: {holder} has not closed a connection that its peer closed.",
    [HEAD_HALF_OPEN] = "{target} is taken{where}: {holder} is opening a connection on it.",
    [HEAD_HALF_CLOSED] = "{target} is taken{where}: {holder} has not closed a connection.",
    [HEAD_UDP] = "{target} is taken{where}: {holder} has bound it.",
    [HEAD_PLAIN_ONLY] = "{target} is taken{where} for a plain bind(); with SO_REUSEADDR bind() works now.",
    [HEAD_EVEN_REUSEADDR] = "{target} is taken{where}: bind() fails with {errno}, even with SO_REUSEADDR.",
    [HEAD_TAKEN] = "{target} is taken{where}: bind(){with} fails with {errno}.",
    [HEAD_INVISIBLE] = "{target} is taken{where}: bind(){with} fails with {errno}, and nobody can be seen to hold it.",
    [HEAD_PRIVILEGED] = "{target} is refused: bind() fails with EACCES, only root may bind ports below {lowest}.",
    [HEAD_NOT_LOCAL] = "{target} is refused: bind() fails with EADDRNOTAVAIL: {noaddress}.",
    [HEAD_DENIED] = "{target} is refused{where}: bind() fails with {errno}, a security policy forbids it.",
    [HEAD_REFUSED] = "{target} is refused{where}: bind(){with} fails with {errno}.",
    [HEAD_MAPPED_V6ONLY] = "{target} is refused: bind() fails with EINVAL, a socket with IPV6_V6ONLY takes no IPv4 address.",
    [HEAD_NO_DEVICE] = "{target} is refused: bind() fails with EINVAL, an address of one link (fe80::, ff02::) wants its device.",
    [HEAD_MULTICAST] = "{target} is refused: bind() fails with EINVAL, TCP takes no IPv6 multicast address.",
    [HEAD_UNSURE] = "{target}: unsure{where}. Nothing that was seen stands in the way of bind(){with}, but not everything could be seen.",
    [HEAD_UNDECIDED] = "{target}: unsure{where}. Whether bind(){with} works hangs on what cannot be seen.",
    [HEAD_UNIX_FREE] = "{target} is free: {whyfree}.",
    [HEAD_UNIX_LISTENER] = "{target} is taken: {holder} {maybe}listens on it.",
    [HEAD_UNIX_BOUND] = "{target} is taken: {holder} has {maybe}bound it.",
    [HEAD_UNIX_ELSEWHERE] = "{target} is taken: a socket that is not listed here is bound to it.",
    [HEAD_UNIX_STALE] = "{target} is taken: a socket file is left there, and {nobody} has it.",
    [HEAD_UNIX_FILE] = "{target} is taken: bind() fails with {errno}, {file} has that name.",
    [HEAD_UNIX_REFUSED] = "{target} is refused: bind() fails with {errno}, {whyrefused}.",
    [HEAD_CONNECT_FREE] = "{target} is free: bind(){with} works on {addresses}, and no socket stands in the way of connect() "
                          "to {to}{whence}.",
    [HEAD_CONNECT_TAKEN] = "{target} is taken: bind(){with} works, but connect() to {to}{whence} fails with {errno}.",
    [HEAD_CONNECT_REFUSED] = "{target} is refused: bind(){with} works, but connect() to {to}{whence} fails with {errno}{means}.",
    [HEAD_CONNECT_OVER_DEAD] = "{target}: unsure. bind(){with} works, but the kernel still keeps a connection to "
                               "{to}{whence} that is over, in {oldstate}.",
    [HEAD_CONNECT_UNSURE] = "{target}: unsure. bind(){with} works, but what connect() to {to}{whence} gets could not be seen.",
    [HEAD_PICK_FREE] = "{target} is free: {picks}.",
    [HEAD_PICK_TAKEN] = "{target} is taken{where}: bind(){with} to port 0 fails with {errno}, no port of the range is free.",
    [HEAD_PICK_UNSURE] = "{target}: unsure{where}. Whether bind(){with} to port 0 finds a port could not be seen: {picks}.",
    [HEAD_PICK_TO_FREE] = "{target} is free: connect() to {to}{whence} finds a source port, {unused} of {pickports} ports of the "
                          "range have no socket.",
    [HEAD_PICK_TO_TAKEN] = "{target} is taken: connect() to {to}{whence} fails with {errno}, no port of the range is left for it.",
    [HEAD_PICK_TO_REFUSED] = "{target} is refused: connect() to {to}{whence} fails with {errno}{means}.",
    [HEAD_PICK_TO_UNSURE] = "{target}: unsure. Whether connect() to {to}{whence} finds a source port could not be seen: "
                            "{unused} of {pickports} ports of the range have no socket, {shared} have connections.",
};

/* The runtimes named here are those that tests/live/runtimes.py watches with strace(1). */
const char *const second_line_texts[SECOND_LINES] = {
    [LINE_TIMER] = "Free in {span} (by {until}) if nothing new arrives.",
    [LINE_ESTIMATE] = "Free in about {clears} (by {until}) if the peer stays silent; if it closes before that, 60 s after it does.",
    [LINE_GIVES_UP] = "Free in about {clears} (by {until}), an estimate, when the kernel gives up; the peer's answer "
                      "changes that.",
    [LINE_STARTED] = "Started {started} ago{by}{in}{group}.",
    [LINE_REUSEADDR_WORKS] = "With SO_REUSEADDR bind() works now.",
    [LINE_RUNTIMES] = "Node, Go's net, Rust's TcpListener, Java's ServerSocket and Python's http.server set it by "
                      "themselves.",
    [LINE_TIMESTAMPS] = "If that connection used TCP timestamps (both ends do by default, and nothing shows it), connect() works "
                        "at once, whatever tcp_tw_reuse says; if not, it fails with EADDRNOTAVAIL until it is gone.",
    [LINE_RANGE] = "The kernel chooses from {range} (net.ipv4.ip_local_port_range){reserved}.",
    [LINE_FIRST_FREE] = "The first port is free in {span} (by {until}) if nothing new arrives.",
    [LINE_CHANCE] = "Of an odd number of ports the kernel leaves one end out, by chance: so the free port may or may not be found.",
    [LINE_SHARING] = "connect() shares a port with connections to elsewhere whose port it chose, but not with one that "
                     "bind() was given or that a listener accepted; nothing shows which they are. One to there that is over "
                     "is replaced where tcp_tw_reuse (here {twreuse}) allows it.",
};

const char *const range_texts[RANGE_LINES] = {
    [RANGE_FREE] = "{proto} {typed}{netns}: all {ports} ports are free.",
    [RANGE_EXHAUSTED] = "{proto} {typed}{netns}: none of these {ports} reserved ports is free, {waiting} for TIME_WAIT alone.",
    [RANGE_NOT_FREE] = "{proto} {typed}{netns}: {notfree} of {ports} ports not free.",
};

/* Behind the errno of connect(). */
const char *const route_reason_texts[ROUTE_REASONS] = {
    [ROUTE_NONE] = ": no route leads there, or it is no address of one host",
    [ROUTE_UNREACHABLE] = ": the route there says that it cannot be reached",
    [ROUTE_NOT_FROM_HERE] = ": no way leads there from this address, or the address wants its device",
    [ROUTE_PROHIBITED] = ": a route or a policy forbids it",
    [ROUTE_DENIED] = ": a security policy forbids it",
    [ROUTE_NO_SOURCE] = ": this host has no address to come from",
};

const char *const reserved_too_texts[RESERVED_TOOS] = {
    [RESERVED_NONE] = "",
    [RESERVED_SOME] = "with those reserved already; ",
    [RESERVED_NOT_READ] = "name those reserved already, too, which could not be read; ",
};

const char *const pick_rule_texts[2] = {
    "bind() to port 0 takes only a port on which no socket has an overlapping address; SO_REUSEADDR and SO_REUSEPORT do "
    "not help.",
    "connect() passes over ports that a bind() or listener has, on any address, and those with a connection to this very "
    "destination.",
};
