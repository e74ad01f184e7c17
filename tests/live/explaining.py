# SPDX-License-Identifier: GPL-2.0-or-later
"""portwhy explain: what it prints, how it ends, and that it looks at no socket."""
import os
import shutil
import signal
import subprocess
import tempfile

from expect import check_printable
from special import escaped
from terminal import ESCAPE
from world import ENV, PATIENCE, Failure, Skip, parse_document, run

STATES = ("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING "
          "BOUND").split()


def document(build, *ids):
    return parse_document(run([build.portwhy, "explain", "-j", *ids]).must().out)["explain"]


def the_list(build):
    """Every id has a line, fits 80 columns, and is told in full when asked for."""
    out = run([build.portwhy, "explain"]).must().out.decode()
    ids = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    told = document(build)
    if ids != [e["id"] for e in told] or len(set(ids)) != len(ids):
        raise Failure("the list and the document differ: %s" % ids)
    if [e["id"] for e in told if e["kind"] == "state"] != STATES:
        raise Failure("states: %s" % ids)
    if any(e["kind"] == "cause" and not e["fixes"] for e in told):
        raise Failure("a cause without a fix")
    if document(build, *ids) != told:
        raise Failure("asked for each it says something else")
    words = run([build.portwhy, "explain", *ids]).must().out
    check_printable(words)
    if max(map(len, (out + words.decode()).splitlines())) > 80:
        raise Failure("wider than 80 columns")


def spellings(build):
    for typed, wanted, kind in (("time-wait", "time-wait", "cause"), ("time_wait", "TIME_WAIT", "state"),
                                ("Fin-Wait-2", "FIN_WAIT_2", "state"), ("closing", "closing", "cause"),
                                ("CLOSING", "CLOSING", "state"), ("many", "many", "facet"), ("wait", "wait", "fix")):
        got = document(build, typed)
        if [(e["id"], e["kind"]) for e in got] != [(wanted, kind)]:
            raise Failure("%s: %s" % (typed, got))


def unknown(build):
    """One line that quotes what was typed and names what is near; nothing is printed, known ids beside it or not."""
    for typed, near in ((b"time-wiat", [b"time-wait", b"TIME_WAIT"]), (b"fin-wait-3", [b"fin-wait-1", b"FIN_WAIT_2"]),
                        (b"nothing-like-it", []), (b"", []), (b"9877", []), (b"\x1b[31m\xff\n", []), (b"x" * 5000, [])):
        ran = run([build.portwhy, "explain", "listener", "--", typed])
        if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1 or not ran.err.endswith(b"\n"):
            raise Failure("%r: status %d, output %r, standard error %r" % (typed, ran.status, ran.out, ran.err))
        line = ran.err.rstrip(b"\n")
        if b"'%s'" % escaped(typed) not in line or any(c < 32 or c > 126 for c in line):
            raise Failure("%r is not quoted: %r" % (typed, line))
        if not all(n in line for n in near) or (b"did you mean" in line) != bool(near):
            raise Failure("%r: not near %s: %r" % (typed, near, line))


def looks(build):
    """As wide as it is asked for, in ASCII or not, in colour or not, into a file or nowhere."""
    plain = run([build.portwhy, "explain", "TIME_WAIT"]).must().out.decode()
    color = run([build.portwhy, "explain", "--color=always", "TIME_WAIT"]).must().out.decode()
    if ESCAPE.search(plain) or not ESCAPE.search(color) or ESCAPE.sub("", color) != plain:
        raise Failure("colour changes the words")
    for options, env in ((("--ascii",), {}), ((), {"LC_ALL": "C"})):
        out = run([build.portwhy, "explain", *options, "TIME_WAIT"], env).must().out
        if any(c > 126 for c in out) or b"\n=> TIME_WAIT" not in out:
            raise Failure("%s %s: not ASCII" % (options, env))
    for columns in (60, 100):
        words = run([build.portwhy, "explain", "time-wait"], {"COLUMNS": str(columns)}).must().out.decode()
        if not columns - 20 < max(map(len, words.splitlines())) <= columns:
            raise Failure("not %d wide" % columns)
    if run([build.portwhy, "explain", "time-wait"], {"COLUMNS": "-5"}).must().out.decode() != \
            run([build.portwhy, "explain", "time-wait"]).must().out.decode():
        raise Failure("a COLUMNS that is no width is not 80")
    for option in "--probe", "--color", "--lang":
        if b"portwhy: " + option.encode() + b" 'x\\x1B': " not in run([build.portwhy, option + "=x\33", "80"]).err:
            raise Failure("%s: what is wrong is not quoted" % option)
    if max(map(len, run([build.portwhy, "--help"]).must().out.decode().splitlines())) > 80:
        raise Failure("--help is wider than 80 columns")
    if b"s.setsockopt(socket." not in run([build.portwhy, "explain", "--lang=python", "set-reuseaddr"]).must().out:
        raise Failure("not in Python")
    if run([build.portwhy, "explain", "-q", "TIME_WAIT"]).must().out:
        raise Failure("-q prints")
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "out")
        run([build.portwhy, "explain", "--output=" + name, "TIME_WAIT"]).must()
        with open(name, encoding="utf-8") as f:
            if f.read() != plain:
                raise Failure("the file has something else")


def ends(build):
    """A full disk is status 2 and a line; a closed pipe is silent."""
    for args in (["explain"], ["explain", "-j"], ["explain", "TIME_WAIT"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([build.portwhy, *args], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE,
                                  timeout=PATIENCE, env=ENV)
        if done.returncode != 2 or len(done.stderr.splitlines()) != 1:
            raise Failure("full disk: status %d, %r" % (done.returncode, done.stderr))
        for ignored in (True, False):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([build.portwhy, *args], stdin=subprocess.DEVNULL, stdout=writer,
                                  stderr=subprocess.PIPE, timeout=PATIENCE, env=ENV, restore_signals=not ignored)
            os.close(writer)
            wanted = 2 if ignored else -signal.SIGPIPE
            if done.returncode != wanted or done.stderr:
                raise Failure("closed pipe: status %d, not %d: %r" % (done.returncode, wanted, done.stderr))


def no_look(build):
    """No socket is made, nothing of /proc is read."""
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    with tempfile.NamedTemporaryFile() as log:
        ran = run(["strace", "-f", "-qq", "-o", log.name, "-e", "trace=socket,bind,clone,fork,vfork,open,openat",
                   build.portwhy, "explain", "listener"], {"ASAN_OPTIONS": "detect_leaks=0"})
        if b"Operation not permitted" in ran.err:
            raise Skip("strace may not trace here")
        ran.must()
        lines = log.read().decode().splitlines()
    bad = [x for x in lines if "socket(" in x or "bind(" in x or "fork(" in x or '"/proc' in x and not build.is_sanitized]
    if bad:
        raise Failure("it looks: %s" % bad)


EXPLAINING = [("explain-list", the_list), ("explain-spellings", spellings), ("explain-unknown", unknown),
              ("explain-looks", looks), ("explain-ends", ends), ("explain-no-look", no_look)]
