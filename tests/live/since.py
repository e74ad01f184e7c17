# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy check --save and --since: a test job sees what it left itself, and nothing else."""
import os
import subprocess
from contextlib import contextmanager

from checking import PYTHON, check, expect, program
from special import HOLDER, READER, as_user, escaped, public_copy, real_users
from unixes import folder
from world import ENV, LISTS_BOUND_ONLY, PATIENCE, REAL_USER, Failure, World


def started_after(pid):
    """A process that has started in a later clock tick than that one."""
    def tick(of):
        with open("/proc/%d/stat" % of) as f:
            return int(f.read().rpartition(")")[2].split()[19])
    while True:
        p = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
        if tick(p.pid) > tick(pid):
            return p
        p.communicate()


def since_process(build):
    with World(build, "time-wait-with-listener") as w:
        holder = w.facts["holder_pid"][0]
        later = started_after(holder)
        try:
            got = check(build, w, "--since=%d" % later.pid, status=1)
            expect("since a later process", ["TIME_WAIT"], [line[2] for line in got])
            check(build, w, "--since=%d" % later.pid, "--states=listen", status=0)
            got = check(build, w, "--since=%d" % holder, status=1)
            expect("since the holder", ["LISTEN", "TIME_WAIT"], sorted(line[2] for line in got))
        finally:
            later.communicate()


def since_process_hidden(build):
    """Who cannot see the holder cannot tell; a file knows."""
    real_users()
    with public_copy(build) as public, World(public, "listener", 9877, REAL_USER, as_user(HOLDER)) as w, folder() as d:
        os.chmod(d, 0o777)
        reader = as_user(READER)
        later = started_after(w.facts["holder_pid"][0])
        try:
            since = "--since=%d" % later.pid
            check(public, w, since, status=3, complaint=True, wrap=reader)
            if LISTS_BOUND_ONLY:
                expect("why", b"portwhy: tcp 9877 is unsure: which process holds it, and since when, cannot be seen\n",
                       w.run([*reader, public.portwhy, "check", since]).err)
            check(public, w, since, status=0)
        finally:
            later.communicate()
        expect("hidden", "?", check(public, w, status=1, wrap=reader)[0][4])
        check(public, w, "--save", d + "/before", status=0, wrap=reader)
        open_still = not LISTS_BOUND_ONLY  # what others have bound and do not use
        check(public, w, "--since", d + "/before", status=3 if open_still else 0, complaint=open_still, wrap=reader)


def bad_files(build):
    """Whatever is not what --save wrote is refused: nothing may be passed over by mistake."""
    with World(build, "listener") as w, folder() as d:
        path = d + "/b\x1b\xff\n"
        good = os.fsencode(d) + b"/b"
        check(build, w, "--save", good, status=0)
        with open(good, "rb") as f:
            text = f.read()
        check(build, w, "--since", good, status=0)
        head, boot, number, *cookies = text.splitlines(True)
        expect("their number", b"sockets %d\n" % len(cookies), number)
        bad = [text[:i] for i in range(len(text))] + [text + x for x in (b"\n", b"1\n", b"x", b"\0", b"1")]
        bad += [head + boot.replace(b"-", b"0", 1) + number + b"".join(cookies), text.replace(b"\n", b"\r\n"),
                head + number + boot + b"".join(cookies), head + boot + b"sockets 1\n-5\n", head + boot + b"sockets 1\n 5\n",
                head + boot + b"sockets 1\n18446744073709551616\n", head + boot + b"sockets 1\n5\0\n", b"\0" * 99,
                head + boot + b"sockets 99999999999999999999\n5\n", b"x" * 100000, head.replace(b"1", b"2") + text[len(head):],
                head + boot + b"sockets 1\n" + b"0" * 99 + b"5\n"]
        for i, content in enumerate(bad[::1 if len(bad) < 300 else 3]):
            with open(path, "wb") as f:
                f.write(content)
            ran = w.run([build.portwhy, "check", "--since", path])
            if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1 or escaped(os.fsencode(path)) not in ran.err:
                raise Failure("file %d, %r: status %d, %r" % (i, content[:80], ran.status, ran.err))


# A test job: what it found when it came, a suite that leaks a listener, a bound socket and a TIME_WAIT, or does not.
SUITE = """
import os, socket, struct, sys

def connection(server):
    client = socket.create_connection(server.getsockname())
    return client, server.accept()[0]

with socket.create_server(("127.0.0.1", 8001)) as server:
    client, accepted = connection(server)
if sys.argv[1] == "leaks":
    accepted.close()
    client.close()
    listener = socket.create_server(("127.0.0.1", 8002))
    bound = socket.socket()
    bound.bind(("127.0.0.1", 8003))
    if not os.fork():
        os.close(1)
        os.close(2)
        os.read(0, 1)
        os._exit(0)
else:
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    accepted.close()
    client.close()
"""

# One of its connections ends while the suite runs.
BEFORE = """
import socket, sys
server = socket.create_server(("127.0.0.1", 7001))
client = socket.create_connection(server.getsockname())
accepted = server.accept()[0]
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 7001))
bound = socket.socket()
bound.bind(("127.0.0.1", 7002))
print("ready", flush=True)
sys.stdin.readline()
accepted.close()
client.close()
print("closed", flush=True)
sys.stdin.read()
"""


CONNECT = """
import socket, sys
client = socket.create_connection(("127.0.0.1", 7001))
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def suite(world, how, command=(PYTHON, "-c", SUITE)):
    """Runs it to its end; what it leaks stays until this is left."""
    p = subprocess.Popen([*world.enter(), *command, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
    try:
        if p.wait(timeout=PATIENCE):
            raise Failure("the suite failed")
        yield
    finally:
        p.stdin.close()
        p.stdout.read()


def job(build):
    with World(build, "time-wait-with-listener") as w, program(w, BEFORE) as before, folder() as d:
        save = d + "/sockets"
        check(build, w, "-tu", "--save", save, status=0)
        with suite(w, "clean"):
            expect("clean", [], check(build, w, "-tu", "--since", save, status=0))
        with suite(w, "leaks"):
            before.stdin.write(b"\n")
            before.stdin.flush()
            before.stdout.readline()
            got = sorted(line[:3] + line[5:] for line in check(build, w, "-tu", "--since", save, status=1))
            wanted = [["tcp", "127.0.0.1:8001", "TIME_WAIT", "time-wait"],
                      ["tcp", "127.0.0.1:8002", "LISTEN", "listener"],
                      ["tcp", "127.0.0.1:8003", "BOUND", "bound-not-listening"]]
            expect("leaks", wanted, got)
        check(build, w, "--since", save, "-T", str(PATIENCE), "--states=listen,bound", status=0)
        got = check(build, w, "--since", save, status=1)
        expect("when its processes are gone", ["TIME_WAIT"], [line[2] for line in got])
        check(build, w, "-q", "--since", save, "7001", status=0)
        with program(w, CONNECT):  # beside a listener that was there
            check(build, w, "-q", "--since", save, "7001", status=1)


SINCE = [
    ("check-since-process", since_process),
    ("check-since-process-hidden", since_process_hidden),
    ("check-bad-files", bad_files),
    ("check-job", job),
]
