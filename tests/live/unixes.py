# SPDX-License-Identifier: GPL-2.0-or-later
"""Unix sockets: each cause made for real, near misses, and what the kernel's own bind() gets after it."""
import os
import shutil
import socket
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Optional, Tuple

from expect import WATCHED, ask, ask_one, check_printable, differ
from special import HOLDER, READER, as_user, public_copy, real_users, without
from world import KERNEL, OWN_USER, REAL_USER, Failure, Skip, World, parse_document, run

BIND = """
import socket, errno, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if sys.argv[1] == "dgram" else socket.SOCK_STREAM)
name = sys.argv[2].encode("utf-8", "surrogateescape")
try:
    s.bind(b"\\0" + name[1:] if name.startswith(b"@") else name)
    print("ok")
except OSError as e:
    print("ENAMETOOLONG" if e.errno is None else errno.errorcode[e.errno])
"""


@contextmanager
def folder():
    """A folder of ours that every user may enter."""
    path = tempfile.mkdtemp(prefix="portwhy-unix-")
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def world(build, kind, name, namespace=OWN_USER, prefix=()):
    with World(build, kind, name, namespace, prefix, tool="unixes") as w:
        yield w


def expect(what, wanted, got):
    if wanted != got:
        raise Failure(differ(what, wanted, got))


@dataclass
class Case:
    name: str
    kind: str
    target: str                       # a path in the folder, or an abstract name
    verdict: str
    cause: Optional[str] = None
    facets: str = ""
    state: Optional[str] = None       # of the socket that is the cause
    options: Tuple[str, ...] = ()
    notes: Tuple[str, ...] = ()
    certainty: str = "proof"
    never: Tuple[str, ...] = ()       # with --probe=never: verdict, cause, certainty, where these differ
    error: str = "EADDRINUSE"


# Since 5.15 a datagram socket that is connected says so (83301b5367a9).
CONNECTED = "ESTABLISHED" if KERNEL >= (5, 15) else "BOUND"

CASES = [
    Case("unix-free", "nothing", "s", "free"),
    Case("unix-listener", "listener", "s", "taken", "unix-listener", "", "LISTEN"),
    Case("unix-listener-u", "listener", "s", "taken", "unix-listener", "", "LISTEN", ("-u",)),
    Case("unix-listener-seqpacket", "seqpacket-listener", "s", "taken", "unix-listener", "", "LISTEN"),
    Case("unix-listener-shared", "shared", "s", "taken", "unix-listener", "shared-socket", "LISTEN"),
    Case("unix-listener-stopped", "stopped", "s", "taken", "unix-listener", "stopped", "LISTEN"),
    Case("unix-bound", "bound-stream", "s", "taken", "unix-bound", "", "BOUND"),
    Case("unix-bound-dgram", "bound-dgram", "s", "taken", "unix-bound", "", "BOUND"),
    Case("unix-bound-dgram-connected", "connected-dgram", "s", "taken", "unix-bound", "", CONNECTED),
    Case("unix-stale-path", "stale", "s", "taken", "unix-stale-path", never=("taken", "unix-stale-path", "inferred")),
    # Near misses: the same path, and the file of another socket.
    Case("unix-unlinked", "unlinked", "s", "free", notes=("unlinked-socket",)),
    Case("unix-stale-beside-unlinked", "stale-with-listener-open", "s", "taken", "unix-stale-path", notes=("unlinked-socket",),
         never=("taken", "unix-stale-path", "inferred")),
    Case("unix-stale-accepted", "accepted", "s", "taken", "unix-stale-path", never=("taken", "unix-stale-path", "inferred")),
    Case("unix-bound-client", "client", "s", "taken", "unix-bound", "", "ESTABLISHED", never=("taken", "unix-stale-path", "inferred")),
    Case("unix-abstract", "listener", "@portwhy-live", "taken", "unix-abstract", "", "LISTEN"),
    Case("unix-abstract-bound", "bound-stream", "@portwhy-live", "taken", "unix-abstract", "", "BOUND"),
    Case("unix-abstract-dgram", "bound-dgram", "@portwhy-live", "taken", "unix-abstract", "", "BOUND", ("-u",)),
    Case("unix-abstract-client", "client", "@portwhy-live", "taken", "unix-abstract", "", "ESTABLISHED", never=("unsure",)),
    Case("unix-abstract-other-type", "bound-dgram", "@portwhy-live", "free"),
    Case("unix-abstract-seqpacket", "seqpacket-listener", "@portwhy-live", "free"),
    Case("unix-abstract-other-name", "listener", "@portwhy-lived", "free"),
    Case("unix-abstract-accepted", "accepted", "@portwhy-live", "free", never=("unsure",)),
    Case("unix-abstract-free", "nothing", "@portwhy-live", "free"),
]


def compare(case, report, facts, never):
    verdict, cause, certainty = case.verdict, case.cause, case.certainty
    if never and case.never:
        verdict, cause, certainty = (case.never + (None, None))[:3]
    expect("verdict", verdict, report["verdict"])
    expect("causes", [cause] if cause else [], [c["id"] for c in report["causes"]])
    expect("notes", list(case.notes), [n["id"] for n in report["notes"]])
    expect("errno", case.error if verdict == "taken" else None, report["errno"])
    for c in report["causes"]:
        expect("facets", set(case.facets.split()), set(c["facets"]))
        expect("certainty", certainty, c["certainty"])
        if not case.state or never and case.never:
            expect("sockets of the cause", [], c["sockets"])
            continue
        holders = [report["sockets"][i] for i in c["sockets"]]
        expect("state", [case.state], [s["state"] for s in holders])
        expect("holders", set(facts["holder_pid"]), {o["pid"] for o in holders[0]["owners"]})


def run_case(build, case):
    dgram = "dgram" if "-u" in case.options else "stream"
    with folder() as d:
        abstract = case.target.startswith("@")
        target = case.target if abstract else os.path.join(d, case.target)
        made = "@portwhy-live" if abstract else target
        with world(build, case.kind, made) as w:
            for probe in ("never", "auto"):
                before = sorted(os.listdir(d))
                report = ask_one(build, w, target, probe, options=case.options)
                compare(case, report, w.facts, probe == "never")
                expect("files", before, sorted(os.listdir(d)))
            words = w.run([build.portwhy, *case.options, target])
            check_printable(words.out)
            if words.err or not words.out.startswith(b"unix "):
                raise Failure("in words: %r, %r" % (words.out[:80], words.err))
            quiet = w.run([build.portwhy, "-q", *case.options, target])
            expect("status of -q", words.status, quiet.status)
            truth = w.run(["/usr/bin/python3", "-c", BIND, dgram, target]).must().out.decode().strip()
            expect("bind()", truth, report["binds"][0]["result"])


def relative_names(build):
    """A path is the file, however its binder and its asker write it."""
    with folder() as d:
        os.mkdir(os.path.join(d, "sub"))
        os.symlink("sub", os.path.join(d, "way"))
        inside = ("env", "-C", d)
        with world(build, "listener", "sub/s", prefix=inside) as w:
            for text in ("sub/s", "./sub/s", "unix:sub/s", "way/s", "sub/../way//s", os.path.join(d, "way/s")):
                doc = ask(build, w, [text], wrap=inside)
                report = doc["reports"][0]
                expect(text, ["unix-listener"], [c["id"] for c in report["causes"]])
                expect(text, text[5:] if text.startswith("unix:") else text, report["target"]["path"])
                expect("as its binder wrote it", "sub/s", report["sockets"][0]["local"]["path"])


def not_a_socket(build):
    """Whatever has the name is in the way; none of these may be removed blindly."""
    with folder() as d:
        at = lambda name: os.path.join(d, name)
        open(at("file"), "w").close()
        os.mkdir(at("dir"))
        os.mkfifo(at("fifo"))
        os.symlink("nowhere", at("dangling"))
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(at("live"))
            os.symlink("live", at("link"))
            for name in ("file", "dir", "dir/", "fifo", "dangling", "link", "."):
                report = ask_one(build, None, at(name))
                expect(name, ["unix-not-a-socket"], [c["id"] for c in report["causes"]])
                commands = [f["command"] or "" for f in report["causes"][0]["fixes"]]
                if any("rm " in c for c in commands):
                    raise Failure("%s: it advises to remove it: %s" % (name, commands))


def refused(build):
    """No file there, and none can be made: as the kernel says, as an ordinary user too."""
    real_users()
    with folder() as d, public_copy(build) as public:
        at = lambda name: os.path.join(d, name)
        open(at("file"), "w").close()
        os.mkdir(at("closed"), 0o700)
        names = [at(n) for n in ("nodir/s", "file/s", "s/", "s", "closed/s", "x" * 200)] + ["/proc/s", "/sys/s", "@" + "n" * 200]
        for who in ((), as_user(READER)):
            for name in names:
                report = ask(public, None, [name], wrap=who)["reports"][0]
                truth = run([*who, "/usr/bin/python3", "-c", BIND, "stream", name]).must().out.decode().strip()
                expect("%s as %s" % (name, who), truth, report["binds"][0]["result"])
                expect("verdict of " + name, "free" if truth == "ok" else "refused", report["verdict"])
                if truth == "ok":
                    os.unlink(name)


def elsewhere(build):
    """A socket of another network namespace is not listed, and is no left-over."""
    with folder() as d:
        name = os.path.join(d, "s")
        for kind, wanted in (("listener", "unix-elsewhere"), ("bound-dgram", "unix-elsewhere"), ("stale", "unix-stale-path")):
            with world(build, kind, name):
                report = ask_one(build, None, name)
                expect(kind, [wanted], [c["id"] for c in report["causes"]])
                never = ask_one(build, None, name, "never")["causes"][0]
                expect(kind + ", not tried", ("unix-stale-path", "inferred"), (never["id"], never["certainty"]))
                if "probably" not in never["text"]:
                    raise Failure("it does not say probably: %s" % never["text"])
            os.unlink(name)


def abstract_elsewhere(build):
    """An abstract name is of one network namespace."""
    with world(build, "listener", "@portwhy-there"):
        expect("verdict", "free", ask_one(build, None, "@portwhy-there")["verdict"])


def both_types(build):
    with world(build, "bound-dgram", "@portwhy-both") as w:
        doc = ask(build, w, ["@portwhy-both"], options=("-tu",), ranges=True)
        expect("both", [("stream", "free"), ("dgram", "taken")], [(r["target"]["type"], r["verdict"]) for r in doc["reports"]])


def stale_hint(build):
    """The advised command is one for a shell, whatever the name, and bind() works after it."""
    for name in (b"s", b"a b", b"it's", b"\xff\x1b[31m\n", b"-x", b"$(touch x)`", "\u202e".encode(), b"\\x41"):
        with folder() as d:
            path = os.fsdecode(os.path.join(os.fsencode(d), name))
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(path)
            target = path
            ran = run([build.portwhy, "-j", target])
            report = parse_document(ran.out)["reports"][0]
            if not name.isascii() or b"\xff" in name:
                got = report["target"].get("path_bytes_hex")
                expect("hex twin", None if b"\xff" not in name else os.fsencode(path).hex(), got)
            fix = [f for f in report["causes"][0]["fixes"] if f["id"] == "unlink-path"][0]
            check_printable(run([build.portwhy, target]).out)
            run(["bash", "-c", fix["command"]]).must()
            expect("left of %r" % name, [], os.listdir(d))
            expect("free", 0, run([build.portwhy, "-q", target]).status)


def hidden(build):
    """Another user's listener is seen, its process is not."""
    real_users()
    with folder() as d, public_copy(build) as public:
        os.chmod(d, 0o777)
        name = os.path.join(d, "s")
        with world(public, "listener", name, REAL_USER, as_user(HOLDER)) as w:
            report = ask_one(public, w, name, wrap=as_user(READER))
        expect("cause", ["unix-listener"], [c["id"] for c in report["causes"]])
        expect("facets", ["hidden-owner"], report["causes"][0]["facets"])
        expect("user", HOLDER, report["sockets"][0]["uid"])


def no_netlink(build):
    """/proc/net/unix has names and no files: what it shows is probable, or, of an abstract name, certain."""
    wrap = without(build, "netlink")
    with folder() as d:
        name = os.path.join(d, "s")
        with world(build, "listener", name) as w:
            cause = ask_one(build, w, name, wrap=wrap)["causes"][0]
            expect("by its name", ("unix-listener", "inferred"), (cause["id"], cause["certainty"]))
        os.unlink(name)
        with world(build, "stale", name) as w:
            expect("stale", "unix-stale-path", ask_one(build, w, name, wrap=wrap)["causes"][0]["id"])
        with world(build, "listener", "@portwhy-plain") as w:
            cause = ask_one(build, w, "@portwhy-plain", wrap=wrap)["causes"][0]
            expect("abstract", ("unix-abstract", "proof"), (cause["id"], cause["certainty"]))


def leaves_no_trace(build):
    """Never a bind() to a path; a connect() only of a datagram socket, and never with --probe=never."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    with folder() as d:
        name = os.path.join(d, "s")
        for kind, options, wanted in (("nothing", (), 0), ("nothing", ("--probe=always",), 0), ("listener", (), 0),
                                      ("stale", (), 1), ("stale", ("--probe=never",), 0), ("stale", ("--probe=always",), 1)):
            with world(build, kind, name) as w, tempfile.NamedTemporaryFile() as log:
                w.run(["strace", "-f", "-qq", "-o", log.name, "-e", "trace=socket,bind,connect,listen,sendto,sendmsg,unlink,unlinkat,mknodat",
                       build.portwhy, *options, name], WATCHED)
                lines = [x for x in log.read().decode().splitlines() if name in x]
            if any("connect(" not in x for x in lines) or len(lines) > wanted * 2 or bool(lines) != bool(wanted):
                raise Failure("%s %s: %s" % (kind, options, lines))
            if os.path.exists(name):
                os.unlink(name)


def bad(build):
    for argv in (["--to=127.0.0.1:80", "/x"], ["--to=/x", "80"], ["@"], ["unix:"]):
        ran = run([build.portwhy, *argv])
        if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1:
            raise Failure("%s: status %d, %r, %r" % (argv, ran.status, ran.out, ran.err))


UNIXES = [(case.name, lambda build, case=case: run_case(build, case)) for case in CASES]
UNIXES += [
    ("unix-relative", relative_names),
    ("unix-not-a-socket", not_a_socket),
    ("unix-refused", refused),
    ("unix-elsewhere", elsewhere),
    ("unix-abstract-elsewhere", abstract_elsewhere),
    ("unix-both-types", both_types),
    ("unix-stale-path-command", stale_hint),
    ("unix-hidden-owner", hidden),
    ("unix-no-netlink", no_netlink),
    ("unix-leaves-no-trace", leaves_no_trace),
    ("unix-bad", bad),
]
