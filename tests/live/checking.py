# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy check: a line for each socket that should not be there, and the status that a script goes by.

How many lines there are is compared with /proc/net/tcp, and the status with the kernel's own binds.
"""
import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager

from cases import NO_PRIVILEGE
from expect import differ
from special import without
from unixes import BIND, folder
from unixes import world as unix_world
from world import ENV, LISTS_BOUND_ONLY, PATIENCE, Failure, Ran, World, kernel_answers, parse_document, run

BOTH = ["0.0.0.0", "::"]
PYTHON = "/usr/bin/python3"

# By the numbers of tcp_states.h, as /proc/net/tcp has them.
STATES = {"01": "ESTABLISHED", "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT_1", "05": "FIN_WAIT_2",
          "06": "TIME_WAIT", "07": "CLOSE", "08": "CLOSE_WAIT", "09": "LAST_ACK", "0A": "LISTEN", "0B": "CLOSING"}
LINGERING = {"FIN_WAIT_1", "FIN_WAIT_2", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSE_WAIT"}


def expect(what, wanted, got):
    if wanted != got:
        raise Failure(differ(what, wanted, got))


def check(build, world, *args, status, complaint=False, wrap=(), fields=6):
    """Runs it; the lines as lists of fields.  A complaint is one printable line on standard error."""
    argv = [*wrap, build.portwhy, "check", *args]
    ran = world.run(argv) if world else run(argv)
    what = "check %s" % " ".join(map(str, args))
    if ran.status != status:
        raise Failure("%s: %r, %r" % (differ(what, status, ran.status), ran.out[:300], ran.err[:300]))
    lines = ran.err.splitlines()
    if len(lines) != complaint or any(c < 32 or c > 126 for line in lines for c in line):
        raise Failure("%s: on standard error %r" % (what, ran.err))
    return told(what, ran.out, fields)


def told(what, out, fields=6):
    if out and not out.endswith(b"\n"):
        raise Failure("%s: the last line has no end: %r" % (what, out[-80:]))
    lines = [line.decode("ascii").split("\t") for line in out.splitlines()]
    if [line for line in lines if len(line) != fields or "" in line]:
        raise Failure("%s: a line without %d fields: %r" % (what, fields, out[:300]))
    return lines


def kernel_lists(world, port=9877):
    """The states of the sockets of that port in /proc/net/tcp and tcp6 (there are none that are only bound)."""
    rows = [r.split() for r in world.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"]).must().out.decode().splitlines()]
    return sorted(STATES[r[3]] for r in rows if r[0] != "sl" and int(r[1].rpartition(":")[2], 16) == port)


@contextmanager
def program(world, code, *args, wrap=()):
    """A Python program that prints "ready" and ends when its standard input does; gives its process."""
    argv = [*(world.enter() if world else ()), *wrap, PYTHON, "-c", code, *args]
    p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
    try:
        if p.stdout.readline().strip() != b"ready":
            raise Failure("%s: it did not come up" % (args,))
        yield p
    finally:
        p.communicate(timeout=PATIENCE)


HOLD = """
import socket, sys
kept = [socket.create_server((a, int(p))) for a, _, p in (x.rpartition(":") for x in sys.argv[1:])]
print("ready", flush=True)
sys.stdin.read()
"""


def clean(build):
    with World(build, "free") as w:
        for args in ((), ("9877",), ("-q",), ("9877", "127.0.0.1:9878/udp", "1-65535"), ("-tu",), ("--states=any",),
                     ("--states=lingering,listen", "-tu"), ("--reuseaddr", "[::1]:9877"), ("-T", "5"), ("@nobody",),
                     ("/nowhere/at/all",), ("192.0.2.1:9877",), ("--since=%d" % os.getpid(),), ("-4",), ("-6", "80")):
            if "/nowhere" not in args and LISTS_BOUND_ONLY:
                expect("lines", [], check(build, w, *args, status=0))
        doc = parse_document(w.run([build.portwhy, "check", "-j"]).must().out)
        expect("reports", [], doc["reports"])


# Situation, options and targets, and each line as a pattern; {n} is the n-th holder.
PROC = r"situation\[{0}\]"
LINES = [
    ("listener", "9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - %s listener" % PROC]),
    ("listener", "127.0.0.5:9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - %s listener" % PROC]),
    ("listener", "", [r"tcp 0\.0\.0\.0:9877 LISTEN - %s listener" % PROC]),
    ("listener", "9877 127.0.0.1:9877 9870-9880 9877/tcp localhost:9877",
     [r"tcp 0\.0\.0\.0:9877 LISTEN - %s listener" % PROC]),
    ("listener", "--states=LISTEN [::1]:9877 9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - %s listener" % PROC]),
    ("listener", "9878 1-9876 9878-65535 9877/udp", []),
    ("listener-v6", "9877", [r"tcp \[::\]:9877 LISTEN - %s listener" % PROC]),
    ("listener-on-lo", "9877", [r"tcp 0\.0\.0\.0%%lo:9877 LISTEN - %s listener" % PROC]),
    ("listener-two-processes", "9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - situation\[({0}|{1})\]\+1 listener"]),
    ("listener-mapped", "9877", [r"tcp \[::ffff:127\.0\.0\.1\]:9877 LISTEN - %s listener" % PROC]),
    ("time-wait-lacked", "9877", [r"tcp 127\.0\.0\.1:9877 TIME_WAIT ([1-5]?\d|60)s kernel time-wait"]),
    ("time-wait-v6", "", [r"tcp \[::1\]:9877 TIME_WAIT ([1-5]?\d|60)s kernel time-wait"]),
    ("fin-wait-2-orphan", "9877", [r"tcp 127\.0\.0\.1:9877 FIN_WAIT_2 ~\d+s kernel fin-wait-2-orphan"]),
    ("fin-wait-1", "9877", [r"tcp \S+:9877 FIN_WAIT_1 ~\d+s kernel fin-wait-1"]),
    ("close-wait", "9877", [r"tcp 127\.0\.0\.1:9877 CLOSE_WAIT - %s close-wait" % PROC]),
    ("self-connect", "9877", [r"tcp 127\.0\.0\.1:9877 ESTABLISHED - %s self-connect" % PROC]),
    ("hostile-name", "9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - \\x1B\[31mx\\x0A\\xFF\\x0D\\x09\\x5Cx41(\\xE2)?\S*\[{0}\] listener"]),
    ("udp", "-u 9877", [r"udp 0\.0\.0\.0:9877 UNCONN - %s udp-socket" % PROC]),
    ("udp", "-tu", [r"udp 0\.0\.0\.0:9877 UNCONN - %s udp-socket" % PROC]),
    ("udp", "9877", []),
    ("udp-and-tcp", "-tu 9877", [r"tcp 0\.0\.0\.0:9877 LISTEN - \S+ listener", r"udp \S+:9877 UNCONN - \S+ udp-socket"]),
    ("udp-vxlan", "9877/udp", [r"udp \S+:9877 UNCONN - kernel udp-socket"]),
    # What is there and not in the way: by its state only.
    ("half-open", "9877", []),
    ("half-open", "--states=SYN_RECV 9877", [r"tcp \S+:9877 SYN_RECV - kernel -"]),
    ("time-wait-at-client", "9877", []),
    ("listener-v6only", "-4 9877", []),
    ("listener-v6only", "-4 --states=any 9877", []),
    ("listener-reuseport", "--reuseport --states=listen 9877", [r"tcp \S+:9877 LISTEN - \S+ (-|listener)"]),
]
if LISTS_BOUND_ONLY:
    LINES.append(("bound", "9877", [r"tcp 0\.0\.0\.0:9877 BOUND - %s bound-not-listening" % PROC]))


def lines(build, slug, args, patterns):
    with World(build, slug) as w:
        got = check(build, w, *args.split(), status=1 if patterns else 0)
        holders = w.facts.get("holder_pid", [])
    expect("number of lines", len(patterns), len(got))
    for pattern, line in zip(patterns, got):
        pattern = re.sub(r"\{(\d)\}", lambda m: str(holders[int(m.group(1))]), pattern)
        if not re.fullmatch(pattern.replace(" ", "\t"), "\t".join(line)):
            raise Failure(differ("line", pattern, line))


def never_folded(build):
    """As many lines as the kernel has sockets, whatever they are; without a target and over a range, too."""
    for slug in ("time-wait-many", "time-wait-1001", "mixed", "established-children", "close-wait-of-listener"):
        with World(build, slug) as w:
            states = kernel_lists(w)
            for args in (("9877",), ("9000-9999",), ()):
                got = [line[2] for line in check(build, w, *args, status=1) if line[1].endswith(":9877")]
                expect("%s %s" % (slug, args), states, sorted(state for state in got if state != "BOUND"))


def by_state(build):
    """Each state and group, in either spelling, has what the kernel's own table has of it."""
    groups = {"lingering": LINGERING, "listen": {"LISTEN"}, "any": set(STATES.values())}
    for slug in ("mixed", "close-wait-of-listener", "fin-wait-2-orphan", "established-children", "closing"):
        with World(build, slug) as w:
            states = kernel_lists(w)
            for word, meant in [*groups.items(), *((s, {s}) for s in STATES.values())]:
                for spelled in (word, word.lower().replace("_", "-")):
                    wanted = [s for s in states if s in meant]
                    got = check(build, w, "--states=" + spelled, "9877", status=1 if wanted else 0)
                    expect("%s --states=%s" % (slug, spelled), wanted,
                           sorted(line[2] for line in got if line[2] not in ("BOUND", "CLOSE")))


# The options of the socket that would be bound, and the mix by which kernel_answers() knows it.
MIXES = [((), "plain"), (("--reuseaddr",), "reuseaddr"), (("--reuseport",), "reuseport")]
AS_BIND = ["free", "listener", "listener-reuseaddr", "listener-v6only", "listener-specific", "time-wait-lacked",
           "time-wait-reuse", "time-wait-with-listener", "fin-wait-2-orphan-reuse", "fin-wait-2-half-closed-reuse",
           "accepted-connection-reuse", "accepted-connection", "close-wait-reuse", "close-wait", "half-open"]
AS_BIND += ["bound", "bound-reuseaddr"] if LISTS_BOUND_ONLY else []


def as_bind(build, slug):
    """Never 0 where bind() fails, never 1 where it works; 3, with a reason, only where options are not to be seen."""
    truth = kernel_answers(build, slug, BOTH)
    with World(build, slug) as w:
        for options, mix in MIXES:
            fails = "EADDRINUSE" in [truth[addr, mix] for addr in BOTH]
            ran = w.run([build.portwhy, "check", *options, "9877"])
            allowed = {1 if fails else 0} | ({3} if options and slug != "free" else set())
            if ran.status not in allowed:
                raise Failure(differ("%s %s" % (slug, mix), allowed, ran.status))
            if (len(told(slug, ran.out)) > 0) != (ran.status == 1) or len(ran.err.splitlines()) != (ran.status == 3):
                raise Failure("%s %s: status %d, %r, %r" % (slug, mix, ran.status, ran.out, ran.err))


def dead_options(build):
    """What nothing shows of a dead connection is said, and a state asked for is found all the same."""
    for slug in ("time-wait-reuse", "time-wait-lacked"):
        with World(build, slug) as w:
            check(build, w, "--reuseaddr", "9877", status=3, complaint=True)
            check(build, w, "--reuseaddr", "-q", "9877", status=3)
            check(build, w, "--reuseaddr", status=3, complaint=True)
            for args in ((), ("9877",)):
                why = "portwhy: tcp 9877 is unsure: it hangs on an option (SO_REUSEADDR, "
                expect("why", why, why_unsure(build, w, "--reuseaddr", *args)[:len(why)])
            expect("by state", 1, len(check(build, w, "--reuseaddr", "--states=time-wait", "9877", status=1)))
            check(build, w, "--reuseaddr", "--states=listen", "9877", status=0)


def quiet_and_json(build):
    with World(build, "time-wait-with-listener") as w:
        expect("-q", [], check(build, w, "-q", status=1))
        for args in ((), ("--states=lingering",), ("--states=time-wait,blocking",)):
            expect("-q", [], check(build, w, "-q", *args, "9877", status=1))
        check(build, w, "-q", "--states=closing", "9877", status=0)
        for args, states in (((), ["LISTEN", "TIME_WAIT"]), (("--states=listen", "9877"), ["LISTEN"]),
                             (("--states=lingering", "9870-9880"), ["TIME_WAIT"])):
            ran = w.run([build.portwhy, "check", "-j", *args])
            doc = parse_document(ran.out)
            rows = [s for r in doc["reports"] for s in r["sockets"] if r["target"]["port"] == 9877]
            expect("status", 1, ran.status)
            expect("matches of %s" % (args,), states, sorted({s["state"] for s in rows if s["matches"]}))
            expect("no others", [], [s for s in rows if not s["matches"] and s["state"] in states])
        ran = w.run([build.portwhy, "check", "-j", "9878"])
        expect("nothing", (0, [[]]), (ran.status, [r["sockets"] for r in parse_document(ran.out)["reports"]]))
        rows = parse_document(w.run([build.portwhy, "-j", "9877"]).out)["reports"][0]["sockets"]
        if "matches" in rows[0]:
            raise Failure("a report that no check made has the key matches")


def unix_paths(build):
    """A file that was left fails a bind() though nobody has it: one line, and never a second for one socket."""
    with folder() as d, unix_world(build, "stale", d + "/s") as w:
        for name, slug in ((d + "/s", "unix-stale-path"), (d + "/a\tb", "unix-not-a-socket")):
            if slug != "unix-stale-path":
                open(name, "w").close()
            expect("bind()", b"EADDRINUSE", w.run([PYTHON, "-c", BIND, "stream", name]).must().out.strip())
            shown = name.replace("\t", "\\x09")
            expect(slug, [["unix", shown, "-", "-", "-", slug]], check(build, w, name, status=1))
            check(build, w, "--states=any", name, status=0)
            check(build, w, "--save", d + "/saved", status=0)
            expect("before", 1, len(check(build, w, "--since", d + "/saved", name, status=1)))
    for kind, name, state, cause in (("listener", "s", "LISTEN", "unix-listener"), ("bound-dgram", "s", "BOUND", "unix-bound")):
        with folder() as d, unix_world(build, kind, d + "/" + name) as w:
            path, holder = d + "/" + name, r"unixes[%d]" % w.facts["holder_pid"][0]
            expect("bind()", b"EADDRINUSE", w.run([PYTHON, "-c", BIND, "stream", path]).must().out.strip())
            expect(kind, [["unix", path, state, "-", holder, cause]], check(build, w, path, path, "unix:" + path, status=1))
            check(build, w, path + "x", status=0)


def all_netns(build):
    """A seventh field says where; what holds nothing there has no line."""
    with World(build, "listener") as w:
        inner = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
        with program(w, HOLD, "127.0.0.1:9877", wrap=inner) as p:
            got = check(build, w, "--all-netns", "9877", status=1, fields=7)
            expect("places", ["of situation (pid %d)" % w.process.pid, "of python3 (pid %d)" % p.pid],
                   [re.sub(r"of (unshare|sh) ", "of python3 ", line[6]) for line in got])
            expect("holders", ["situation[%d]" % w.facts["holder_pid"][0], "python3[%d]" % p.pid], [line[4] for line in got])
            expect("-N", 1, len(check(build, w, "-N", str(p.pid), "9877", status=1)))
            check(build, w, "-N", str(p.pid), "--states=listen", "9878", status=0)
            with tempfile.NamedTemporaryFile() as saved:
                check(build, w, "--all-netns", "--save", saved.name, status=0)
                ran = w.run([build.portwhy, "check", "--all-netns", "--since", saved.name])
        # What may not be entered (that of the machine, mostly) could have one.
        expect("since then", (b"", ran.status == 3), (ran.out, len(ran.err.splitlines()) == 1))
        with folder() as d, program(w, HOLD, wrap=inner):
            open(d + "/left", "w").close()
            got = check(build, w, "--all-netns", d + "/left", status=1, fields=7)
            expect("a file is the same everywhere", ["unix-not-a-socket"], [line[5] for line in got])


def why_unsure(build, world, *args, wrap=()):
    return world.run([*wrap, build.portwhy, "check", *args]).err.decode()


def unsure(build):
    """A gap that could hide one: 3 and why, unless something matched or the gap hides no such one."""
    blind = without(build, "netlink")
    hidden = "is unsure: a socket that nothing lists may hold the port\n"
    with World(build, "listener") as w:
        # Where all descriptors can be seen nothing is hidden.
        is_open = w.run([*blind, build.portwhy, "-q", "--probe=never", "9878"]).status == 3
        for target in ("9878", "9870-9876"):
            check(build, w, target, status=3 if is_open else 0, complaint=is_open, wrap=blind)
            why = "portwhy: tcp %s %s" % (target, hidden) if is_open else ""
            expect("why", why, why_unsure(build, w, target, wrap=blind))
        check(build, w, "--states=time-wait", "9878", status=0, wrap=blind)
        expect("1 wins", 1, len(check(build, w, "9878", "9877", status=1, wrap=blind)))
        expect("1 wins, without a target", 1, len(check(build, w, status=1, wrap=blind)))
        check(build, w, "--save=/dev/null", status=2, complaint=True, wrap=blind)
        may_not = (*w.enter(), "unshare", "-n", "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
        for state in "blocking", "listen":
            check(build, None, "-N", str(w.process.pid), "--states=" + state, "9877", status=3, complaint=True, wrap=may_not)


def errors_that_are_no_offence(build):
    with World(build, "listener", 80) as w:
        check(build, w, "81", status=0, wrap=NO_PRIVILEGE)
        check(build, w, "1-79", status=0, wrap=NO_PRIVILEGE)
        expect("a listener there", 1, len(check(build, w, "80", status=1, wrap=NO_PRIVILEGE)))
        check(build, w, "192.0.2.1:9877", "[2001:db8::1]:9877", status=0)


BAD = [("--states=nonsense",), ("--states=",), ("--states=any,\x1b[31m",), ("--since=/nowhere/at/all",), ("--since=",),
       ("--since=0",), ("--since=99999999999999999999",), ("--since=4194999",), ("--since=/",), ("--since=/dev/null",),
       ("--save=/nowhere/at/all",), ("--save=",), ("-T", "x"), ("-T", "-1"), ("-T", ""), ("--save=x", "--since=y"),
       ("9877x",), ("--output=/nowhere/at/all",)]


def bad_usage(build):
    with World(build, "free") as w:
        for args in BAD:
            check(build, w, *args, status=2, complaint=True)
        for option in ("--states=any", "--save=x", "--since=1", "-T1"):
            ran = w.run([build.portwhy, option, "9877"])
            if ran.status != 2 or b"belongs to check" not in ran.err or ran.out:
                raise Failure("%s without check: %d, %r" % (option, ran.status, ran.err))


def full_disk(build):
    """Status 2 and a line, nothing half-written; a closed pipe is silent."""
    small = ("unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=4k,nr_inodes=9 none "$0" && cd "$0" &&'
             ' { yes >full 2>/dev/null; :; } && "$@"; status=$?; ls >&2; exit $status')
    with World(build, "listener") as w, folder() as d:
        for option in ("--output=/dev/full", "--save=/dev/full"):
            check(build, w, option, status=2, complaint=True)
        for option in ("--output=x", "--save=x"):
            ran = w.run([*small, d, build.portwhy, "check", option])
            if ran.status != 2 or len(ran.err.splitlines()) != 2 or not ran.err.endswith(b"\nfull\n"):
                raise Failure("%s on a full disk: %d, %r" % (option, ran.status, ran.err))
        for shell, status in (('exec "$@"', -signal.SIGPIPE), ("trap '' PIPE; exec \"$@\"", 2)):
            ran = closed_pipe([*w.enter(), "sh", "-c", shell, "sh", build.portwhy, "check"])
            expect("closed pipe", (status, b""), (ran.status, ran.err))


def closed_pipe(argv):
    read, write = os.pipe()
    os.close(read)
    p = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE, timeout=PATIENCE, env=ENV)
    os.close(write)
    return Ran(argv, p.returncode, b"", p.stderr)


def output_file(build):
    """The same lines in a file, empty where there are none; -q is about standard output."""
    with World(build, "listener") as w, folder() as d:
        wanted = w.run([build.portwhy, "check"]).out
        for args, status, content in (((), 1, wanted), (("-q",), 1, wanted), (("9878",), 0, b"")):
            expect("lines", [], check(build, w, "--output", d + "/x", *args, status=status))
            with open(d + "/x", "rb") as f:
                expect("the file", content, f.read())


def timeout(build):
    """Ends with 0 once nothing matches, with 1 when the time is over and not before."""
    with World(build, "free") as w:
        with program(w, HOLD, ":9877") as held:
            for seconds in ("0", "0.5"):
                began = time.monotonic()
                expect("lines", 1, len(check(build, w, "-T", seconds, "9877", status=1)))
                if time.monotonic() - began < float(seconds):
                    raise Failure("-T %s: it ended early" % seconds)
            waits = subprocess.Popen([*w.enter(), build.portwhy, "check", "-T", str(PATIENCE), "9877"], env=ENV,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if waits.poll() is not None:
                raise Failure("it did not wait")
            held.stdin.close()
            held.stdin = None
        began = time.monotonic()
        out, err = waits.communicate(timeout=PATIENCE)
    expect("once it is gone", (0, b"", b""), (waits.returncode, out, err))
    if time.monotonic() - began > PATIENCE / 2:
        raise Failure("it noticed late")


CHECKING = [
    ("check-clean", clean),
    ("check-never-folded", never_folded),
    ("check-by-state", by_state),
    ("check-dead-options", dead_options),
    ("check-quiet-and-json", quiet_and_json),
    ("check-unix", unix_paths),
    ("check-all-netns", all_netns),
    ("check-unsure", unsure),
    ("check-no-offence", errors_that_are_no_offence),
    ("check-bad-usage", bad_usage),
    ("check-full-disk", full_disk),
    ("check-output-file", output_file),
    ("check-timeout", timeout),
]
CHECKING += [("check-as-bind-" + slug, lambda b, slug=slug: as_bind(b, slug)) for slug in AS_BIND]
CHECKING += [("check-line-%d-%s" % (i, row[0]), lambda b, row=row: lines(b, *row)) for i, row in enumerate(LINES)]
