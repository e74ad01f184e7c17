# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy's answer in a world, compared with a row of the table and with the kernel's own binds."""
from invariants import MIX_NAMES, STATUS, Asked, check, requested
from world import ALL_IN_SIGHT, LISTS_BOUND_ONLY, Failure, World, kernel_answers, misses_udp_behind_wildcard
from world import parse_document, run

# The gap of a kernel that does not list them.
BOUND_ONLY = "sockets that are bound and do not listen"
WILDCARDS = ("0.0.0.0", "::", "::ffff:0.0.0.0")

# The leak checker cannot work while strace watches.
WATCHED = {"ASAN_OPTIONS": "detect_leaks=0"}


def differ(what, expected, got):
    return "%s: expected %s, got %s" % (what, expected, got)


def ask(build, world, targets, probe="auto", wrap=(), options=(), ranges=False):
    """Runs portwhy --json and checks what holds for every document.  Returns it."""
    targets = [targets] if isinstance(targets, str) else targets
    argv = [*wrap, build.portwhy, "-j", "--probe=" + probe, *options, *targets]
    ran = world.run(argv) if world else run(argv)
    if ran.err:
        raise Failure("standard error of %s: %s" % (argv, ran.err.decode("utf-8", "backslashreplace")))
    doc = parse_document(ran.out)
    complaints = check(doc, ran.status, probe, options, ranges)
    texts = [r["target"]["text"] for r in doc.get("reports", [])]
    if not ranges and texts != list(targets):
        complaints.append(differ("targets of the reports", targets, texts))
    if complaints:
        raise Failure("; ".join(complaints))
    return doc


def ask_one(build, world, target, probe="auto", wrap=(), options=()):
    return ask(build, world, target, probe, wrap, options)["reports"][0]


def check_same_in_words(build, world, case):
    """The output for people: the same status, nothing on standard error, no byte that steers a terminal."""
    ran = world.run([*case.wrap, build.portwhy, *case.options, case.target])
    if ran.err or ran.status != STATUS[case.verdict]:
        raise Failure("in words: status %d, standard error %s" % (ran.status, ran.err))
    check_printable(ran.out)
    if not ran.out.startswith(case.proto.encode() + b" "):
        raise Failure("in words: the first line is no answer: %r" % ran.out[:80])


def check_printable(out):
    try:
        text = out.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Failure("output is not UTF-8: %s" % e) from None
    bad = sorted({c for c in text if (c < " " and c != "\n") or c == "\x7f" or "\x80" <= c <= "\x9f"})
    if bad:
        raise Failure("output holds %r" % bad)


def gaps_of(report, case):
    """Gaps that may change the verdict, but for that of bound-only sockets where not all descriptors are in sight."""
    in_sight = LISTS_BOUND_ONLY or ALL_IN_SIGHT and not case.hides
    gaps = [g for g in report["gaps"] if g["affects"] == "verdict"]
    return ["gap: %s" % g for g in gaps if in_sight or not g["what"].startswith(BOUND_ONLY)]


def is_doubt_of_kernel(b, proto):
    """Whether without a trial this kernel leaves b open, where one that follows the rules does not."""
    if b["unknown"] == "hidden-sockets":
        return not ALL_IN_SIGHT
    if b["unknown"] != "kernel-version":
        return False
    if proto == "udp":
        return b["addr"] in WILDCARDS and misses_udp_behind_wildcard()
    return b["reuseaddr"] and not LISTS_BOUND_ONLY  # the port's memory of SO_REUSEADDR may let in, up to 6.7


def is_left_open(report, options):
    """Whether the verdict without trials is unsure for such a reason, and for that alone."""
    open_binds = [b for b in requested(report, Asked(options)) if b["result"] == "unknown"]
    return report["verdict"] == "unsure" and all(is_doubt_of_kernel(b, report["target"]["proto"]) for b in open_binds)


def may_be_unknown(table, addr, mix):
    return mix in table.get("*", ()) or mix in table.get(addr, ())


def compare_binds(report, truth, unknown, never=False):
    """
    Each result as the kernel's; "unknown" only where the table allows it, and without trials by a port's memory of
    SO_REUSEPORT or by what this kernel leaves open.
    """
    wrong = []
    got = {}
    for i, b in enumerate(report["binds"]):
        key = (b["addr"], MIX_NAMES[i % 4])
        got[key] = b["result"]
        if b["result"] == "unknown" and may_be_unknown(unknown, *key):
            continue
        if never and is_doubt_of_kernel(b, report["target"]["proto"]):
            continue
        if b["unknown"] == "reuseport-memory" and never and b["reuseport"] and b["blocked_by"]:
            continue
        if b["result"] != truth.get(key):
            wrong.append(differ("bind %s %s" % key, truth.get(key), "%s by %s (%s)" % (b["result"], b["by"], b["unknown"])))
    if set(got) != set(truth):
        wrong.append(differ("addresses judged", sorted({a for a, _ in truth}), sorted({a for a, _ in got})))
    return wrong


def compare_times(report, case):
    """What has an end was made a moment ago; what a process holds never ends by itself."""
    if report["clears"] != case.clears:
        return [differ("clears", case.clears, report["clears"])]
    fewest, most = case.clears_ms
    if case.clears in ("timer", "estimate") and not fewest <= report["clears_in_ms"] <= most:
        return [differ("clears_in_ms", "%d to %d" % case.clears_ms, report["clears_in_ms"])]
    return []


def compare_holders(report, case, facts):
    wrong = []
    pids = facts.get("holder_pid", [])
    expected = set(pids) if case.owners is None else {pids[i] for i in case.owners}
    owners = [o for s in report["sockets"] for o in s["owners"]]
    if case.verdict != "free" and {o["pid"] for o in owners} != expected:
        wrong.append(differ("owners", sorted(expected), sorted(o["pid"] for o in owners)))
    for o in owners:
        if o["comm"] not in case.comm or o["uid"] != 0 or o["state"] not in case.owner_state:
            wrong.append("owner is not as it was made: %s" % o)
        if o["cmdline"][1:2] != ([case.situation] if o["comm"] == "situation" else ["300"]):
            wrong.append("owner's command line: %s" % o)
        if not o["exe"] or not o["exe"].endswith("/" + o["comm"]) or not o["cwd"] or o["cloexec"] is not case.cloexec:
            wrong.append("owner's program, folder or close-on-exec: %s" % o)
        if not o["parents"] or o["parents"][-1]["pid"] != 1:
            wrong.append("owner's parents do not end at pid 1: %s" % o["parents"])
    for cause, held in zip(report["causes"], case.held):
        got = {report["sockets"][i]["held_by"] for i in cause["sockets"][:1]}
        if got != {held}:
            wrong.append(differ("%s held by" % cause["id"], held, got))
    return wrong


def compare_counts(report, case, facts):
    counts = {}
    for s in report["sockets"]:
        counts[s["state"]] = counts.get(s["state"], 0) + s["count"]
    wrong = [differ("sockets in " + state, n, counts.get(state, 0))
             for state, n in case.states.items() if counts.get(state, 0) != n]
    peers = [s["peer"]["port"] for s in report["sockets"] if s["peer"]]
    if case.verdict == "taken" and not case.states and "peer_port" in facts and facts["peer_port"] != peers:
        wrong.append(differ("peers", facts["peer_port"], peers))
    comms = {o["comm"] for s in report["sockets"] for o in s["owners"]}
    if comms and case.owners is None and comms != set(case.comm):
        wrong.append(differ("programs of the owners", case.comm, sorted(comms)))
    if any(s["count"] > 1 for s in report["sockets"]) and len(report["sockets"]) != 11:
        wrong.append(differ("rows of a folded group", 11, len(report["sockets"])))
    return wrong


def compare(report, case, facts, truth, probe):
    never = probe == "never"
    verdict = case.never_verdict or case.verdict if never else case.verdict
    wrong = compare_binds(report, truth, case.never_unknown if never else case.unknown, never)
    if never and is_left_open(report, case.options):
        return wrong
    if report["verdict"] != verdict:
        return wrong + [differ("verdict", verdict, report["verdict"])]
    if verdict == "unsure":
        return wrong
    causes = [c["id"] for c in report["causes"]]
    if causes != list(case.causes):
        return wrong + [differ("causes", list(case.causes), causes)]
    facets = case.never_facets if never and case.never_facets is not None else case.facets
    for cause, text in zip(report["causes"], facets):
        if set(cause["facets"]) != set(text.split()):
            wrong.append(differ("facets of " + cause["id"], sorted(text.split()), sorted(cause["facets"])))
    if report["errno"] != case.errno:
        wrong.append(differ("errno", case.errno, report["errno"]))
    wrong += compare_times(report, case)
    wrong += compare_holders(report, case, facts)
    wrong += compare_counts(report, case, facts)
    notes = [n["id"] for n in report["notes"]]
    if case.notes is not None and notes != list(case.notes):
        wrong.append(differ("notes", case.notes, notes))
    return wrong


def run_case(build, case):
    """Without probes first (they change nothing), in words, and then with them."""
    truth = kernel_answers(build, case.situation, *case.judged(), prefix=case.prefix, wrap=case.wrap,
                           made_on=case.port, options=case.binds)
    wrong = []
    with World(build, case.situation, case.port, prefix=case.prefix) as world:
        for probe in ("never", "auto"):
            report = ask_one(build, world, case.target, probe, case.wrap, case.options)
            # Processes of other users may be out of sight; sockets are not.
            wrong += gaps_of(report, case)
            wrong += ["--probe=%s: %s" % (probe, w) for w in compare(report, case, world.facts, truth, probe)]
        check_same_in_words(build, world, case)
    if wrong:
        raise Failure("; ".join(wrong))
