#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""live.py BUILD [-k PATTERN]: portwhy against real kernel situations.

Each case has network namespaces of its own and needs no root.  A line for each:
"ok NAME", "FAIL NAME: what", "skip NAME: reason"; last "N passed, N failed,
N skipped".  Status 1 if one failed, 2 for bad usage.
"""
import argparse
import fnmatch
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

sys.dont_write_bytecode = True  # the source tree stays as it is

from asked import ASKED
from cases import CASES
from checking import CHECKING
from completing import COMPLETING
from connecting import CONNECTING
from expect import run_case
from explaining import EXPLAINING
from fixes import FIXES
from hidden import HIDDEN
from near import check_near_misses
from netns import NETNS
from overview import OVERVIEW
from picking import PICKING
from progress import PROGRESS
from recipes import RECIPES
from prometheus import PROMETHEUS
from runtimes import RUNTIMES
from since import SINCE
from snippets import SNIPPETS
from special import SPECIAL
from starter import STARTER
from terminal import TERMINAL
from udp import UDP, UDP_CASES
from unixes import UNIXES
from unlisted import UNLISTED
from waiting import WAITING, WAITING_LONG
from world import ALL_IN_SIGHT, LISTS_BOUND_ONLY, USUAL, Build, Failure, Skip, run

# Where sockets are found by the descriptors of all processes, those on their way in one case could be what another looks for,
# and the user that looks there may enter the network namespaces of all.
WORKERS = 1 if ALL_IN_SIGHT and not LISTS_BOUND_ONLY else 2


def all_tests():
    rows = [(case.name, lambda build, case=case: run_case(build, case)) for case in CASES + UDP_CASES]
    tests = [
        *rows,
        *SPECIAL,
        *ASKED,
        *CHECKING,
        *COMPLETING,
        *CONNECTING,
        *EXPLAINING,
        *FIXES,
        *HIDDEN,
        *NETNS,
        *OVERVIEW,
        *PICKING,
        *PROGRESS,
        *RECIPES,
        *PROMETHEUS,
        *RUNTIMES,
        *SINCE,
        *STARTER,
        *SNIPPETS,
        *TERMINAL,
        *UDP,
        *UNIXES,
        *UNLISTED,
        *WAITING,
        *WAITING_LONG,
    ]
    names = [name for name, _ in tests]
    assert len(set(names)) == len(names), "two cases of one name"
    tests.append(("near-misses", lambda build: check_near_misses(build, names)))
    # The longest first, so that nothing waits for it at the end.
    return sorted(tests, key=lambda t: t[0] != "many-time-waits")


def why_no_world():
    """None, or why no namespace can be made here."""
    try:
        ran = run([*USUAL, "true"])
    except Skip as e:
        return str(e)
    if ran.status == 0:
        return None
    return "no network namespace can be made: " + ran.err.decode("utf-8", "replace").strip()


def outcome(build, name, test):
    try:
        test(build)
    except Skip as e:
        return "skip", "skip %s: %s" % (name, e)
    except Failure as e:
        return "FAIL", "FAIL %s: %s" % (name, e)
    except Exception:  # a bug of the test, or an answer it cannot read: no less a failure
        return "FAIL", "FAIL %s: %s" % (name, traceback.format_exc())
    return "ok", "ok " + name


def main():
    parser = argparse.ArgumentParser(description="portwhy against real kernel situations")
    parser.add_argument("build", help="the folder of the built programs")
    parser.add_argument("-k", metavar="PATTERN", default="*", help="only the cases whose name matches")
    args = parser.parse_args()
    build = Build(args.build)
    pattern = args.k if any(c in args.k for c in "*?[") else "*%s*" % args.k
    tests = [t for t in all_tests() if fnmatch.fnmatchcase(t[0], pattern)]
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    reason = why_no_world()
    if reason:
        print("skip all: " + reason)
        counts["skip"] = len(tests)
        tests = []
    with ThreadPoolExecutor(WORKERS) as pool, ThreadPoolExecutor(1) as idle:
        for done in as_completed([(idle if t in WAITING_LONG and WORKERS > 1 else pool).submit(outcome, build, *t) for t in tests]):
            kind, line = done.result()
            counts[kind] += 1
            print(line, flush=True)
    print("%d passed, %d failed, %d skipped" % (counts["ok"], counts["FAIL"], counts["skip"]))
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
