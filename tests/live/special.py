# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases that are more than a row: two users, a broken host, hostile names, a load, what may not happen."""
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager

from cases import DENIED, HIDDEN, NO_NETLINK, NO_PRIVILEGE, NON_PLAIN
from expect import WATCHED, ask, ask_one, check_printable, compare_binds, differ
from schema import MISSING, Draft202012Validator, complaint
from world import KERNEL, LISTS_BOUND_ONLY, PATIENCE, REAL_USER, TIMES_SLOWER, Failure, Skip, World
from world import kernel_answers, nested, parse_document, run

BAD_TARGETS = [
    b"", b"-", b"x", b"9877x", b"0x50", b"+80", b"-80", b" 80", b"80 ", b"00000", b"0,80", b"65536",
    b"99999999999999999999",
    b"9877/upd", b"9877/", b"256.0.0.1:80", b"1.2.3:80", b"1.2.3.4", b"127.0.0.1:", b"127.0.0.1:0", b"127.0.0.1:x",
    b"::1:80", b"::1", b"[::1]", b"[::1:80", b"::1]:80", b"[]:80", b"[::g]:80", b"[::1]80", b"[::1]:", b"[::1]:65536",
    b"[127.0.0.1]:80", b"[::1%]:80", b"127.0.0.1:80:90", b"nosuchname.invalid:80", b"9877 9878",
    b"\x1b[31m80", b"80\n", b"a\nb", b"\xff80", b"80\x7f", b"\xe2\x80\xae80", b"\xc2\x9b80", b"9" * 300,
    b"80,", b",80", b"80-", b"90-80", b"0-9", b"80-90-99", b"80-65536", b"nosuchservice", b"127.0.0.1:nosuchservice",
    b"127.0.0.1%:80", b"127.0.0.1%nosuchdevice:80", b"127.0.0.1%0123456789abcdef:80", b"[::1%nosuchdevice]:80",
    b"tcp:9877/udp", b"udp:9877/tcp", b"udp:udp:9877", b"udp:", b"9877/udp/udp", b"UDP:x", b"9877/UDP ",
    b"udp:0", b"0/udp",
]


def escaped(text):
    """As the escaper shows it where only ASCII goes."""
    return b"".join(bytes([c]) if 32 <= c < 127 else b"\\x%02X" % c for c in text)


def bad_target(build, text):
    ran = run([build.portwhy, "-j", "9877", "--", text])
    lines = ran.err.splitlines()
    if ran.status != 2 or ran.out or len(lines) != 1 or not ran.err.endswith(b"\n"):
        raise Failure("status %d, output %r, standard error %r" % (ran.status, ran.out, ran.err))
    if escaped(text) not in lines[0] or any(c < 32 or c > 126 for c in lines[0]):
        raise Failure("does not quote the text: %r" % lines[0])


def several_targets(build):
    with World(build, "listener-specific") as w:
        targets = ["9878", "127.0.0.1:9877", "192.0.2.1:9877", "[::1]:9877"]
        doc = ask(build, w, targets)
        got = [doc["verdict"]] + [r["verdict"] for r in doc["reports"]]
        if got != ["taken", "free", "taken", "refused", "free"]:
            raise Failure(differ("verdicts", "taken; free taken refused free", got))
        if ask(build, w, ["[::1]:9877", "192.0.2.1:9877"])["verdict"] != "refused":
            raise Failure("free and refused are not refused together")


def full_disk(build):
    done = subprocess.run([build.portwhy, "-j", "--probe=never", "9877"], stdin=subprocess.DEVNULL, timeout=PATIENCE,
                          stdout=open("/dev/full", "wb"), stderr=subprocess.PIPE)
    if done.returncode != 2 or len(done.stderr.splitlines()) != 1:
        raise Failure("status %d, standard error %r" % (done.returncode, done.stderr))


# Hostile names

HOSTILE = b"\x1b[31mx\n\xff\r\t\\x41\xe2\x80\xae"  # as in tests/lib/situation.c


def hostile_name(build):
    with World(build, "hostile-name") as w:
        owner = ask_one(build, w, "9877")["sockets"][0]["owners"][0]
        outputs = [w.run([build.portwhy, *options, "9877"]).out for options in ((), ("--ascii",))]
        ask(build, w, "9877", "never")
    if bytes.fromhex(owner.get("comm_bytes_hex", "")) != HOSTILE[:15]:
        raise Failure("comm_bytes_hex is not the name: %s" % owner)
    if "\ufffd" not in owner["comm"] or not owner["comm"].startswith("\x1b[31mx\n"):
        raise Failure("comm: %r" % owner["comm"])
    if [bytes.fromhex(a) for a in owner.get("cmdline_bytes_hex", [])] != [b"./" + HOSTILE, b"listener", b"9877"]:
        raise Failure("cmdline_bytes_hex is not the command line: %s" % owner)
    for key in ("exe", "cwd"):
        if HOSTILE not in bytes.fromhex(owner.get(key + "_bytes_hex", "")):
            raise Failure("%s_bytes_hex is not the path: %s" % (key, owner))
    for out in outputs:
        check_printable(out)
        if b"\\x1B[31mx\\x0A\\xFF" not in out or b"\xe2\x80\xae" in out:
            raise Failure("the name is not shown escaped: %r" % out)
    if any(c > 126 for c in outputs[1]):
        raise Failure("--ascii prints %r" % outputs[1])


# What may not happen: strace says which binds were made

def traced(build, slug, options):
    """The bind, listen and connect lines of a run that name our port; what is done in a throwaway namespace is left out."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    with World(build, slug) as w, tempfile.NamedTemporaryFile() as log:
        ran = w.run(["strace", "-f", "-qq", "-o", log.name, "-e", "trace=bind,listen,connect,sendto,sendmsg,unshare",
                     build.portwhy, "-j", *options, "9877"], WATCHED)
        if b"Operation not permitted" in ran.err:
            raise Skip("strace may not trace here")
        parse_document(ran.out)
        lines = log.read().decode().splitlines()
    away = {x.split()[0] for x in lines if "CLONE_NEWNET" in x and x.endswith(" = 0")}
    lines = [x for x in lines if x.split()[0] not in away]
    outside = [x for x in lines if "AF_INET" in x and "AF_NETLINK" not in x and ("connect(" in x or "send" in x)]
    if outside or any("listen(" in x for x in lines):
        raise Failure("it listens or sends: %s" % lines)
    return [x for x in lines if "bind(" in x and "htons(9877)" in x]


def never_binds(build):
    for slug in ("free", "time-wait-reuse", "listener"):
        lines = traced(build, slug, ["--probe=never"])
        if lines:
            raise Failure("%s: it binds with --probe=never: %s" % (slug, lines))


def binds_only_what_is_open(build):
    """
    Of a port that is taken never the plain bind(): what a port remembers of SO_REUSEPORT is open beside any
    socket, and up to 6.7 what it remembers of SO_REUSEADDR beside one that does not listen.
    """
    bound = 2 if KERNEL >= (6, 8) else 6  # for each address the mixes but the plain one
    for slug, fewest, most in (("listener", 2, 2), ("bound", bound, bound), ("free", 2, 2), ("listener-reuseport", 0, 0),
                               ("time-wait-lacked", 2, 6)):
        lines = traced(build, slug, [])
        if not fewest <= len(lines) <= most:
            raise Failure("%s: %s" % (slug, differ("number of binds", "%d to %d" % (fewest, most), lines)))


# Hosts that lack something

def without(build, family):
    """The command prefix that takes a family of sockets away."""
    wrap = (build.tool("without"), family)
    if run([*wrap, "true"]).status != 0:
        raise Skip("no seccomp filter can be set here")
    return wrap


def no_ipv6(build):
    wrap = without(build, "inet6")
    for slug, verdict in (("free", "free"), ("listener", "taken"), ("time-wait-lacked", "taken")):
        truth = kernel_answers(build, slug, ["0.0.0.0"], wrap=wrap)
        with World(build, slug) as w:
            report = ask_one(build, w, "9877", wrap=wrap)
            alone = ask_one(build, w, "[::1]:9877", wrap=wrap)
        wrong = compare_binds(report, truth, {})
        if report["verdict"] != verdict or [n["id"] for n in report["notes"]] != ["no-such-family"]:
            wrong.append(differ(slug, verdict + " and a note", (report["verdict"], report["notes"])))
        if (alone["verdict"], alone["errno"]) != ("refused", "EAFNOSUPPORT"):
            wrong.append(differ("[::1]", "refused, EAFNOSUPPORT", (alone["verdict"], alone["errno"])))
        if wrong:
            raise Failure("; ".join(wrong))


def no_netlink(build, row):
    slug, *expected = row
    wrap = without(build, "netlink")
    truth = kernel_answers(build, slug, ["0.0.0.0", "::"])
    blind = {"*": ("plain", *NON_PLAIN)}
    with nested(build, slug) as w:
        for probe, verdict, cause in (("auto", *expected[:2]), ("never", *expected[2:])):
            report = ask_one(build, w, "9877", probe, wrap)
            wrong = compare_binds(report, truth, blind if probe == "never" else {})
            got = (report["verdict"], report["causes"][0]["id"] if report["causes"] else None)
            if got != (verdict, cause):
                wrong.append(differ("verdict and cause", (verdict, cause), got))
            if not report["gaps"]:
                wrong.append("no gap tells that sock_diag was not there")
            if wrong:
                raise Failure("--probe=%s: %s" % (probe, "; ".join(wrong)))


def bind_denied(build, cause, errno):
    """A policy refuses every bind(): portwhy says so with its errno, having tried one mix or all."""
    wrap = without(build, "bind")
    truth = kernel_answers(build, "free", ["0.0.0.0", "::"], wrap=wrap)
    with World(build, "free") as w:
        report = ask_one(build, w, "9877", "always", wrap)
        plain = ask_one(build, w, "9877", wrap=wrap)
    wrong = compare_binds(report, truth, {})
    for r in (report, plain):
        got = (r["verdict"], r["errno"], [c["id"] for c in r["causes"]])
        if got != ("refused", errno, [cause]):
            wrong.append(differ("verdict, errno, cause", ("refused", errno, [cause]), got))
    if wrong:
        raise Failure("; ".join(wrong))


def need_refusal(name, report, truth, expected):
    """Verdict, errno and causes; and every bind as the kernel has it."""
    wrong = compare_binds(report, truth, {})
    got = (report["verdict"], report["errno"], [c["id"] for c in report["causes"]])
    if got != expected:
        wrong.append(differ(name, expected, got))
    if wrong:
        raise Failure("; ".join(wrong))


def bind_denied_by_landlock(build):
    """Its bind rule: EACCES where no port is privileged; near misses: UDP, which it leaves alone, and a low port without the right."""
    wrap = (build.tool("denies"), "landlock")
    if run([*wrap, "true"]).status:
        raise Skip("this kernel has no Landlock with rules for TCP")
    for port in ("9877", "80"):
        truth = kernel_answers(build, "free", ["0.0.0.0", "::"], int(port), wrap=wrap)
        with World(build, "free") as w:
            need_refusal("tcp " + port, ask_one(build, w, port, "always", wrap), truth, ("refused", "EACCES", ["bind-denied"]))
    truth = kernel_answers(build, "free", ["0.0.0.0", "::"], wrap=wrap, options=("-p", "udp"))
    with World(build, "free") as w:
        need_refusal("udp", ask_one(build, w, "9877", "always", wrap, ("-u",)), truth, ("free", None, []))
        low = ask_one(build, w, "80", "always", NO_PRIVILEGE)
    if [c["id"] for c in low["causes"]] != ["privileged-port"]:
        raise Failure(differ("a low port", "privileged-port", low["causes"]))


def bind_denied_by_bpf(build):
    """A program at the bind hooks of a cgroup, as SocketBindDeny= makes: EPERM there, and not outside."""
    real_users()
    with cgroup("portwhy-deny-%d" % os.getpid()) as join:
        deny = ("env", "CGROUP=" + os.path.dirname(join[-1]), build.tool("denies"), "bpf")
        if run([*join, *deny, "true"]).status:
            raise Skip("no BPF program can be put at the bind hooks of a cgroup")
        truth = kernel_answers(build, "free", ["0.0.0.0", "::"], wrap=join, namespace=REAL_USER)
        with World(build, "free", namespace=REAL_USER) as w:
            inside, outside = ask_one(build, w, "9877", "always", join), ask_one(build, w, "9877", "always")
    if set(truth.values()) != {"EPERM"}:
        raise Failure("the kernel lets it: %s" % truth)
    need_refusal("inside", inside, truth, ("refused", "EPERM", ["bind-denied"]))
    if outside["verdict"] != "free":
        raise Failure(differ("outside", "free", outside["verdict"]))


NEAREST = ("sh", "-c", 'ip link add v0 type veth peer name v1 && ip addr add 10.9.0.1/24 dev v0 && ip link set v0 up &&'
           ' ip addr add 2001:db8:0:1::1/64 dev v1 && ip addr add 2001:db8:0:2::1/64 dev v0 && exec "$@"', "sh")


def nearest_address(build):
    """Of an address that is not on this host the one most like it, or who has it and is not ready; near miss: none is like it."""
    for target, says in (("10.9.0.2:9877", "The nearest that it has is 10.9.0.1, on v0."), ("10.8.0.1:9877", None),
                         ("192.0.2.1:9877", None), ("[::ffff:10.9.0.77]:9877", "The nearest that it has is 10.9.0.1, on v0."),
                         ("[2001:db8:0:2::7]:9877", "The nearest that it has is 2001:db8:0:2::1, on v0."),
                         ("[2001:db8:0:1::1]:9877", "v1 has it, but not for this bind()"), ("[2001:db9::1]:9877", None)):
        addr = target.rpartition(":")[0].strip("[]")
        truth = kernel_answers(build, "free", [addr], prefix=NEAREST)
        with World(build, "free", prefix=NEAREST) as w:
            report = ask_one(build, w, target)
        need_refusal(target, report, truth, ("refused", "EADDRNOTAVAIL", ["address-not-local"]))
        text = report["causes"][0]["text"]
        if (says or "for others.") not in text or (not says and not text.endswith("for others.")):
            raise Failure(differ(target, says, text))


# Two users, cgroups: only root can make these

HOLDER, READER = 65534, 61234


def real_users():
    if os.geteuid() != 0:
        raise Skip("needs two users, and so root")
    if run([*REAL_USER, "true"]).status != 0:
        raise Skip("unshare -n is not allowed")


def as_user(uid):
    return ("setpriv", "--reuid=%d" % uid, "--regid=%d" % uid, "--clear-groups", "--inh-caps=-all")


@contextmanager
def public_copy(build):
    """The programs where every user may run them; their folder may be root's own."""
    with tempfile.TemporaryDirectory(prefix="portwhy-live.") as folder:
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "tests"), 0o755)
        shutil.copy(build.portwhy, folder)
        for tool in ("situation", "binds", "without", "unixes"):
            shutil.copy(build.tool(tool), os.path.join(folder, "tests"))
        yield type(build)(folder)


def seen_by_another(build, slug, prefix=()):
    """What another user is told of it: the report, the words, and in what the report is wrong about the binds."""
    real_users()
    with public_copy(build) as public:
        holder = (*prefix, *as_user(HOLDER))
        truth = kernel_answers(public, slug, ["0.0.0.0", "::"], 9877, REAL_USER, holder, as_user(READER))
        with World(public, slug, 9877, REAL_USER, holder) as w:
            report = ask_one(public, w, "9877", wrap=as_user(READER))
            words = w.run([*as_user(READER), public.portwhy, "9877"]).out
    check_printable(words)
    return report, words, compare_binds(report, truth, {})


def out_of_sight(build, slug):
    """Before 6.8 not even the socket of somebody else is seen that is bound and no more: only a refusal tells of it."""
    report, _, wrong = seen_by_another(build, slug)
    got = (report["verdict"], [c["id"] for c in report["causes"]], report["sockets"])
    if got != ("taken", ["invisible-holder"], []):
        wrong.append(differ("verdict, causes, sockets", "taken, invisible-holder, none", got))
    if wrong:
        raise Failure("; ".join(wrong))


def hidden_owner(build, slug, cause, facets, prefix=(), expect_text=b"nobody"):
    if cause == "bound-not-listening" and not LISTS_BOUND_ONLY:
        out_of_sight(build, slug)
        return None
    report, words, wrong = seen_by_another(build, slug, prefix)
    sock = report["sockets"][0]
    got = (report["causes"][0]["id"], set(report["causes"][0]["facets"]), sock["held_by"], sock["owners"], sock["uid"])
    if got != (cause, set(facets.split()), "hidden", [], HOLDER):
        wrong.append(differ("cause, facets, holder", (cause, facets, "hidden", [], HOLDER), got))
    if expect_text not in words or b"hidden" not in words and b"may not be seen" not in words:
        wrong.append("in words: neither %s nor that the owner is hidden: %r" % (expect_text, words))
    if wrong:
        raise Failure("; ".join(wrong))
    return sock


def hidden_mptcp(build):
    """The owner is hidden, and what kind of socket it is told all the same, where the kernel tells all users."""
    real_users()
    with public_copy(build) as public, World(public, "mptcp-listener", 9877, REAL_USER) as w:
        if b"mptcp" not in w.run([*as_user(READER), "ss", "-tlni"]).out:
            raise Skip("this kernel tells only root which sockets are of MPTCP")
    hidden_owner(build, "mptcp-listener", "listener", "hidden-owner mptcp")


def cgroup2():
    """Where the cgroup2 hierarchy is mounted, with a right to make groups."""
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            left, _, right = line.partition(" - ")
            if right.split()[0] == "cgroup2" and os.access(left.split()[4], os.W_OK):
                return left.split()[4]
    raise Skip("no cgroup2 hierarchy is mounted and writable")


@contextmanager
def cgroup(name):
    """A cgroup of that name; gives the command prefix that joins it.  Always removed again."""
    folder = os.path.join(cgroup2(), name)
    try:
        os.mkdir(folder)
    except OSError as e:
        raise Skip("no cgroup can be made: %s" % e) from None
    try:
        yield ("sh", "-c", 'echo $$ >"$0" && exec "$@"', os.path.join(folder, "cgroup.procs"))
    finally:
        end = time.monotonic() + 30
        while True:
            try:
                os.rmdir(folder)
                break
            except OSError:
                if time.monotonic() > end:
                    raise


def unit_of_hidden_owner(build):
    real_users()
    name = "portwhy-test-%d.service" % os.getpid()
    with cgroup(name) as join:
        sock = hidden_owner(build, "listener", "listener", "hidden-owner", join, name.encode())
    if not sock["cgroup"] or not sock["cgroup"].endswith("/" + name):
        raise Failure(differ("cgroup", name, sock["cgroup"]))


def container_of_hidden_owner(build):
    real_users()
    number = "%064x" % (0xfeed << 240 | os.getpid())
    with cgroup("docker-%s.scope" % number) as join:
        hidden_owner(build, "listener", "listener", "hidden-owner", join, number[:12].encode())


def unit_of_seen_owner(build):
    real_users()
    name = "portwhy-seen-%d.service" % os.getpid()
    with cgroup(name) as join, World(build, "listener", 9877, REAL_USER, join) as w:
        sock = ask_one(build, w, "9877")["sockets"][0]
        words = w.run([build.portwhy, "9877"]).out
    if (sock["owners"][0]["unit"], sock["owners"][0]["container"]) != (name, None):
        raise Failure(differ("unit", name, sock["owners"]))
    if name.encode() not in words:
        raise Failure("in words: no unit: %r" % words)


# A load

# All TIME_WAITs must be made before the first ends, 60 s later: a slow machine makes fewer.
MANY, MANY_LIVE = 100000 // TIMES_SLOWER, 50000 // TIMES_SLOWER


def need_little_memory(build, world, limit_kib, *commands):
    with tempfile.NamedTemporaryFile() as peak:
        for options in commands:
            ran = world.run([build.tool("peak"), peak.name, build.portwhy, *options, "9877"])
            if ran.status != 1 or ran.err:
                raise Failure("status %d: %s" % (ran.status, ran.err))
            with open(peak.name) as f:
                kib = int(f.read())
            if kib > limit_kib and not build.is_sanitized:
                raise Failure(differ("%s: peak memory" % " ".join(options), "at most %d KiB" % limit_kib, "%d KiB" % kib))


def need_whole_files(build, world, folder):
    """What is written piece by piece is there whole or not at all, too."""
    small = 'mount -t tmpfs -o size=1m none "$0" && cd "$0" && "$@"; status=$?; ls >&2; exit $status'
    need_little_memory(build, world, 16 * 1024, ("-a", "-j", "--output=" + os.path.join(folder, "out")))
    with open(os.path.join(folder, "out"), "rb") as f:
        f.seek(-4, os.SEEK_END)
        if f.read() != b"]\n}\n":
            raise Failure("the file lacks its end")
    if os.listdir(folder) != ["out"]:
        raise Failure(differ("files", ["out"], os.listdir(folder)))
    ran = world.run(["unshare", "-m", "sh", "-c", small, folder, build.portwhy, "-a", "-j", "--output=x", "9877"])
    if ran.status != 2 or len(ran.err.splitlines()) != 1:
        raise Failure("a full disk: status %d: %s" % (ran.status, ran.err))


def many_time_waits(build):
    with World(build, str(MANY), tool="manytw") as w:
        report = ask_one(build, w, "9877")
        need_little_memory(build, w, 8 * 1024, ("-j",), ())
        need_little_memory(build, w, 16 * 1024, ("-a", "-j"), ("check",))
        need_little_memory(build, w, 32 * 1024, ("-a",))
        with tempfile.TemporaryDirectory() as folder:
            need_whole_files(build, w, folder)
    got = (report["verdict"], [c["id"] for c in report["causes"]], sum(s["count"] for s in report["sockets"]))
    if got != ("taken", ["time-wait"], MANY):
        raise Failure(differ("verdict, causes, count", ("taken", ["time-wait"], MANY), got))
    if len(report["sockets"]) != 22:
        raise Failure(differ("rows: ten and a rest for each of two addresses", 22, len(report["sockets"])))


def many_connections(build):
    """One listener with its connections, accepted and not: one cause, and every socket counted."""
    with World(build, str(MANY_LIVE), tool="manyconn") as w:
        report = ask_one(build, w, "9877")
        need_little_memory(build, w, 16 * 1024, ("-j",), (), ("-a", "-j"))
        owners = {o["pid"] for s in report["sockets"] for o in s["owners"]}
        if owners != set(w.facts["pid"]):
            raise Failure(differ("owners", w.facts["pid"], owners))
    counts = {}
    for s in report["sockets"]:
        counts[s["state"]] = counts.get(s["state"], 0) + s["count"]
    got = (report["verdict"], [c["id"] for c in report["causes"]], report["causes"][0]["facets"], counts)
    expected = ("taken", ["listener"], ["many"], {"LISTEN": 1, "ESTABLISHED": MANY_LIVE})
    if got != expected:
        raise Failure(differ("verdict, causes, facets, counts", expected, got))
    if len(report["sockets"]) > 23:
        raise Failure(differ("rows: the listener, ten and a rest of the accepted and of the others", "at most 23",
                             len(report["sockets"])))


# What the documents are compared with

def schema_is_used(build):
    """Each document of each test passes it (parse_document); here it is seen to forbid what it should."""
    if not Draft202012Validator:
        raise Skip(MISSING)
    with World(build, "listener") as w:
        text = json.dumps(ask(build, w, "9877"))
    for old, new in (('"verdict": ', '"Verdict": '), ('"result": "EADDRINUSE"', '"result": "in use"'),
                     ('"netns": {', '"netns": {"matches": true, '), ('"id": "listener"', '"id": "nothing-like-it"'),
                     ('"cookie": "', '"cookie": "x')):
        if old not in text or not complaint(json.loads(text.replace(old, new, 1))):
            raise Failure("the schema allows %s" % new)


SPECIAL = [
    ("schema", schema_is_used),
    ("several-targets", several_targets),
    ("hidden-owner-mptcp", hidden_mptcp),
    ("full-disk", full_disk),
    ("hostile-name", hostile_name),
    ("never-binds", never_binds),
    ("binds-only-what-is-open", binds_only_what_is_open),
    ("no-ipv6", no_ipv6),
    ("bind-denied-by-landlock", bind_denied_by_landlock),
    ("bind-denied-by-bpf", bind_denied_by_bpf),
    ("address-not-local-nearest", nearest_address),
    ("hidden-owner-unit", unit_of_hidden_owner),
    ("hidden-owner-container", container_of_hidden_owner),
    ("seen-owner-unit", unit_of_seen_owner),
    ("many-time-waits", many_time_waits),
    ("many-connections", many_connections),
]
SPECIAL += [(row[0], lambda b, row=row: bind_denied(b, *row)) for row in DENIED]
SPECIAL += [(row[0], lambda b, row=row: hidden_owner(b, *row[1:])) for row in HIDDEN]
SPECIAL += [("no-netlink-" + row[0], lambda b, row=row: no_netlink(b, row)) for row in NO_NETLINK]
SPECIAL += [("bad-target-%d" % i, lambda b, text=text: bad_target(b, text)) for i, text in enumerate(BAD_TARGETS)]
