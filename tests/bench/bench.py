#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Time and memory of portwhy beside ss, lsof, fuser, netstat and a bare program.

bench.py BUILD [-l LOAD] [-r ROUNDS]: each load is made in a network namespace of
its own; the commands run one after the other, round by round, so that what else
the machine does falls upon all alike.  Prints medians, ratios and peak memory.
No time is an expectation of any test.
"""
import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PORT = 9877
NAMESPACE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
# A tool that takes longer than that for one look is left out of the further rounds.
PATIENCE = 60


class Load:
    """What is there while the commands run; the makers hold it until their input ends."""

    def __init__(self, what, makers, port=PORT, rounds=None):
        self.what, self.makers, self.port, self.rounds = what, makers, port, rounds


def listener(port, n=1, reuse=True):
    """A program that listens on n ports from port on."""
    return [sys.executable, "-c", """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = []
for port in range(%d, %d):
    s = socket.socket()
    if %r:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.9", port))
    s.listen()
    held.append(s)
print("ready", flush=True)
sys.stdin.read()
""" % (port, port + n, reuse)]


def loads(build):
    def tool(name, *args):
        return [os.path.join(build, "tests", name), *map(str, args)]

    return {
        "idle": Load("a listener", [listener(PORT)]),
        "tw-others": Load("100,000 TIME_WAIT on another port, a listener on ours", [tool("manytw", 100000, 9000), listener(PORT)]),
        "tw-ours": Load("100,000 TIME_WAIT on ours", [tool("manytw", 100000, PORT)]),
        "tw-listener": Load("100,000 TIME_WAIT on ours, and a listener", [tool("manytw", 100000, PORT), listener(PORT)]),
        "tw-10k": Load("10,000 TIME_WAIT on ours", [tool("manytw", 10000, PORT)]),
        "tw-million": Load("1,000,000 TIME_WAIT on ours", [tool("manytw", 1000000, PORT)], rounds=3),
        "descriptors": Load("2000 processes of 50 descriptors, a listener", [tool("manyfd", 2000, 50), listener(PORT)]),
        "listeners": Load("10,000 listeners", [listener(10000, 10000)], port=10000),
        "connections": Load("50,000 connections of a listener", [tool("manyconn", 50000, PORT)]),
    }


def commands(build, port):
    portwhy = os.path.join(build, "portwhy")
    rows = [
        ("portwhy", [portwhy, str(port)]),
        ("portwhy -q", [portwhy, "-q", str(port)]),
        ("portwhy -j", [portwhy, "-j", str(port)]),
        ("check -q", [portwhy, "check", "-q", str(port)]),
        ("floor", [os.path.join(build, "tests", "floor"), str(port)]),
        ("ss", ["ss", "-tanp", "sport = :%d" % port]),
        ("lsof", ["lsof", "-nP", "-iTCP:%d" % port]),
        ("fuser", ["fuser", "-n", "tcp", str(port)]),
        ("netstat", ["netstat", "-tanp"]),
    ]
    return [r for r in rows if shutil.which(r[1][0])]


def run(command):
    """Milliseconds of one run; None if it took too long."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(PATIENCE, child.kill)
    timer.start()
    child.wait()  # without a time limit: with one it looks only now and then
    took = (time.monotonic() - began) * 1000
    timer.cancel()
    return None if child.returncode < 0 else took


def peak_of(build, command):
    """KiB of resident memory at most, in a run of its own."""
    with tempfile.NamedTemporaryFile("r") as f:
        run([os.path.join(build, "tests", "peak"), f.name, *command])
        return int(f.read() or 0)


def make(load):
    """Starts the makers, one after the other, each ready before the next."""
    made = []
    for maker in load.makers:
        p = subprocess.Popen(maker, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        made.append(p)
        if b"ready\n" not in iter(p.stdout.readline, b""):
            raise SystemExit("bench: %s: no load" % load.what)
    return made


def measure(build, load, rounds):
    """In the namespace: a list of (name, times, peak) in the order of the commands."""
    made = make(load)
    rows = [(name, command, []) for name, command in commands(build, load.port)]
    late = set()
    for _ in range(load.rounds or rounds):
        for name, command, times in rows:
            took = None if name in late else run(command)
            if took is None:
                late.add(name)
            else:
                times.append(took)
    found = [(name, times, peak_of(build, command)) for name, command, times in rows if times]
    for p in made:
        p.stdin.close()
        p.kill()
        p.wait()
    return found


def show(load, rows):
    median = {name: statistics.median(times) for name, times, _ in rows}
    print("\n%s; medians of %d rounds" % (load.what, len(rows[0][1])))
    print("    %-12s %10s %10s %8s %8s" % ("", "ms", "peak KiB", "x ss", "x floor"))
    for name, _, peak in rows:
        ratios = ["%8.2f" % (median[name] / median[to]) if to in median else "%8s" % "-" for to in ("ss", "floor")]
        print("    %-12s %10.2f %10d %s" % (name, median[name], peak, " ".join(ratios)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("-l", metavar="LOAD", action="append", help="only that one (may be repeated)")
    parser.add_argument("-r", metavar="ROUNDS", type=int, default=11)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    all_loads = loads(args.build)
    for name in args.l or []:
        if name not in all_loads:
            raise SystemExit("bench: there is no load %s, but %s" % (name, ", ".join(all_loads)))
    if args.inside:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        show(all_loads[args.l[0]], measure(args.build, all_loads[args.l[0]], args.r))
        return
    print("Linux %s, %d processors, %s" % (platform.release(), os.cpu_count(), time.strftime("%Y-%m-%d")))
    sys.stdout.flush()
    for name in args.l or all_loads:
        subprocess.run([*NAMESPACE, sys.executable, os.path.abspath(__file__), args.build, "--inside", "-l", name,
                        "-r", str(args.r)], check=True)


if __name__ == "__main__":
    main()
