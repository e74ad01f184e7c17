# SPDX-License-Identifier: GPL-2.0-or-later
"""Other network namespaces: the one that -N names, with --all-netns all, and those
that hold what is free here; a port that is held on another address here.

A world's namespace is nested in a user namespace; beside() is a second, empty
network namespace over the same user namespace, so that it may go from one to the
other, and nobody outside is concerned.
"""
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager

from cases import TWO_DEVICES
from expect import BOUND_ONLY, ask, ask_one, differ
from special import without
from world import ENV, LISTS_BOUND_ONLY, OWN_USER, PATIENCE, Failure, Skip, kernel_answers, nested, run

# Takes the right to enter a namespace away.
MAY_NOT = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin")
ELSEWHERE = ("unshare", "-n")
# In a namespace that has never had an address every IPv4 address can be bound.
UP = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")

# A process in a namespace of its own whose one socket, a listener, is of the namespace that it left.
LEAVES = """
import ctypes, socket, sys
s = socket.create_server(("", 9877))
if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
    print("skip", flush=True)
print("ready", flush=True)
sys.stdin.read()
"""


def expect(what, wanted, got):
    if got != wanted:
        raise Failure(differ(what, wanted, got))


def beside(w):
    return ("nsenter", "-t", str(w.process.pid), "-U", "--preserve-credentials", *ELSEWHERE, "--")


def pid_of(w):
    return str(w.process.pid)


def inode_of(pid):
    return os.stat("/proc/%s/ns/net" % pid).st_ino


def named(w, name="blue", of=None):
    """The same, with a /run/netns of its own in which a namespace has that name."""
    script = ('mount -t tmpfs none /run && mkdir /run/netns && : >"/run/netns/$1" && : >/run/netns/left &&'
              ' mount --bind "/proc/$0/ns/net" "/run/netns/$1" && shift && exec "$@"')
    wrap = (*beside(w), "unshare", "-m", "sh", "-c", script, str(of or pid_of(w)), name)
    if run([*wrap, "true"]).status != 0:
        raise Skip("no namespace can be given a name here")
    return wrap


def told(report):
    return {"verdict": report["verdict"], "causes": [c["id"] for c in report["causes"]], "netns": report["netns"],
            "owners": [o["pid"] for s in report["sockets"] for o in s["owners"]]}


def first_line(build, wrap, options, target="9877"):
    """The first sentence of the words, which may be wrapped."""
    return " ".join(run([*wrap, build.portwhy, *options, target]).out.decode().split("\n\n")[0].split())


def by_each_name(build):
    """By process, path and name: the same socket and holder; where we are it is free."""
    with nested(build, "listener", prefix=ELSEWHERE) as w:
        inode, holder = inode_of(pid_of(w)), w.facts["holder_pid"]
        ways = [(beside(w), pid_of(w), None, "of situation (pid %s)" % pid_of(w)),
                (beside(w), "/proc/%s/ns/net" % pid_of(w), None, "/proc/%s/ns/net" % pid_of(w)),
                (named(w), "blue", "blue", "blue"), (named(w), "/run/netns/blue", "blue", "blue"),
                (named(w), pid_of(w), "blue", "blue"), (named(w, "7"), "7", "7", "7")]
        for wrap, name, called, label in ways:
            for probe in ("auto", "never"):
                expect("-N %s" % name, {"verdict": "taken", "causes": ["listener"], "owners": holder,
                                        "netns": {"inode": inode, "name": called}},
                       told(ask_one(build, None, "9877", probe, wrap, ("-N", name))))
            line = first_line(build, wrap, ("--netns=" + name,))
            if not line.startswith("tcp 9877 in network namespace %s is taken: situation" % label):
                raise Failure("-N %s: first line: %s" % (name, line))
        expect("without -N", "free", ask_one(build, None, "9877", "auto", beside(w))["verdict"])
        expect("other port", "free", ask_one(build, None, "9878", "auto", beside(w), ("-N", pid_of(w)))["verdict"])
        line = first_line(build, beside(w), ("-N", pid_of(w)), "9870-9880")
        expect("a range", "tcp 9870-9880 in network namespace of situation (pid %s): 1 of 11 ports not free." % pid_of(w), line)


def by_proc_too(build):
    """/proc/net is that of the namespace."""
    wrap = without(build, "netlink")
    with nested(build, "listener", prefix=ELSEWHERE) as w:
        report = ask_one(build, None, "9877", "never", (*beside(w), *wrap), ("-N", pid_of(w)))
        expect("by /proc/net", (["listener"], w.facts["holder_pid"]), (told(report)["causes"], told(report)["owners"]))


def all_of_it(build):
    """Settings, devices and the trial are those of the namespace."""
    setup = ("sh", "-c", 'echo "40000 40010" >/proc/sys/net/ipv4/ip_local_port_range && exec "$@"', "sh")
    with nested(build, "free", prefix=(*ELSEWHERE, *setup, *TWO_DEVICES)) as w:
        there = ("-N", pid_of(w))
        left = ask_one(build, None, "0", "auto", beside(w), there)["ephemeral"]
        expect("range", (40000, 40010), (left["first"], left["last"]))
        for target, wanted in (("0.0.0.0%v0:9877", "free"), ("127.0.0.1:9877", "free"), ("10.0.0.1:9877", "refused")):
            expect(target, wanted, ask_one(build, None, target, "auto", beside(w), there)["verdict"])
        for options, target in (((), "0.0.0.0%v0:9877"), (there, "0.0.0.0%v7:9877")):
            expect("device %s %s" % (target, options), 2, run([*beside(w), build.portwhy, *options, target]).status)


@contextmanager
def wanderer(w):
    """A process that holds a listener of the world's namespace and has gone to another one."""
    process = subprocess.Popen(["nsenter", "-t", pid_of(w), "-U", "--preserve-credentials", "-n", sys.executable, "-c", LEAVES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV)
    try:
        if process.stdout.readline() != b"ready\n":
            raise Skip("a process cannot leave its namespace here")
        yield process.pid
    finally:
        process.communicate(timeout=PATIENCE)


def socket_of_another(build):
    """A socket belongs to the namespace that it was made in, wherever its process is."""
    with nested(build, "free", prefix=ELSEWHERE) as w, wanderer(w) as pid:
        expect("where the socket is", ("taken", [pid]),
               (lambda t: (t["verdict"], t["owners"]))(told(ask_one(build, None, "9877", "auto", beside(w), ("-N", pid_of(w))))))
        expect("where its process is", ("free", inode_of(pid)),
               (lambda t: (t["verdict"], t["netns"]["inode"]))(
                   told(ask_one(build, None, "9877", "auto", beside(w), ("-N", str(pid))))))


def may_not_be_entered(build):
    """The kernel lets nobody in without CAP_SYS_ADMIN: nothing is known, nothing is tried, and that is said."""
    with nested(build, "listener", prefix=ELSEWHERE) as w:
        wrap = (*beside(w), *MAY_NOT)
        if run([*wrap, "nsenter", "-t", pid_of(w), "-n", "true"]).status == 0:
            raise Failure("it may be entered after all")
        for target in ("9877", "127.0.0.1:9877", "0", "127.0.0.1%nosuchdevice:80", "80"):
            for options in ((), ("--to=127.0.0.1:80",)):
                report = ask_one(build, None, target, "auto", wrap, ("-N", pid_of(w), *options))
                expect(target, ("unsure", inode_of(pid_of(w)), ["EPERM"]),
                       (report["verdict"], report["netns"]["inode"], [g["errno"] for g in report["gaps"]]))
                expect("by a trial", set(), {b["addr"] for b in report["binds"] if b["by"] == "probe"})
        doc = ask(build, None, ["9877-9879"], "auto", wrap, ("-N", pid_of(w)), ranges=True)
        expect("a range", ["unsure"] * 3, [r["verdict"] for r in doc["reports"]])
        if "may not be entered" not in first_line(build, wrap, ("-N", pid_of(w))):
            raise Failure("the words do not say it")
        # Where we are already nothing has to be entered.
        own = run([*wrap, "sh", "-c", 'exec "$0" -q -N $$ 9877', build.portwhy])
        expect("our own, status", 0, own.status)


def everywhere(build, wrap, targets=("9877",), options=()):
    """Inode, name and verdict of each report, ours first, and its gaps."""
    doc = ask(build, None, list(targets), "auto", wrap, ("--all-netns", *options), ranges=True)
    return [(r["netns"]["inode"], r["netns"]["name"], r["verdict"]) for r in doc["reports"]], doc


def all_of_them(build):
    """Each once, however many processes are in it; told are ours and those in which it is not free."""
    with nested(build, "listener-two-processes", prefix=(*ELSEWHERE, *UP)) as w, nested(build, "time-wait-lacked", namespace=beside(w)) as lingers, \
            nested(build, "free", namespace=beside(w), prefix=UP) as left, wanderer(left) as gone, \
            nested(build, "free", namespace=beside(w)) as free:
        one, two, three, *quiet = (inode_of(p) for p in (pid_of(w), pid_of(lingers), pid_of(left), pid_of(free), gone))
        got, doc = everywhere(build, beside(w))
        expect("ours", ("free", None), (got[0][2], got[0][1]))
        expect("others", {(i, None, "taken") for i in (one, two, three)}, set(got[1:]))
        expect("each once", 4, len(got))
        expect("holders", sorted([*w.facts["holder_pid"], gone]), sorted(o["pid"] for r in doc["reports"] for s in r["sockets"] for o in s["owners"]))
        got, _ = everywhere(build, beside(w), options=("-v",))
        expect("all of them with -v", {(i, "taken") for i in (one, two, three)} | {(i, "free") for i in quiet},
               {(i, v) for i, _, v in got[1:]})
        got, _ = everywhere(build, named(w), targets=("9878", "0.0.0.0%lo:9877", "9870-9880"))
        expect("several targets", [None, None, "blue", "blue", None, None, None, None], [n for _, n, _ in got])
        expect("their verdicts", ["free", "free"] + ["taken"] * 6, [v for _, _, v in got])
        got, _ = everywhere(build, (*beside(w), *UP), targets=("10.9.9.9:9877",))
        expect("an address that nobody has", ["refused"], [v for _, _, v in got])
        got, _ = everywhere(build, (*beside(w), *TWO_DEVICES), targets=("0.0.0.0%v0:9877",))
        expect("a device that the others do not have", ["free"], [v for _, _, v in got])
        words = run([*named(w), build.portwhy, "--all-netns", "9877"]).out.decode()
        heads = [" ".join(line.split()[:8]) for line in words.splitlines() if line.startswith("tcp ")]
        expect("first lines", ["tcp 9877 in this network namespace is free:", "tcp 9877 in network namespace blue is taken:",
                               *["tcp 9877 in network namespace of situation (pid"] * 2], sorted(heads, key=lambda h: "situation" in h))
        expect("with -N", 2, run([*beside(w), build.portwhy, "--all-netns", "-N", pid_of(w), "9877"]).status)


def none_of_them(build):
    """Those that may not be entered are a gap, and ours is answered."""
    with nested(build, "listener", prefix=ELSEWHERE) as w:
        got, doc = everywhere(build, (*named(w), *MAY_NOT))
        expect("ours alone", ["free"], [v for _, _, v in got])
        gaps = {(g["what"], g["errno"], g["affects"]) for g in doc["reports"][0]["gaps"]}
        if ("network namespace blue", "EPERM", "detail") not in gaps:
            raise Failure("no gap for blue: %s" % gaps)
        for target in ("9877", "9870-9880"):
            words = run([*named(w), *MAY_NOT, build.portwhy, "--all-netns", target])
            expect("status", 0, words.status)
            if b"network namespace blue (EPERM)" not in words.out:
                raise Failure("the words do not say that blue was not seen: %s" % words.out)


def notes_of(report):
    return [n["id"] for n in report["notes"]]


def gaps_of(report):
    """But for what is out of sight in any nested world where bound-only sockets are not listed."""
    return [g["what"] for g in report["gaps"] if LISTS_BOUND_ONLY or not g["what"].startswith(BOUND_ONLY)]


def held_elsewhere(build):
    """Free here, held in another namespace: said by default of one port, and nothing else is changed by the look."""
    with nested(build, "listener-two-processes", prefix=(*ELSEWHERE, *UP)) as w:
        first, second = ask(build, None, ["9877", "9877"], "auto", named(w))["reports"]
        expect("ids", ["other-netns"], notes_of(first))
        expect("the note again", [(n["id"], n["netns"]) for n in first["notes"]], [(n["id"], n["netns"]) for n in second["notes"]])
        note = first["notes"][0]
        expect("namespace", {"inode": inode_of(pid_of(w)), "name": "blue"}, note["netns"])
        expect("holders", sorted(w.facts["holder_pid"]), sorted(o["pid"] for s in note["sockets"] for o in s["owners"]))
        for report in (first, second):
            expect("here", ("free", False), (report["verdict"], report["netns"]["inode"] == inode_of(pid_of(w))))
            expect("its sockets", [], report["sockets"])
        line = run([*named(w), build.portwhy, "9877"]).out.decode().splitlines()[1]
        if not line.startswith("Held in network namespace blue: situation (pid"):
            raise Failure("in words: %s" % line)
        command = note["text"].partition(" Look there: ")[2].split()
        expect("command", ["portwhy", "-N", "blue", "9877"], command)
        there = " ".join(run([*named(w), build.portwhy, *command[1:]]).out.decode().split())
        if not there.startswith("tcp 9877 in network namespace blue is taken: situation (pid"):
            raise Failure("there: %s" % there)
        # From its side the namespace that it was entered from is another one.
        expect("-N, nothing in the others", [], notes_of(ask_one(build, None, "9878", "auto", named(w), ("-N", "blue"))))
        for what, wrap, target, options in (("another port", named(w), "9878", ()), ("no right", (*named(w), *MAY_NOT), "9877", ())):
            report = ask_one(build, None, target, "auto", wrap, options)
            expect(what, ([], []), (notes_of(report), gaps_of(report)))
        for options in (("-v",), ()):
            doc = ask(build, None, ["9877,9878"], "auto", named(w), options, ranges=True)
            expect("a list", [], [n for r in doc["reports"] for n in notes_of(r)])
        ran = run([*named(w), "strace", "-f", "-qq", "-e", "trace=setns", build.portwhy, "-q", "9877"])
        expect("entered with -q", 0, ran.err.count(b"setns"))


def not_held_elsewhere(build):
    """What is left of a connection there, or a client there, explains no failure here; bound sockets would take too long to find."""
    for slug in ("time-wait-lacked", "time-wait-at-client", "bound", "free"):
        with nested(build, slug, prefix=(*ELSEWHERE, *UP)) as w:
            expect(slug, [], notes_of(ask_one(build, None, "9877", "auto", beside(w))))
    for slug, target in (("listener", "9877"), ("listener-v6only", "9877"), ("udp", "9877/udp")):
        with nested(build, slug, prefix=(*ELSEWHERE, *UP)) as w:
            expect(slug, ["other-netns"], notes_of(ask_one(build, None, target, "auto", beside(w))))


def no_way_back(build):
    """Who may enter a namespace and not come back stays: here the user namespace owns that one, and not ours."""
    with nested(build, "listener", 19877, namespace=("unshare", "-Ur"), prefix=(*ELSEWHERE, *UP)) as w:
        wrap = ("nsenter", "-t", pid_of(w), "-U", "--preserve-credentials", "--")
        expect("it can be entered", 0, run([*wrap, "nsenter", "-t", pid_of(w), "-n", "true"]).status)
        expect("notes", [], notes_of(ask_one(build, None, "19877", "auto", wrap)))
        got, _ = everywhere(build, wrap, targets=("19877",))
        expect("all of them, ours first", [(os.stat("/proc/self/ns/net").st_ino, "free"), (inode_of(pid_of(w)), "taken")],
               [(i, v) for i, _, v in got])


def other_address(build):
    """The port is held on another address: bind() works here, and not on the wildcard."""
    truth = kernel_answers(build, "listener-specific", ["127.0.0.2", "0.0.0.0"])
    expect("the kernel", ("ok", "EADDRINUSE"), (truth["127.0.0.2", "plain"], truth["0.0.0.0", "plain"]))
    with nested(build, "listener-specific") as w:
        report = ask_one(build, w, "127.0.0.2:9877")
        expect("127.0.0.2", ("free", ["other-address-free"], []), (report["verdict"], notes_of(report), report["sockets"]))
        expect("note", (True, [], None), (" 127.0.0.1 (1 socket)" in report["notes"][0]["text"], report["notes"][0]["sockets"],
                                          report["notes"][0]["netns"]))
        expect("the other family", ["other-address-free"], notes_of(ask_one(build, w, "[::1]:9877")))
        for target in ("127.0.0.2:9878", "127.0.0.1:9877", "9877", "0.0.0.0:9877"):
            expect(target, [], notes_of(ask_one(build, w, target)))


def no_such_namespace(build):
    """Status 2 and one line, whatever stands there: nothing hangs, and nothing is asked."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    zombie = subprocess.Popen(["true"], stdout=subprocess.PIPE)
    zombie.stdout.read()  # it has ended, and nobody has asked for its status
    with tempfile.TemporaryDirectory() as folder:
        fifo, plain = os.path.join(folder, "fifo"), os.path.join(folder, "plain")
        os.mkfifo(fifo)
        open(plain, "w").close()
        for name in (str(ended.pid), str(zombie.pid), "0", "999999999", "99999999999999999999", "-1", "", ".", "nosuch", fifo, plain, folder,
                     "/dev/null", "/proc/self/ns/mnt", "/proc/self/ns", folder + "/nosuch", "\x1b[31m", "x" * 5000):
            # Without a right to enter anything the same, but for a process that we may not look at.
            for wrap in ((),) if name == str(zombie.pid) else ((), (*OWN_USER, *MAY_NOT)):
                ran = run([*wrap, build.portwhy, "-j", "--netns=" + name, "9877"])
                if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1 or b"\x1b" in ran.err:
                    raise Failure("%r: status %d, %r, %r" % (name[:20], ran.status, ran.out, ran.err))
    zombie.wait()
    with nested(build, "free", prefix=ELSEWHERE) as w:
        expect("a name that was left behind", 2, run([*named(w), build.portwhy, "-N", "left", "9877"]).status)


NETNS = [
    ("netns-by-each-name", by_each_name),
    ("netns-by-proc", by_proc_too),
    ("netns-all-of-it", all_of_it),
    ("netns-socket-of-another", socket_of_another),
    ("netns-may-not-be-entered", may_not_be_entered),
    ("netns-none-such", no_such_namespace),
    ("netns-all-of-them", all_of_them),
    ("netns-none-of-them", none_of_them),
    ("other-netns", held_elsewhere),
    ("other-netns-not", not_held_elsewhere),
    ("other-netns-no-way-back", no_way_back),
    ("other-address-free", other_address),
]
