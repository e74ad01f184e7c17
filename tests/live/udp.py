# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP: rows like those of cases.py, and what is more than a row."""
import os
import subprocess
from dataclasses import replace

from cases import BOTH, HAS, LACKED, NO_PRIVILEGE, TWO_DEVICES, V4, V6, Case, free, refused
from expect import ask, ask_one, check_printable, compare_binds, differ, is_left_open, run_case
from special import HOLDER, READER, as_user, public_copy, real_users, without
from unlisted import FIRST_PID_NAMESPACE
from world import REAL_USER, Failure, Skip, World, kernel_answers, run

REAL = ("-p", "udp")  # the same for the real binds
U = {"options": ("-u",), "binds": REAL, "proto": "udp"}


def udp(name, situation, target="9877", facets="", **more):
    return Case("udp-" + name, situation, target, "taken", ("udp-socket",), (facets,), **{**U, **more})


def udp_free(name, situation, target="9877", **more):
    return free("udp-" + name, situation, target, **{**U, **more})


def having(*options):
    return {"options": ("-u", *options)}


def on(device, addrs):
    return {"addrs": addrs, "binds": (*REAL, "-d", device), "prefix": TWO_DEVICES}


ONE_SIDED = " reuseport-one-sided"
SHARED, ALONE, ON_ANOTHER = ("udp-shared",), (), ("other-address-free",)
ANY_MIX = {"*": ("plain", "reuseaddr", "reuseport", "both")}

UDP_CASES = [
    udp_free("free", "free", notes=ALONE),
    udp("unconnected", "udp", facets=LACKED, states={"UNCONN": 1}),
    udp("target-behind", "udp", "127.0.0.1:9877/udp", "wildcard-overlap " + LACKED, options=(), addrs=("127.0.0.1",)),
    udp("target-before", "udp", "udp:9877", LACKED, options=(), addrs=BOTH),
    udp("from-v6", "udp", "[::]:9877", "dual-stack " + LACKED),
    udp("from-specific", "udp", "127.0.0.1:9877", "wildcard-overlap " + LACKED),
    udp_free("other-family", "udp", "[::1]:9877", notes=ON_ANOTHER),
    udp("specific", "udp-specific", facets="wildcard-overlap " + LACKED),
    udp("specific-same", "udp-specific", "127.0.0.1:9877", LACKED),
    udp_free("specific-other", "udp-specific", "127.0.0.2:9877"),
    udp("v6", "udp-v6", facets="dual-stack " + LACKED),
    udp("v6-from-v4-specific", "udp-v6", "127.0.0.1:9877", "dual-stack wildcard-overlap " + LACKED),
    udp("v6only", "udp-v6only", facets=LACKED),
    udp_free("v6only-from-v4", "udp-v6only", "0.0.0.0:9877"),
    udp_free("v4-from-v6only", "udp", "[::]:9877", options=("-u", "--v6only"), binds=(*REAL, "-6")),
    udp("v6-specific", "udp-v6-specific", facets="wildcard-overlap " + LACKED),
    udp_free("v6-specific-from-v4", "udp-v6-specific", "0.0.0.0:9877"),
    udp("mapped", "udp-mapped", facets="wildcard-overlap v4-mapped " + LACKED),
    udp("mapped-from-v4", "udp-mapped", "127.0.0.1:9877", "v4-mapped " + LACKED),

    udp("connected", "udp-connected", facets=LACKED, states={"ESTABLISHED": 1}),
    udp("connected-same", "udp-connected", "127.0.0.1:9877", LACKED),
    udp_free("connected-other", "udp-connected", "127.0.0.2:9877", notes=ON_ANOTHER),
    udp("connected-reuseaddr", "udp-connected-reuseaddr", facets=HAS),
    udp("connected-v6", "udp-connected-v6", "[::]:9877", LACKED),

    udp("reuseaddr", "udp-reuseaddr", facets=HAS),
    udp_free("reuseaddr-shared", "udp-reuseaddr", notes=SHARED, **having("--reuseaddr")),
    udp("reuseaddr-lacked", "udp", facets=LACKED, **having("--reuseaddr")),
    udp("reuseport", "udp-reuseport", facets=LACKED + ONE_SIDED),
    udp_free("reuseport-shared", "udp-reuseport", notes=SHARED, **having("--reuseport")),
    udp("reuseport-one-sided", "udp", facets=LACKED + ONE_SIDED, **having("--reuseport")),
    udp("two-reuseaddr", "udp-two-reuseaddr", facets=HAS, states={"UNCONN": 2}),
    udp_free("two-reuseaddr-shared", "udp-two-reuseaddr", notes=SHARED, **having("--reuseaddr")),
    udp("two-reuseport", "udp-two-reuseport", facets=LACKED + ONE_SIDED, states={"UNCONN": 2}),
    udp_free("two-reuseport-shared", "udp-two-reuseport", notes=SHARED, **having("--reuseport")),
    udp("two-reuseport-v6", "udp-two-reuseport-v6", facets="dual-stack " + LACKED + ONE_SIDED),
    udp("two-addresses", "udp-two-addresses", facets="wildcard-overlap " + LACKED, states={"UNCONN": 2}),
    udp("two-addresses-one", "udp-two-addresses", "127.0.0.2:9877", LACKED, owners=(1,), states={"UNCONN": 1}),

    # The same two sockets, made in either order: the first that the kernel comes to decides.
    udp_free("sharing-first", "udp-sharing-first", notes=SHARED, **having("--reuseport")),
    udp("sharing-last", "udp-sharing-last", facets=HAS + ONE_SIDED, **having("--reuseport")),

    udp("device", "udp-on-lo", facets="device-bound " + LACKED),
    udp("device-same", "udp-on-lo", "0.0.0.0%lo:9877", "device-bound " + LACKED, **on("lo", V4)),
    udp_free("device-other", "udp-on-lo", "0.0.0.0%v0:9877", **on("v0", V4)),
    udp_free("device-other-any", "udp-on-lo", "*%v0:9877", **on("v0", BOTH)),

    udp("multicast", "udp-multicast", facets="wildcard-overlap " + LACKED),
    udp("multicast-same", "udp-multicast", "224.0.0.1:9877", LACKED),
    udp("multicast-from-wildcard", "udp", "224.0.0.1:9877", "wildcard-overlap " + LACKED),
    udp_free("multicast-other", "udp-multicast", "127.0.0.1:9877"),
    udp("multicast-v6", "udp-multicast-v6", "[ff02::1%lo]:9877", "device-bound " + LACKED, **on("lo", ("ff02::1",))),
    udp_free("multicast-v6-other-device", "udp-multicast-v6", "[ff02::1%v0]:9877", **on("v0", ("ff02::1",))),
    Case("udp-multicast-v6-without-device", "free", "[ff02::1]:9877", "refused", (), errno="EINVAL", held=(), **U),
    udp("broadcast", "udp-broadcast", facets="wildcard-overlap " + LACKED),
    udp("broadcast-same", "udp-broadcast", "127.255.255.255:9877", LACKED),
    udp_free("broadcast-everywhere", "udp-broadcast", "255.255.255.255:9877"),

    # More than ten sockets: a specific address is looked up by address; of a wildcard see CROWDED.
    udp("ten", "udp-ten", facets="wildcard-overlap " + LACKED, states={"UNCONN": 10}),
    udp("crowd-same", "udp-crowd", "127.0.0.7:9877", LACKED),
    udp_free("crowd-other", "udp-crowd", "127.0.0.77:9877"),

    # A socket of the other protocol is none.
    udp_free("beside-tcp-listener", "listener"),
    free("tcp-beside-udp", "udp"),
    udp("and-tcp", "udp-and-tcp", facets=LACKED, states={"UNCONN": 1}),
    Case("tcp-and-udp", "udp-and-tcp", "9877", "taken", ("listener",), ("",), states={"LISTEN": 1}),

    Case("udp-address-not-local", "free", "192.0.2.1:9877", "refused", ("address-not-local",), ("",),
         errno="EADDRNOTAVAIL", held=(), owners=(), **U),
    Case("udp-privileged-port", "free", "80", "refused", ("privileged-port",), ("",), errno="EACCES", held=(),
         owners=(), port=80, wrap=NO_PRIVILEGE, **U),
]


# A wildcard beside more than ten specific addresses: kernels without e537dd15d0d4 (7.0) let it in.
CROWDED = [
    udp("crowd", "udp-crowd", facets="wildcard-overlap " + LACKED, states={"UNCONN": 12}),
    udp("crowd-v6", "udp-crowd", "[::]:9877", "wildcard-overlap dual-stack " + LACKED),
    udp("crowd-reuseaddr", "udp-crowd-reuseaddr", facets="wildcard-overlap " + HAS),
]


def crowded_once(build, case):
    addrs, port = case.judged()
    if kernel_answers(build, case.situation, addrs, port, options=case.binds)[addrs[0], "plain"] == "ok":
        case = replace(case, verdict="free", causes=(), facets=(), clears="now", errno=None, notes=ALONE,
                       never_unknown=ANY_MIX, never_verdict="unsure")
    run_case(build, case)


def crowded(build, case):
    """By chance such a kernel sees one of the crowd after all, in one network namespace and not in the next: not three times."""
    for last in (False, False, True):
        try:
            return crowded_once(build, case)
        except Failure:
            if last:
                raise


def both_protocols(build):
    """One target is two reports with -t -u; what names its protocol itself keeps it."""
    with World(build, "udp") as w:
        for options, targets, wanted in (
                (("-t", "-u"), ["9877"], [("tcp", "free"), ("udp", "taken")]),
                (("-u", "-t"), ["9877"], [("tcp", "free"), ("udp", "taken")]),
                (("-t",), ["9877"], [("tcp", "free")]),
                (("-u",), ["9877", "tcp:9877", "9877/tcp"], [("udp", "taken"), ("tcp", "free"), ("tcp", "free")]),
                ((), ["9877", "9877/udp"], [("tcp", "free"), ("udp", "taken")])):
            doc = ask(build, w, targets, options=options, ranges=True)
            got = [(r["target"]["proto"], r["verdict"]) for r in doc["reports"]]
            if got != wanted:
                raise Failure("%s %s: %s" % (options, targets, differ("reports", wanted, got)))
        words = w.run([build.portwhy, "-tu", "9877"]).out.decode()
    if "tcp 9877 is free" not in words or "udp 9877 is taken" not in words:
        raise Failure("in words: %r" % words)


def udp_range(build):
    with World(build, "udp") as w:
        doc = ask(build, w, ["9870-9880"], options=("-u",), ranges=True)
        got = [(r["target"]["port"], r["verdict"], [c["id"] for c in r["causes"]]) for r in doc["reports"]]
        if got != [(9877, "taken", ["udp-socket"])]:
            raise Failure("a range: %s" % got)
        words = w.run([build.portwhy, "udp:9870-9880"]).out.decode()
    if not words.startswith("udp 9870-9880: 1 of 11 ports not free.") and "udp-socket" not in words:
        raise Failure("in words: %r" % words)


# sock_diag is refused: situation, options; verdict with probes, and without.  /proc/net/udp is in the kernel's order
# of another table, so what hangs on the order is not known without a trial.
NO_NETLINK = [
    ("free", (), "free", "free"),
    ("udp", (), "taken", "taken"),
    ("udp-v6", (), "taken", "taken"),
    ("udp-mapped", (), "taken", "taken"),
    ("udp-connected", (), "taken", "taken"),
    ("udp-reuseaddr", ("--reuseaddr",), "free", "free"),
    ("udp-two-reuseport", ("--reuseport",), "free", "free"),
    ("udp-sharing-first", ("--reuseport",), "free", "unsure"),
    ("udp-sharing-last", ("--reuseport",), "taken", "unsure"),
]


def no_netlink(build, slug, options, *expected):
    wrap = without(build, "netlink")
    truth = kernel_answers(build, slug, BOTH, options=REAL)
    with World(build, slug) as w:
        for probe, verdict in zip(("never", "auto"), reversed(expected)):
            report = ask_one(build, w, "9877", probe, wrap, ("-u", *options))
            wrong = compare_binds(report, truth, ANY_MIX if probe == "never" else {})
            if report["verdict"] != verdict and not (probe == "never" and is_left_open(report, options)):
                wrong.append(differ("verdict", verdict, report["verdict"]))
            if not report["gaps"]:
                wrong.append("no gap tells that sock_diag was not there")
            if wrong:
                raise Failure("--probe=%s: %s" % (probe, "; ".join(wrong)))


# Owners: root alone can make another user, and see all processes

def only_cause(report):
    return report["causes"][0]["id"], set(report["causes"][0]["facets"]), report["sockets"][0]["held_by"]


def kernel_owned(build, kind):
    """An interface's socket: its kind and port prove it, whoever asks and whatever processes are hidden."""
    truth = kernel_answers(build, "udp-" + kind, BOTH, options=REAL)
    with World(build, "udp-" + kind) as w:
        reports = [ask_one(build, w, "9877", probe, (), ("-u",)) for probe in ("never", "auto")]
        words = w.run([build.portwhy, "-u", "9877"]).out
    check_printable(words)
    wrong = compare_binds(reports[1], truth, {}) + compare_binds(reports[0], truth, ANY_MIX, True)
    id, facets, held = only_cause(reports[1])
    if (id, facets - {HAS, LACKED}, held) != ("udp-socket", {"kernel-owned"}, "kernel"):
        wrong.append(differ("cause, facets, holder", ("udp-socket", "kernel-owned", "kernel"), (id, facets, held)))
    if b"(%s)" % kind.encode() not in words or b"probably" in words or b"hidden" in words:
        wrong.append("in words: %r" % words)
    if [f["id"] for f in reports[1]["causes"][0]["fixes"]][:1] != ["stop-interface"]:
        wrong.append(differ("first fix", "stop-interface", reports[1]["causes"][0]["fixes"]))
    if wrong:
        raise Failure("; ".join(wrong))


def need_all_processes():
    """Only who sees all processes can infer that none has a socket."""
    real_users()
    if not FIRST_PID_NAMESPACE:
        raise Skip("needs the first pid namespace, where all processes are seen")


def probably_kernel_owned(build, kind, port, fix, says):
    """Nothing proves whose it is: the words say probably, and by what; near miss: a process has the same port."""
    need_all_processes()
    truth = kernel_answers(build, "udp-" + kind, BOTH, port, REAL_USER, made_on=port, options=REAL)
    with World(build, "udp-" + kind, port, REAL_USER) as w:
        report = ask_one(build, w, str(port), options=("-u",))
        words = w.run([build.portwhy, "-u", str(port)]).out
    with World(build, "udp", port, REAL_USER) as w:
        beside = only_cause(ask_one(build, w, str(port), options=("-u",)))
    check_printable(words)
    wrong = compare_binds(report, truth, {})
    id, facets, held = only_cause(report)
    if (id, facets - {HAS, LACKED, "wildcard-overlap"}, held) != ("udp-socket", {"kernel-owned"}, "unknown"):
        wrong.append(differ("cause, facets, holder", ("udp-socket", "kernel-owned", "unknown"), (id, facets, held)))
    if says not in b" ".join(words.split()):
        wrong.append("in words: %r" % words)
    if [f["id"] for f in report["causes"][0]["fixes"]][:1] != [fix]:
        wrong.append(differ("first fix", fix, report["causes"][0]["fixes"]))
    if "kernel-owned" in beside[1]:
        wrong.append("a process has it: %s" % (beside,))
    if wrong:
        raise Failure("; ".join(wrong))


# nfsd of that network namespace, with a listener and no thread.
NFSD = ("unshare", "-m", "sh", "-c", 'mount -t nfsd nfsd /proc/fs/nfsd && echo "-2 -3 +4" >/proc/fs/nfsd/versions &&'
        ' echo "tcp 2049" >/proc/fs/nfsd/portlist && exec "$@"', "sh")


def tcp_kernel_owned(build):
    """A server inside the kernel, inferred by its port; near miss: a process on the same port."""
    need_all_processes()
    if not os.path.isdir("/proc/fs/nfsd"):
        raise Skip("the module nfsd is not loaded")
    if run([*REAL_USER, *NFSD, "true"]).status:
        raise Skip("no nfsd can be begun in a network namespace")
    with World(build, "free", 2049, REAL_USER, NFSD) as w:
        report = ask_one(build, w, "2049")
        words = b" ".join(w.run([build.portwhy, "2049"]).out.split())
    with World(build, "listener", 2049, REAL_USER) as w:
        beside = only_cause(ask_one(build, w, "2049"))
    if only_cause(report) != ("listener", {"kernel-owned"}, "unknown") or b"probably that of nfsd" not in words:
        raise Failure(differ("cause, facets, holder", "listener, kernel-owned", (only_cause(report), words)))
    if b"Why: the kernel probably listens on it" not in words:
        raise Failure("in words: %r" % words)
    if beside != ("listener", set(), "process"):
        raise Failure("a process has it: %s" % (beside,))


def kernel_owned_beside(build):
    """Near miss: an interface on another port, and a socket whose process is hidden, or seen."""
    real_users()
    with public_copy(build) as public, World(public, "udp-vxlan", 9878, REAL_USER) as w:
        hold = w.enter() + [public.tool("situation"), "udp", "9877"]
        with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
            while p.stdout.readline().strip() not in (b"ready", b""):
                pass
            seen = only_cause(ask_one(public, w, "9877", options=("-u",)))
            hidden = only_cause(ask_one(public, w, "9877", wrap=as_user(READER), options=("-u",)))
            p.stdin.close()
            p.wait()
    if (seen[2], hidden[2]) != ("process", "hidden") or "kernel-owned" in seen[1] | hidden[1]:
        raise Failure(differ("holders, facets", "process, hidden", (seen, hidden)))


def hidden_owner(build, slug, facets):
    real_users()
    with public_copy(build) as public:
        holder = as_user(HOLDER)
        truth = kernel_answers(public, slug, BOTH, 9877, REAL_USER, holder, as_user(READER), options=REAL)
        with World(public, slug, 9877, REAL_USER, holder) as w:
            report = ask_one(public, w, "9877", wrap=as_user(READER), options=("-u",))
            seen = ask_one(public, w, "9877", options=("-u",))
    wrong = compare_binds(report, truth, {})
    if only_cause(report) != ("udp-socket", set(facets.split()), "hidden"):
        wrong.append(differ("cause, facets, holder", ("udp-socket", facets, "hidden"), only_cause(report)))
    if only_cause(seen)[2] != "process" or "kernel-owned" in only_cause(seen)[1]:
        wrong.append("root: %s" % (only_cause(seen),))
    if wrong:
        raise Failure("; ".join(wrong))


def other_user(build):
    """SO_REUSEADDR shares with everybody, SO_REUSEPORT with the same user."""
    real_users()
    with public_copy(build) as public:
        for slug in ("udp-reuseaddr", "udp-reuseport"):
            for uid in (READER, HOLDER):
                truth = kernel_answers(public, slug, BOTH, 9877, REAL_USER, as_user(HOLDER),
                                       options=(*REAL, "-u", str(uid)))
                with World(public, slug, 9877, REAL_USER, as_user(HOLDER)) as w:
                    report = ask_one(public, w, "9877", options=("-u", "--user=%d" % uid))
                wrong = compare_binds(report, truth, {})
                if wrong:
                    raise Failure("%s as %d: %s" % (slug, uid, "; ".join(wrong)))


WIREGUARD = b"probably the kernel's own, of the interface x0 (wireguard) or another like it"
L2TP = b"probably that of an L2TP tunnel, by the port"

UDP = [
    ("udp-both-protocols", both_protocols),
    ("udp-range", udp_range),
    ("udp-kernel-owned", lambda b: kernel_owned(b, "vxlan")),
    ("udp-kernel-owned-geneve", lambda b: kernel_owned(b, "geneve")),
    ("udp-kernel-owned-wireguard", lambda b: probably_kernel_owned(b, "wireguard", 9877, "stop-interface", WIREGUARD)),
    ("udp-kernel-owned-l2tp", lambda b: probably_kernel_owned(b, "l2tp", 1701, "other-port", L2TP)),
    ("udp-kernel-owned-beside", kernel_owned_beside),
    ("tcp-kernel-owned", tcp_kernel_owned),
    ("udp-hidden-owner", lambda b: hidden_owner(b, "udp", "hidden-owner " + LACKED)),
    ("udp-hidden-owner-reuseaddr", lambda b: hidden_owner(b, "udp-reuseaddr", "hidden-owner " + HAS)),
    ("udp-other-user", other_user),
]
UDP += [(case.name, lambda b, case=case: crowded(b, case)) for case in CROWDED]
UDP += [("udp-no-netlink-%s%s" % (row[0], "".join(row[1])), lambda b, row=row: no_netlink(b, *row)) for row in NO_NETLINK]
