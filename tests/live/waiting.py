# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy wait: it returns when bind() works, and not before, whoever has the port meanwhile.

Nothing here measures time: that a wait goes on is seen by its sleeping again after
what has happened.
"""
import os
import re
import tempfile
import time

from cases import NO_PRIVILEGE
from expect import WATCHED, ask_one, differ
from netns import beside, pid_of
from special import without
from waiter import Holder, Wait
from world import PATIENCE, Failure, Skip, World, nested


def works(w, build, address="127.0.0.1", port=9877, udp=False):
    """The kernel agrees."""
    kind = ("-p", "udp") if udp else ()
    answer = w.run([build.tool("binds"), *kind, "-s", "0", str(port), address]).must().out.decode().split()[:3]
    if answer != [address, "plain", "ok"]:
        raise Failure("it returned, and bind() fails: %s" % answer)


def free_at_once(build):
    """Nothing to wait for: silence and 0."""
    with World(build, "free") as w, tempfile.TemporaryDirectory() as folder:
        for args in (["9877"], ["-u", "9877"], ["-tu", "9877"], ["-4", "9877"], ["-6", "9877"], ["9870-9880"], ["0"],
                     ["--reuseaddr", "9877"], ["--reuseport", "9877"], ["--v6only", "[::]:9877"], ["--device=lo", "9877"],
                     ["--probe=never", "9877"], ["--probe=always", "9877"], ["-N", pid_of(w), "9877"], ["--user=0", "9877"],
                     ["-q", "9877"], ["-T", "0", "9877"], [folder + "/sock"], ["@portwhy-wait"], ["9877", "9878", "9879/udp"]):
            Wait(w, build, *args).ends(0)


# What is held, how it is asked for, and which line frees it.
HELD = {
    "listener": ("s = listening(9877)", ("9877",), "s.close()"),
    "listener-wildcard": ("s = listening(9877, address='0.0.0.0')", ("[::1]:9878", "127.0.0.1:9877"), "s.close()"),
    "bound": ("s = bound(9877)", ("9877",), "s.close()"),
    "udp": ("s = bound(9877, UDP)", ("-u", "9877"), "s.close()"),
    "both-protocols": ("s = bound(9877, UDP)", ("-tu", "9877"), "s.close()"),
    "accepted": ("l = listening(9877); c = socket.create_connection(('127.0.0.1', 9877)); s, _ = l.accept(); l.close()",
                 ("9877",), "s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\x01' + bytes(7)); s.close()"),
    "abstract": ("s = named('\\0portwhy-wait')", ("@portwhy-wait",), "s.close()"),
    "exhausted": ("open('/proc/sys/net/ipv4/ip_local_port_range', 'w').write('40000 40001'); "
                  "s = [bound(p, address='0.0.0.0') for p in (40000, 40001)]", ("-4", "0"), "s.clear()"),
    "user": ("s = bound(9877, TCP, (socket.SO_REUSEPORT,))", ("--user=0", "9877"), "s.close()"),
    "range": ("s = [listening(p) for p in (9871, 9875)]", ("9870-9880",), "s.clear()"),
}


def held(build, name, wrap=()):
    make, args, free = HELD[name]
    with World(build, "free") as w, Holder(w, make) as h, Wait(w, build, *args, wrap=wrap) as wait:
        wait.sleeps()
        h.does(free)
        wait.ends(0)
        if "9877" in args and "-u" not in args:
            works(w, build)


def killed(build):
    """A process that is killed, and all its sockets with it."""
    with World(build, "free") as w, Holder(w, "s = listening(9877)") as h, Wait(w, build, "9877") as wait:
        wait.sleeps()
        h.dies()
        wait.ends(0)
        works(w, build)


def replaced(build):
    """Another one takes over before the first has gone."""
    make = "s = listening(9877, TCP, (socket.SO_REUSEPORT,))"
    with World(build, "free") as w, Holder(w, make) as first, Wait(w, build, "9877") as wait:
        wait.sleeps()
        with Holder(w, make) as second:
            first.dies()
            wait.sleeps()
            with Holder(w, make):
                second.dies()
                wait.sleeps()
        wait.ends(0)
        works(w, build)


def one_by_one(build):
    """All ports of a range, all targets: the last one counts."""
    with World(build, "free") as w, Holder(w, "a, b, c = listening(9871), listening(9875), bound(9999, UDP)") as h:
        with Wait(w, build, "9870-9880", "9999/udp") as wait:
            wait.sleeps()
            h.does("a.close()")
            wait.sleeps()
            h.does("b.close()")
            wait.sleeps()
            h.does("c.close()")
            wait.ends(0)


def reuseaddr(build):
    """With SO_REUSEADDR it need not wait for the connections of the listener."""
    make = ("l = listening(9877, TCP, (socket.SO_REUSEADDR,)); c = socket.create_connection(('127.0.0.1', 9877)); "
            "s, _ = l.accept()")
    with World(build, "free") as w, Holder(w, make) as h:
        with Wait(w, build, "--reuseaddr", "9877") as early, Wait(w, build, "9877") as late:
            early.sleeps()
            late.sleeps()
            h.does("l.close()")
            early.ends(0)
            late.sleeps()
            h.does("s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\x01' + bytes(7)); s.close()")
            late.ends(0)
    with World(build, "time-wait-reuse") as w:
        Wait(w, build, "--reuseaddr", "9877").ends(0)
        Wait(w, build, "-T", "0", "9877").ends(1, "^portwhy: timed out: tcp 9877: TIME_WAIT, [0-9]+ s left$")


# How it is asked, and the command that the fix names.
ASKED = [
    (("9877",), "9877"), (("tcp:9877",), "9877"), (("127.0.0.1:9877",), "127.0.0.1:9877"), (("-4", "9877"), "-4 9877"),
    (("--reuseaddr", "9877"), "--reuseaddr 9877"), (("--reuseaddr", "--reuseport", "9877"), "--reuseaddr --reuseport 9877"),
    (("--v6only", "127.0.0.1:9877"), "--v6only 127.0.0.1:9877"), (("--user=root", "9877"), "--user=0 9877"),
    (("--device=lo", "127.0.0.1:9877"), "--device=lo 127.0.0.1:9877"), (("127.0.0.1%lo:9877",), "127.0.0.1%lo:9877"),
    (("--to=127.0.0.1:80", "9877"), "--to=127.0.0.1:80 9877"),
]


def fix(build):
    """The fix names the wait for the very same socket."""
    with World(build, "time-wait-lacked") as w:
        for args, wanted in ASKED:
            report = ask_one(build, w, args[-1], options=args[:-1])
            commands = [f["command"] for c in report["causes"] for f in c["fixes"] if f["id"] == "wait"]
            if commands != ["portwhy wait " + wanted]:
                raise Failure(differ(" ".join(args), wanted, commands))
            w.run(["sh", "-c", commands[0].replace("portwhy wait", '"$0" wait -T 0'), build.portwhy]).err.index(b"TIME_WAIT")
    with nested(build, "time-wait-lacked") as w:
        report = ask_one(build, None, "9877", wrap=beside(w), options=("-N", pid_of(w)))
        if report["causes"][0]["fixes"][0]["command"] != "portwhy wait -N %s 9877" % pid_of(w):
            raise Failure("-N: %s" % report["causes"][0]["fixes"][0])


def timer(build):
    """A FIN_WAIT_2 that nobody holds ends by its timer."""
    make = ("open('/proc/sys/net/ipv4/tcp_fin_timeout', 'w').write('1'); l = listening(9877); "
            "c = socket.create_connection(('127.0.0.1', 9877)); s, _ = l.accept(); l.close(); s.close()")
    with World(build, "free") as w, Holder(w, make), Wait(w, build, "9877") as wait:
        wait.ends(0)
        works(w, build)


def time_wait(build):
    """The whole of it; of that time next to nothing is spent."""
    with World(build, "time-wait-lacked") as w, Wait(w, build, "9877") as wait:
        wait.sleeps()
        began = time.monotonic()
        _, status, used = os.wait4(wait.process.pid, 0)
        wait.process.returncode = status
        if status:
            raise Failure("status %d: %r" % (status, wait.process.communicate()))
        works(w, build)
        share = (used.ru_utime + used.ru_stime) / (time.monotonic() - began)
        if share > 0.01 and not build.is_sanitized:
            raise Failure("it took %.1f %% of the time of a processor" % (100 * share))


def destroyed(build):
    """What no message and no timer tells: TIME_WAIT that is thrown away."""
    with World(build, "time-wait-lacked") as w, Wait(w, build, "9877") as wait:
        wait.sleeps()
        ran = w.run(["ss", "-tK", "state", "time-wait", "sport", "=", ":9877"])
        if ran.status != 0 or b"9877" in w.run(["ss", "-tan"]).must().out:
            raise Skip("ss -K does not destroy a TIME_WAIT here")
        wait.ends(0)
        works(w, build)


def timeout(build):
    with World(build, "free") as w, Holder(w, "s = listening(9877)") as h, tempfile.NamedTemporaryFile() as file:
        holder = "tcp 9877: python3[^ ]* .pid %d, root. listens on it" % h.process.pid
        for seconds in ("0", "0.2", ".2", "1", "0.000"):
            Wait(w, build, "-T", seconds, "9877").ends(1, "^portwhy: timed out: %s$" % holder)
        Wait(w, build, "--timeout=0", "9878", "9877", "192.0.2.1:9877").ends(1, r"has no such address \(and 1 more\)$|\(and 1 more\)$")
        Wait(w, build, "-T0", "127.0.0.1:9877", "9877").ends(1, r"\(and 1 more\)$")
        Wait(w, build, "-T0", file.name).ends(1, "a regular file has that name$")
        Wait(w, build, "-q", "-T", "0.2", "9877").ends(1)
        for bad in ("", "x", "-1", "1e3", "1,5", "0x1", "1.2.3", ".", "1s", "9999999999"):
            Wait(w, build, "--timeout=" + bad, "9878").ends(2, "^portwhy: --timeout '%s': seconds are wanted" % re.escape(bad))
        for args in (["-T", "1", "9877"], ["why", "--timeout=1", "9877"], ["explain", "-T1"]):
            ran = w.run([build.portwhy, *args])
            if (ran.status, ran.out, ran.err) != (2, b"", b"portwhy: --timeout belongs to check and wait\n"):
                raise Failure("%s: %s %r %r" % (args, ran.status, ran.out, ran.err))
        Wait(w, build, "--all-netns", "9877").ends(2, "^portwhy: --all-netns: ")
        Wait(w, build).ends(2, "^portwhy: a target is wanted")


def refused(build):
    """What waiting does not mend ends it at once, and is said."""
    with World(build, "free") as w:
        low = "only root may bind ports below 1024.$"
        Wait(w, build, "80", wrap=NO_PRIVILEGE).ends(1, "^portwhy: tcp 80 is refused: bind.. fails with EACCES, " + low)
        Wait(w, build, "-q", "80", wrap=NO_PRIVILEGE).ends(1)
        some = "^portwhy: tcp 1020-1030 is refused: bind.. fails with EACCES on 4 of its ports, only root may bind those below 1024.$"
        Wait(w, build, "1020-1030", wrap=NO_PRIVILEGE).ends(1, some)
        Wait(w, build, "9877", "80", wrap=NO_PRIVILEGE).ends(1, "^portwhy: tcp 80 is refused")
        Wait(w, build, "/nonexistent/sock").ends(1, "^portwhy: unix /nonexistent/sock is refused: bind.. fails with ENOENT")
        with Holder(w, "s = listening(80)"):
            Wait(w, build, "80", wrap=NO_PRIVILEGE).ends(1, "EACCES")


def unsure(build):
    """What cannot be known is said at once; where a trial tells, it waits."""
    with World(build, "time-wait-lacked") as w:
        asked = ("--reuseaddr", "9877")
        Wait(w, build, "--probe=never", *asked).ends(3, "^portwhy: tcp 9877: unsure: .*SO_REUSEADDR.*; without --probe=never it is tried$")
        Wait(w, build, "-q", "--probe=never", *asked).ends(3)
        Wait(w, build, "-T0", *asked).ends(1, "TIME_WAIT")
    with nested(build, "free") as w:
        may_not = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
        Wait(w, build, "-N", pid_of(w), "9877", wrap=may_not, enter=beside(w)).ends(3, "may not be entered")


def address(build):
    """An address that comes."""
    with World(build, "free") as w, Wait(w, build, "192.0.2.7:9877") as wait:
        wait.sleeps()
        w.run(["ip", "address", "add", "192.0.2.7/32", "dev", "lo"]).must()
        wait.ends(0)
        works(w, build, "192.0.2.7")


def path(build):
    """A file that is removed, and one that is replaced first."""
    with World(build, "free") as w, tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "sock")
        with Holder(w, "s = named(%r)" % name) as h, Wait(w, build, name) as wait:
            wait.sleeps()
            h.does("s.close()")
            wait.sleeps()
            with open(name + ".new", "w"):
                os.rename(name + ".new", name)
            wait.sleeps()
            os.unlink(name)
            wait.ends(0)


def elsewhere(build):
    """In another network namespace: the end of its sockets is heard there."""
    with nested(build, "free") as w, Holder(w, "s = listening(9877)") as h:
        with Wait(w, build, "-N", pid_of(w), "9877", enter=beside(w)) as wait:
            wait.sleeps()
            h.does("s.close()")
            wait.ends(0)


def until_logged(log, what, process):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = open(log.name, "rb").read()
        if what in text:
            return text
        if process.poll() is not None:
            raise Skip("strace may not trace") if not text else Failure("it does not wait: %r" % text[-300:])
        time.sleep(0.01)
    raise Failure("no %r in %r" % (what, text[-300:]))


def announced(build):
    """The end of a holder wakes it; no look is taken on suspicion."""
    for name in ("listener", "bound", "udp", "accepted"):
        make, args, free = HELD[name]
        with World(build, "free") as w, Holder(w, make) as h, tempfile.NamedTemporaryFile() as log:
            watch = ("strace", "-f", "-e", "trace=poll,ppoll", "-o", log.name)
            with Wait(w, build, *args, wrap=watch, env=WATCHED) as wait:
                until_logged(log, b"poll(", wait.process)
                h.does(free)
                wait.ends(0)
            lines = [line for line in log.read().splitlines() if b"poll(" in line]
            woken = [i for i, line in enumerate(lines) if b"revents=POLLIN" in line]
            slept = [int(n) for n in re.findall(rb"1, ([0-9]+)\) += 0 .Timeout", b"\n".join(lines[woken[0]:]))] if woken else []
            if not woken or max(slept, default=0) > 100:
                raise Failure("%s: not woken: %r" % (name, lines))


def busy(build):
    """What ends on the port beside the holder is no reason to look."""
    crowd = 3000
    make = "l = listening(9877, TCP, (socket.SO_REUSEADDR,), '0.0.0.0')"
    connect = ("for i in range(%d):\n c = socket.create_connection(('127.0.0.1', 9877)); s, _ = l.accept(); "
               "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\x01' + bytes(7)); c.close(); s.close()" % crowd)
    with World(build, "free") as w, Holder(w, make) as h, tempfile.NamedTemporaryFile() as log:
        watch = ("strace", "-f", "-e", "trace=poll,ppoll,sendto", "-o", log.name)
        with Wait(w, build, "9877", wrap=watch, env=WATCHED) as wait:
            first = until_logged(log, b"poll(", wait.process).count(b"sendto(")
            h.does("exec(%r)" % connect)
            h.does("l.close()")
            wait.ends(0)
        looks = log.read().count(b"sendto(") // max(first, 1)
    if not first or looks > crowd // 30:  # some for what the listener leaves
        raise Failure("%d looks for %d connections" % (looks, crowd))


def binds_tried(build, w, *args):
    """How often it binds port 9877 itself."""
    with tempfile.NamedTemporaryFile() as log:
        ran = w.run(["strace", "-f", "-e", "trace=bind", "-o", log.name, build.portwhy, "wait", *args], WATCHED)
        if b"ptrace" in ran.err:
            raise Skip("strace may not trace")
        return log.read().count(b"htons(9877)")


def tries_little(build):
    """While a socket is in the way nothing is tried; what only a trial tells, once for each state of the sockets."""
    with World(build, "free") as w, Holder(w, "s = listening(9877, address='0.0.0.0')"):
        for args in (("9877",), ("--reuseaddr", "9877"), ("-u", "9878", "tcp:9877")):
            if binds_tried(build, w, "-T", "0", *args):
                raise Failure("%s: bind() is tried" % (args,))
        if not binds_tried(build, w, "-T", "0", "9878", "127.0.0.1:9877/udp"):
            raise Failure("what nothing stands in the way of is not tried")
        if binds_tried(build, w, "-T", "0", "9877", "127.0.0.1:9877/udp"):
            raise Failure("one target is tried while another one is taken")
    with World(build, "time-wait-lacked") as w:
        once = binds_tried(build, w, "-T", "0", "--reuseaddr", "9877")
        longer = binds_tried(build, w, "-T", "5.5", "--reuseaddr", "9877")  # a look later
        if not once or longer != once:
            raise Failure("bind() is tried %d times at once, then %d" % (once, longer))
        if binds_tried(build, w, "-T", "0", "--probe=never", "--reuseaddr", "9877"):
            raise Failure("--probe=never: bind() is tried")


WAITING = [
    ("wait-free", free_at_once),
    ("wait-killed", killed),
    ("wait-replaced", replaced),
    ("wait-one-by-one", one_by_one),
    ("wait-reuseaddr", reuseaddr),
    ("wait-fix", fix),
    ("wait-timer", timer),
    ("wait-timeout", timeout),
    ("wait-refused", refused),
    ("wait-unsure", unsure),
    ("wait-address", address),
    ("wait-path", path),
    ("wait-elsewhere", elsewhere),
    ("wait-announced", announced),
    ("wait-busy", busy),
    ("wait-no-netlink", lambda b: held(b, "listener", without(b, "netlink"))),
]
WAITING += [("wait-" + name, lambda b, name=name: held(b, name)) for name in HELD]

# These sleep most of the time.
WAITING_LONG = [("wait-time-wait", time_wait), ("wait-destroyed", destroyed), ("wait-tries-little", tries_little)]
