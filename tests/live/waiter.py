# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of portwhy wait are made of: a holder that does as it is told, and a wait under way."""
import re
import subprocess
import sys
import time

from expect import differ
from world import ENV, PATIENCE, Failure

# A program that holds what its lines make, one line at a time: "+" before each answer.
HOLDER = """
import socket, sys
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
def bound(port, kind=TCP, options=(), address="127.0.0.1"):
    s = socket.socket(socket.AF_INET, kind)
    for o in options:
        s.setsockopt(socket.SOL_SOCKET, o, 1)
    s.bind((address, port))
    return s
def listening(*args, **more):
    s = bound(*args, **more)
    s.listen()
    return s
def named(name):
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    return s
for line in sys.stdin:
    exec(line)
    print("+", flush=True)
"""


class Holder:
    def __init__(self, w, *lines):
        self.process = subprocess.Popen([*w.enter(), sys.executable, "-c", HOLDER], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=ENV)
        self.does(*lines)

    def does(self, *lines):
        for line in lines:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            if self.process.stdout.readline() != b"+\n":
                raise Failure("the holder failed: %s" % line)

    def dies(self):
        self.process.kill()
        self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.dies()


class Wait:
    """portwhy wait, under way."""

    def __init__(self, w, build, *args, wrap=(), enter=None, output=subprocess.PIPE, env=None):
        argv = [*(w.enter() if enter is None else enter), *wrap, build.portwhy, "wait", *args]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**ENV, **(env or {})})
        self.slept = 0

    def status(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return dict(line.split(":\t", 1) for line in f.read().splitlines())

    def sleeps(self):
        """Until it has gone to sleep once more than the last time that this was asked."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failure("it does not wait: status %d, %r" % (self.process.returncode, self.process.communicate()))
            s = self.status()
            times = int(s["voluntary_ctxt_switches"])
            if s["Name"] == "portwhy" and s["State"][0] == "S" and times > self.slept:
                self.slept = times
                return self
            time.sleep(0.01)
        raise Failure("it does not go to sleep")

    def ends(self, status=0, says=None):
        """It ends so, and silently, or with one line on standard error."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure("it does not return") from None
        if self.process.returncode != status:
            raise Failure(differ("status", status, (self.process.returncode, err)))
        if out or (says is None) != (not err):
            raise Failure("output %r, standard error %r" % (out, err))
        if says is not None and (len(err.decode().splitlines()) != 1 or not re.search(says, err.decode())):
            raise Failure(differ("line", says, err))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
