# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixes that are a command: it is run, and the kernel asked what came of it."""
import shutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext

from expect import ask_one, check_printable, differ
from world import PATIENCE, Failure, Skip, World

RESERVED = "/proc/sys/net/ipv4/ip_local_reserved_ports"
# What was there, and with 9877 beside it.
LISTS = (("", "9877"), ("8080", "8080,9877"), ("80,9870-9876", "80,9870-9877"), ("9878-9880,65535", "9877-9880,65535"))


def reserving(text):
    return ("sh", "-c", "echo '%s' > %s && exec \"$@\"" % (text, RESERVED), "sh")


def fix_of(report, slug):
    return [f for c in report["causes"] for f in c["fixes"] if f["id"] == slug]


def reserve_port(build):
    """The line names what is reserved already, too; near miss: a port that is reserved gets no such advice."""
    if not shutil.which("sysctl"):
        raise Skip("there is no sysctl")
    for before, after in LISTS:
        with World(build, "outbound-connection-in-range", prefix=reserving(before)) as w:
            fix = fix_of(ask_one(build, w, "9877"), "reserve-port")[0]
            check_printable(w.run([build.portwhy, "9877"]).out)
            w.run(["sh", "-c", fix["command"]]).must()
            got = w.run(["cat", RESERVED]).must().out.decode().strip()
        if got != after or ("already" in fix["text"]) != bool(before):
            raise Failure(differ("after " + fix["command"], after, got))
    with World(build, "outbound-connection-in-range") as w:
        w.run([*reserving("9877"), "true"]).must()
        cause = ask_one(build, w, "9877")["causes"][0]
        if "in-ephemeral-range" in cause["facets"] or [f for f in cause["fixes"] if f["id"] == "reserve-port"]:
            raise Failure("advice to reserve what is reserved: %s" % cause)


# A server on port 9877 without SO_REUSEADDR that closes first, with a reset or without, and starts again.
CLOSES_FIRST = """
import socket, struct, sys
def server():
    s = socket.socket(); s.bind(("127.0.0.1", 9877)); s.listen(); return s
s = server(); c = socket.create_connection(("127.0.0.1", 9877)); a = s.accept()[0]
if sys.argv[1] == "1":
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
a.close(); s.close()
try:
    print("read %d" % len(c.recv(1)))
except ConnectionResetError:
    print("reset")
c.close()
"""


def linger_zero(build):
    """It is the last of the fixes; with it nothing stays, and the peer pays; without, the TIME_WAIT is there."""
    for on, said, verdict in (("0", b"read 0", "taken"), ("1", b"reset", "free")):
        with World(build, "free") as w:
            ran = w.run([sys.executable, "-c", CLOSES_FIRST, on]).must()
            report = ask_one(build, w, "9877")
        if (ran.out.strip(), report["verdict"]) != (said, verdict):
            raise Failure(differ("SO_LINGER " + on, (said, verdict), (ran.out, report["verdict"])))
        fixes = [f for c in report["causes"] for f in c["fixes"]]
        if fixes and (fixes[-1]["id"] != "linger-zero" or fixes[-1]["helps_now"]):
            raise Failure(differ("the last fix", "linger-zero", fixes))
        if bool(fixes) == (verdict == "free"):
            raise Failure("fixes of what is free, or none: %s" % fixes)


# A server, and a client that outlives it.  What each does with the connection stands in the arguments.
SERVER = """
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, "reuseaddr" in sys.argv)
s.bind(("127.0.0.1", 9877)); s.listen()
print("listens", flush=True)
if "accept" in sys.argv:
    c = s.accept()[0]
    while "unread" in sys.argv and not c.recv(1, socket.MSG_PEEK): pass
    if "half" in sys.argv: s.close(); c.shutdown(socket.SHUT_WR)
    print("accepted", flush=True)
sys.stdin.read()
"""
CLIENT = """
import socket, sys
c = socket.create_connection(("127.0.0.1", 9877))
if "unread" in sys.argv: c.send(b"x")
print("connected", flush=True)
while "closes" in sys.argv:
    try:
        if not c.recv(1): break
    except ConnectionResetError: break
if "closes" in sys.argv: c.close()
sys.stdin.read()
"""
# What they do, and whether the end of the server then blocks a bind() with SO_REUSEADDR.
ENDS = [("accept", True), ("accept closes", True), ("", False), ("accept reuseaddr", False),
        ("accept reuseaddr closes", False), ("accept unread", False), ("accept half", True)]


@contextmanager
def program(w, code, words, ready):
    """It runs until we are through with it; begun when it has said so."""
    with subprocess.Popen([*w.enter(), sys.executable, "-c", code, *words], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as p:
        try:
            for line in ready:
                if p.stdout.readline().decode().strip() != line:
                    raise Failure("%s: not %s" % (words, line))
            yield p
        finally:
            p.stdin.close()


def wait_for_connections(build, does, blocks):
    """The holder is really killed: the fix says that its connections stay if, and only if, the kernel then refuses."""
    words, ids = does.split(), lambda report: [f["id"] for c in report["causes"] for f in c["fixes"]]
    with World(build, "free") as w, program(w, SERVER, words, ["listens"]) as server:
        with program(w, CLIENT, words, ["connected"]) if words else nullcontext():
            if words and server.stdout.readline() != b"accepted\n":
                raise Failure("not accepted")
            before = ask_one(build, w, "9877")
            check_printable(w.run([build.portwhy, "9877"]).out)
            w.run(["sh", "-c", before["causes"][0]["fixes"][0]["command"]]).must()
            server.wait(PATIENCE)
            after = ask_one(build, w, "9877", options=("--reuseaddr",))
            kernel = w.run([build.tool("binds"), "-s", "1", "9877", "127.0.0.1"]).must().out.split()[2]
    wrong = []
    if (kernel == b"EADDRINUSE") != blocks or (after["verdict"] == "taken") != blocks:
        wrong.append(differ("bind() with SO_REUSEADDR after the kill", blocks, (kernel, after["verdict"])))
    if ids(before)[0] != "stop-holder" or ("wait-for-connections" in ids(before)) != blocks:
        wrong.append(differ("wait-for-connections behind stop-holder", blocks, ids(before)))
    if ("set-reuseaddr" in ids(before)) != blocks:
        wrong.append(differ("set-reuseaddr", blocks, ids(before)))
    if wrong:
        raise Failure("; ".join(wrong))


FIXES = [("fix-wait-for-connections-%s" % (does.replace(" ", "-") or "alone"), lambda b, row=(does, blocks):
          wait_for_connections(b, *row)) for does, blocks in ENDS]
FIXES += [("fix-linger-zero", linger_zero), ("fix-reserve-port", reserve_port)]
