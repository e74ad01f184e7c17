# SPDX-License-Identifier: GPL-2.0-or-later
"""--to: what portwhy says of connect(), compared with a real bind() and connect() in a second, identical set-up."""
import tempfile
from dataclasses import dataclass
from typing import Tuple

from cases import TWO_DEVICES
from expect import ask, ask_one, check_printable, differ
from world import Failure, Skip, World, run


@dataclass
class To:
    """PEER in host stands for the port of the situation's peer."""
    name: str
    situation: str
    target: str
    to: str
    verdict: str
    cause: str = ""
    clears: str = "now"
    options: Tuple[str, ...] = ()  # of portwhy
    mix: Tuple[str, ...] = ()      # the same for the real call
    call: Tuple[str, str] = ("", "")  # ADDRESS and host of the real call, where they are not those of target and to
    prefix: Tuple[str, ...] = ()
    result: str = ""               # of connect, where the bind() before it fails or it is unknown


REUSE = {"options": ("--reuseaddr",), "mix": ("-a",)}
TAKEN = {"verdict": "taken", "cause": "connect-tuple-in-use", "clears": "never"}
DEVICES = ("sh", "-c", 'ip link add v0 type veth peer name v1 && ip link set v0 up && ip address add 10.9.8.7/24 dev v0'
           ' && exec "$@"', "sh")


def timestamps(on):
    return ("sh", "-c", 'echo %d > /proc/sys/net/ipv4/tcp_timestamps && exec "$@"' % on, "sh")


CASES = [
    To("free", "free", "127.0.0.1:9877", "127.0.0.1:80", "free"),
    To("free-any", "free", "9877", "127.0.0.1:80", "free", call=("0.0.0.0", "127.0.0.1")),
    To("free-v6", "free", "9877", "[::1]:80", "free", call=("::", "::1")),
    To("free-mapped", "free", "[::]:9877", "127.0.0.1:80", "free", call=("::", "::ffff:127.0.0.1")),
    To("free-this-host", "free", "127.0.0.2:9877", "0.0.0.0:80", "free"),
    To("itself", "free", "127.0.0.1:9877", "127.0.0.1:9877", "free"),
    To("itself-any", "free", "9877", "127.0.0.1:9877", "free", call=("0.0.0.0", "127.0.0.1")),

    To("live", "accepted-connection-reuse", "127.0.0.1:9877", "127.0.0.1:PEER", **TAKEN, **REUSE),
    To("live-any", "accepted-connection-reuse", "9877", "127.0.0.1:PEER", call=("0.0.0.0", "127.0.0.1"), **TAKEN, **REUSE),
    To("live-mapped", "accepted-connection-reuse", "[::]:9877", "127.0.0.1:PEER", call=("::", "::ffff:127.0.0.1"),
       **TAKEN, **REUSE),
    To("live-this-host", "accepted-connection-reuse", "127.0.0.1:9877", "0.0.0.0:PEER", **TAKEN, **REUSE),
    To("live-plain", "accepted-connection-reuse", "127.0.0.1:9877", "127.0.0.1:PEER", "taken", "accepted-connection",
       "never", result="EADDRNOTAVAIL"),
    To("live-other-peer", "accepted-connection-reuse", "127.0.0.1:9877", "127.0.0.2:PEER", "free", **REUSE),
    To("live-other-port", "accepted-connection-reuse", "127.0.0.1:9877", "127.0.0.1:80", "free", **REUSE),
    To("live-other-source", "accepted-connection-reuse", "127.0.0.2:9877", "127.0.0.1:PEER", "free", **REUSE),
    To("live-source-by-route", "outbound-connection-reuse", "9877", "10.9.8.7:PEER", "free", prefix=DEVICES,
       call=("0.0.0.0", "10.9.8.7"), **REUSE),
    To("live-on-its-device", "accepted-connection-reuse", "0.0.0.0%lo:9877", "127.0.0.1:PEER", prefix=TWO_DEVICES,
       verdict="taken", cause="connect-tuple-in-use", clears="never", call=("0.0.0.0", "127.0.0.1"),
       options=("--reuseaddr",), mix=("-a", "-d", "lo")),
    # A socket on a device meets only those on the same; one without meets all.
    To("live-on-a-device", "accepted-connection-on-lo", "127.0.0.1:9877", "127.0.0.1:PEER", "free", **REUSE),
    To("live-on-the-same-device", "accepted-connection-on-lo", "127.0.0.1%lo:9877", "127.0.0.1:PEER", "taken",
       "connect-tuple-in-use", "never", options=("--reuseaddr",), mix=("-a", "-d", "lo")),
    To("live-syn-sent", "outbound-syn-sent", "127.0.0.1:9877", "127.0.0.1:PEER", "taken", "outbound-connection", "never",
       result="EADDRNOTAVAIL"),
    To("live-half-open", "half-open", "127.0.0.1:9877", "127.0.0.1:PEER", "taken", "connect-tuple-in-use", "unknown"),
    To("live-close-wait", "close-wait-reuse", "127.0.0.1:9877", "127.0.0.1:PEER", **TAKEN, **REUSE),
    To("live-last-ack", "last-ack-reuse", "127.0.0.1:9877", "127.0.0.1:PEER", "taken", "connect-tuple-in-use",
       "estimate", **REUSE),
    To("live-self-connect", "self-connect-reuse", "127.0.0.1:9877", "127.0.0.1:9877", **TAKEN, **REUSE),
    To("listener-of-it", "listener", "127.0.0.1:9877", "127.0.0.1:80", "taken", "listener", "never"),
    To("remote-port-alone", "listener-specific", "127.0.0.1:9876", "127.0.0.1:9877", "free"),

    To("no-route", "free", "9877", "192.0.2.1:80", "refused", clears="never", call=("0.0.0.0", "192.0.2.1")),
    To("no-route-v6", "free", "9877", "[2001:db8::1]:80", "refused", clears="never", call=("::", "2001:db8::1")),
    To("multicast", "free", "9877", "224.0.0.1:80", "refused", clears="never", call=("0.0.0.0", "224.0.0.1"),
       prefix=DEVICES),
    To("multicast-v6", "free", "9877", "[ff02::1]:80", "refused", clears="never", call=("::", "ff02::1")),
    To("broadcast", "free", "9877", "10.9.8.255:80", "refused", clears="never", call=("0.0.0.0", "10.9.8.255"),
       prefix=DEVICES),
    To("loopback-to-away", "free", "127.0.0.1:9877", "10.9.8.1:80", "refused", clears="never", prefix=DEVICES),
    To("link-local-without-device", "free", "9877", "[fe80::1]:80", "refused", clears="never", call=("::", "fe80::1")),
    To("v6only-to-v4", "free", "[::]:9877", "[::1]:80", "free", options=("--v6only",), mix=("-6",)),
]

# Over what is left of a connection: unknown, and these are the two outcomes.
DEAD = [
    ("time-wait", "time-wait-reuse", "timer"),
    ("fin-wait-2", "fin-wait-2-orphan-reuse", "estimate"),
    ("time-wait-mapped", "time-wait-mapped-reuse", "timer"),
]


def parts(endpoint):
    """ADDRESS and PORT, with no device and no brackets."""
    address, _, port = endpoint.rpartition(":")
    return address.strip("[]").partition("%")[0], port


def peer_of(world):
    return str(world.facts.get("peer_port", [0])[-1])


def kernel_says(build, case):
    with World(build, case.situation, prefix=case.prefix) as w:
        (here, port), (there, to_port) = parts(case.target), parts(case.to.replace("PEER", peer_of(w)))
        here, there = case.call[0] or here, case.call[1] or there
        return w.run([build.tool("connects"), *case.mix, here, port, there, to_port]).must().out.decode().split()


def check_connecting(build, case):
    truth = kernel_says(build, case)
    with World(build, case.situation, prefix=case.prefix) as w:
        options = [*case.options, "--to=" + case.to.replace("PEER", peer_of(w))]
        report = ask_one(build, w, case.target, options=options)
        words = w.run([build.portwhy, *options, case.target]).out
    check_printable(words)
    causes = [c["id"] for c in report["causes"]]
    wanted = (truth[-1], case.verdict, [case.cause] if case.cause else [], case.clears)
    got = (report["errno"] or "ok", report["verdict"], causes, report["clears"])
    if got != wanted:
        raise Failure(differ("errno, verdict, causes, clears", wanted, got))
    result = case.result or ("ok" if truth[0] in ("ok", "bind") else truth[-1])
    if report["connect"]["result"] != result:
        raise Failure(differ("connect", result, report["connect"]))
    itself = case.name.startswith("itself")
    if ("connects-to-itself" in [n["id"] for n in report["notes"]]) != itself:
        raise Failure("notes: %s" % report["notes"])


def over_dead(build, situation, clears):
    """Nothing shows whether it used timestamps: both outcomes are real, and both are said."""
    case = To("", situation, "127.0.0.1:9877", "127.0.0.1:PEER", "unsure", **REUSE)
    outcomes = []
    for on in (0, 1):
        case.prefix = timestamps(on)
        outcomes.append(kernel_says(build, case))
        with World(build, situation, prefix=case.prefix) as w:
            options = ["--reuseaddr", "--to=127.0.0.1:" + peer_of(w)]
            report = ask_one(build, w, case.target, options=options)
            words = " ".join(w.run([build.portwhy, *options, case.target]).out.decode().split())
        got = (report["verdict"], report["errno"], report["clears"], report["connect"]["result"],
               report["connect"]["blocked_by"], report["sockets"][0]["blocks"])
        if got != ("unsure", None, clears, "unknown", [0], None):
            raise Failure(differ("with timestamps %d" % on, "unsure until its " + clears, got))
        for said in ("works at once, whatever tcp_tw_reuse says", "fails with EADDRNOTAVAIL until it is gone"):
            if said not in words:
                raise Failure("not said: %s: %s" % (said, words))
    if outcomes != [["connect", "EADDRNOTAVAIL"], ["ok"]]:
        raise Failure("the kernel's outcomes without and with timestamps: %s" % outcomes)


def one_of_many(build):
    """Folding loses no connection: the last of 300 is found."""
    with World(build, "time-wait-many") as w:
        peer = peer_of(w)
        for to, verdict in ((peer, "unsure"), ("80", "free")):
            report = ask_one(build, w, "127.0.0.2:9877", options=("--to=127.0.0.1:" + to,))
            if report["verdict"] != "free":
                raise Failure("from another address: " + report["verdict"])
    with World(build, "time-wait-many-reuse") as w:
        peers = w.facts["first_peer_port"] + w.facts["peer_port"]
        for peer, verdict in [(p, "unsure") for p in peers] + [(80, "free")]:
            report = ask_one(build, w, "9877", options=("--reuseaddr", "--to=127.0.0.1:%d" % peer))
            if report["verdict"] != verdict:
                raise Failure(differ("to %d" % peer, verdict, report["verdict"]))


def several_peers(build):
    """One report for each address of the peer that fits the target."""
    with World(build, "free") as w, tempfile.NamedTemporaryFile("w") as hosts:
        hosts.write("127.0.0.1 portwhy-test\n127.0.0.2 portwhy-test\n::1 portwhy-test\n")
        hosts.flush()
        wrap = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts.name)
        if w.run([*wrap, "true"]).status != 0:
            raise Skip("no file can be mounted over /etc/hosts")
        v4, v6 = {"127.0.0.1", "127.0.0.2"}, {"::1"}
        for target, options, wanted in (("9877", (), v4 | v6), ("127.0.0.1:9877", (), v4), ("[::1]:9877", (), v6),
                                        ("9877", ("-4",), v4), ("[::]:9877", (), v6)):
            doc = ask(build, w, [target], wrap=wrap, options=("--to=portwhy-test:http", *options), ranges=True)
            got = {r["connect"]["to"]["addr"] for r in doc["reports"]}
            if got != wanted or doc["verdict"] != "free":
                raise Failure(differ(target, wanted, got))


def of_a_list(build):
    """Each port of a list is asked about the same peer."""
    with World(build, "accepted-connection-reuse") as w:
        doc = ask(build, w, ["9876-9878"], options=("--reuseaddr", "--to=127.0.0.1:" + peer_of(w)), ranges=True)
        got = [(r["target"]["port"], r["verdict"], r["errno"]) for r in doc["reports"]]
    if got != [(9877, "taken", "EADDRNOTAVAIL")]:
        raise Failure(differ("reports", "9877 alone", got))


BAD = ["", "80", ":80", "*:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:80,81", "127.0.0.1:80-81", "::1:80",
       "127.0.0.1%lo:80", "[fe80::1%nosuchdevice]:80", "nosuchname.invalid:80", "127.0.0.1:nosuchservice"]


def bad_peer(build):
    for target, to in [("9877", to) for to in BAD] + [("127.0.0.1:9877", "[::1]:80"), ("[::1]:9877", "127.0.0.1:80")]:
        ran = run([build.portwhy, "--to=" + to, target])
        if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1 or ("'%s'" % to).encode() not in ran.err:
            raise Failure("--to=%s %s: status %d, %r, %r" % (to, target, ran.status, ran.out, ran.err))


CONNECTING = [("to-" + case.name, lambda b, case=case: check_connecting(b, case)) for case in CASES]
CONNECTING += [("to-over-" + name, lambda b, row=row: over_dead(b, *row)) for name, *row in DEAD]
CONNECTING += [("to-one-of-many", one_of_many), ("to-several-peers", several_peers), ("to-of-a-list", of_a_list),
               ("to-bad-peer", bad_peer)]
