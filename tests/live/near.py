# SPDX-License-Identifier: GPL-2.0-or-later
"""No false accusation: the near miss of each cause and facet, and a test that each has one.

A near miss is the same picture with a different cause, which must not get the
id.  A row is looked at here: what it expects, exactly, is without the id.  Other
tests say in their own code what must not be there.
"""
import connecting
import picking
import unixes
from cases import CASES
from udp import UDP_CASES
from world import Failure, parse_document, run

NEAR = {
    # Causes
    "listener": ("bound", "accepted-connection", "close-wait"),
    "bound-not-listening": ("listener-reuseaddr", "unlisted-free-unbound"),
    "self-connect": ("outbound-same-port", "outbound-connection"),
    "outbound-connection": ("accepted-connection-in-range", "accepted-connection-talked"),
    "accepted-connection": ("outbound-connection-talked", "established-children"),
    "close-wait": ("close-wait-of-listener", "accepted-connection-peer-gone"),
    "fin-wait-2-half-closed": ("fin-wait-2-orphan", "fin-wait-1-held"),
    "syn-recv": ("half-open-of-listener", "free-half-open", "outbound-syn-sent"),
    "fin-wait-1": ("fin-wait-2-orphan", "closing", "last-ack"),
    "closing": ("simultaneous-close-over", "fin-wait-1", "last-ack"),
    "last-ack": ("closing", "close-wait"),
    "fin-wait-2-orphan": ("fin-wait-2-half-closed", "time-wait-lacked"),
    "time-wait": ("free-time-wait-at-client", "free-after-reset", "fin-wait-2-orphan-peer-gone"),
    "outbound-time-wait": ("time-wait-in-range", "time-wait-two-peers"),
    "udp-socket": ("tcp-and-udp", "tcp-beside-udp", "udp-beside-tcp-listener"),
    "unix-listener": ("unix-bound", "unix-stale-accepted", "unix-unlinked"),
    "unix-bound": ("unix-listener", "unix-stale-path"),
    "unix-elsewhere": ("unix-stale-path", "unix-elsewhere"),
    "unix-stale-path": ("unix-bound-client", "unix-unlinked", "unix-elsewhere"),
    "unix-not-a-socket": ("unix-stale-path",),
    "unix-abstract": ("unix-abstract-other-type", "unix-abstract-other-name", "unix-abstract-accepted"),
    "ephemeral-exhausted": ("pick-some", "pick-v6only-from-v4", "pick-autobind-reuse"),
    "connect-tuple-in-use": ("to-live-other-port", "to-live-other-peer", "to-live-other-source", "to-live-plain"),
    "privileged-port": ("privileged-port-allowed", "privileged-port-with-privilege", "unprivileged-port", "bind-denied"),
    "address-not-local": ("address-not-local-allowed", "privileged-port-not-local-v6", "listener-specific-other"),
    "bind-denied": ("privileged-port", "address-not-local"),
    "invisible-holder": ("unlisted-bound-here-9877", "unlisted-free-bound-elsewhere", "listener"),

    # Facets
    "wildcard-overlap": ("listener-specific-same", "two-holders-one"),
    "dual-stack": ("listener-v6only", "listener-v6-from-v6"),
    "v4-mapped": ("listener-v6-from-v4-specific", "time-wait-lacked"),
    "owner-lacked-reuseaddr": ("time-wait-reuse", "bound-reuseaddr"),
    "owner-has-reuseaddr": ("time-wait-lacked", "time-wait-reuseport", "listener-reuseaddr"),
    "reuseport-other-user": ("reuseport-facets", "listener-reuseport"),
    "reuseport-one-sided": ("reuseport-facets", "listener-reuseaddr", "time-wait-reuseport"),
    "shared-socket": ("listener-two-descriptors", "two-holders"),
    "orphaned-worker": ("listener-two-processes", "not-inherited"),
    "hidden-owner": ("other-pid-namespace", "udp-kernel-owned", "zombie-leader"),
    "kernel-owned": ("udp-kernel-owned-beside", "udp-hidden-owner"),
    "other-pid-namespace": ("other-pid-namespace", "hidden-owner"),
    "stopped": ("stopped-beside", "listener"),
    "inherited-fd": ("not-inherited", "listener-two-processes"),
    "mptcp": ("listener", "listener-v6-from-v6"),
    "zombie-leader": ("zombie-leader-beside", "own-fd-table"),
    "own-fd-table": ("own-fd-table-beside", "zombie-leader"),
    "io-uring": ("io-uring-beside", "hint-in-flight-listener"),
    "in-flight-fd": ("in-flight-beside", "hint-blocked-accept"),
    "blocked-accept": ("hint-accept-beside", "hint-in-flight-listener"),
    "supervised": ("started-as-supervised", "started-as-service"),
    "container": ("started-as-container", "started-as-service"),
    "container-proxy": ("started-as-container-proxy",),
    "socket-activation": ("started-as-socket-activation", "started-as-service"),
    "ssh-forward": ("started-as-ssh-forward",),
    "in-ephemeral-range": ("accepted-connection-in-range", "outbound-connection", "time-wait-in-range"),
    "peer-on-this-host": ("remote-accepted-connection", "accepted-connection-peer-gone"),
    "peer-keeps-open": ("fin-wait-2-orphan-peer-gone", "remote-fin-wait-2-orphan", "fin-wait-1"),
    "peer-unreachable": ("fin-wait-1-zero-window", "fin-wait-2-orphan-peer-gone"),
    "simultaneous-close": ("simultaneous-close-over", "last-ack"),
    "half-closed": ("fin-wait-1", "fin-wait-2-orphan"),
    "unread-data": ("close-wait", "accepted-connection-talked"),
    "no-timeout": ("accepted-connection-keepalive", "outbound-syn-sent"),
    "many": ("time-wait-1000", "time-wait-many"),
    "device-bound": ("device-other-without", "target-any"),
}


def expected():
    """What each row expects: name -> ids."""
    ids = {c.name: {*c.causes, *" ".join(c.facets).split()} for c in CASES + UDP_CASES}
    ids.update({c.name: {c.cause, *c.facets.split()} for c in unixes.CASES})
    ids.update({"to-" + c.name: {c.cause} for c in connecting.CASES})
    ids.update({"pick-" + c.name: {"ephemeral-exhausted"} if c.verdict == "taken" else set() for c in picking.CASES})
    return ids


def check_near_misses(build, tests):
    """Of all ids that portwhy knows; tests: the names of all."""
    told = parse_document(run([build.portwhy, "explain", "-j"]).must().out)["explain"]
    ids, rows = {e["id"] for e in told if e["kind"] in ("cause", "facet")}, expected()
    wrong = ["%s: no near miss" % i for i in sorted(ids - set(NEAR))] + ["no id: " + i for i in sorted(set(NEAR) - ids)]
    for i, names in NEAR.items():
        wrong += ["%s: no test is called %s" % (i, n) for n in names if n not in tests]
        wrong += ["%s: %s expects that very id" % (i, n) for n in names if i in rows.get(n, ())]
    if wrong or len(ids) < 50:
        raise Failure("%d ids; %s" % (len(ids), "; ".join(wrong)))
