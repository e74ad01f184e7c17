# SPDX-License-Identifier: GPL-2.0-or-later
"""A world: a network namespace of its own with one real situation in it, and
the ways to run a program there.  Nothing here knows what portwhy should say.
"""
import json
import os
import re
import subprocess
import sys
import threading
from functools import lru_cache

from schema import complaint

# Seconds; a program that takes longer is a failure, said loudly.  A slow machine needs so many times more.
TIMES_SLOWER = int(os.environ.get("PATIENCE", "1"))
PATIENCE = 60 * TIMES_SLOWER

ENV = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LC_CTYPE", "LANG")}
ENV["LC_ALL"] = "C.UTF-8"


KERNEL = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
# Since 6.8 sock_diag tells of sockets that are bound and do no more; before, nothing does.
LISTS_BOUND_ONLY = KERNEL >= (6, 8)


class Skip(Exception):
    """The case cannot be made here; the text says why."""


class Failure(Exception):
    """The case was made and something is wrong."""


class Build:
    """The programs under test and of the test."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.portwhy = os.path.join(self.folder, "portwhy")
        self.is_sanitized = "san" in os.path.basename(self.folder)

    def tool(self, name):
        return os.path.join(self.folder, "tests", name)


class Ran:
    def __init__(self, argv, status, out, err):
        self.argv, self.status, self.out, self.err = argv, status, out, err

    def must(self):
        if self.status != 0:
            raise Failure("%s ended with %d: %s" % (" ".join(map(str, self.argv)), self.status, self.err))
        return self


def run(argv, env=None):
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=PATIENCE, env={**ENV, **(env or {})})
    except subprocess.TimeoutExpired:
        raise Failure("%s did not end within %d s" % (argv, PATIENCE)) from None
    except FileNotFoundError as e:
        raise Skip("there is no %s" % e.filename) from None
    return Ran(argv, done.returncode, done.stdout, done.stderr)


OWN_USER = ("unshare", "-Urn")  # root there, nobody special outside
REAL_USER = ("unshare", "-n")   # needs root, keeps the users

# Where a kernel does not list bound-only sockets they are found by the descriptors of all processes.  Those
# outside of a user namespace cannot be looked at, and of an inner pid namespace not even be seen.
FIRST_PID_NAMESPACE = os.readlink("/proc/self/ns/pid") == "pid:[4026531836]"
ALL_IN_SIGHT = LISTS_BOUND_ONLY or (os.geteuid() == 0 and FIRST_PID_NAMESPACE)
# The world of a case that says nothing else: one where all can be known, if it can be had.
USUAL = REAL_USER if ALL_IN_SIGHT and not LISTS_BOUND_ONLY else OWN_USER


# UDP sockets on a port of their own, more than ten: then one that binds the wildcard.
CROWD = """
import socket
held = []
for i in range(1, 13):
    held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    held[-1].bind(("127.0.0.%d" % i, 9877))
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("0.0.0.0", 9877))
    print("let in")
except OSError:
    print("refused")
"""


@lru_cache(maxsize=None)
def misses_udp_behind_wildcard():
    """Whether bind() of a UDP wildcard overlooks specific addresses where a slot is crowded (fixed by e537dd15d0d4)."""
    return run([*USUAL, sys.executable, "-c", CROWD]).must().out == b"let in\n"


class World:
    """with World(build, "listener") as w: w.run([...]); w.facts["holder_pid"] is a list."""

    def __init__(self, build, slug, port=9877, namespace=USUAL, prefix=(), tool="situation"):
        command = [build.tool(tool), slug, str(port)]
        self.namespace = namespace
        self.argv = [*namespace, *prefix, *command]
        self.facts = {}

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=ENV)
        alarm = threading.Timer(PATIENCE, self.process.kill)
        alarm.start()
        try:
            self.read_facts()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        finally:
            alarm.cancel()
        return self

    def read_facts(self):
        for line in self.process.stdout:
            key, _, value = line.decode().strip().partition("=")
            if key == "ready":
                return
            if key == "skip":
                raise Skip(value)
            self.facts.setdefault(key, []).append(int(value))
        raise Failure("%s: no situation: %s" % (self.argv, self.process.stderr.read().decode("utf-8", "replace")))

    def __exit__(self, kind, value, trace):
        try:
            self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            if kind is None:
                raise Failure("%s did not end" % self.argv) from None

    def enter(self):
        """The command that puts another one into this namespace."""
        user = ("-U", "--preserve-credentials") if self.namespace == OWN_USER else ()
        return ["nsenter", "-t", str(self.process.pid), *user, "-n", "--"]

    def run(self, argv, env=None):
        return run([*self.enter(), *argv], env)


def nested(build, slug, port=9877, **more):
    """A world in a user namespace of its own on every kernel: nobody outside can be looked at from there."""
    return World(build, slug, port, **{"namespace": OWN_USER, **more})


def strict(pairs):
    obj = dict(pairs)
    if len(obj) != len(pairs):
        raise ValueError("a key twice: %s" % [k for k, _ in pairs])
    return obj


def parse_document(out):
    """The one JSON document, read strictly: UTF-8, no key twice, no lone surrogate, one newline at the end, as the schema says."""
    try:
        doc = json.loads(out.decode("utf-8"), object_pairs_hook=strict)
        json.dumps(doc, ensure_ascii=False).encode("utf-8")
    except ValueError as e:
        raise Failure("no JSON document: %s: %r" % (e, out[:200])) from None
    if not out.endswith(b"}\n"):
        raise Failure("the document does not end with one newline")
    why = complaint(doc)
    if why:
        raise Failure(why)
    return doc


def kernel_answers(build, slug, addrs, port=9877, namespace=USUAL, prefix=(), wrap=(), made_on=9877, options=()):
    """What real binds get, (address, mix) -> result: each in a situation that no successful bind has touched."""
    lines = []
    while len(lines) < 4 * len(addrs):
        with World(build, slug, made_on, namespace, prefix) as w:
            out = w.run([*wrap, build.tool("binds"), *options, "-s", str(len(lines)), str(port), *addrs]).must().out
        lines += out.decode().splitlines()
    return {tuple(line.split()[:2]): line.split()[2] for line in lines}
