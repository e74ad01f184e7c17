# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds for a report about a unix name."""

TYPES = ("stream", "dgram", "seqpacket")
CAUSES = ["unix-listener", "unix-bound", "unix-elsewhere", "unix-stale-path", "unix-not-a-socket", "unix-abstract", "bind-denied",
          "invisible-holder"]
OF_FILE = ["unix-elsewhere", "unix-stale-path", "unix-not-a-socket", "bind-denied", "invisible-holder"]
STATES = ("LISTEN", "BOUND", "ESTABLISHED")


def check_socket(bad, where, s, keys, path):
    bad.need(s["proto"] == "unix" and s["state"] in STATES, where + ": proto, state", (s["proto"], s["state"]))
    if keys(bad, where + ": local", s["local"], "path type"):
        bad.need(s["local"]["type"] in TYPES, where + ": type", s["local"])
        bad.need(not path.startswith("@") or s["local"]["path"] == path, where + ": another name", s["local"])
    for key in ("peer", "timer", "age_ms", "reuseaddr", "reuseport", "v6only"):
        bad.need(s[key] is None, where + ": " + key, s[key])
    bad.need(s["count"] == 1 and s["inode"], where + ": count, inode", (s["count"], s["inode"]))
    bad.need((s["held_by"] == "process") == bool(s["owners"]), where + ": held_by and owners differ", s["held_by"])


def check_binds(bad, where, report, probe, asked_bind_verdict):
    bind = report["binds"][0]
    target = report["target"]
    bad.need(len(report["binds"]) == 1, where + ": binds", len(report["binds"]))
    bad.need(bind["addr"] == target["path"], where + ": bind is for another name", bind["addr"])
    bad.need(not (bind["reuseaddr"] or bind["reuseport"] or bind["v6only"]), where + ": options", bind)
    bad.need(bind["by"] == "rules" or target["path"].startswith("@") and probe != "never", where + ": by", bind["by"])
    bad.need((bind["unknown"] is not None) == (bind["result"] == "unknown"), where + ": unknown", bind["unknown"])
    bad.need(report["verdict"] == asked_bind_verdict(bind), where + ": verdict does not follow from the bind", report["verdict"])
    errno = bind["result"] if report["verdict"] in ("taken", "refused") else None
    bad.need(report["errno"] == errno, where + ": errno", report["errno"])
    return bind


def check(bad, where, report, probe, keys, bind_verdict, check_cause):
    """bad collects complaints; the last three are functions of invariants.py."""
    target, socks = report["target"], report["sockets"]
    bad.need(target["addr"] is None and target["port"] is None and target["device"] is None, where + ": target", target)
    bad.need(target["path"] and target["type"] in ("stream", "dgram"), where + ": path, type", target)
    for i, s in enumerate(socks):
        check_socket(bad, "%s: socket %d" % (where, i), s, keys, target["path"])
    bind = check_binds(bad, where, report, probe, bind_verdict)
    for c in report["causes"]:
        check_cause(bad, "%s: cause %s" % (where, c["id"]), c, len(socks))
        bad.need(c["id"] in CAUSES and bool(c["sockets"]) == (c["id"] not in OF_FILE), where + ": sockets of " + c["id"], c["sockets"])
        bad.need(c["sockets"] == bind["blocked_by"], where + ": sockets of the cause", c["sockets"])
    bad.need(len(report["causes"]) == (report["verdict"] == "taken" or "bind-denied" in [c["id"] for c in report["causes"]]),
             where + ": causes", report["causes"])
    bad.need([i for i, s in enumerate(socks) if s["blocks"]] == bind["blocked_by"], where + ": blocks", bind["blocked_by"])
    clears = {"free": ("now", 0), "unsure": ("unknown", None)}.get(report["verdict"], ("never", None))
    bad.need((report["clears"], report["clears_in_ms"]) == clears and report["late_ms"] is None, where + ": clears", report["clears"])
    bad.need(report["connect"] is None and report["ephemeral"] is None, where + ": connect, ephemeral")
