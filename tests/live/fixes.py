# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixes that are a command: it is run, and the kernel asked what came of it."""
import shutil
import sys

from expect import ask_one, check_printable, differ
from world import Failure, Skip, World

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


FIXES = [("fix-linger-zero", linger_zero), ("fix-reserve-port", reserve_port)]
