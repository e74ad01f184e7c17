# SPDX-License-Identifier: GPL-2.0-or-later
"""The code in a fix does what it says: it is taken out of portwhy's JSON, put
into a small server of its language (programs.py) and run; and what a runtime is
said to do by itself is looked at the same way, in a server without it.
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from programs import PROGRAMS
from world import ENV, PATIENCE, Failure, Skip, World, parse_document

PYTHON = "/usr/bin/python3"
MADE_BY = {  # a situation whose fixes have it
    "set-reuseaddr": "time-wait-reuse",
    "set-reuseport": "listener-reuseport",
    "set-v6only": "listener-v6",
    "set-cloexec": "inherited-listener",
    "shutdown-before-close": "blocked-accept",
}
# The numbers of accept() and accept4().
ACCEPT = {"x86_64": ("43", "288"), "aarch64": ("202", "242")}.get(os.uname().machine, ())
CLIENT = 'import socket; s = socket.create_connection(("127.0.0.1", 9877)); s.recv(1); s.close()'
V4_HOLDER = """import socket
s = socket.socket(); s.bind(("0.0.0.0", 9877)); s.listen(); print("ready", flush=True); input()
"""


def advice(build, fix, lang):
    """Code, or None where the words are that none is needed."""
    with World(build, MADE_BY[fix]) as w:
        doc = parse_document(w.run([build.portwhy, "-j", "--lang=" + lang, "9877"]).out)
    found = [f for c in doc["reports"][0]["causes"] for f in c["fixes"] if f["id"] == fix]
    if len(found) != 1:
        raise Failure("not one %s: %s" % (fix, found))
    if ("nothing is to be added" in found[0]["text"] or "by itself, and bind()" in found[0]["text"]) == bool(found[0]["code"]):
        raise Failure("neither code nor why none, or both: %s" % found[0])
    return found[0]["code"]


def is_in_accept(task):
    """By where it sleeps; before 5.16 x86 cannot tell (bc9bbb81730e), but the call."""
    with open(task + "/wchan") as f:
        where = f.read()
    if where != "0":
        return "csk_accept" in where
    with open(task + "/syscall") as f:
        return f.read().split()[0] in ACCEPT


class Server:
    """A program in the namespace of a world; with Server(...) as s: s.line is the first that it printed, "" none."""

    def __init__(self, world, argv, folder):
        self.child = subprocess.Popen([*world.enter(), *argv], cwd=folder, env=ENV, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                                      bufsize=0)
        self.line, self.before = "", []

    def __enter__(self):
        alarm = threading.Timer(PATIENCE, self.child.kill)
        alarm.start()
        self.read()
        alarm.cancel()
        return self

    def read(self):
        """To the next word; what is printed before it says what went wrong."""
        self.line = ""
        for line in iter(self.child.stdout.readline, b""):
            if line.strip() in (b"ready", b"closed"):
                self.line = line.decode().strip()
                return
            self.before.append(line)

    def waits_in_accept(self):
        """Whether a thread of its processes does."""
        for stat in glob.glob("/proc/[0-9]*/task/[0-9]*/stat"):
            try:
                with open(stat, errors="replace") as f:
                    ours = int(f.read().rpartition(")")[2].split()[2]) == self.child.pid
                if ours and is_in_accept(os.path.dirname(stat)):
                    return True
            except OSError:
                pass
        return False

    def must(self, word):
        if self.line != word:
            raise Failure("not %s: %r" % (word, b"".join(self.before)[-500:]))

    def rest(self):
        out = self.child.communicate(timeout=PATIENCE)[0].decode()
        if self.child.returncode != 0:
            raise Failure("status %d: %r" % (self.child.returncode, out[-500:]))
        return out

    def __exit__(self, kind, value, trace):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if not self.child.stdout.closed:
            self.child.communicate(timeout=PATIENCE)


def verdict(build, world, *options):
    return parse_document(world.run([build.portwhy, "-j", *options, "9877"]).out)["reports"][0]


def restarts(build, world, argv, folder):
    """Whether it starts over the TIME_WAIT that it left."""
    with Server(world, argv, folder) as s:
        s.must("ready")
        world.run([PYTHON, "-c", CLIENT]).must()
        s.rest()
    causes = [c["id"] for c in verdict(build, world)["causes"]]
    if causes != ["time-wait"]:
        raise Failure("no TIME_WAIT: %s" % causes)
    with Server(world, argv, folder) as s:
        return s.line == "ready"


def shares(build, world, argv, folder):
    """Whether two of them listen at once."""
    with Server(world, argv, folder) as one:
        one.must("ready")
        with Server(world, argv, folder) as two:
            return two.line == "ready"


def stands_beside_v4(build, world, argv, folder):
    """Whether it starts beside a server of 0.0.0.0."""
    with Server(world, [PYTHON, "-c", V4_HOLDER], folder) as other:
        other.must("ready")
        with Server(world, argv, folder) as s:
            return s.line == "ready"


def keeps_from_child(build, world, argv, folder):
    """Whether a program that it starts has none of its sockets."""
    with Server(world, argv, folder) as s:
        s.must("ready")
        listing = s.rest()
    if "/proc/" not in listing:
        raise Failure("no list of descriptors: %r" % listing)
    return "socket:" not in listing


def lets_go(build, world, argv, folder):
    """Whether the port is free after it closed the listener that a thread waits in, while it runs on."""
    with Server(world, argv, folder) as s:
        if s.line == "ready":
            end = time.monotonic() + PATIENCE
            while not s.waits_in_accept():
                if time.monotonic() > end:
                    raise Skip("no thread is seen in accept()")
                time.sleep(0.01)
            s.child.stdin.write(b"\n")
            s.read()
        s.must("closed")
        report = verdict(build, world, "--reuseaddr")
        if s.child.poll() is not None:
            raise Failure("it ended")
    return report["verdict"] == "free"


DOES = {"set-reuseaddr": restarts, "set-reuseport": shares, "set-v6only": stands_beside_v4,
        "set-cloexec": keeps_from_child, "shutdown-before-close": lets_go}


def built(program, source, folder):
    """The command that runs it."""
    tool = program.build[0] if program.build else program.run[0]
    if not shutil.which(tool, path=ENV.get("PATH")):
        raise Skip("%s is not installed" % tool)
    with open(os.path.join(folder, program.file), "w") as f:
        f.write(source)
    if program.build:
        done = subprocess.run(program.build, cwd=folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE)
        missing = re.search(rb"boost/\S+: No such file", done.stdout)
        if missing:
            raise Skip(missing.group().decode())
        if done.returncode != 0:
            raise Failure("it cannot be built: %r in %s" % (done.stdout[-800:], source))
    return program.run


def check_version(program):
    """A runtime that is too old is a skip."""
    if program.since:
        if not shutil.which(program.run[0], path=ENV.get("PATH")):
            raise Skip("%s is not installed" % program.run[0])
        out = subprocess.run([program.run[0], "--version"], stdout=subprocess.PIPE, timeout=PATIENCE, env=ENV).stdout
        version = tuple(int(n) for n in re.findall(rb"\d+", out)[:2])
        if version < program.since:
            raise Skip("%s is %d.%d, older than %d.%d" % (program.run[0], *version, *program.since))


def outcome(build, program, code):
    does = DOES[program.fix]
    with tempfile.TemporaryDirectory(prefix="portwhy-live.") as folder, World(build, "free") as w:
        argv = built(program, program.source(code), folder)
        return does(build, w, argv, folder)


def snippet(build, program):
    check_version(program)
    code = advice(build, program.fix, program.lang)
    if not outcome(build, program, code):
        raise Failure("with %r it does not work" % code)
    if code and program.without is not None and outcome(build, program, None):
        raise Failure("it works without the code, too: the test shows nothing")


SNIPPETS = [("snippet-%s-%s" % (p.lang, p.fix), lambda build, p=p: snippet(build, p)) for p in PROGRAMS]
