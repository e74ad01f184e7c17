# SPDX-License-Identifier: GPL-2.0-or-later
"""Target 0: is a port of the range left?  Compared with a real bind() to port 0, or with --to a real connect()."""
from dataclasses import dataclass
from typing import Tuple

from expect import ask_one, check_printable, differ
from world import Failure, World


@dataclass
class Pick:
    """By default ports 9877 to 9880.  rules: the verdict with --probe=never, where a trial knows more."""
    name: str
    situation: str
    verdict: str
    says: str = ""                   # in the first line
    addr: str = "0.0.0.0"            # of the real call
    options: Tuple[str, ...] = ()    # of portwhy
    mix: Tuple[str, ...] = ()        # the same for the real call
    sysctls: Tuple[str, ...] = ()
    clears: str = ""
    to: str = ""
    rules: str = ""


def only(family, **more):
    return {"options": ("-%d" % family, *more.pop("options", ())), "addr": "0.0.0.0" if family == 4 else "::", **more}


REUSE = {"options": ("--reuseaddr",), "mix": ("-a",)}
AUTOBIND = {"sysctls": ("ip_autobind_reuse=1",)}

CASES = [
    Pick("free", "free", "free"),
    Pick("some", "range-bound-some", "free", "1 of 4 ports of the range are free on 0.0.0.0 and [::]"),
    Pick("bound", "range-bound", "taken"),
    Pick("bound-v6", "range-bound", "taken", **only(6)),
    Pick("specific", "range-bound-specific", "taken"),
    Pick("mapped", "range-bound-mapped", "taken"),
    Pick("v6-specific", "range-bound-v6", "taken", "on [::] (not on 0.0.0.0)", addr="::"),
    Pick("v6-specific-from-v4", "range-bound-v6", "free", "4 of 4 ports", **only(4)),
    Pick("v6only", "range-bound-v6only", "taken", addr="::"),
    Pick("v6only-from-v4", "range-bound-v6only", "free", **only(4)),
    Pick("v6only-beside-v4", "range-bound", "free", addr="::", options=("-6", "--v6only"), mix=("-6",)),
    Pick("reuse", "range-bound-reuse", "taken", **REUSE),
    Pick("reuseport", "range-bound-reuse", "taken", options=("--reuseport",), mix=("-p",)),
    Pick("autobind-reuse", "range-bound-reuse", "free", rules="unsure", **REUSE, **AUTOBIND),
    Pick("autobind-reuse-lacked", "range-bound", "taken", rules="unsure", **REUSE, **AUTOBIND),
    Pick("autobind-reuse-plain", "range-bound-reuse", "taken", **AUTOBIND),
    Pick("autobind-reuse-listening", "range-listening-reuse", "taken", **REUSE, **AUTOBIND),
    # Whether a walk by twos through an odd number of ports comes by the last one is chance.
    Pick("odd", "range-odd", "unsure", "may or may not be found"),
    Pick("reserved", "range-bound-two", "taken", sysctls=("ip_local_reserved_ports=9879-9880",)),
    Pick("reserved-some", "range-bound-two", "free", "1 of 3 ports", sysctls=("ip_local_reserved_ports=1,9880,30000-30010",)),
    Pick("outgoing", "range-outgoing", "taken", clears="unknown"),
    Pick("time-wait", "range-time-wait", "taken", clears="timer"),
    Pick("accepted", "range-accepted", "taken", clears="unknown"),

    Pick("to-free", "free", "free", to="127.0.0.1:80"),
    Pick("to-some", "range-bound-some", "free", "1 of 4 ports", to="127.0.0.1:80"),
    Pick("to-bound", "range-bound", "taken", to="127.0.0.1:80"),
    Pick("to-bound-elsewhere", "range-bound-v6", "taken", to="127.0.0.1:80"),
    Pick("to-listening", "range-listening-reuse", "taken", to="127.0.0.1:80"),
    Pick("to-there-already", "range-outgoing", "taken", to="127.0.0.1:9977"),
    Pick("to-elsewhere", "range-outgoing", "unsure", to="127.0.0.1:9978"),
    Pick("to-accepted", "range-accepted", "unsure", to="127.0.0.1:80"),
    Pick("to-over-time-wait", "range-time-wait", "unsure", to="127.0.0.1:9977"),
    Pick("to-over-time-wait-not-reused", "range-time-wait", "taken", to="127.0.0.1:9977", sysctls=("tcp_tw_reuse=0",),
         clears="timer"),
    Pick("to-no-route", "free", "refused", to="192.0.2.1:80"),
]
# What the kernel does where portwhy is unsure: a connection that connect() made shares its port, an accepted one does not.
UNSURE = {"to-elsewhere": ["ok"], "to-accepted": ["connect", "EADDRNOTAVAIL"], "odd": None, "to-over-time-wait": None}


def prefix_of(case):
    commands = ["echo '%s' > /proc/sys/net/ipv4/%s" % tuple(reversed(s.split("="))) for s in case.sysctls]
    return ("sh", "-c", " && ".join(commands + ['exec "$@"']), "sh")


def kernel_says(build, case):
    to = case.to.split(":") if case.to else ["-"]
    with World(build, case.situation, prefix=prefix_of(case)) as w:
        return w.run([build.tool("connects"), *case.mix, case.addr, "0", *to]).must().out.decode().split()


def check_picking(build, case):
    truth = kernel_says(build, case)
    options = [*case.options] + ["--to=" + case.to] * bool(case.to)
    with World(build, case.situation, prefix=prefix_of(case)) as w:
        for probe in ("never", "auto"):
            report = ask_one(build, w, "0", probe, options=options)
            verdict = case.rules if case.rules and probe == "never" else case.verdict
            if report["verdict"] != verdict:
                raise Failure(differ("verdict with --probe=" + probe, verdict, report["verdict"]))
        words = w.run([build.portwhy, *options, "0"]).out
    check_printable(words)
    first = " ".join(words.decode().split())
    if not first.startswith("tcp 0") or case.says not in first:
        raise Failure(differ("in words", case.says, first))
    exhausted = ["ephemeral-exhausted"] if case.verdict == "taken" else []
    got = [c["id"] for c in report["causes"]]
    if got != exhausted or case.clears not in ("", report["clears"]):
        raise Failure(differ("causes, clears", (exhausted, case.clears), (got, report["clears"])))
    if case.verdict == "unsure":
        if UNSURE[case.name] not in (None, truth):
            raise Failure(differ("the kernel", UNSURE[case.name], truth))
    elif truth[-1] != (report["errno"] or "ok"):
        raise Failure(differ("errno", truth, report["errno"]))


# Of the first address judged and the second: ports by state, connections to port 9977; how many ports the situation has.
WHO = (("range-bound", {"BOUND": 4}, {"BOUND": 4}, 0, 4), ("range-bound-v6", {}, {"BOUND": 4}, 0, 4),
       ("range-listening-reuse", {"LISTEN": 4}, {"LISTEN": 4}, 0, 4), ("range-outgoing", {"ESTABLISHED": 4}, {"ESTABLISHED": 4}, 4, 4),
       ("range-time-wait", {"TIME_WAIT": 4}, {"TIME_WAIT": 4}, 4, 0))


def check_who(build):
    """What fills the range, and who."""
    for situation, v4, v6, peers, held in WHO:
        with World(build, situation) as w:
            left = ask_one(build, w, "0")["ephemeral"]
            words = w.run([build.portwhy, "0"]).out
            pids = w.facts.get("holder_pid", [])
        check_printable(words)
        there = [{"addr": "127.0.0.1", "port": 9977, "sockets": peers, "at_least": False}] * bool(peers)
        expected = ([v4, v6], [there, there], [{"comm": "situation", "pid": pids[0], "ports": held}] if held else [])
        got = ([f["states"] for f in left["free"]], [f["peers"] for f in left["free"]], left["holders"])
        if got != expected:
            raise Failure(differ(situation, expected, got))
        if held and b"Who has most of them: situation (pid %d) 4." % pids[0] not in b" ".join(words.split()):
            raise Failure(differ(situation, "in words who has most", words))


PICKING = [("pick-who", check_who)]
PICKING += [("pick-" + case.name, lambda b, case=case: check_picking(b, case)) for case in CASES]
