#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Time and memory of portwhy beside ss, lsof, fuser, netstat and a bare program.

bench.py BUILD [-l LOAD] [-r ROUNDS]: each load is made in a network namespace of
its own; the commands run one after the other, in another order each round, so that
what else the machine does falls upon all alike.  Prints medians, ratios and peak
memory, then how cost grows, what starting costs, and the goals with what was reached.
No time is an expectation of any test.
"""
import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PORT = 9877
NAMESPACE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-Urn"]
# Seconds from one renewal of TIME_WAIT to the next: less than the 60 that it lasts, with the
# 30 that lib/peak.c allows a command and those that renewing a million takes.
RENEWAL = 10
OTHERS = ("lsof", "fuser", "netstat")
GROWTH = (("tw-10k", 10000), ("tw-ours", 100000), ("tw-million", 1000000))
START = "start"

# Load, command, beside what, at most so many times as long.
GOALS = [
    ("idle", "portwhy", "ss", 0.55),
    ("idle", "portwhy -q", "ss", 0.35),
    ("tw-ours", "portwhy", "ss", 0.3),
    ("tw-listener", "portwhy -q", "ss", 0.02),
    ("tw-others", "portwhy", "ss", 0.8),
    ("descriptors", "portwhy", "ss", 0.6),
    ("tw-million", "portwhy", "ss", 0.3),
]
# The same for any load, and KiB at most.
GOALS_ANYWHERE = [("floor", 1.25), *((other, 0.25) for other in OTHERS)]
GOALS_PEAK = [("tw-million", "portwhy", 6 * 1024)]


class Load:
    """What is there while the commands run; the makers hold it until their input ends.

    fades: the first maker is manytw, which renews what would end after 60 seconds.
    many: ours are so many that the rows for all of them are a measurement of their own.
    seeks: a holder must be found for the verdict if that hangs on its options.
    """

    def __init__(self, what, makers, port=PORT, rounds=None, fades=False, many=False, seeks=False):
        self.what, self.makers, self.port, self.rounds = what, makers, port, rounds
        self.fades, self.many, self.seeks = fades, many, seeks


def listener(port, n=1):
    """A program that listens on n ports from port on."""
    return [sys.executable, "-c", """
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
held = []
for port in range(%d, %d):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.9", port))
    s.listen()
    held.append(s)
print("ready", flush=True)
sys.stdin.read()
""" % (port, port + n)]


def loads(build):
    def tool(name, *args):
        return [os.path.join(build, "tests", name), *map(str, args)]

    def time_waits(n, port=PORT):
        return tool("manytw", n, port)

    return {
        "idle": Load("a listener", [listener(PORT)]),
        "tw-others": Load("100,000 TIME_WAIT on another port, a listener on ours",
                          [time_waits(100000, 9000), listener(PORT)], fades=True),
        "tw-listener": Load("100,000 TIME_WAIT on ours, and a listener",
                            [time_waits(100000), listener(PORT)], fades=True),
        "tw-10k": Load("10,000 TIME_WAIT on ours", [time_waits(10000)], fades=True),
        "tw-ours": Load("100,000 TIME_WAIT on ours", [time_waits(100000)], fades=True, many=True),
        "descriptors": Load("2000 processes of 50 descriptors, a listener", [tool("manyfd", 2000, 50), listener(PORT)], seeks=True),
        "listeners": Load("10,000 listeners", [listener(10000, 10000)], port=10000),
        "connections": Load("50,000 connections of a listener", [tool("manyconn", 50000, PORT)], many=True),
        "tw-million": Load("1,000,000 TIME_WAIT on ours", [time_waits(1000000)], rounds=3, fades=True, many=True),
    }


def commands(build, load):
    portwhy, port = os.path.join(build, "portwhy"), str(load.port)
    rows = [
        ("portwhy", [portwhy, port]),
        ("portwhy -q", [portwhy, "-q", port]),
        ("-q --reuseport", [portwhy, "-q", "--reuseport", port] if load.seeks else []),
        ("portwhy -j", [portwhy, "-j", port]),
        ("portwhy -a -j", [portwhy, "-a", "-j", port] if load.many else []),
        ("check", [portwhy, "check", port]),
        ("check -q", [portwhy, "check", "-q", port]),
        ("floor", [os.path.join(build, "tests", "floor"), port]),
        ("ss", ["ss", "-tanp", "sport = :" + port]),
        ("lsof", ["lsof", "-nP", "-iTCP:" + port]),
        ("fuser", ["fuser", "-n", "tcp", port]),
        ("netstat", ["netstat", "-tanp"]),
    ]
    return [(name, command) for name, command in rows if command and shutil.which(command[0])]


def run(build, command, **kwargs):
    """Milliseconds of one run and KiB of resident memory at most; None if it was ended for taking too long."""
    with tempfile.NamedTemporaryFile("r") as f:
        ran = subprocess.run([os.path.join(build, "tests", "peak"), "-t", f.name, *command], check=False,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)
        if ran.returncode > 128:
            return None
        if ran.returncode > 1:
            raise SystemExit("bench: %s: status %d" % (" ".join(command), ran.returncode))
        peak, microseconds = f.read().split()
        return int(microseconds) / 1000, int(peak)


def wait_until_ready(load, maker):
    if b"ready\n" not in iter(maker.stdout.readline, b""):
        raise SystemExit("bench: %s: no load" % load.what)


class Made:
    """A load that is there: its makers are started one after the other, each ready before the next."""

    def __init__(self, load):
        self.load, self.made, self.renewed = load, [], float("-inf")
        for maker in load.makers:
            self.made.append(subprocess.Popen(maker, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            wait_until_ready(load, self.made[-1])

    def keep(self):
        """To be called before each command."""
        if self.load.fades and time.monotonic() - self.renewed > RENEWAL:
            self.renewed = time.monotonic()
            self.made[0].stdin.write(b"\n")
            self.made[0].stdin.flush()
            wait_until_ready(self.load, self.made[0])

    def end(self):
        for p in self.made:
            p.stdin.close()
            p.kill()
            p.wait()


def measure(build, load, rounds):
    """In the namespace: [name, median milliseconds, peak KiB] of each command, and how many rounds that was."""
    made = Made(load)
    rows = commands(build, load)
    runs = {name: [] for name, _ in rows}
    late = set()
    order = random.Random(0)
    rounds = min(rounds, load.rounds or rounds)
    for _ in range(rounds):
        for name, command in order.sample(rows, len(rows)):
            made.keep()
            ran = None if name in late else run(build, command)
            if ran:
                runs[name].append(ran)
            else:
                late.add(name)
    made.end()
    found = [[name, statistics.median(ms for ms, _ in ran), max(peak for _, peak in ran)]
             for name, ran in runs.items() if ran and name not in late]
    return {"rounds": rounds, "late": sorted(late), "rows": found}


def measure_in_namespace(args, name):
    """What measure() finds, in a child that has a network namespace of its own."""
    ran = subprocess.run([*NAMESPACE, sys.executable, os.path.abspath(__file__), args.build, "--inside", "-l", name,
                          "-r", str(args.r)], check=True, stdout=subprocess.PIPE)
    time.sleep(1)  # nothing shows when the kernel has taken the namespace apart, and all share one table
    return json.loads(ran.stdout)


def medians(found):
    return {name: ms for name, ms, _ in found["rows"]}


def peaks(found):
    return {name: peak for name, _, peak in found["rows"]}


def ratio(found, name, to):
    """How many times as long, or None if one of them was not measured."""
    median = medians(found)
    return median[name] / median[to] if name in median and to in median else None


def column(value):
    return "%10s" % ("-" if value is None else value if isinstance(value, int) else "%.2f" % value)


def show(load, found):
    beside = ("ss", "floor", *OTHERS)
    print("\n%s; medians of %d rounds" % (load.what, found["rounds"]))
    print("    %-15s %9s %9s" % ("", "ms", "peak KiB") + "".join("%10s" % ("x " + to) for to in beside))
    for name, ms, peak in found["rows"]:
        print("    %-15s %9.2f %9d" % (name, ms, peak) + "".join(column(ratio(found, name, to)) for to in beside))
    for name in found["late"]:
        print("    %-15s too late" % name)


def show_growth(found):
    """From loads that were measured already."""
    sizes = [(load, n) for load, n in GROWTH if load in found]
    if len(sizes) < 2:
        return
    print("\nHow cost grows: ms and peak KiB of so many TIME_WAIT on ours")
    print("    %-15s" % "" + "".join("%20s" % format(n, ",") for _, n in sizes))
    for name in ("portwhy", "portwhy -q", "floor", "ss"):
        cells = [(medians(found[load]).get(name), peaks(found[load]).get(name, 0)) for load, _ in sizes]
        print("    %-15s" % name + "".join("%s%10d" % (column(ms), peak) for ms, peak in cells))


def link_programs(folder):
    """[(what, command)]: programs that do nothing, each with one thing more than that before it."""
    steps = [("a program", ""), ("libmnl", "libmnl"), ("libsmartcols", "smartcols"), ("libjansson", "jansson"),
             ("setlocale()", "")]
    made, libs = [], []
    for what, package in steps:
        path = os.path.join(folder, what.strip("()"))
        if package:
            libs += subprocess.check_output(["pkg-config", "--libs", package], text=True).split()
        body = 'return !setlocale(LC_ALL, "");' if what == "setlocale()" else "return 0;"
        cc = [*os.environ.get("CC", "cc").split(), "-O2", "-x", "c", "-", "-o", path, "-Wl,--no-as-needed", *libs]
        subprocess.run(cc, input="#include <locale.h>\nint main(void) { %s }\n" % body, check=True, text=True)
        made.append((what, [path]))
    return made


def show_start(build, rounds):
    with tempfile.TemporaryDirectory() as folder:
        rows = [*link_programs(folder), ("portwhy -V", [os.path.join(build, "portwhy"), "-V"])]
        times = {what: [] for what, _ in rows}
        for _ in range(rounds * 10):
            for what, command in rows:
                times[what].append(run(build, command, env={**os.environ, "LC_ALL": "C.UTF-8"})[0])
    print("\nStarting: each has one thing more than that above; medians of %d rounds" % (rounds * 10))
    print("    %-15s %9s %9s" % ("", "ms", "more"))
    before = None
    for what, _ in rows:
        ms = statistics.median(times[what])
        print("    %-15s %9.2f%s" % (what, ms, column(None if before is None else ms - before)))
        before = ms


def goals(found):
    """(what, at most, reached) of each that was measured."""
    for load, name, to, limit in GOALS:
        if load in found:
            yield "%s: %s x %s" % (load, name, to), limit, ratio(found[load], name, to)
    for to, limit in GOALS_ANYWHERE:
        ratios = [(ratio(f, "portwhy", to), load) for load, f in found.items()]
        worst = max((r for r in ratios if r[0]), default=None)
        if worst:
            yield "any load: portwhy x %s (most: %s)" % (to, worst[1]), limit, worst[0]
    for load, name, limit in GOALS_PEAK:
        if name in peaks(found.get(load, {"rows": []})):
            yield "%s: peak KiB of %s" % (load, name), limit, peaks(found[load])[name]


def show_goals(found):
    print("\nGoals")
    print("    %-50s%10s%10s" % ("", "at most", "reached"))
    for what, limit, reached in goals(found):
        print("    %-50s%s%s" % (what, column(limit), column(reached)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("-l", metavar="LOAD", action="append", help="only that one (may be repeated)")
    parser.add_argument("-r", metavar="ROUNDS", type=int, default=11)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    all_loads = loads(args.build)
    wanted = args.l or [*all_loads, START]
    for name in wanted:
        if name not in (*all_loads, START):
            raise SystemExit("bench: there is no load %s, but %s" % (name, ", ".join((*all_loads, START))))
    if args.inside:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        json.dump(measure(args.build, all_loads[wanted[0]], args.r), sys.stdout)
        return
    print("Linux %s, %d processors, %s" % (platform.release(), os.cpu_count(), time.strftime("%Y-%m-%d")), flush=True)
    found = {}
    for name in wanted:
        if name in all_loads:
            found[name] = measure_in_namespace(args, name)
            show(all_loads[name], found[name])
            sys.stdout.flush()
    show_growth(found)
    if START in wanted:
        show_start(args.build, args.r)
    if found:
        show_goals(found)


if __name__ == "__main__":
    main()
