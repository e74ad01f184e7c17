# SPDX-License-Identifier: GPL-2.0-or-later
"""What a terminal gets: colour or none, as wide as it is, in characters that the locale has."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from expect import check_printable
from world import ENV, PATIENCE, Failure, World

ESCAPE = re.compile(r"\033\[[0-9;]*m")


def on_terminal(world, build, options=(), env=None, columns=80):
    """The output of portwhy on a terminal of that width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    full = {**ENV, "TERM": "xterm", **(env or {})}
    child = subprocess.Popen([*world.enter(), build.portwhy, *options, "9877"], stdin=subprocess.DEVNULL, stdout=slave,
                             stderr=slave, env={k: v for k, v in full.items() if v is not None})
    os.close(slave)
    out = b""
    try:
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:  # the other end is closed
                more = b""
            if not more:
                break
            out += more
        child.wait(PATIENCE)
    finally:
        os.close(master)
        child.kill()
        child.wait()
    return out.replace(b"\r\n", b"\n")


COLOR = [  # options, environment, whether there is colour on a terminal and in a pipe
    ((), {}, True, False),
    (("--color=auto",), {}, True, False),
    ((), {"NO_COLOR": ""}, True, False),
    ((), {"NO_COLOR": "1"}, False, False),
    ((), {"TERM": "dumb"}, False, False),
    ((), {"TERM": ""}, False, False),
    ((), {"TERM": None}, False, False),
    (("--color=never",), {}, False, False),
    (("--color=always",), {"NO_COLOR": "1", "TERM": "dumb"}, True, True),
    (("--color=always", "--json"), {}, False, False),
]


def color(build):
    with World(build, "listener") as w:
        plain = w.run([build.portwhy, "9877"]).out.decode()
        for options, env, tty, pipe in COLOR:
            outs = on_terminal(w, build, options, env), w.run([build.portwhy, *options, "9877"],
                                                              {k: v or "" for k, v in env.items()}).out
            for out, colored in zip(outs, (tty, pipe)):
                text = out.decode()
                if bool(ESCAPE.search(text)) != colored:
                    raise Failure("%s %s: colour %s: %r" % (options, env, not colored, text[:80]))
                check_printable(ESCAPE.sub("", text).encode())
                if "--json" not in options and not same_but_ages(ESCAPE.sub("", text), plain):
                    raise Failure("%s %s: colour changes the words: %r" % (options, env, text))
        bad = w.run([build.portwhy, "--color=yes", "9877"])
        if bad.status != 2 or bad.out or len(bad.err.splitlines()) != 1:
            raise Failure("--color=yes: %s %r" % (bad.status, bad.err))


def same_but_ages(a, b):
    """The age of the holder goes on between two runs."""
    return re.sub(r"Started \d+ s ago", "", a) == re.sub(r"Started \d+ s ago", "", b)


def width(build):
    for situation in ("listener", "time-wait-lacked", "hostile-name", "listener-v6-specific"):
        with World(build, situation) as w:
            for columns in (60, 72, 80, 100):
                for line in on_terminal(w, build, ("--color=always",), None, columns).decode().splitlines():
                    if len(ESCAPE.sub("", line)) > columns:
                        raise Failure("%s: wider than %d: %r" % (situation, columns, line))


def locales(build):
    """No byte outside ASCII where the locale has none; the pictures of Unicode where it is UTF-8."""
    with World(build, "time-wait-lacked") as w:
        for env, ascii_only in (({"LC_ALL": "C"}, True), ({"LC_ALL": "POSIX"}, True),
                                ({"LC_ALL": "xx_YY.nosuch"}, True), ({"LC_ALL": "C.UTF-8"}, False)):
            out = w.run([build.portwhy, "9877"], env).out
            if all(c < 127 for c in out) != ascii_only:
                raise Failure("%s: ASCII only: %s" % (env, not ascii_only))
            if (b"=> TIME_WAIT" in out) != ascii_only:
                raise Failure("%s: the mark: %r" % (env, out[-200:]))


def columns(build):
    """-o chooses and adds columns; one that is none ends it."""
    with World(build, "listener") as w:
        pid = str(w.facts["holder_pid"][0])
        for options, head in ((("-o", "pid,state,LOCAL"), ["PID", "STATE", "LOCAL"]),
                              (("--columns=STATE,PID",), ["STATE", "PID"]),
                              (("-o", "+PID,COUNT"), ["STATE", "LOCAL", "HELD", "BY", "PID", "COUNT"])):
            lines = w.run([build.portwhy, *options, "9877"]).out.decode().splitlines()
            at = [i for i, line in enumerate(lines) if line.split() == head]
            if len(at) != 1:
                raise Failure("%s: not one head %s: %s" % (options, head, lines))
            if not {pid, "LISTEN"} <= set(lines[at[0] + 1].split()):
                raise Failure("%s: not LISTEN and pid %s: %s" % (options, pid, lines[at[0] + 1]))
        bad = w.run([build.portwhy, "-o", "STATE,COLOUR", "9877"])
    if bad.status != 2 or bad.out or len(bad.err.splitlines()) != 1 or b"'COLOUR'" not in bad.err:
        raise Failure("status %d, output %r, standard error %r" % (bad.status, bad.out, bad.err))


TERMINAL = [("terminal-columns", columns), ("terminal-color", color), ("terminal-width", width), ("terminal-locale", locales)]
