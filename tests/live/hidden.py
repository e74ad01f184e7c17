# SPDX-License-Identifier: GPL-2.0-or-later
"""Holders that ss, lsof and fuser do not find: in no descriptor table of a process, or in none that may be seen."""
from expect import ask_one, check_printable, differ
from special import real_users
from world import KERNEL, OWN_USER, REAL_USER, Failure, Skip, World

# Since 6.18 the fdinfo of a ring lists what is registered with its inode.
RING_TELLS = KERNEL >= (6, 18)


def facets_of(report):
    return {f for c in report["causes"] for f in c["facets"]}


def found_by(build, slug, facet, via):
    """The owner that is named is the right one, and so is the way it was found."""
    with World(build, slug) as w:
        report = ask_one(build, w, "9877")
        words = w.run([build.portwhy, "9877"]).out
        facts = w.facts
    owners = [(o["pid"], o.get("via"), "tid" in o) for o in report["sockets"][0]["owners"]]
    if owners != [(facts["holder_pid"][0], via, via == "task")] or facets_of(report) != {facet}:
        raise Failure(differ("owners, facets", (facts, via, facet), (owners, facets_of(report))))
    if via == "io-uring" and report["sockets"][0]["owners"][0]["fd"] != facts["holder_fd"][0]:
        raise Failure(differ("descriptor of the ring", facts, report["sockets"][0]["owners"]))
    check_printable(words)
    if b"(pid %d" % facts["holder_pid"][0] not in words or b"[%s]" % facet.encode() not in words:
        raise Failure("in words: %r" % words)


def hinted_at(build, slug, facet, hint, namespace):
    """Nothing proves it: no owner, "probably" in words, and the process among the suspects."""
    if namespace == REAL_USER:
        real_users()
    with World(build, slug, 9877, namespace) as w:
        report = ask_one(build, w, "9877")
        words = w.run([build.portwhy, "9877"]).out
        place = (hint, w.facts["pid"][0], w.facts["holder_fd"][0], "situation")
    sock = report["sockets"][0]
    suspects = [(s["hint"], s["pid"], s["fd"], s["comm"]) for s in sock.get("suspects", ())]
    if place not in suspects or facets_of(report) != {facet} or sock["owners"]:
        raise Failure(differ("suspect, facet", (place, facet), (suspects, facets_of(report), sock["owners"])))
    fixes = {f["id"]: f["command"] for f in report["causes"][0]["fixes"]}
    if fixes.get("stop-probable-holder") != "kill %d" % place[1] or "stop-holder" in fixes:
        raise Failure(differ("fix", "kill %d" % place[1], fixes))
    check_printable(words)
    if b"robably" not in words or b"situation (pid %d)" % place[1] not in words:
        raise Failure("in words: %r" % words)


def in_ring(build):
    if RING_TELLS:
        found_by(build, "io-uring", "io-uring", "io-uring")
    else:
        hinted_at(build, "io-uring", "io-uring", "io-uring", OWN_USER)


# A /proc that shows only the processes of a namespace of their own.
INNER = ("unshare", "-pf", "--mount-proc")


def other_pid_namespace(build):
    """The holder is outside of our pid namespace; near miss: it is in an inner one, and ours shows it."""
    with World(build, "listener") as w:
        if w.run([*INNER, "true"]).status != 0:
            raise Skip("no pid namespace with a /proc of its own can be made")
        report = ask_one(build, w, "9877", wrap=INNER)
        words = w.run([*INNER, build.portwhy, "9877"]).out
        # The host's view, here that of the outer namespace.
        there = w.run([build.portwhy, "-N", str(w.process.pid), "9877"]).out
    command = report["causes"][0]["fixes"][0]["command"]
    if command != "sudo portwhy -N PID 9877" or b"is taken: situation (pid " not in b" ".join(there.split()):
        raise Failure("%s, which says %r" % (command, there))
    if facets_of(report) != {"other-pid-namespace"} or report["sockets"][0]["held_by"] != "unknown":
        raise Failure(differ("facets", "other-pid-namespace", (facets_of(report), report["sockets"][0])))
    if b"probably one outside of it" not in b" ".join(words.split()) or [f["id"] for f in report["causes"][0]["fixes"]][0] != "look-from-host":
        raise Failure("in words: %r" % words)
    with World(build, "listener", prefix=INNER) as w:
        report = ask_one(build, w, "9877")
    if facets_of(report) or [o["comm"] for o in report["sockets"][0]["owners"]] != ["situation"]:
        raise Failure(differ("facets and owner from outside", "none, situation", report["sockets"]))


# Root of a user namespace of its own, who may look at nothing that is not in it.
INNER_ROOT = ("unshare", "-Ur")


def hidden_from_inner_root(build):
    """sudo is of no use to one who is root: what helps is to look from outside.  Near miss: the outer root sees it."""
    with World(build, "listener", 9877, OWN_USER) as w:
        if w.run([*INNER_ROOT, "true"]).status != 0:
            raise Skip("no nested user namespace")
        report = ask_one(build, w, "9877", wrap=INNER_ROOT)
        words = w.run([*INNER_ROOT, build.portwhy, "9877"]).out
        owners = [o["pid"] for o in ask_one(build, w, "9877")["sockets"][0]["owners"]]
        expect = ("hidden", "look-from-host", [w.facts["pid"][0]])
    fix = report["causes"][0]["fixes"][0]
    got = (report["sockets"][0]["held_by"], fix["id"], owners)
    if got != expect or fix["command"] != "sudo portwhy -N PID 9877":
        raise Failure(differ("holder, fix, holder from outside", expect, (got, fix)))
    check_printable(words)
    if b"look as root:" in words or b"as root of the host" not in b" ".join(words.split()):
        raise Failure("in words: %r" % words)


def close_and_free(build):
    """What the words say of it: the next connection ends it."""
    with World(build, "blocked-accept") as w:
        w.run(["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9877"])
        verdicts = [c["id"] for c in ask_one(build, w, "9877")["causes"]]
    if "listener" in verdicts:
        raise Failure(differ("causes after a connection", "no listener", verdicts))


HIDDEN = [("found-by-" + row[0], lambda b, row=row: found_by(b, *row))
          for row in (("zombie-leader", "zombie-leader", "task"), ("own-fd-table", "own-fd-table", "task"))]
HIDDEN += [("io-uring", in_ring), ("other-pid-namespace", other_pid_namespace), ("hidden-from-inner-root", hidden_from_inner_root),
           ("blocked-accept-ends", close_and_free)]
# situation, facet, hint; accept-beside is the near miss: a thread in accept() on a listener that is open.
HINTED = [("in-flight-listener", "in-flight-fd", "in-flight"), ("blocked-accept", "blocked-accept", "accept"),
          ("blocked-accept-reused", "blocked-accept", "accept"), ("accept-beside", "in-flight-fd", "in-flight")]
HIDDEN += [("hint-" + row[0], lambda b, row=row: hinted_at(b, *row, OWN_USER)) for row in HINTED]
HIDDEN += [("hint-as-root-" + row[0], lambda b, row=row: hinted_at(b, *row, REAL_USER)) for row in HINTED]
