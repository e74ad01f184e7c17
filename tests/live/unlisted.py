# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP sockets that are in no table: before Linux 6.8, and where netlink is refused.

Seen from a user namespace, processes outside cannot be looked at: so what is
not there is never proven, and "free" takes a trial.  What is there is found.
"""
import os
import socket

from expect import ask, ask_one, compare_binds, differ
from special import HOLDER, READER, as_user, public_copy, real_users, without
from world import FIRST_PID_NAMESPACE, REAL_USER, Failure, Skip, World, kernel_answers, nested, run

BOTH = ["0.0.0.0", "::"]
ALL = {"*": ("plain", "reuseaddr", "reuseport", "both")}
GAP = "sockets that are bound and do not listen"


def hidden_by(report):
    """What may hide a socket: the text in brackets of each gap."""
    return [g["what"][len(GAP):].strip(" ()") for g in report["gaps"] if g["what"].startswith(GAP)]


def sock_of(report):
    return {k: report["sockets"][0][k] for k in ("state", "held_by", "reuseaddr", "reuseport", "v6only", "uid")}


# situation, target, address and options of the socket that is found
FOUND = [
    ("bound-here", "9877", "0.0.0.0", {"reuseaddr": False, "reuseport": False}),
    ("bound-here", "127.0.0.1:9877", "0.0.0.0", {}),
    ("bound-reuseaddr", "9877", "0.0.0.0", {"reuseaddr": True, "reuseport": False}),
    ("bound-reuseport", "9877", "0.0.0.0", {"reuseaddr": False, "reuseport": True}),
    ("bound-v6", "9877", "::", {"v6only": False}),
    ("bound-v6only", "9877", "::", {"v6only": True}),
    ("bound-specific", "9877", "127.0.0.1", {}),
    ("bound-mapped", "9877", "::ffff:127.0.0.1", {"reuseaddr": True}),
]


def found(build, slug, target, addr, options):
    """The kernel agrees with what is said of it, without a trial as far as the rules go."""
    wrap = without(build, "netlink")
    truth = kernel_answers(build, slug, BOTH if target == "9877" else ["127.0.0.1"])
    with nested(build, slug) as w:
        # Where a trial works, it changes the port's memory of SO_REUSEPORT, and none with it is exact any more.
        auto = {"*": ("reuseport", "both")} if slug in ("bound-v6only", "bound-mapped") else {}
        for probe, unknown in (("never", ALL), ("auto", auto)):
            report = ask_one(build, w, target, probe, wrap)
            sock = report["sockets"][0]
            got = {"cause": [c["id"] for c in report["causes"]], "addr": sock["local"]["addr"], "state": sock["state"],
                   "owners": [o["pid"] for o in sock["owners"]], "uid": sock["uid"],
                   **{k: sock[k] for k in options}}
            want = {"cause": ["bound-not-listening"], "addr": addr, "state": "BOUND", "owners": w.facts["holder_pid"],
                    "uid": 0, **options}
            wrong = compare_binds(report, truth, unknown, True)
            if got != want:
                wrong.append(differ("socket", want, got))
            if wrong:
                raise Failure("--probe=%s: %s" % (probe, "; ".join(wrong)))
        for quiet, status in (("9877", 1), ("9878", 3)):
            ran = w.run([*wrap, build.portwhy, "-q", "--probe=never", quiet])
            if (ran.status, ran.out, ran.err) != (status, b"", b""):
                raise Failure("-q %s: %s" % (quiet, vars(ran)))


def on_device(build):
    """The device is known, where /proc/net/tcp tells none."""
    wrap = without(build, "netlink")
    with nested(build, "bound-on-lo") as w:
        sock = ask_one(build, w, "0.0.0.0:9877", "never", wrap)["sockets"][0]
    if (sock["local"]["device"], sock["state"], sock["reuseaddr"]) != ("lo", "BOUND", True):
        raise Failure(differ("device, state, SO_REUSEADDR", ("lo", "BOUND", True), sock))


def near_miss(build, slug, hides):
    """Nothing holds the port: a trial says so, without one it is never said to be taken."""
    wrap = without(build, "netlink")
    with nested(build, slug) as w:
        never, auto = (ask_one(build, w, "9877", probe, wrap) for probe in ("never", "auto"))
        place = "fd %d of pid %d" % (w.facts.get("holder_fd", [0])[0], w.facts["pid"][0])
    if (never["verdict"], auto["verdict"], never["sockets"] + auto["sockets"]) != ("unsure", "free", []):
        raise Failure(differ("verdicts, sockets", "unsure, free, none", (never["verdict"], auto["verdict"],
                                                                        never["sockets"])))
    # Where all that is hidden is told by its first place, ours is one of "and 1 more".
    if FIRST_PID_NAMESPACE and any(place in x for x in hidden_by(never)) != hides:
        raise Failure(differ("gap at " + place, hides, hidden_by(never)))


def knows_netns_cookie():
    """SO_NETNS_COOKIE: what tells an ordinary user the network namespace of a socket."""
    with socket.socket() as s:
        try:
            return len(s.getsockopt(socket.SOL_SOCKET, 71, 8)) == 8
        except OSError:
            return False


def of_another_user(build):
    """An ordinary user cannot look behind the descriptors of others."""
    of_own = "taken" if knows_netns_cookie() else "unsure"
    real_users()
    with public_copy(build) as public, World(public, "bound-here", 9877, REAL_USER, as_user(HOLDER)) as w:
        wrap = (*without(public, "netlink"), *as_user(READER))
        never, auto = (ask_one(public, w, "9877", probe, wrap) for probe in ("never", "auto"))
        own = ask_one(public, w, "9877", "never", (*without(public, "netlink"), *as_user(HOLDER)))
    if (never["verdict"], auto["verdict"], own["verdict"]) != ("unsure", "taken", of_own):
        raise Failure(differ("verdicts", "unsure, taken, " + of_own, (never["verdict"], auto["verdict"], own["verdict"])))
    if not hidden_by(never) or auto["causes"][0]["id"] != "invisible-holder":
        raise Failure("%s %s" % (never["gaps"], auto["causes"]))
    if of_own == "taken" and own["sockets"][0]["uid"] != HOLDER:
        raise Failure(differ("uid", HOLDER, own["sockets"][0]["uid"]))


def unreadable_tables():
    """Processes that even we may not look at, so that no look is complete here."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            for fd in os.listdir("/proc/%s/fd" % pid):
                os.readlink("/proc/%s/fd/%s" % (pid, fd))
        except (FileNotFoundError, ProcessLookupError):
            pass
        except PermissionError:
            return pid
    return None


def nothing_hidden(build):
    """Root of the machine sees all descriptors: then "free" needs no trial."""
    real_users()
    if not FIRST_PID_NAMESPACE:
        raise Skip("processes outside of this pid namespace are hidden")
    if unreadable_tables():
        raise Skip("the descriptors of pid %s may not be read" % unreadable_tables())
    wrap = without(build, "netlink")
    for slug, verdict in (("free", "free"), ("bound-here", "taken"), ("bound-elsewhere", "free"), ("unbound", "free"),
                          ("in-flight", "unsure"), ("in-ring", "unsure"), ("reset-child", "unsure")):
        with World(build, slug, 9877, REAL_USER) as w:
            report = ask_one(build, w, "9877", "never", wrap)
        if report["verdict"] != verdict or bool(hidden_by(report)) != (verdict == "unsure"):
            raise Failure(differ(slug, verdict, (report["verdict"], report["gaps"])))


def once_for_a_range(build):
    """A range of ports costs one look at the descriptors, however many hold one."""
    wrap = without(build, "netlink")
    with nested(build, "bound-here", 8001) as w:
        doc = ask(build, w, ["8000-8020"], "never", wrap, ranges=True)
        taken = {r["target"]["port"]: r for r in doc["reports"] if r["verdict"] == "taken"}
        looks = []
        for ports in ("8001", "8000-8020"):
            ran = w.run(["strace", "-f", "-qq", "-e", "trace=openat", *wrap, build.portwhy, "-q", "--probe=never", ports])
            looks.append(ran.err.count(b'"1/fd"'))
    if list(taken) != [8001] or [o["pid"] for o in taken[8001]["sockets"][0]["owners"]] != w.facts["holder_pid"]:
        raise Failure(differ("taken", [8001], taken))
    if looks != [1, 1] and looks[0]:
        raise Failure(differ("looks at the descriptors", [1, 1], looks))


UNLISTED = [("unlisted-%s-%s" % (row[0], row[1]), lambda b, row=row: found(b, *row)) for row in FOUND]
UNLISTED += [("unlisted-free-" + slug, lambda b, slug=slug, hides=hides: near_miss(b, slug, hides))
             for slug, hides in (("bound-elsewhere", False), ("unbound", False), ("reset-child", True))]
UNLISTED += [
    ("unlisted-on-device", on_device),
    ("unlisted-of-another-user", of_another_user),
    ("unlisted-nothing-hidden", nothing_hidden),
    ("unlisted-range", once_for_a_range),
]
