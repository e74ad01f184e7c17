# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy alone: every port of a namespace, compared with what the kernel's tables and real binds say."""
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager

from expect import check_printable, differ
from netns import beside, inode_of, pid_of
from special import READER, as_user, public_copy, real_users
from world import ENV, LISTS_BOUND_ONLY, REAL_USER, Failure, World, nested, parse_document, run

# Many ports in one process: prints "ready" when all are there.  A line each: port, what it is.
MANY = """
import resource, socket, subprocess, sys
kind, n = sys.argv[1], int(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for name, value in (("tcp_max_tw_buckets", "300000"), ("ip_local_port_range", "32768 60999"), ("tcp_tw_reuse", "0")):
    open("/proc/sys/net/ipv4/" + name, "w").write(value)
keep = []

def tcp(address, *options):
    s = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    for level, option in options:
        s.setsockopt(level, option, 1)
    s.bind(address)
    keep.append(s)
    return s

def pair(server, stays=True):
    c = socket.create_connection(server.getsockname()[:2])
    s = server.accept()[0]
    if stays:
        keep.extend((c, s))
    return c, s

REUSE = (socket.SOL_SOCKET, socket.SO_REUSEADDR)
V6ONLY = (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)

def dead(port, *options):
    server = tcp(("127.0.0.1", port), *options)
    server.listen()
    c, s = pair(server, False)
    s.close()
    c.close()
    server.close()

if kind == "mixed":
    web = tcp(("0.0.0.0", 80)); web.listen()
    for _ in range(3): pair(web)
    tcp(("127.0.0.1", 81), REUSE).listen()
    tcp(("::", 82)).listen()
    tcp(("::1", 83), V6ONLY).listen()
    tcp(("127.0.0.1", 84))
    tcp(("0.0.0.0", 85), REUSE)
    dead(86)
    dead(87, REUSE)
    again = tcp(("127.0.0.1", 88), REUSE); again.listen()
    c, s = pair(again, False); s.close(); c.close()
    for _ in range(2):
        c, s = pair(web, False); c.close(); s.close()
    for port, address in ((80, "0.0.0.0"), (53, "127.0.0.1"), (54, "::")):
        u = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        u.bind((address, port)); keep.append(u)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(("127.0.0.1", 53)); keep.append(u)
elif kind == "outgoing":
    web = tcp(("127.0.0.1", 80)); web.listen(1000)
    for _ in range(n):
        c, s = pair(web, False); c.close(); s.close()
elif kind == "listeners":
    for i in range(n): tcp(("127.0.0.1", 10000 + i)).listen()
print("ready", flush=True)
sys.stdin.read()
"""


class Many:
    """with Many(build, "mixed") as w: the same as a World."""

    def __init__(self, kind, n=0, prefix=("unshare", "-Urn")):
        self.argv = [*prefix, sys.executable, "-c", MANY, kind, str(n)]
        self.user = ("-U", "--preserve-credentials") if "-Urn" in prefix else ()

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
        if self.process.stdout.readline() != b"ready\n":
            raise Failure("no situation: %s" % self.argv[-2:])
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def run(self, argv):
        return run(["nsenter", "-t", str(self.process.pid), *self.user, "-n", "--", *argv])


def overview(build, w, *options, status=0, wrap=()):
    """The document, of which what always holds is checked."""
    ran = w.run([*wrap, build.portwhy, "-j", *options])
    if ran.status != status or ran.err:
        raise Failure("%s: status %d, %s" % (options, ran.status, ran.err))
    doc = parse_document(ran.out)
    keys = [(p["netns"]["inode"], p["port"], p["proto"]) for p in doc["ports"]]
    if len(set(keys)) != len(keys):
        raise Failure("a port twice: %s" % keys)
    first = [k[1:] for k in keys if k[0] == keys[0][0]]
    if first != sorted(first):
        raise Failure("not sorted: %s" % first)
    for p in doc["ports"]:
        least, most = p["clears_min_ms"], p["clears_max_ms"]
        if (least is None) != (most is None) or (least is not None and not 0 <= least <= most):
            raise Failure("ends: %s" % p)
    return doc


STATES = ["", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
          "LAST_ACK", "LISTEN", "CLOSING", "SYN_RECV"]


def proc_net(w, proto):
    """What /proc/net has: port -> state -> count, and port -> uids.  Bound-only TCP sockets are not there."""
    ports, text = {}, b""
    for file in (proto, proto + "6"):
        text += w.run(["cat", "/proc/net/" + file]).must().out
    for line in text.decode().splitlines():
        m = re.match(r"\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) ", line)
        if not m:
            continue
        state = STATES[int(m.group(2), 16)]
        state = "UNCONN" if proto == "udp" and state == "CLOSE" else state
        counts = ports.setdefault(int(m.group(1), 16), {})
        counts[state] = counts.get(state, 0) + 1
    return ports


def ports_of(doc, proto):
    return {p["port"]: p["states"] for p in doc["ports"] if p["proto"] == proto}


def expect(what, wanted, got):
    if wanted != got:
        raise Failure(differ(what, wanted, got))


BOUND_PORTS = (84, 85)


def is_certain(port):
    """Before 6.8 bound-only sockets are found by the descriptors of the processes that may be seen, or not."""
    return LISTS_BOUND_ONLY or port not in BOUND_PORTS


def as_the_kernel(build):
    """Each port with each state and count, of TCP and UDP."""
    with Many("mixed") as w:
        for proto, option in (("tcp", "-t"), ("udp", "-u")):
            wanted = proc_net(w, proto)
            if proto == "tcp" and LISTS_BOUND_ONLY:
                wanted.update({port: {"BOUND": 1} for port in BOUND_PORTS})
            got = ports_of(overview(build, w, option), proto)
            if not LISTS_BOUND_ONLY:
                got = {k: v for k, v in got.items() if k not in BOUND_PORTS}
            expect(proto, wanted, got)
        both = overview(build, w, "-t", "-u")
        expect("both", set(ports_of(overview(build, w), "tcp")) | set(wanted), {p["port"] for p in both["ports"]})
        for p in both["ports"]:
            live = set(p["states"]) - {"TIME_WAIT"}
            pids = [o["pid"] for o in p["owners"]]
            if pids != ([w.process.pid] if live else []) or p["hidden_owners"] or p["held_by_kernel"] == (p["states"].keys() == live):
                raise Failure("holders of %s" % p)


def families(build):
    """What a server of that family would meet: one on [::] takes IPv4 too, unless it is told not to."""
    with Many("mixed") as w:
        for options, wanted in ((("-4",), {80, 81, 82}), (("-6",), {80, 81, 82, 83}), (("-6", "--v6only"), {82, 83})):
            expect(options, wanted, set(ports_of(overview(build, w, *options), "tcp")) & {80, 81, 82, 83})


def word_of(p):
    if p["fails"] is not True:
        return "works" if p["fails"] is False else "unsure"
    return {True: "reuse", False: "fails", None: "fails?"}[p["reuseaddr_helps"]]


def bind_column(build):
    """What the column promises is what real binds get in a second set-up, on both wildcards."""
    with Many("mixed") as w:
        doc = overview(build, w, "-t", "-u")
    for proto in ("tcp", "udp"):
        for p in doc["ports"]:
            if p["proto"] != proto or p["port"] > 1000:
                continue
            got = {}
            for mix, skip in (("plain", 0), ("reuseaddr", 1)):
                results = set()
                for address in ("0.0.0.0", "::"):
                    with Many("mixed") as w:
                        out = w.run([build.tool("binds"), "-p", proto, "-s", str(skip), str(p["port"]), address]).must().out
                    line = out.decode().splitlines()[0].split()
                    expect("mix", mix, line[1])
                    results.add(line[2])
                got[mix] = "EADDRINUSE" in results
            word = word_of(p)
            right = {"works": not got["plain"], "reuse": got["plain"] and not got["reuseaddr"], "unsure": True,
                     "fails": got["plain"] and got["reuseaddr"], "fails?": got["plain"]}[word]
            # Up to 6.7 the port may remember SO_REUSEADDR of bound sockets, too.
            only_a_trial_tells = "TIME_WAIT" in p["states"] or ("BOUND" in p["states"] and not LISTS_BOUND_ONLY)
            if not right or (word in ("fails?", "unsure") and not only_a_trial_tells):
                raise Failure("%s %d is said to be %s; a bind() fails: %s" % (proto, p["port"], word, got))


def table(out):
    """The rows of the table: their cells by the heads above them."""
    lines = out.decode().splitlines()
    heads = next((i for i, line in enumerate(lines) if line.startswith("  ") and line.split()[0].isupper()), None)
    if heads is None:
        return [], []
    rows = []
    for line in lines[heads + 1:]:
        if not line.strip():
            break
        rows.append(line.split())
    return re.split(r"  +", lines[heads].strip()), rows


def in_words(build):
    """Ports that the kernel picked are counted, with -a listed; -o as in lsblk."""
    with Many("mixed") as w:
        ran = w.run([build.portwhy])
        check_printable(ran.out)
        listed = [row[0] for row in table(ran.out)[1] if row[0].isdigit() and len(row) > 4]
        expect("listed", [str(p) for p in range(80, 89) if is_certain(p)], [p for p in listed if is_certain(int(p))])
        doc = overview(build, w)
        outgoing = [p["port"] for p in doc["ports"] if p["port"] >= 32768]
        expect("outgoing", len(outgoing), doc["ephemeral"][0]["outgoing"])
        if b"%d by\noutgoing" % len(outgoing) not in ran.out and b"%d by outgoing" % len(outgoing) not in ran.out.replace(b"\n", b" "):
            raise Failure("in words: %r" % ran.out)
        everything = w.run([build.portwhy, "-a"]).out
        missing = [p for p in outgoing if b"  %d " % p not in everything]
        expect("missing with -a", [], missing)
        for columns, heads in (("port,proto", ["PORT", "PROTO"]), ("PROTO,port,sockets", ["PROTO", "PORT", "SOCKETS"]),
                               ("+SOCKETS", ["PORT", "PROTO", "BIND", "STATES", "CLEARS", "USER", "HELD BY", "SOCKETS"])):
            expect("-o " + columns, heads, table(w.run([build.portwhy, "-o", columns]).must().out)[0])
        ran = w.run([build.portwhy, "-o", "port,peer"])
        if ran.status != 2 or ran.out or b"unknown column 'peer'" not in ran.err:
            raise Failure("-o port,peer: %d %r %r" % (ran.status, ran.out, ran.err))
        ran = w.run([build.portwhy, "-q"])
        expect("-q", (0, b"", b""), (ran.status, ran.out, ran.err))


def nothing(build):
    with World(build, "free") as w:
        ran = w.run([build.portwhy, "-tu"])
        expect("words", (0, b"No TCP and UDP port is in use.\n"), (ran.status, ran.out))
        doc = overview(build, w)
        expect("document", ("free", []), (doc["verdict"], doc["ports"]))


def other_namespaces(build):
    """With -N that one, with --all-netns each; status 3 where it may not be entered."""
    with nested(build, "listener", prefix=("unshare", "-n")) as w:
        inode, wrap = inode_of(pid_of(w)), beside(w)
        ran = run([*wrap, build.portwhy, "-j", "-N", pid_of(w)]).must()
        expect("-N", [(inode, 9877)], [(p["netns"]["inode"], p["port"]) for p in parse_document(ran.out)["ports"]])
        ran = run([*wrap, build.portwhy, "-j", "--all-netns"]).must()
        doc = parse_document(ran.out)
        expect("--all-netns", [9877], [p["port"] for p in doc["ports"] if p["netns"]["inode"] == inode])
        if len({e["netns"]["inode"] for e in doc["ephemeral"]}) < 2:
            raise Failure("--all-netns: %s" % doc["ephemeral"])
        shut = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
        ran = run([*wrap, *shut, build.portwhy, "-j", "-N", pid_of(w)])
        expect("may not be entered", (3, "unsure", []), (ran.status, parse_document(ran.out)["verdict"], parse_document(ran.out)["ports"]))
        ran = run([*wrap, *shut, build.portwhy, "-N", pid_of(w)])
        if ran.status != 3 or b"could not be seen" not in b" ".join(ran.out.split()):
            raise Failure("in words: %d %r" % (ran.status, ran.out))
        expect("no such", 2, run([*wrap, build.portwhy, "-N", "there-is-none"]).status)


def output(build):
    """A file whole or not at all; a full disk is an error, a closed pipe none to be told."""
    with World(build, "listener") as w, tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "ports")
        expect("file", b"", w.run([build.portwhy, "--output=" + file]).must().out)
        with open(file, "rb") as f:
            expect("what is in it", w.run([build.portwhy]).out, f.read())
        expect("folder", ["ports"], os.listdir(folder))
        for options in ((), ("-j",)):
            ran = w.run([build.portwhy, *options, "--output=/dev/full"])
            if ran.status != 2 or b"No space left" not in ran.err or ran.err.count(b"\n") != 1:
                raise Failure("full disk: %d %r" % (ran.status, ran.err))
            ran = w.run(["sh", "-c", '"$0" "$@" | true', build.portwhy, *options])
            expect("closed pipe", b"", ran.err)


def as_nobody(build):
    """Sockets of others are there with their user; who holds them is hidden, and that is said."""
    real_users()
    with public_copy(build) as public, Many("mixed", prefix=REAL_USER) as w:
        ran = w.run([*as_user(READER), public.portwhy])
        doc = overview(public, w, wrap=as_user(READER))
        seen = overview(public, w)
    expect("ports", *({p: states for p, states in ports_of(d, "tcp").items() if is_certain(p)} for d in (seen, doc)))
    web = next(p for p in doc["ports"] if p["port"] == 80)
    expect("port 80", ([], True, True, False), (web["owners"], web["hidden_owners"], web["fails"], web["reuseaddr_helps"]))
    if b"hidden" not in ran.out or b"\nNot seen\n" not in ran.out:
        raise Failure("in words: %r" % ran.out)


def one_screen(build):
    """20,000 outgoing TIME_WAITs are counted, not listed, in little memory."""
    with Many("outgoing", 20000) as w:
        with tempfile.TemporaryDirectory() as folder:
            peak = os.path.join(folder, "peak")
            ran = w.run([build.tool("peak"), peak, build.portwhy]).must()
            with open(peak, encoding="ascii") as f:
                kib = int(f.read())
        used = len([p for p, states in proc_net(w, "tcp").items() if "TIME_WAIT" in states])
    if used < 5000:  # on a slow machine the first of them have ended by now
        raise Failure("the kernel kept %d of 20000 ports in TIME_WAIT" % used)
    lines = ran.out.decode().splitlines()
    if len(lines) > 24 or not any(line.startswith("  80 ") for line in lines):
        raise Failure("%d lines: %s" % (len(lines), lines[:30]))
    if kib > 16384 and not build.is_sanitized:
        raise Failure("%d KiB" % kib)


OVERVIEW = [
    ("overview-as-the-kernel", as_the_kernel),
    ("overview-families", families),
    ("overview-bind-column", bind_column),
    ("overview-in-words", in_words),
    ("overview-nothing", nothing),
    ("overview-other-namespaces", other_namespaces),
    ("overview-output", output),
    ("overview-as-nobody", as_nobody),
    ("overview-one-screen", one_screen),
]
