# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of situations and what portwhy has to say about each.

A later cause or facet is a row here and a row in tests/lib/situation.c.  The
binds are not in the table: the kernel says what they get.
"""
from dataclasses import dataclass, field
from typing import Dict, Optional, Tuple

from world import KERNEL

# What --probe=never may leave unknown where a dead connection keeps its options to itself.
NON_PLAIN = ("reuseaddr", "reuseport", "both")
ASLEEP = {"*": NON_PLAIN}
# The same of a socket that only a thread has, before PIDFD_THREAD (6.9).
THREADS = {} if KERNEL >= (6, 9) else {"*": ("reuseport", "both")}


def spoilt(mixes):
    """
    Up to 6.7 a port remembers that all its binders had SO_REUSEADDR, as it does of SO_REUSEPORT; each ends by a
    trial without the option that is let in.  What was asked for is tried first, and so a mix beside it may stay open.
    """
    return {} if KERNEL >= (6, 8) else mixes


@dataclass
class Case:
    name: str
    situation: str
    target: str
    verdict: str
    causes: Tuple[str, ...] = ()
    facets: Tuple[str, ...] = ()            # one text of ids for each cause, exactly these
    clears: str = "never"
    clears_ms: Tuple[int, int] = (1, 60000)  # where a time is given: what was made a moment ago ends in that
    held: Tuple[str, ...] = ("process",)    # held_by of the first socket of each cause
    owners: Optional[Tuple[int, ...]] = None  # which of the holder_pid facts; None is all
    states: Dict[str, int] = field(default_factory=dict)  # further counts by state, of all sockets
    errno: Optional[str] = "EADDRINUSE"
    proto: str = "tcp"
    port: int = 9877                        # of the situation; the target has its own
    comm: Tuple[str, ...] = ("situation",)  # programs of the owners
    owner_state: str = "RS"                 # states of the owners, any of these
    cloexec: bool = False                   # of the owners' descriptors
    hides: bool = False                     # the situation has a descriptor in no table: who knows of what
    notes: Optional[Tuple[str, ...]] = None  # None is not looked at
    options: Tuple[str, ...] = ()           # of portwhy
    binds: Tuple[str, ...] = ()             # the same for the real binds (mixes are all tried)
    prefix: Tuple[str, ...] = ()            # what the situation runs under
    addrs: Optional[Tuple[str, ...]] = None  # judged, where the target does not say it as ADDRESS:PORT
    wrap: Tuple[str, ...] = ()              # what portwhy and the real binds run under
    unknown: Dict[str, Tuple[str, ...]] = field(default_factory=dict)        # address or *, mixes: by default none
    never_unknown: Dict[str, Tuple[str, ...]] = field(default_factory=dict)  # the same with --probe=never
    never_verdict: Optional[str] = None
    never_facets: Optional[Tuple[str, ...]] = None

    def judged(self):
        """The addresses, as the JSON writes them, and the port."""
        host, colon, port = self.target.rpartition(":")
        port = port.partition("/")[0]
        if self.addrs is not None:
            return list(self.addrs), int(port)
        return [host.strip("[]")] if colon else ["0.0.0.0", "::"], int(port)


def free(name, situation, target="9877", **more):
    return Case(name, situation, target, "free", clears="now", errno=None, **more)


def listener(name, situation, target="9877", facets="", **more):
    return Case(name, situation, target, "taken", ("listener",), (facets,), **more)


def bound(name, situation, target="9877", facets="", **more):
    return Case(name, situation, target, "taken", ("bound-not-listening",), (facets,), **more)


def minisocket(cause, clears, name, situation, target, facets, **more):
    """A socket that no process has: what options it had only a bind() tells."""
    known = " ".join(f for f in facets.split() if not f.startswith("owner-"))
    more.setdefault("never_facets", (known,))
    more.setdefault("never_unknown", ASLEEP)
    return Case(name, situation, target, "taken", (cause,), (facets,), clears=clears, held=("kernel",), **more)


def time_wait(name, situation, target="9877", facets="", **more):
    return minisocket("time-wait", "timer", name, situation, target, facets, **more)


def orphan(name, situation, target="9877", facets="", **more):
    return minisocket("fin-wait-2-orphan", "estimate", name, situation, target, facets, **more)


def orphaned(cause, name, situation, target="9877", facets="", **more):
    """The kernel sends our FIN again until it gives up."""
    more.setdefault("clears_ms", RETRANSMITTED)
    return minisocket(cause, "estimate", name, situation, target, facets, **more)


def held(cause, name, situation, target="9877", facets="", **more):
    """A connection that a process has: as long as it has it."""
    return Case(name, situation, target, "taken", (cause,), (facets,), **more)


def refused(name, target, cause, errno, situation="free", **more):
    return Case(name, situation, target, "refused", (cause,), ("",), errno=errno, held=(), owners=(), **more)


# From the second retransmission on, about 106 s after the first FIN; a peer that answers and does not read: 341 s.
RETRANSMITTED, PROBED = (1, 110000), (1, 345000)

LACKED, HAS = "owner-lacked-reuseaddr", "owner-has-reuseaddr"
# The peer's socket is here too: it hears nothing and says nothing, or it keeps its half open.
DEAF = "peer-on-this-host peer-unreachable "
OPEN = "peer-on-this-host peer-keeps-open "
NONLOCAL = ("sh", "-c", 'echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind && exec "$@"', "sh")
LOW_PORTS = ("sh", "-c", 'echo 80 >/proc/sys/net/ipv4/ip_unprivileged_port_start && exec "$@"', "sh")
NO_PRIVILEGE = ("setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service")

# A bind() of 0.0.0.0 beside a dead connection of a dual-stack [::] or of a v6only one: nothing shows which it was.
V6_ASLEEP = {"0.0.0.0": ("plain", *NON_PLAIN), "::": NON_PLAIN}

CASES = [
    free("free", "free"),
    free("free-v4", "free", "127.0.0.1:9877"),
    free("free-v6", "free", "[::1]:9877"),
    free("free-mapped", "free", "[::ffff:127.0.0.1]:9877"),
    free("free-beside-listener", "listener", "9878"),
    free("free-after-reset", "reset"),
    free("free-time-wait-at-client", "time-wait-at-client", notes=("remote-side-only",)),
    free("free-half-open", "half-open"),

    listener("listener", "listener", states={"LISTEN": 1}),
    listener("listener-from-v6", "listener", "[::]:9877", "dual-stack"),
    listener("listener-from-specific", "listener", "127.0.0.1:9877", "wildcard-overlap"),
    listener("listener-from-mapped", "listener", "[::ffff:127.0.0.1]:9877", "wildcard-overlap"),
    free("listener-other-family", "listener", "[::1]:9877"),
    listener("listener-reuseaddr", "listener-reuseaddr"),
    listener("listener-reuseport", "listener-reuseport", facets="reuseport-one-sided"),
    listener("listener-v6", "listener-v6", facets="dual-stack"),
    listener("listener-v6-from-v4", "listener-v6", "0.0.0.0:9877", "dual-stack"),
    listener("listener-v6-from-v4-specific", "listener-v6", "127.0.0.1:9877", "dual-stack wildcard-overlap"),
    listener("listener-v6-from-v6", "listener-v6", "[::]:9877"),
    listener("listener-v6-from-v6-specific", "listener-v6", "[::1]:9877", "wildcard-overlap"),
    listener("listener-v6only", "listener-v6only"),
    free("listener-v6only-from-v4", "listener-v6only", "0.0.0.0:9877"),
    free("listener-v6only-from-v4-specific", "listener-v6only", "127.0.0.1:9877"),
    listener("listener-specific", "listener-specific", facets="wildcard-overlap"),
    listener("listener-specific-same", "listener-specific", "127.0.0.1:9877"),
    listener("listener-specific-from-v6", "listener-specific", "[::]:9877", "wildcard-overlap dual-stack"),
    free("listener-specific-other", "listener-specific", "127.0.0.2:9877"),
    listener("listener-v6-specific", "listener-v6-specific", facets="wildcard-overlap"),
    free("listener-v6-specific-from-v4", "listener-v6-specific", "0.0.0.0:9877"),
    listener("listener-mapped", "listener-mapped", facets="wildcard-overlap v4-mapped"),
    listener("listener-mapped-from-v4", "listener-mapped", "127.0.0.1:9877", "v4-mapped"),
    listener("listener-two-processes", "listener-two-processes", facets="shared-socket"),
    listener("two-holders", "two-holders", facets="wildcard-overlap", states={"LISTEN": 2}),
    listener("two-holders-one", "two-holders", "127.0.0.2:9877", owners=(1,), states={"LISTEN": 1}),
    listener("established-children", "established-children", states={"LISTEN": 1, "ESTABLISHED": 2}),
    listener("half-open-of-listener", "half-open-of-listener", states={"LISTEN": 1, "SYN_RECV": 1}),

    # Its near miss is the plain listener above: exactly the facets that are named.
    listener("mptcp-listener", "mptcp-listener", facets="mptcp"),
    listener("mptcp-v6-listener", "mptcp-v6-listener", "[::]:9877", facets="mptcp"),
    bound("mptcp-bound", "mptcp-bound", facets="mptcp " + LACKED),

    bound("bound", "bound", facets=LACKED, states={"BOUND": 1}),
    bound("bound-from-specific", "bound", "127.0.0.1:9877", "wildcard-overlap " + LACKED),
    bound("bound-reuseaddr", "bound-reuseaddr", facets=HAS),
    bound("bound-reuseport", "bound-reuseport", facets=LACKED + " reuseport-one-sided"),
    bound("bound-v6", "bound-v6", facets="dual-stack " + LACKED),

    time_wait("time-wait-lacked", "time-wait-lacked", facets=LACKED),
    time_wait("time-wait-lacked-same", "time-wait-lacked", "127.0.0.1:9877", LACKED),
    time_wait("time-wait-lacked-from-v6", "time-wait-lacked", "[::]:9877", "dual-stack " + LACKED),
    free("time-wait-lacked-other", "time-wait-lacked", "127.0.0.2:9877"),
    free("time-wait-lacked-other-family", "time-wait-lacked", "[::1]:9877"),
    time_wait("time-wait-reuse", "time-wait-reuse", facets=HAS),
    time_wait("time-wait-reuseport", "time-wait-reuseport", facets=LACKED, unknown=spoilt({"*": ("reuseaddr",)})),
    time_wait("time-wait-mapped", "time-wait-mapped", facets="v4-mapped " + LACKED),
    time_wait("time-wait-mapped-from-v4", "time-wait-mapped", "127.0.0.1:9877", "v4-mapped " + LACKED),
    time_wait("time-wait-mapped-reuse", "time-wait-mapped-reuse", facets="v4-mapped " + HAS),
    time_wait("time-wait-v6", "time-wait-v6", facets="dual-stack " + LACKED, never_unknown=V6_ASLEEP,
              never_facets=("",)),
    time_wait("time-wait-v6-from-v4", "time-wait-v6", "0.0.0.0:9877", "dual-stack " + LACKED,
              never_unknown=V6_ASLEEP, never_verdict="unsure"),
    time_wait("time-wait-v6-from-v6", "time-wait-v6", "[::]:9877", LACKED),
    free("time-wait-v6-from-v4-specific", "time-wait-v6", "127.0.0.1:9877"),
    time_wait("time-wait-v6only", "time-wait-v6only", facets=LACKED, never_unknown=V6_ASLEEP,
              unknown=spoilt({"::": ("reuseaddr", "both")})),
    free("time-wait-v6only-from-v4", "time-wait-v6only", "0.0.0.0:9877", never_unknown=V6_ASLEEP,
         never_verdict="unsure"),
    time_wait("time-wait-v6only-reuse", "time-wait-v6only-reuse", facets=HAS, never_unknown=V6_ASLEEP),
    time_wait("time-wait-many", "time-wait-many", facets=LACKED, states={"TIME_WAIT": 300}),
    Case("time-wait-with-listener", "time-wait-with-listener", "9877", "taken", ("listener", "time-wait"), ("", ""),
         held=("process", "kernel")),
    Case("mixed", "mixed", "9877", "taken", ("bound-not-listening", "time-wait"), ("wildcard-overlap " + LACKED, ""),
         held=("process", "kernel")),
    time_wait("mixed-one", "mixed", "127.0.0.1:9877", LACKED, owners=()),
    bound("mixed-other", "mixed", "127.0.0.2:9877", LACKED, states={"BOUND": 1}),

    orphan("fin-wait-2-orphan", "fin-wait-2-orphan", facets=OPEN + LACKED, states={"FIN_WAIT_2": 1}),
    orphan("fin-wait-2-orphan-reuse", "fin-wait-2-orphan-reuse", facets=OPEN + HAS),
    orphan("fin-wait-2-orphan-peer-gone", "fin-wait-2-orphan-peer-gone", facets=LACKED),
    orphan("fin-wait-2-orphan-long", "fin-wait-2-orphan-long", facets=OPEN + LACKED, clears_ms=(30000, 90000)),
    held("fin-wait-2-half-closed", "fin-wait-2-half-closed", "fin-wait-2-half-closed",
         facets=OPEN + "half-closed no-timeout " + LACKED),
    held("fin-wait-2-half-closed", "fin-wait-2-half-closed-reuse", "fin-wait-2-half-closed-reuse",
         facets=OPEN + "half-closed no-timeout " + HAS),
    held("fin-wait-2-half-closed", "fin-wait-2-half-closed-unread", "fin-wait-2-half-closed-unread",
         facets=OPEN + "half-closed no-timeout unread-data " + LACKED),
    held("fin-wait-2-half-closed", "fin-wait-2-half-closed-peer-gone", "fin-wait-2-half-closed-peer-gone",
         facets="half-closed no-timeout " + LACKED),

    orphaned("fin-wait-1", "fin-wait-1", "fin-wait-1", facets=DEAF + LACKED),
    orphaned("fin-wait-1", "fin-wait-1-same", "fin-wait-1", "127.0.0.1:9877", DEAF + LACKED),
    orphaned("fin-wait-1", "fin-wait-1-reuse", "fin-wait-1-reuse", facets=DEAF + HAS),
    orphaned("fin-wait-1", "fin-wait-1-peer-gone", "fin-wait-1-peer-gone", facets="peer-unreachable " + LACKED),
    orphaned("fin-wait-1", "fin-wait-1-zero-window", "fin-wait-1-zero-window", facets=OPEN + LACKED,
             clears_ms=PROBED),
    held("fin-wait-1", "fin-wait-1-held", "fin-wait-1-held", facets=DEAF + "half-closed " + LACKED),
    held("fin-wait-1", "fin-wait-1-held-reuse", "fin-wait-1-held-reuse", facets=DEAF + "half-closed " + HAS),
    held("fin-wait-1", "fin-wait-1-zero-window-held", "fin-wait-1-zero-window-held",
         facets=OPEN + "half-closed " + LACKED),
    free("free-fin-wait-1-other", "fin-wait-1", "127.0.0.2:9877"),

    orphaned("closing", "closing", "closing", facets=DEAF + "simultaneous-close " + LACKED),
    orphaned("closing", "closing-reuse", "closing-reuse", facets=DEAF + "simultaneous-close " + HAS),
    held("closing", "closing-held", "closing-held", facets=DEAF + "simultaneous-close " + LACKED),
    time_wait("simultaneous-close-over", "simultaneous-close", facets="peer-on-this-host " + LACKED),

    orphaned("last-ack", "last-ack", "last-ack", facets=DEAF + LACKED),
    orphaned("last-ack", "last-ack-reuse", "last-ack-reuse", facets=DEAF + HAS),
    orphaned("last-ack", "last-ack-peer-gone", "last-ack-peer-gone", facets="peer-unreachable " + LACKED),
    held("last-ack", "last-ack-held", "last-ack-held", facets=DEAF + LACKED),

    # A FIN that was not read counts as one byte of the receive queue: it is no data.
    held("close-wait", "close-wait", "close-wait", facets="peer-on-this-host no-timeout " + LACKED),
    held("close-wait", "close-wait-reuse", "close-wait-reuse", facets="peer-on-this-host no-timeout " + HAS),
    held("close-wait", "close-wait-unread", "close-wait-unread",
         facets="peer-on-this-host no-timeout unread-data " + LACKED),
    held("close-wait", "close-wait-end-read", "close-wait-end-read", facets="peer-on-this-host no-timeout " + LACKED),
    listener("close-wait-of-listener", "close-wait-of-listener", states={"LISTEN": 1, "CLOSE_WAIT": 1}),
    held("close-wait", "close-wait-peer-gone", "close-wait-peer-gone", facets="no-timeout " + LACKED),

    held("accepted-connection", "accepted-connection", "accepted-connection",
         facets="peer-on-this-host no-timeout " + LACKED, states={"ESTABLISHED": 1}),
    held("accepted-connection", "accepted-connection-reuse", "accepted-connection-reuse",
         facets="peer-on-this-host no-timeout " + HAS),
    held("accepted-connection", "accepted-connection-v6", "accepted-connection-v6", "[::]:9877",
         facets="peer-on-this-host no-timeout " + LACKED),
    # A server on a port of the range: the connection that it accepted was not opened here.
    held("accepted-connection", "accepted-connection-in-range", "accepted-connection-in-range",
         facets="peer-on-this-host no-timeout " + LACKED),
    held("accepted-connection", "accepted-connection-unread", "accepted-connection-unread",
         facets="peer-on-this-host no-timeout unread-data " + LACKED),
    held("accepted-connection", "accepted-connection-talked", "accepted-connection-talked",
         facets="peer-on-this-host no-timeout " + LACKED),
    held("accepted-connection", "accepted-connection-peer-gone", "accepted-connection-peer-gone",
         facets="no-timeout " + LACKED),
    held("accepted-connection", "accepted-connection-keepalive", "accepted-connection-keepalive",
         facets="peer-on-this-host " + LACKED),
    free("free-accepted-connection-other", "accepted-connection", "127.0.0.2:9877"),

    held("outbound-connection", "outbound-connection", "outbound-connection",
         facets="peer-on-this-host no-timeout " + LACKED),
    held("outbound-connection", "outbound-connection-reuse", "outbound-connection-reuse",
         facets="peer-on-this-host no-timeout " + HAS),
    held("outbound-connection", "outbound-connection-v6", "outbound-connection-v6", "[::]:9877",
         facets="peer-on-this-host no-timeout " + LACKED),
    # The same port on another address is not itself.
    held("outbound-connection", "outbound-same-port", "outbound-same-port", "127.0.0.1:9877",
         facets="peer-on-this-host no-timeout " + LACKED),
    Case("outbound-same-port-both", "outbound-same-port", "9877", "taken", ("outbound-connection", "accepted-connection"),
         ("peer-on-this-host no-timeout " + LACKED,) * 2, held=("process", "process")),
    held("outbound-connection", "outbound-connection-talked", "outbound-connection-talked",
         facets="peer-on-this-host no-timeout " + LACKED),
    held("outbound-connection", "outbound-connection-in-range", "outbound-connection-in-range",
         facets="in-ephemeral-range peer-on-this-host no-timeout " + LACKED),
    held("outbound-connection", "outbound-syn-sent", "outbound-syn-sent", facets="peer-unreachable " + LACKED),

    minisocket("outbound-time-wait", "timer", "outbound-time-wait", "outbound-time-wait", "9877",
               "in-ephemeral-range " + LACKED),
    minisocket("outbound-time-wait", "timer", "outbound-time-wait-reuse", "outbound-time-wait-reuse", "9877",
               "in-ephemeral-range " + HAS),
    time_wait("time-wait-in-range", "time-wait-in-range", facets=LACKED),
    time_wait("time-wait-two-peers", "time-wait-two-peers", facets=LACKED, states={"TIME_WAIT": 2}),

    held("self-connect", "self-connect", "self-connect", facets="no-timeout " + LACKED),
    held("self-connect", "self-connect-reuse", "self-connect-reuse", facets="no-timeout " + HAS),
    held("self-connect", "self-connect-in-range", "self-connect-in-range",
         facets="in-ephemeral-range no-timeout " + LACKED),

    held("syn-recv", "syn-recv", "syn-recv", facets=DEAF + LACKED, states={"SYN_RECV": 1}),
    held("syn-recv", "syn-recv-reuse", "syn-recv-reuse", facets=DEAF + HAS),

    # One of each: their order.  Whose options were missing a bind() cannot tell.
    Case("every-cause", "every-cause", "0.0.0.0:9877", "taken",
         ("self-connect", "outbound-connection", "accepted-connection", "close-wait", "fin-wait-2-half-closed",
          "syn-recv", "fin-wait-1", "closing", "last-ack", "fin-wait-2-orphan"),
         ("no-timeout " + LACKED, "peer-on-this-host no-timeout " + LACKED, "no-timeout " + LACKED,
          "no-timeout " + LACKED, "half-closed no-timeout " + LACKED, DEAF + LACKED, "peer-unreachable",
          DEAF + "simultaneous-close", "peer-unreachable", ""),
         held=("process",) * 6 + ("kernel",) * 4, states={"ESTABLISHED": 3, "FIN_WAIT_2": 2}),

    # The same where the peer is on another host.
    held("accepted-connection", "remote-accepted-connection", "remote-accepted-connection",
         facets="no-timeout " + LACKED),
    orphaned("fin-wait-1", "remote-fin-wait-1", "remote-fin-wait-1", facets="peer-unreachable " + LACKED),
    orphan("remote-fin-wait-2-orphan", "remote-fin-wait-2-orphan", facets=LACKED),

    listener("stopped-listener", "stopped-listener", facets="stopped", owner_state="T"),
    listener("stopped-beside", "stopped-beside"),
    listener("listener-two-descriptors", "listener-two-descriptors"),
    bound("stopped-bound", "stopped-bound", facets="stopped " + LACKED, owner_state="T"),
    held("accepted-connection", "stopped-connection", "stopped-connection",
         facets="stopped peer-on-this-host no-timeout " + LACKED, owner_state="T"),
    listener("cloexec-two-processes", "cloexec-two-processes", facets="shared-socket", cloexec=True),
    listener("inherited-listener", "inherited-listener", facets="inherited-fd", comm=("sleep",)),
    listener("inherited-and-held", "inherited-and-held", facets="inherited-fd shared-socket",
             comm=("situation", "sleep")),
    listener("not-inherited", "not-inherited", cloexec=True),
    listener("orphaned-worker", "orphaned-workers", facets="shared-socket orphaned-worker"),
    listener("daemon-with-workers", "daemon-workers", facets="shared-socket"),  # near miss: a session leader that lives
    # In no table of a process, and beside each the same with a descriptor in one.
    listener("zombie-leader", "zombie-leader", facets="zombie-leader", owner_state="Z", never_unknown=THREADS),
    listener("zombie-leader-beside", "zombie-leader-beside"),
    listener("own-fd-table", "own-fd-table", facets="own-fd-table", never_unknown=THREADS),
    listener("own-fd-table-beside", "own-fd-table-beside"),
    listener("io-uring-beside", "io-uring-beside", hides=True),
    listener("in-flight-beside", "in-flight-beside", hides=True),
    time_wait("time-wait-1000", "time-wait-1000", facets=LACKED, states={"TIME_WAIT": 1000}),
    time_wait("time-wait-1001", "time-wait-1001", facets="many " + LACKED, states={"TIME_WAIT": 1001}),

    refused("address-not-local", "192.0.2.1:9877", "address-not-local", "EADDRNOTAVAIL"),
    refused("address-not-local-v6", "[2001:db8::1]:9877", "address-not-local", "EADDRNOTAVAIL"),
    refused("address-not-local-beside-listener", "192.0.2.1:9877", "address-not-local", "EADDRNOTAVAIL",
            situation="listener-specific"),
    free("address-not-local-allowed", "free", "192.0.2.1:9877", prefix=NONLOCAL),
    free("privileged-port-allowed", "free", "80", port=80, wrap=NO_PRIVILEGE, prefix=LOW_PORTS),
    free("privileged-port-with-privilege", "free", "80", port=80),
    refused("privileged-port", "80", "privileged-port", "EACCES", port=80, wrap=NO_PRIVILEGE),
    refused("privileged-port-v6", "[::1]:80", "privileged-port", "EACCES", port=80, wrap=NO_PRIVILEGE),
    refused("privileged-port-not-local", "192.0.2.1:80", "address-not-local", "EADDRNOTAVAIL", port=80,
            wrap=NO_PRIVILEGE),
    refused("privileged-port-not-local-v6", "[2001:db8::1]:80", "privileged-port", "EACCES", port=80,
            wrap=NO_PRIVILEGE),
    free("unprivileged-port", "free", "1024", port=1024, wrap=NO_PRIVILEGE),
    Case("privileged-port-busy", "listener", "80", "taken", ("listener", "privileged-port"), ("", ""),
         errno="EACCES", port=80, wrap=NO_PRIVILEGE),
]

# A second device in the namespace, and what is asked on devices.
TWO_DEVICES = ("sh", "-c", 'ip link add v0 type veth peer name v1 && ip link set v0 up && exec "$@"', "sh")
BOTH, V4, V6 = ("0.0.0.0", "::"), ("0.0.0.0",), ("::",)


def on(device):
    """That device by --device."""
    return {"options": ("--device=" + device,), "binds": ("-d", device), "prefix": TWO_DEVICES}


def at(device, *addrs):
    """That device in the target."""
    return {"addrs": addrs, "binds": ("-d", device), "prefix": TWO_DEVICES}


CASES += [
    free("target-any", "free", "*:9877", addrs=BOTH),
    free("target-colon", "free", ":9877", addrs=BOTH),
    listener("target-node", "listener-v6", ":::9877", addrs=V6),
    listener("target-tcp", "listener", "tcp:9877", addrs=BOTH),
    listener("target-name", "listener-specific", "localhost:9877", addrs=("127.0.0.1",), options=("-4",)),

    listener("device-bound", "listener-on-lo", facets="device-bound"),
    listener("device-same", "listener-on-lo", facets="device-bound", **on("lo")),
    free("device-other", "listener-on-lo", **on("v0")),
    listener("device-other-without", "listener", **on("v0")),
    listener("device-target", "listener-on-lo", "0.0.0.0%lo:9877", "device-bound", **at("lo", *V4)),
    free("device-target-other", "listener-on-lo", "0.0.0.0%v0:9877", **at("v0", *V4)),
    free("device-target-any", "listener-on-lo", "*%v0:9877", **at("v0", *BOTH)),
    listener("device-v6", "listener-v6-on-lo", "[::%lo]:9877", "device-bound", **at("lo", *V6)),
    free("device-v6-other", "listener-v6-on-lo", "[::%v0]:9877", **at("v0", *V6)),
    bound("device-bound-socket", "bound-on-lo", "0.0.0.0:9877", "device-bound " + HAS),
    refused("device-link-local", "[fe80::1%lo]:9877", "address-not-local", "EADDRNOTAVAIL", addrs=("fe80::1",),
            binds=("-d", "lo")),

    listener("only-v4", "listener", addrs=V4, options=("-4",)),
    listener("only-v6", "listener", addrs=V6, options=("-6",), facets="dual-stack"),
    free("only-v4-beside-v6only", "listener-v6only", addrs=V4, options=("-4",)),
    listener("both-families", "listener", addrs=BOTH, options=("-4", "-6")),

    free("reuseaddr-bound", "bound-reuseaddr", options=("--reuseaddr",)),
    bound("reuseaddr-bound-lacked", "bound", facets=LACKED, options=("--reuseaddr",)),
    free("reuseaddr-time-wait", "time-wait-reuse", options=("--reuseaddr",), never_unknown=ASLEEP,
         never_verdict="unsure", unknown=spoilt({"*": ("reuseport",)})),
    listener("reuseaddr-listener", "listener-reuseaddr", options=("--reuseaddr",)),
    free("reuseport-listener", "listener-reuseport", options=("--reuseport",)),
    free("reuseport-both", "listener-reuseport", options=("--reuseport", "--reuseaddr")),
    free("v6only-beside-v4", "listener", "[::]:9877", options=("--v6only",), binds=("-6",)),
    listener("v6only-beside-v6", "listener-v6", "[::]:9877", options=("--v6only",), binds=("-6",)),
    Case("v6only-bare", "listener-v6only", "9877", "taken", ("listener",), ("",), options=("--v6only",), binds=("-6",)),
    Case("v6only-mapped", "free", "[::ffff:127.0.0.1]:9877", "refused", (), errno="EINVAL", held=(),
         options=("--v6only",), binds=("-6",)),
    Case("link-local-without-device", "free", "[fe80::1]:9877", "refused", (), errno="EINVAL", held=()),
]

# Rows of the cases that need more than one world; special.py says how they are made.

# Somebody else's socket: situation, first cause and its facets.
HIDDEN = [
    ("hidden-owner", "listener", "listener", "hidden-owner"),
    ("hidden-owner-reuseport", "listener-reuseport", "listener", "hidden-owner"),
    ("hidden-owner-bound", "bound", "bound-not-listening", "hidden-owner " + LACKED),
    ("hidden-owner-bound-reuseaddr", "bound-reuseaddr", "bound-not-listening", "hidden-owner " + HAS),
]

# sock_diag is refused: situation; verdict and first cause (None: none) with probes, and without.
NO_NETLINK = [
    ("free", "free", None, "unsure", None),
    ("listener", "taken", "listener", "taken", "listener"),
    ("listener-v6", "taken", "listener", "taken", "listener"),
    ("time-wait-lacked", "taken", "time-wait", "taken", "time-wait"),
    ("time-wait-mapped-reuse", "taken", "time-wait", "taken", "time-wait"),
    ("fin-wait-2-orphan", "taken", "fin-wait-2-orphan", "taken", "fin-wait-2-orphan"),
    ("fin-wait-1", "taken", "fin-wait-1", "taken", "fin-wait-1"),
    ("closing", "taken", "closing", "taken", "closing"),
    ("last-ack", "taken", "last-ack", "taken", "last-ack"),
    ("close-wait", "taken", "close-wait", "taken", "close-wait"),
    ("self-connect", "taken", "self-connect", "taken", "self-connect"),
    # A bound socket is in no table but sock_diag's, and found by its descriptor; if that is in none, a trial tells.
    ("bound", "taken", "bound-not-listening", "taken", "bound-not-listening"),
    ("in-flight", "taken", "invisible-holder", "unsure", None),
    ("in-ring", "taken", "invisible-holder", "unsure", None),
]

# A policy refuses every bind(): cause and errno.
DENIED = [("bind-denied", "EPERM")]
