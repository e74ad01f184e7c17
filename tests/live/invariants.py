# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds for every JSON document of portwhy, whatever the situation: the
keys, the order and the counts of the interface, and that its parts agree.

check() returns a list of complaints; an empty one means that all is well.
"""
import re

import invariants_unix

TOP = "schema version kernel time verdict notes reports"
NOTE = "id text sockets netns"
REPORT = "target netns verdict errno clears_in_ms late_ms clears binds connect ephemeral causes sockets gaps notes"
TARGET = "text proto addr port device path"
BIND = "addr reuseaddr reuseport v6only result listen by unknown blocked_by"
CONNECT = "to from result blocked_by"
EPHEMERAL = "first last reserved free states holders unseen"
CAUSE = "id certainty title text sockets facets story fixes"
STEP = "at_ms end event segment state"
FIX = "id text helps_now permanent command code"
SOCKET = ("proto state blocks held_by local peer timer age_ms uid inode cookie reuseaddr reuseport v6only cgroup"
          " owners count")
OWNER = "pid fd comm exe cmdline cwd uid user state cloexec unit container parents"
GAP = "what errno consequence affects"

MIXES = [(False, False), (True, False), (False, True), (True, True)]
MIX_NAMES = ["plain", "reuseaddr", "reuseport", "both"]
LOOK_ALIKES = ["privileged-port", "address-not-local", "bind-denied", "invisible-holder"]
CAUSES = ["listener", "bound-not-listening", "self-connect", "outbound-connection", "accepted-connection", "close-wait",
          "fin-wait-2-half-closed", "syn-recv", "fin-wait-1", "closing", "last-ack", "fin-wait-2-orphan", "time-wait",
          "outbound-time-wait", "udp-socket", "ephemeral-exhausted", "connect-tuple-in-use"]
CAUSES += invariants_unix.CAUSES[:6] + LOOK_ALIKES
INFERRED = ["outbound-time-wait"]
STATES = ("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING"
          " BOUND").split()
UDP_STATES = ["UNCONN", "ESTABLISHED"]
WORST_FIRST = ["taken", "refused", "unsure", "free"]
STATUS = {"free": 0, "taken": 1, "refused": 1, "unsure": 3}
TIMERS = ["retransmit", "keepalive", "timewait", "probe", "delack"]


class Complaints(list):
    def need(self, true, what, got=None):
        if not true:
            self.append(what if got is None else "%s: %r" % (what, got))


def keys(bad, where, obj, names, optional=()):
    """Exactly these keys; one for bytes may have its _bytes_hex twin."""
    if not isinstance(obj, dict):
        bad.append("%s is no object: %r" % (where, obj))
        return False
    extra = set(obj) - set(names.split()) - set(optional)
    extra -= {k for k in extra if k.endswith("_bytes_hex") and k[:-len("_bytes_hex")] in obj}
    missing = set(names.split()) - set(obj)
    bad.need(not extra and not missing, "keys of %s: missing %s, not in the interface %s"
             % (where, sorted(missing), sorted(extra)))
    return not missing


def is_int(x):
    return isinstance(x, int) and not isinstance(x, bool)


def is_text(x):
    return isinstance(x, str) and x != ""


def worst(verdicts):
    return min(verdicts, key=WORST_FIRST.index)


def check_owner(bad, where, owner):
    if not keys(bad, where, owner, OWNER, ("cmdline_bytes_hex", "via", "tid")):
        return
    bad.need(is_int(owner["pid"]) and owner["pid"] > 0, where + ": pid", owner["pid"])
    bad.need(is_int(owner["fd"]) and owner["fd"] >= 0, where + ": fd", owner["fd"])
    bad.need(isinstance(owner["cmdline"], list), where + ": cmdline", owner["cmdline"])
    bad.need(owner["cloexec"] in (True, False, None), where + ": cloexec", owner["cloexec"])
    for parent in owner["parents"]:
        keys(bad, where + ": parent", parent, "pid comm")


def check_times(bad, where, s):
    timer = s["timer"]
    if timer is not None and keys(bad, where + ": timer", timer, "kind expires_ms"):
        bad.need(timer["kind"] in TIMERS, where + ": timer", timer)
        bad.need(timer["expires_ms"] is None or is_int(timer["expires_ms"]) and timer["expires_ms"] >= 0,
                 where + ": timer", timer)
    if s["state"] == "TIME_WAIT":
        bad.need(timer and timer["kind"] == "timewait", where + ": TIME_WAIT without its timer", timer)
        if timer and s["count"] == 1:
            bad.need(s["age_ms"] == 60000 - timer["expires_ms"], where + ": age and timer are not 60 s together",
                     (s["age_ms"], timer))
    else:
        bad.need(s["age_ms"] is None, where + ": age_ms outside TIME_WAIT", s["age_ms"])


def check_socket(bad, where, s, target):
    if not keys(bad, where, s, SOCKET, ("suspects",)):
        return
    port = target["port"]
    bad.need(s["proto"] == target["proto"], where + ": proto", s["proto"])
    bad.need(s["state"] in (UDP_STATES if s["proto"] == "udp" else STATES), where + ": state", s["state"])
    bad.need(s["proto"] != "udp" or s["timer"] is None, where + ": timer of UDP", s["timer"])
    bad.need(s["held_by"] in ("process", "kernel", "hidden", "unknown"), where + ": held_by", s["held_by"])
    if keys(bad, where + ": local", s["local"], "addr port device"):
        bad.need(s["local"]["port"] == port, where + ": a socket of another port", s["local"])
    bad.need(is_int(s["count"]) and s["count"] >= 1, where + ": count", s["count"])
    if s["count"] > 1:
        for key in ("peer", "cookie", "inode", "age_ms"):
            bad.need(s[key] is None, where + ": %s of a row that stands for several" % key, s[key])
    elif s["state"] in ("LISTEN", "BOUND", "UNCONN"):
        bad.need(s["peer"] is None, where + ": peer of a socket without connection", s["peer"])
    elif keys(bad, where + ": peer", s["peer"], "addr port"):
        bad.need(is_text(s["peer"]["addr"]) and is_int(s["peer"]["port"]), where + ": peer", s["peer"])
    bad.need(s["cookie"] is None or re.fullmatch("[1-9][0-9]*", s["cookie"]), where + ": cookie", s["cookie"])
    for key in ("reuseaddr", "reuseport", "v6only"):
        bad.need(s[key] in (True, False, None), where + ": " + key, s[key])
    bad.need((s["held_by"] == "process") == bool(s["owners"]), where + ": held_by and owners differ",
             (s["held_by"], s["owners"]))
    check_times(bad, where, s)
    for i, owner in enumerate(s["owners"]):
        check_owner(bad, "%s: owner %d" % (where, i), owner)


def check_binds(bad, where, report, probe, asked):
    """Addresses times mixes in their order, results that their blockers explain."""
    binds, nsocks = report["binds"], len(report["sockets"])
    if not all([keys(bad, "%s: bind %d" % (where, i), b, BIND) for i, b in enumerate(binds)]):
        return
    bad.need(len(binds) % 4 == 0 and binds, where + ": number of binds", len(binds))
    causes = [c["id"] for c in report["causes"]]
    for i, b in enumerate(binds):
        what = "%s: bind %s %s" % (where, b["addr"], MIX_NAMES[i % 4])
        bad.need((b["reuseaddr"], b["reuseport"]) == MIXES[i % 4], what + ": order of the mixes")
        bad.need(b["addr"] == binds[i - i % 4]["addr"], what + ": order of the addresses")
        bad.need(b["v6only"] is (asked.v6only and ":" in b["addr"]), what + ": v6only", b["v6only"])
        bad.need(b["result"] in ("ok", "unknown") or re.fullmatch("E[A-Z0-9]+", b["result"]), what, b["result"])
        bad.need(b["by"] == "rules" or b["by"] == "probe" and probe != "never", what + ": by", b["by"])
        bad.need((b["unknown"] is not None) == (b["result"] == "unknown"), what + ": unknown", b["unknown"])
        tcp = report["target"]["proto"] == "tcp"
        bad.need((b["listen"] is not None) == (tcp and b["result"] == "ok"), what + ": listen", b["listen"])
        by = b["blocked_by"]
        bad.need(len(set(by)) == len(by) and all(is_int(k) and 0 <= k < nsocks for k in by), what + ": blocked_by", by)
        if b["result"] == "ok":
            bad.need(not by, what + ": ok, but blocked", by)
        if b["result"] == "EADDRINUSE":
            bad.need(by or "invisible-holder" in causes or not report["target"]["port"], what + ": taken by nothing")


class Asked:
    """What the options of a run say of the socket that would be bound."""

    def __init__(self, options=()):
        self.mix = ("--reuseaddr" in options) + 2 * ("--reuseport" in options)
        self.v6only = "--v6only" in options
        self.to = any(o.startswith("--to") for o in options)


def requested(report, asked):
    """The binds of the requested mix."""
    return report["binds"][asked.mix::4]


def bind_verdict(b):
    if b["result"] == "ok":
        return "free"
    if b["result"] == "unknown":
        return "unsure"
    return "taken" if b["result"] == "EADDRINUSE" or b["blocked_by"] else "refused"


def check_connect(bad, where, report, asked):
    """null without --to; what it says of its parts is what a bind() would say of them."""
    connect, nsocks = report["connect"], len(report["sockets"])
    bad.need((connect is None) == (not asked.to), where + ": connect", connect)
    if connect is None or not keys(bad, where + ": connect", connect, CONNECT):
        return
    keys(bad, where + ": connect to", connect["to"], "addr port")
    keys(bad, where + ": connect from", connect["from"], "addr")
    result, by = connect["result"], connect["blocked_by"]
    bad.need(result in ("ok", "unknown", "EADDRNOTAVAIL") or re.fullmatch("E[A-Z0-9]+", result) and not by,
             where + ": connect", result)
    bad.need(result != "ok" or not by, where + ": connect works, but is blocked", by)
    bad.need(all(is_int(k) and 0 <= k < nsocks for k in by), where + ": connect: blocked_by", by)


def check_ephemeral(bad, where, report):
    """null but for target 0, seen; no more ports are free than the range has."""
    left = report["ephemeral"]
    unseen = any(g["what"].startswith("network namespace") and g["affects"] == "verdict" for g in report["gaps"])
    bad.need((left is None) == (bool(report["target"]["port"]) or unseen), where + ": ephemeral", left)
    if left is None or not keys(bad, where + ": ephemeral", left, EPHEMERAL):
        return
    ports = left["last"] - left["first"] + 1 - left["reserved"]
    addrs = [report["connect"]["from"]["addr"]] if report["connect"] else [b["addr"] for b in report["binds"][::4]]
    bad.need([f["addr"] for f in left["free"]] == addrs, where + ": ephemeral: addresses", left["free"])
    bad.need(all(0 <= f["ports"] <= ports for f in left["free"]), where + ": ephemeral: free", left)
    for f in left["free"]:
        taken = ports - f["ports"]
        bad.need(set(f) == {"addr", "ports", "states", "peers"} and len(f["peers"]) <= 3, where + ": ephemeral: free", f)
        bad.need(all(0 < n <= taken for n in f["states"].values()), where + ": more ports in a state than are taken", f)
        bad.need(report["connect"] or sum(f["states"].values()) >= taken, where + ": a port is taken by nothing", f)
    if "ephemeral-exhausted" in [c["id"] for c in report["causes"]]:
        bad.need(min(f["ports"] for f in left["free"]) == 0, where + ": exhausted, but ports are free", left)


def connect_decides(report, asked):
    """connect() fares worse than bind()."""
    verdicts = [bind_verdict(b) for b in requested(report, asked)]
    if not report["target"]["port"]:
        return asked.to  # no bind() is called
    return bool(report["connect"]) and worst(verdicts + [bind_verdict(report["connect"])]) not in verdicts


def check_verdict(bad, where, report, asked):
    binds = requested(report, asked)
    if connect_decides(report, asked):
        binds = [report["connect"]]
    expected = worst([bind_verdict(b) for b in binds])
    if "ephemeral-exhausted" in [c["id"] for c in report["causes"]]:
        expected = "taken"
    bad.need(report["verdict"] == expected, where + ": verdict does not follow from the binds (%s)" % expected,
             report["verdict"])
    errnos = {b["result"] for b in binds if bind_verdict(b) not in ("free", "unsure")} if expected in ("taken", "refused") else {None}
    bad.need(report["errno"] in errnos, where + ": errno does not follow from the binds", report["errno"])


def check_clears(bad, where, report):
    clears, ms, late = report["clears"], report["clears_in_ms"], report["late_ms"]
    bad.need(clears in ("now", "timer", "estimate", "never", "unknown"), where + ": clears", clears)
    bad.need((report["verdict"] == "free") == (clears == "now"), where + ": clears of this verdict", clears)
    if clears == "now":
        bad.need(ms == 0, where + ": clears_in_ms of now", ms)
    elif clears in ("timer", "estimate"):
        bad.need(is_int(ms) and ms >= 0, where + ": clears_in_ms", ms)
        bad.need(is_int(late) and 0 < late <= 6000, where + ": late_ms", late)
    else:
        bad.need(ms is None and late is None, where + ": a time for %s" % clears, (ms, late))


def check_cause(bad, where, cause, nsocks):
    if not keys(bad, where, cause, CAUSE):
        return
    bad.need(cause["id"] in CAUSES, where + ": id", cause["id"])
    bad.need(cause["certainty"] in ("proof", "inferred"), where + ": certainty", cause["certainty"])
    bad.need(cause["id"] not in INFERRED or cause["certainty"] == "inferred" and "probably" in cause["text"],
             where + ": inferred, and does not say so", (cause["certainty"], cause["text"]))
    bad.need(is_text(cause["title"]) and is_text(cause["text"]), where + ": title or text is empty")
    bad.need("{" not in cause["title"] + cause["text"], where + ": a place holder was left", cause["text"])
    bad.need(len(set(cause["facets"])) == len(cause["facets"]), where + ": a facet twice", cause["facets"])
    bad.need(bool(cause["sockets"]) != (cause["id"] in LOOK_ALIKES + ["ephemeral-exhausted"] + invariants_unix.OF_FILE), where + ": sockets", cause["sockets"])
    bad.need(all(is_int(k) and 0 <= k < nsocks for k in cause["sockets"]), where + ": sockets", cause["sockets"])
    for i, step in enumerate(cause["story"]):
        if keys(bad, "%s: step %d" % (where, i), step, STEP):
            bad.need(step["end"] in ("local", "peer"), where + ": end of a step", step["end"])
    timed = [s["at_ms"] for s in cause["story"] if s["at_ms"] is not None]
    bad.need(len(timed) == (cause["id"] in ("time-wait", "outbound-time-wait")), where + ": steps with a time", timed)
    bad.need(all(-60000 <= t <= 0 for t in timed), where + ": time of a step", timed)
    bad.need(cause["fixes"], where + ": no fix")
    for i, fix in enumerate(cause["fixes"]):
        if keys(bad, "%s: fix %d" % (where, i), fix, FIX):
            bad.need(is_text(fix["text"]) and "{" not in fix["text"] + (fix["command"] or ""), where + ": fix", fix)
            bad.need(isinstance(fix["helps_now"], bool) and isinstance(fix["permanent"], bool), where + ": fix", fix)


def check_causes(bad, where, report, asked):
    """In order, each blocker in exactly one of them, and nothing else in any."""
    causes, socks = report["causes"], report["sockets"]
    for c in causes:
        check_cause(bad, "%s: cause %s" % (where, c.get("id")), c, len(socks))
    ids = [c["id"] for c in causes]
    bad.need(ids == sorted(set(ids), key=CAUSES.index), where + ": order of causes", ids)
    blockers = [i for i, s in enumerate(socks) if s["blocks"]]
    claimed = sorted(k for c in causes for k in c["sockets"])
    bad.need(claimed == blockers, where + ": causes do not hold each blocker once", (claimed, blockers))
    bad.need(blockers == list(range(len(blockers))), where + ": blockers do not come first", blockers)
    calls = [report["connect"]] if connect_decides(report, asked) else requested(report, asked)
    stopped = sorted({k for b in calls if b["result"] != "unknown" for k in b["blocked_by"]})
    bad.need(stopped == blockers, where + ": blocks differs from blocked_by", (blockers, stopped))
    expected = report["verdict"] in ("taken", "refused") and report["errno"] not in ("EAFNOSUPPORT", "EINVAL")
    # No route is no cause: the first line says it.
    expected &= not (connect_decides(report, asked) and report["verdict"] == "refused")
    bad.need(report["target"]["proto"] == "tcp" or set(ids) <= {"udp-socket", "ephemeral-exhausted", *LOOK_ALIKES},
             where + ": a cause of TCP", ids)
    bad.need(bool(causes) == expected, where + ": causes of this verdict", ids)
    open_question = any(b["result"] == "unknown" for b in requested(report, asked) + [report["connect"] or {"result": "ok"}])
    for i, s in enumerate(socks):
        bad.need(s["blocks"] in (True, False) or s["blocks"] is None and open_question,
                 "%s: socket %d: blocks" % (where, i), s["blocks"])


def check_report(bad, where, report, probe, asked):
    if not keys(bad, where, report, REPORT):
        return
    target = report["target"]
    if target.get("proto") == "unix":
        if keys(bad, where + ": target", target, TARGET + " type"):
            invariants_unix.check(bad, where, report, probe, keys, bind_verdict, check_cause)
        return
    if keys(bad, where + ": target", target, TARGET):
        bad.need(target["proto"] in ("tcp", "udp") and target["path"] is None, where + ": target", target)
    keys(bad, where + ": netns", report["netns"], "inode name")
    before = len(bad)
    for i, s in enumerate(report["sockets"]):
        check_socket(bad, "%s: socket %d" % (where, i), s, target)
    for i, gap in enumerate(report["gaps"]):
        if keys(bad, "%s: gap %d" % (where, i), gap, GAP):
            bad.need(gap["affects"] in ("verdict", "detail"), where + ": gap", gap)
            bad.need("{" not in gap["what"] + gap["consequence"], where + ": gap with a place holder", gap)
    for i, note in enumerate(report["notes"]):
        keys(bad, "%s: note %d" % (where, i), note, NOTE)
    if len(bad) > before:
        return
    check_binds(bad, where, report, probe, asked)
    check_ephemeral(bad, where, report)
    check_connect(bad, where, report, asked)
    check_verdict(bad, where, report, asked)
    check_clears(bad, where, report)
    check_causes(bad, where, report, asked)


def check(doc, status, probe="auto", options=(), ranges=False):
    bad = Complaints()
    if not keys(bad, "document", doc, TOP):
        return bad
    bad.need(doc["schema"] == 1, "schema", doc["schema"])
    bad.need(re.fullmatch(r"\d+\.\d+\.\d+", doc["version"]), "version", doc["version"])
    bad.need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", doc["time"]), "time", doc["time"])
    for i, report in enumerate(doc["reports"]):
        check_report(bad, "report %d" % i, report, probe, Asked(options))
    for i, note in enumerate(doc["notes"]):
        keys(bad, "note %d" % i, note, NOTE)
    bad.need(doc["reports"] or ranges, "no report")
    if not bad:
        # Low ports of a range have no report; the note tells of them.
        verdicts = [r["verdict"] for r in doc["reports"]] + ["free"] * ranges
        verdicts += ["refused" for n in doc["notes"] if n["id"] == "low-ports-refused"]
        bad.need(doc["verdict"] == worst(verdicts), "verdict of all", doc["verdict"])
        bad.need(STATUS[doc["verdict"]] == status, "exit status of %s" % doc["verdict"], status)
    return bad
