#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools.py BUILD FILE: what ss, lsof, fuser and netstat show of each situation, and what portwhy says.

Makes each situation in namespaces of its own, asks all five about its port or
name, and writes the table between the two marker lines of FILE.  The words come
from the process numbers in the tools' output and from the situation's facts.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

sys.dont_write_bytecode = True

from cases import NO_PRIVILEGE
from hidden import INNER
from netns import ELSEWHERE, UP, beside
from special import HOLDER, READER, as_user, cgroup, public_copy, without
from starter import PROXY, SHELL, played, playing
from world import ENV, OWN_USER, REAL_USER, Build, Skip, World, parse_document

BEGIN, END = "    -- begin: make tools-table --\n", "    -- end: make tools-table --\n"
PORT, LIMIT = 9877, 30  # seconds for each tool


@dataclass
class Row:
    what: str
    situation: str
    target: str = ""                     # of portwhy
    proto: str = "tcp"
    options: Tuple[str, ...] = ()        # of portwhy; PEER is the peer's port
    v4: bool = False                     # the tools are asked about IPv4 alone
    fact: str = "holder_pid"             # which processes are the right answer
    port: int = PORT                     # of the situation
    prefix: Optional[Callable] = None    # (build, stack) -> what the situation runs under
    viewer: Optional[Callable] = None    # (build, world) -> what the tools run under
    namespace: Tuple[str, ...] = OWN_USER
    public: bool = False                 # other users must be able to run the programs


def as_reader(build, w):
    return as_user(READER)


def as_holder(build, stack):
    return as_user(HOLDER)


def in_cgroup(name):
    return lambda build, stack: stack.enter_context(cgroup(name % os.getpid()))


def below(name):
    return lambda build, stack: (stack.enter_context(played(build, name, "/bin/sh")), *SHELL)


def titled(name, *argv):
    return lambda build, stack: playing(stack.enter_context(played(build, name)), *argv)


def activated(build, stack):
    return (*in_cgroup("portwhy-table-%d.socket")(build, stack), *titled("systemd", "/sbin/init")(build, stack))


def of_users(what, situation, **more):
    return Row(what, situation, namespace=REAL_USER, public=True, prefix=as_holder, viewer=as_reader, **more)


UDP = {"proto": "udp", "target": "udp:9877"}
UNIX = {"proto": "unix"}
HINT = {"fact": "pid"}

ROWS = [
    Row("a listener", "listener"),
    Row("a listener on one address, the wildcard wanted", "listener-specific"),
    Row("a dual-stack listener, 0.0.0.0 wanted", "listener-v6", "0.0.0.0:9877"),
    Row("the same, the tools asked about IPv4", "listener-v6", "0.0.0.0:9877", v4=True),
    Row("a v4-mapped listener, the tools asked about IPv4", "listener-mapped", "127.0.0.1:9877", v4=True),
    Row("a listener with SO_REUSEPORT", "listener-reuseport"),
    Row("the same of another user, we have it too", "listener-reuseport", options=("--reuseport", "--user=%d" % READER),
        namespace=REAL_USER, public=True, prefix=as_holder),
    Row("an MPTCP listener", "mptcp-listener"),
    Row("a listener on a device", "listener-on-lo"),
    Row("a listener in two processes", "listener-two-processes"),
    Row("a listener that a child inherited", "inherited-listener"),
    Row("a stopped listener (Ctrl-Z)", "stopped-listener"),
    Row("a listener below nodemon", "listener", prefix=below("nodemon")),
    Row("a listener of docker-proxy", "listener", prefix=titled("docker-proxy", "/usr/bin/docker-proxy", *PROXY)),
    Row("a listener in a container", "listener", namespace=REAL_USER, prefix=in_cgroup("docker-%064x.scope")),
    Row("a listener of ssh -L", "listener", prefix=titled("ssh", "ssh", "-N", "-L", "9877:localhost:80", "host")),
    Row("a listener of systemd for a socket unit", "listener", namespace=REAL_USER, prefix=activated),

    of_users("another user's listener, asked without root", "listener"),
    Row("a holder in another pid namespace", "listener", viewer=lambda build, w: INNER),
    Row("a holder in another network namespace", "listener", prefix=lambda build, stack: (*ELSEWHERE, *UP),
        viewer=lambda build, w: beside(w)),
    Row("a holder whose main thread has ended", "zombie-leader"),
    Row("a thread with its own descriptor table", "own-fd-table"),
    Row("a file registered with io_uring", "io-uring"),
    Row("a descriptor in flight (SCM_RIGHTS)", "in-flight-listener", **HINT),
    Row("close() while a thread sits in accept()", "blocked-accept", **HINT),
    Row("bound, and in no table (in flight, netlink refused)", "in-flight", viewer=lambda build, w: without(build, "netlink"), **HINT),

    Row("bound, never listened", "bound"),
    Row("TIME_WAIT, its owner had SO_REUSEADDR", "time-wait-reuse"),
    Row("TIME_WAIT, its owner had it not", "time-wait-lacked"),
    Row("a v4-mapped TIME_WAIT, the tools asked about IPv4", "time-wait-mapped", v4=True),
    Row("more than 1000 in TIME_WAIT", "time-wait-1001"),
    Row("TIME_WAIT of an outbound connection", "outbound-time-wait"),
    Row("FIN_WAIT_1, no process", "fin-wait-1"),
    Row("FIN_WAIT_2, no process", "fin-wait-2-orphan"),
    Row("FIN_WAIT_2, half closed by its process", "fin-wait-2-half-closed"),
    Row("CLOSING", "closing"),
    Row("LAST_ACK", "last-ack"),
    Row("CLOSE_WAIT, the listener is gone", "close-wait"),
    Row("an accepted connection, the listener is gone", "accepted-connection"),
    Row("the same, with data that nobody reads", "accepted-connection-unread"),
    Row("an outbound connection with that source port", "outbound-connection-in-range"),
    Row("a connection to itself", "self-connect"),
    Row("SYN_RECV", "syn-recv"),
    Row("connect(): the same connection exists", "accepted-connection-reuse", "127.0.0.1:9877",
        options=("--reuseaddr", "--to=127.0.0.1:PEER")),
    Row("no port of the range is left (9877 is in it)", "range-bound", "0"),

    Row("a UDP socket", "udp", **UDP),
    Row("a connected UDP socket", "udp-connected", **UDP),
    Row("the kernel's own UDP socket (vxlan)", "udp-vxlan", **UDP),

    Row("a unix listener", "listener", **UNIX),
    Row("a bound unix datagram socket", "bound-dgram", **UNIX),
    Row("a stale path", "stale", **UNIX),
    Row("a path that is no socket", "file", **UNIX),
    Row("a path whose socket is in another namespace", "listener", viewer=lambda build, w: beside(w), **UNIX),
    Row("an abstract name", "listener", "@portwhy-table", **UNIX),

    Row("a port below 1024 without privilege", "free", "80", port=80, viewer=lambda build, w: NO_PRIVILEGE),
    Row("an address that is not here", "free", "192.0.2.1:9877"),
    Row("a policy refuses bind()", "free", viewer=lambda build, w: without(build, "bind")),
    Row("free here, held on another address", "listener-specific", "127.0.0.2:9877"),
]


@dataclass
class Asked:
    """What the tools are asked: a port, or a name."""
    proto: str
    port: int
    name: str
    v4: bool


# Each: command, and from its output the rows and the processes that are named.

def ss(a):
    if a.proto == "unix":
        return ["ss", "-Hxlp"], lambda out: [x for x in out.splitlines() if re.search(r"\s%s(\s|$)" % re.escape(a.name), x)]
    return ["ss", "-H%sanp" % a.proto[0], *(["-4"] if a.v4 else []), "sport = :%d" % a.port], str.splitlines


def ss_pids(rows):
    return re.findall(r"pid=(\d+)", "\n".join(rows))


def lsof(a):
    if a.proto == "unix":
        return ["lsof", "-nP", "-U"], lambda out: [x for x in out.splitlines() if re.search(r"\s%s(\s|$)" % re.escape(a.name), x)]
    return ["lsof", "-nP", "-i%s%s:%d" % ("4" if a.v4 else "", a.proto.upper(), a.port)], lambda out: out.splitlines()[1:]


def lsof_pids(rows):
    return re.findall(r"^.*?\s(\d+)\s", "\n".join(rows), re.M)


def fuser(a):
    if a.proto == "unix":
        return ["fuser", a.name], str.split
    return ["fuser", *(["-4"] if a.v4 else []), "-n", a.proto, str(a.port)], str.split


def netstat(a):
    if a.proto == "unix":
        return ["netstat", "-xanp"], lambda out: [x for x in out.splitlines() if re.search(r"\s%s$" % re.escape(a.name), x)]
    at = re.compile(r"\S+\s+\d+\s+\d+\s+\S+:%d\s" % a.port)
    return ["netstat", "-%sanp" % a.proto[0], *(["-4"] if a.v4 else [])], lambda out: list(filter(at.match, out.splitlines()))


def netstat_pids(rows):
    return re.findall(r"\s(\d+)/", "\n".join(rows))


TOOLS = [("ss", ss, ss_pids, ["-V"]), ("lsof", lsof, lsof_pids, ["-v"]), ("fuser", fuser, lambda rows: rows, ["-V"]),
         ("netstat", netstat, netstat_pids, ["--version"])]


def output(argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, env=ENV)
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def word(rows, named, right):
    """One wrong process is enough: who kills what is named kills that one too."""
    if named - right:
        return "wrong"
    if named:
        return "holder"
    return "row" if rows else "nothing"


def tool_word(enter, tool, asked, right):
    name, command, pids, _ = tool
    if not shutil.which(name):
        return "-"
    argv, rows_of = command(asked)
    try:
        rows = rows_of(output([*enter, *argv])[0])
    except subprocess.TimeoutExpired:
        return "late"
    return word(rows, {int(p) for p in pids(rows)}, right)


def steady(line):
    """What is another number each time is N."""
    for pattern, same in ((r"\(pid \d+", "(pid N"), (r"\b\d+(\.\d+)?( to \d+(\.\d+)?)? (s|min)\b", r"N \4"),
                          (r"\d\d:\d\d:\d\d", "HH:MM:SS"), (r"\b%d\b" % os.getpid(), "N"), (re.escape(os.getcwd()), "DIR")):
        line = re.sub(pattern, same, line)
    return re.sub(r" Started N s ago by (python3|situation) \(pid N\), in DIR\.$", "", line)  # so are all


def first_sentence(text):
    """The first paragraph but for its table, on one line."""
    lines = text.split("\n\n")[0].splitlines()
    return steady(" ".join(" ".join(lines).split()))


def portwhy_says(enter, build, options, target, right):
    """The word, the causes, the facets and the first line."""
    argv = [*enter, build.portwhy, *options]
    report = parse_document(output([*argv, "-j", target])[0].encode())["reports"][0]
    # Where bind() works, what is held elsewhere is told by a note.
    socks = report["sockets"] + [s for n in report["notes"] for s in n["sockets"] if isinstance(s, dict)]
    causes = [c["id"] for c in report["causes"]] + ["note " + n["id"] for n in report["notes"]]
    facets = [f for c in report["causes"] for f in c["facets"]]
    saw = word(socks, {o["pid"] for s in socks for o in s["owners"]}, right)
    suspects = {x["pid"] for s in socks for x in s.get("suspects", ())}
    if saw == "row" and suspects:
        saw = "probable" if suspects & right else "wrong"
    line = first_sentence(output([*argv, target])[0])
    return saw, ", ".join(causes) or report["verdict"], "[%s] %s" % (" ".join(facets), line) if facets else line


def make_row(build, row):
    """The words of the four tools, then portwhy's three."""
    with ExitStack() as stack:
        if row.public:
            build = stack.enter_context(public_copy(build))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portwhy-"))
        os.chmod(folder, 0o755)
        name = row.target if row.target.startswith("@") else os.path.join(folder, "sock")
        made = row.situation
        if made == "file":
            open(name, "w").close()
            made = "nothing"
        prefix = row.prefix(build, stack) if row.prefix else ()
        unix = row.proto == "unix"
        w = stack.enter_context(World(build, made, name if unix else row.port, row.namespace, prefix,
                                      tool="unixes" if unix else "situation"))
        right = set(w.facts.get(row.fact, ()))
        seen_as = tuple(row.viewer(build, w)) if row.viewer else ()
        enter = list(seen_as) if seen_as[:1] == ("nsenter",) else [*w.enter(), *seen_as]
        asked = Asked(row.proto, row.port, name, row.v4)
        peer = str(w.facts.get("peer_port", [0])[-1])
        options = [x.replace("PEER", peer) for x in row.options]
        target = row.target or (name if unix else str(row.port))
        words = [tool_word(enter, tool, asked, right) for tool in TOOLS]
        return words, [x.replace(folder, "DIR").replace(":%s " % peer, ":PEER ") for x in portwhy_says(enter, build, options, target, right)]


def versions():
    names = []
    for name, _, _, option in TOOLS:
        if not shutil.which(name):
            names.append("no " + name)
            continue
        numbers = re.search(r"(?:iproute2-|revision: |PSmisc\) |net-tools )(\S+)", "".join(output([name, *option])))
        names.append("%s %s" % (name, numbers.group(1) if numbers else "?"))
    return ", ".join(names)


def table(build):
    lines = ["    Made on %s, Linux %s, %s." % (time.strftime("%Y-%m-%d"), os.uname().release, versions()), ""]
    layout = "    %-51s %-8s %-8s %-8s %-8s %s"
    lines.append(layout % ("situation", *(t[0] for t in TOOLS), "portwhy"))
    for row in ROWS:
        try:
            words, (saw, causes, says) = make_row(build, row)
            print(*words, saw, row.what, flush=True)
            lines.append(layout % (row.what, *words, "%-8s %s" % (saw, causes)))
            lines += textwrap.wrap(says, 104, initial_indent=" " * 8, subsequent_indent=" " * 8, break_on_hyphens=False)
        except Skip as e:
            lines.append(layout % (row.what, "", "", "", "", "not made: %s" % e))
    return "\n".join(x.rstrip() for x in lines) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools.py BUILD FILE")
    with open(sys.argv[2], encoding="utf-8") as f:
        before, begin, rest = f.read().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit("%s: no marker lines" % sys.argv[2])
    made = table(Build(sys.argv[1]))
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(before + begin + made + end + after)


if __name__ == "__main__":
    main()
