# SPDX-License-Identifier: GPL-2.0-or-later
"""Holders that ss, lsof and fuser do not find: in no descriptor table of a process, or in none that may be seen."""
from expect import ask_one, check_printable, differ
from world import KERNEL, Failure, World

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


def in_ring(build):
    if RING_TELLS:
        found_by(build, "io-uring", "io-uring", "io-uring")


HIDDEN = [("found-by-" + row[0], lambda b, row=row: found_by(b, *row))
          for row in (("zombie-leader", "zombie-leader", "task"), ("own-fd-table", "own-fd-table", "task"))]
HIDDEN += [("io-uring", in_ring)]
