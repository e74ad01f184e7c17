# SPDX-License-Identifier: GPL-2.0-or-later
"""Ranges, names, and options of the command line that are no row of cases.py."""
import os
import sys
import tempfile

from cases import TWO_DEVICES
from expect import ask, ask_one, compare_binds, differ
from special import HOLDER, READER, as_user, public_copy, real_users, without
from world import REAL_USER, Failure, Skip, World, kernel_answers, nested, parse_document, run


def ports_of(doc):
    return [(r["target"]["port"], r["verdict"]) for r in doc["reports"]]


def expect(what, wanted, got):
    if got != wanted:
        raise Failure(differ(what, wanted, got))


def ranges(build):
    with World(build, "listener-specific", 8005) as w:
        for target, listed, all_of_them in (
                ("8000-8010", [8005], list(range(8000, 8011))),
                ("8005,9000,8004", [8005], [8005, 9000, 8004]),
                ("127.0.0.1:8004-8006", [8005], [8004, 8005, 8006]),
                ("127.0.0.2:8004-8006", [], [8004, 8005, 8006]),
                ("8005-8005,8005", [8005], [8005])):
            everything = [(p, "taken" if p in listed else "free") for p in all_of_them]
            expect(target, [(p, "taken") for p in listed], ports_of(ask(build, w, [target], ranges=True)))
            expect(target + " -v", everything, ports_of(ask(build, w, [target], options=("-v",), ranges=True)))
            lines = w.run([build.portwhy, target]).out.decode().splitlines()
            expect(target + " in words", [str(p) for p in listed],
                   [x.split()[0] for x in lines[1:] if x and x.split()[0].isdigit()])
        doc = ask(build, w, ["8000-8010", "9877", "80"], ranges=True)
        expect("range and others", [(8005, "taken"), (9877, "free"), (80, "free")], ports_of(doc))


def who(report):
    """Who holds what, without what moves between two looks."""
    owners = [[{k: o[k] for k in ("pid", "fd", "comm", "exe", "cmdline", "user", "cloexec", "parents")} for o in s["owners"]]
              for s in report["sockets"]]
    return ([(s["state"], s["held_by"], s["inode"]) for s in report["sockets"]], owners,
            [(c["id"], sorted(f for f in c["facets"] if "reuse" not in f)) for c in report["causes"]], report["gaps"])


def same_in_a_list(build):
    """One scan finds the holders of all ports of a list: what is said of one is what it gets alone."""
    for slug in ("listener-two-processes", "bound", "close-wait", "stopped-listener", "inherited-and-held", "every-cause"):
        with World(build, slug) as w:
            alone = who(ask_one(build, w, "9877", probe="never"))
            listed = who(ask(build, w, ["9876-9878"], probe="never", ranges=True)["reports"][0])
        for wanted, got in zip(alone, listed):
            expect(slug, wanted, got)


def low_ports(build):
    """Refused for want of privilege: a note; where a socket is, an entry."""
    wrap = ("setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service")
    with World(build, "listener-specific", 1020) as w:
        doc = ask(build, w, ["1019-1030"], wrap=wrap, ranges=True)
        expect("entries", [(1020, "taken")], ports_of(doc))
        expect("errno", "EACCES", doc["reports"][0]["errno"])
        expect("notes", ["low-ports-refused"], [n["id"] for n in doc["notes"]])
        expect("count", "4", doc["notes"][0]["text"].split()[0])
        expect("verdict of low ports alone", "refused", ask(build, w, ["80,81"], wrap=wrap, ranges=True)["verdict"])
        expect("verdict of high ports", "free", ask(build, w, ["1024-1030"], wrap=wrap, ranges=True)["verdict"])


# Clients on reserved ports, as rsh's, that close first; a listener has the last of the ports.
RESERVED = """
import socket
server = socket.socket(); server.bind(("127.0.0.1", 9877)); server.listen(16)
for port in range(1016, 1023):
    c = socket.socket(); c.bind(("127.0.0.1", port)); c.connect(("127.0.0.1", 9877))
    a = server.accept()[0]; c.close(); a.recv(1); a.close()
"""


def reserved_ports_exhausted(build):
    """None of the range is left; near miss: one more port, or ports that are not reserved."""
    with World(build, "listener", 1023) as w:
        w.run([sys.executable, "-c", RESERVED]).must()
        for target, notes in (("1016-1023", ["reserved-ports-exhausted"]), ("1016,1018", ["reserved-ports-exhausted"]),
                              ("1015-1023", []), ("1023-1024", [])):
            expect(target, notes, [n["id"] for n in ask(build, w, [target], ranges=True)["notes"]])
        words = b" ".join(w.run([build.portwhy, "1016-1023"]).out.split())
    said = b"tcp 1016-1023: none of these 8 reserved ports is free, 7 for TIME_WAIT alone. A program"
    expect("in words", said, words[:len(said)])


def range_without_netlink(build):
    """Processes outside of the sandbox cannot be seen: each free port is tried, and none by rule (a)."""
    wrap = without(build, "netlink")
    with nested(build, "bound", 8001) as w:
        doc = ask(build, w, ["8000-8003"], wrap=wrap, options=("-v",), ranges=True)
        expect("tried", [(8000, "free"), (8001, "taken"), (8002, "free"), (8003, "free")], ports_of(doc))
        doc = ask(build, w, ["8000-8003"], "never", wrap, ranges=True)
        expect("not tried", [(8000, "unsure"), (8001, "taken"), (8002, "unsure"), (8003, "unsure")], ports_of(doc))


def device_without_netlink(build):
    """/proc/net/tcp does not tell on which device a socket is: a trial does."""
    wrap = without(build, "netlink")
    with nested(build, "listener-on-lo", prefix=TWO_DEVICES) as w:
        for probe, device, verdict in (("never", "v0", "unsure"), ("auto", "v0", "free"), ("auto", "lo", "taken")):
            expect("%s, %s" % (probe, device), verdict,
                   ask_one(build, w, "0.0.0.0%%%s:9877" % device, probe, wrap)["verdict"])


def name_of_several(build):
    """One report for each address of a name."""
    with World(build, "listener-specific") as w, tempfile.NamedTemporaryFile("w") as hosts:
        hosts.write("127.0.0.1 portwhy-test\n127.0.0.2 portwhy-test\n::1 portwhy-test\n")
        hosts.flush()
        wrap = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts.name)
        if w.run([*wrap, "true"]).status != 0:
            raise Skip("no file can be mounted over /etc/hosts")
        for options, wanted in (((), ["127.0.0.1", "127.0.0.2", "::1"]), (("-6",), ["::1"]),
                                (("-4",), ["127.0.0.1", "127.0.0.2"])):
            doc = ask(build, w, ["portwhy-test:9877"], wrap=wrap, options=options, ranges=True)
            got = {r["target"]["addr"]: r["verdict"] for r in doc["reports"]}
            expect("addresses with %s" % (options,), {a: "taken" if a == "127.0.0.1" else "free" for a in wanted}, got)


def services(build):
    with World(build, "free") as w:
        expect("http", [(80, "free")], ports_of(ask(build, w, ["http"])))
        expect("localhost:http", [(80, "free")], ports_of(ask(build, w, ["localhost:http"], options=("-4",))))
        expect("http,https", [(80, "free"), (443, "free")],
               ports_of(ask(build, w, ["http,https"], options=("-v",), ranges=True)))


def wrong_family(build):
    for option, target in (("-6", "127.0.0.1:80"), ("-4", "[::1]:80"), ("--device=nosuchdevice", "80"),
                           ("--user=no such user", "80")):
        ran = run([build.portwhy, option, target])
        if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1:
            raise Failure("%s %s: status %d, %r, %r" % (option, target, ran.status, ran.out, ran.err))


def other_user(build):
    """Judged and tried as that user: only the same one may share by SO_REUSEPORT, and low ports want privilege."""
    real_users()
    with public_copy(build) as public:
        for slug, port, uid in (("listener-reuseport", 9877, READER), ("listener-reuseport", 9877, HOLDER),
                                ("bound-reuseaddr", 9877, READER), ("free", 80, READER), ("free", 9877, READER)):
            truth = kernel_answers(public, slug, ["0.0.0.0", "::"], port, REAL_USER, as_user(HOLDER),
                                   options=("-u", str(uid)))
            with World(public, slug, 9877, REAL_USER, as_user(HOLDER)) as w:
                report = ask_one(public, w, str(port), options=("--user=%d" % uid,))
            wrong = compare_binds(report, truth, {})
            if wrong:
                raise Failure("%s as %d: %s" % (slug, uid, "; ".join(wrong)))


def reuseport_facets(build):
    """Why SO_REUSEPORT does not help: another user's, or on one side only; and where it would."""
    real_users()
    with public_copy(build) as public:
        for slug, uid, options, facet in (("listener-reuseport", READER, ("--reuseport",), "reuseport-other-user"),
                                          ("listener-reuseport", HOLDER, (), "reuseport-one-sided"),
                                          ("listener", HOLDER, ("--reuseport",), "reuseport-one-sided"),
                                          ("listener", READER, (), None)):
            with World(public, slug, 9877, REAL_USER, as_user(HOLDER)) as w:
                cause = ask_one(public, w, "9877", options=("--user=%d" % uid, *options))["causes"][0]
            got = [f for f in cause["facets"] if f.startswith("reuseport")]
            fixes = [f["id"] for f in cause["fixes"] if f["id"] in ("set-reuseport", "same-user")]
            want = {"reuseport-other-user": ["same-user"], "reuseport-one-sided": ["set-reuseport"], None: []}[facet]
            if got != ([facet] if facet else []) or fixes != want:
                raise Failure("%s as %d %s: %s, %s" % (slug, uid, options, got, fixes))


def other_user_untried(build):
    """Who may not become that user tries nothing: what only a trial tells stays unknown."""
    with nested(build, "time-wait-reuse") as w:
        report = ask_one(build, w, "9877", options=("--user=12345", "--reuseaddr"))
        expect("verdict", "unsure", report["verdict"])
        if "EINVAL" not in [g["errno"] for g in report["gaps"]]:
            raise Failure("no gap tells why: %s" % report["gaps"])
        expect("root", "free", ask_one(build, w, "80", options=("--user=root",))["verdict"])


def unfolded(build):
    with World(build, "time-wait-many") as w:
        report = ask_one(build, w, "9877", options=("-a",))
        expect("rows", [1] * 300, [s["count"] for s in report["sockets"]])
        lines = w.run([build.portwhy, "-a", "9877"]).out.decode().splitlines()
        expect("lines", 300, sum(x.startswith("  TIME_WAIT ") for x in lines))


def to_file(build):
    with World(build, "listener") as w, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out")
        for content in (b"", b"older\n" * 9999):
            with open(path, "wb") as f:
                f.write(content)
            os.chmod(path, 0o640)
            ran = w.run([build.portwhy, "-j", "--output=" + path, "9877"])
            expect("status, output", (1, b"", b""), (ran.status, ran.out, ran.err))
            with open(path, "rb") as f:
                expect("verdict", "taken", parse_document(f.read())["verdict"])
            expect("mode", 0o640, os.stat(path).st_mode & 0o777)
        expect("files", ["out"], os.listdir(folder))
        for bad in (os.path.join(folder, "no", "out"), folder, "/dev/full"):
            ran = w.run([build.portwhy, "--output=" + bad, "9877"])
            if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1:
                raise Failure("%s: status %d, %r, %r" % (bad, ran.status, ran.out, ran.err))
        expect("files", ["out"], os.listdir(folder))


def to_descriptor(build):
    """A name of a descriptor is written through it: the file behind stays, with what was written before."""
    with tempfile.TemporaryDirectory() as folder:
        out, link = os.path.join(folder, "out"), os.path.join(folder, "link")
        os.symlink("/dev/stdout", link)
        text = run([build.portwhy, "explain", "time-wait"]).must().out
        for name in "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", link:
            run(["sh", "-c", 'exec >"$1"; echo before; "$2" explain --output="$3" time-wait; echo after', "sh",
                 out, build.portwhy, name]).must()
            with open(out, "rb") as f:
                expect(name, b"before\n" + text + b"after\n", f.read())
        run(["sh", "-c", 'exec 2>"$1"; "$2" explain --output=/dev/stderr time-wait', "sh", out, build.portwhy]).must()
        with open(out, "rb") as f:
            expect("/dev/stderr", text, f.read())
        expect("files", ["link", "out"], sorted(os.listdir(folder)))
        ran = run([build.portwhy, "explain", "--output=/dev/fd/77", "time-wait"])
        expect("closed descriptor", (2, b"", 1), (ran.status, ran.out, len(ran.err.splitlines())))


def bad_options(build):
    """Status 2 and one line that quotes what was typed and has no byte that steers a terminal."""
    for args, line in ((["--nope"], "unknown option '--nope'"), (["-Z"], "unknown option '-Z'"), (["-jZ"], "unknown option '-Z'"),
                       (["--re"], "ambiguous option '--re'"), (["-N"], "--netns wants an argument"),
                       (["--output"], "--output wants an argument"), (["--json=\33"], "--json takes no argument"),
                       ([b"--\33[31m\xff"], "unknown option '--\\x1B[31m\\xFF'"), ([b"-\xff"], "unknown option '-\\xFF'")):
        ran = run([build.portwhy, *args])
        expect(args, (2, b"", b"portwhy: %s; see portwhy --help\n" % line.encode()), (ran.status, ran.out, ran.err))


def numeric(build):
    with World(build, "listener") as w:
        words = w.run([build.portwhy, "-n", "9877"]).out
        owner = ask_one(build, w, "9877", options=("-n",))["sockets"][0]["owners"][0]
    if b"uid 0" not in words or owner["user"] is not None or owner["uid"] != 0:
        raise Failure("a user has a name: %r, %s" % (words, owner))


def verbose(build):
    """What was looked at is said, and it is true."""
    for slug, looks in (("listener", ("1, from sock_diag", "these sockets: 1", "tried: 0.0.0.0 SO_REUSEPORT EADDRINUSE, [::]")),
                        ("free", ("0, from sock_diag", "not looked at", "[::] plain works, 0.0.0.0 plain works"))):
        with World(build, slug) as w:
            words = " ".join(w.run([build.portwhy, "-v", "9877"]).out.decode().split())
        missing = [look for look in looks if look not in words]
        if missing:
            raise Failure("%s: not said: %s: %s" % (slug, missing, words))


def devices_in_json(build):
    with World(build, "listener-on-lo") as w:
        report = ask_one(build, w, "0.0.0.0%lo:9877")
        words = w.run([build.portwhy, "0.0.0.0%lo:9877"]).out
    expect("devices", ("lo", "lo"), (report["target"]["device"], report["sockets"][0]["local"]["device"]))
    if not words.startswith(b"tcp 0.0.0.0%lo:9877 is taken") or b"  LISTEN  0.0.0.0%lo:9877" not in words:
        raise Failure("in words: %r" % words)


ASKED = [
    ("ranges", ranges),
    ("same-in-a-list", same_in_a_list),
    ("low-ports-refused", low_ports),
    ("reserved-ports-exhausted", reserved_ports_exhausted),
    ("range-without-netlink", range_without_netlink),
    ("device-without-netlink", device_without_netlink),
    ("name-of-several-addresses", name_of_several),
    ("services", services),
    ("wrong-family-device-user", wrong_family),
    ("other-user", other_user),
    ("reuseport-facets", reuseport_facets),
    ("other-user-untried", other_user_untried),
    ("unfolded", unfolded),
    ("output-to-file", to_file),
    ("output-to-descriptor", to_descriptor),
    ("bad-options", bad_options),
    ("numeric", numeric),
    ("verbose", verbose),
    ("devices-in-json", devices_in_json),
]
