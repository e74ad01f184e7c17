# SPDX-License-Identifier: GPL-2.0-or-later
"""What portwhy wait shows on a terminal: one line that is written over, with a bar where the time is known, and taken away."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from expect import differ
from waiter import Holder, Wait
from world import PATIENCE, Failure, World

# What the line shows, and how it is taken away.
ERASE = "\033[K"
ERASED = "\r" + ERASE


def on_terminal(w, build, *args, columns=80, env=None, ends_by=None):
    """All that a terminal of that width got, and the exit status; ends_by is called as soon as the line was written over."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown = b""
    end = time.monotonic() + PATIENCE
    with Wait(w, build, *args, output=slave, env={"TERM": "xterm", **(env or {})}) as wait:
        os.close(slave)
        while True:
            if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
                raise Failure("it does not end: %r" % shown)
            try:
                more = os.read(master, 65536)
            except OSError:  # the other end is closed
                more = b""
            shown += more
            if not more:
                break
            if ends_by and shown.count(b"\r") > 1:
                ends_by(wait.process)
                ends_by = None
        status = wait.process.wait(PATIENCE)
    os.close(master)
    return shown.decode(), status


def check_shown(text, line, columns=80):
    """Each line is written over the one before, none is as wide as the terminal, nothing is left at the end."""
    if not text.endswith(ERASED):
        raise Failure("it leaves something: %r" % text)
    lines = text.replace("\033[1;33m", "").replace("\033[0m", "").split("\r")
    if lines[0] or not all(each.endswith(ERASE) for each in lines[1:]):
        raise Failure("not written over: %r" % text)
    lines = [each[:-len(ERASE)] for each in lines[1:]]
    for each in lines:
        if len(each) >= columns or (each and not re.search(line, each)):
            raise Failure("%r, wanted %s" % (each, line))


def progress(build):
    with World(build, "free") as w, Holder(w, "s = listening(9877)") as h:
        holder = "^tcp 9877: python3[^ ]* .pid %d, root. listens on it, waited [0-9]+ s$" % h.process.pid
        text, status = on_terminal(w, build, "9877", ends_by=lambda p: h.does("s.close()"))
        check_shown(text, holder)
        if status != 0:
            raise Failure(differ("status", 0, status))
        h.does("s = listening(9877)")
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name)
            text, status = on_terminal(w, build, "9877", ends_by=lambda p: p.send_signal(number))
            check_shown(text, holder)
            if status != -number:
                raise Failure(differ("status after " + name, -number, status))
        text, status = on_terminal(w, build, "-T", "0.3", "9877")
        line, found, told = text.partition("portwhy: timed out: ")
        check_shown(line, holder)
        if not found or "\r" in told[:-2]:
            raise Failure("timed out: %r" % text)
        for args, env in ((("-q",), {}), ((), {"TERM": "dumb"}), ((), {"TERM": ""})):
            text, _ = on_terminal(w, build, "-T", "0.3", *args, "9877", env=env)
            if "\033" in text or "listens on it, waited" in text:
                raise Failure("%s %s: %r" % (args, env, text))


def bar(build):
    bars = ((("--ascii",), {}, r"\[[#.]{10}\]"), ((), {"LC_ALL": "C"}, r"\[[#.]{10}\]"), ((), {}, "\\[[\u2588\u2591]{10}\\]"))
    with World(build, "time-wait-lacked") as w:
        for args, env, cells in bars:
            for options, more, colored in (((), {}, True), ((), {"NO_COLOR": "1"}, False), (("--color=never",), {}, False)):
                text, _ = on_terminal(w, build, "9877", *args, *options, env={**env, **more},
                                      ends_by=lambda p: p.terminate())
                check_shown(text, "^tcp 9877: TIME_WAIT, [0-9]+ s left  %s$" % cells)
                if ("\033[1;33m" in text) != colored:
                    raise Failure("%s %s: colour: %r" % (options, more, text))
        for columns in (44, 30, 12):
            text, _ = on_terminal(w, build, "9877", columns=columns, ends_by=lambda p: p.terminate())
            check_shown(text, "", columns)


PROGRESS = [("wait-progress", progress), ("wait-bar", bar)]
