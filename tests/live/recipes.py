# SPDX-License-Identifier: GPL-2.0-or-later
"""The RECIPES of the manual page, cut out of it and run: with a test suite that leaks, and with one that does not."""
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

from checking import PYTHON, expect
from since import SUITE
from unixes import folder
from world import ENV, PATIENCE, Failure, Ran, Skip, World, run

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../man/portwhy.1")

# What the leaking suite leaves, as the lines begin.
LEFT = ["tcp\t127.0.0.1:8001\tTIME_WAIT", "tcp\t127.0.0.1:8002\tLISTEN", "tcp\t127.0.0.1:8003\tBOUND"]

# Runs the fixture of a conftest.py as pytest would.
DRIVER = """
import importlib.util, pathlib, subprocess, sys, tempfile, types

class Factory:
    def mktemp(self, name):
        return pathlib.Path(tempfile.mkdtemp(prefix=name, dir="."))

sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda **options: lambda function: function)
spec = importlib.util.spec_from_file_location("conftest", "conftest.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
fixture = module.no_socket_is_left(Factory())
next(fixture)
subprocess.run(["./run-tests"], check=True)
try:
    next(fixture)
except StopIteration:
    pass
"""
TEST = """
import subprocess

def test_all():
    subprocess.run(["./run-tests"], check=True)
"""


def recipes():
    """The literal texts of the section by the heading before them; several below one heading in their order."""
    with open(PAGE, encoding="ascii") as f:
        page = f.read()
    section = re.search(r"^\.Sh RECIPES\n(.*?)^\.Sh ", page, re.M | re.S).group(1)
    found = {}
    for part in re.split(r"^\.Ss ", "\n.Ss \n" + section, flags=re.M)[1:]:
        heading, _, text = part.partition("\n")
        texts = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.M | re.S)
        if any(re.search(r"^[.']|\\[^e&]", t, re.M) for t in texts):
            raise Failure("%s: a text that roff would change: %r" % (heading, texts))
        found[heading] = [t.replace("\\&", "").replace("\\e", "\\") for t in texts]
    return found


def recipe(heading, n=0):
    return recipes()[heading][n]


@contextmanager
def place(build, how):
    """A folder with ./run-tests, which leaks or does not, and the environment in which portwhy is found."""
    with folder() as d:
        with open(d + "/suite.py", "w") as f:
            f.write(SUITE)
        with open(d + "/run-tests", "w") as f:
            f.write('#!/bin/sh\nexec %s "${0%%/*}/suite.py" %s\n' % (PYTHON, how))
        os.chmod(d + "/run-tests", 0o755)
        os.mkdir(d + "/tmp")
        yield d, {**ENV, "PATH": build.folder + ":" + ENV["PATH"], "RUNNER_TEMP": d + "/tmp", "TMPDIR": d + "/tmp",
                  "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": "-p no:cacheprovider"}


def run_there(world, d, env, *argv):
    """To its end; what has leaked ends with its standard input, after that."""
    p = subprocess.Popen([*world.enter(), *argv], cwd=d, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    try:
        out = [x.decode() for x in read_both(p)]
        return Ran(argv, p.wait(timeout=PATIENCE), *out)
    finally:
        p.stdin.close()


def read_both(p):
    """Its output; the leaked process has closed its own ends."""
    return [f.read() for f in (p.stdout, p.stderr)]


def fails_and_passes(build, heading, files, *argv):
    """The leak fails the job and is told of line by line; without it the job passes."""
    for how in ("leaks", "clean"):
        with World(build, "time-wait-with-listener") as w, place(build, how) as (d, env):
            for name, content in files.items():
                with open(d + "/" + name, "w") as f:
                    f.write(content)
            ran = run_there(w, d, env, *argv)
            told(heading, how, ran)
            left = [f for f in os.listdir(d + "/tmp") if f.startswith("tmp.")]
            expect("files left", [], left)


def told(heading, how, ran):
    lines = sorted(set(re.findall(r"\btcp\t\S+\t\S+", (ran.out + ran.err).replace("\\t", "\t"))))
    if (ran.status == 0) != (how == "clean") or lines != (LEFT if how == "leaks" else []):
        raise Failure("%s, %s: status %d, %r, %r" % (heading, how, ran.status, ran.out, ran.err))


def three_commands(build):
    fails_and_passes(build, "three", {"all": recipe("")}, "sh", "-e", "all")


def readme(build):
    """Those of README are the same but for what stands behind them."""
    with open(os.path.join(os.path.dirname(PAGE), "../README"), encoding="ascii") as f:
        text = f.read()
    for line in recipe("").splitlines():
        if not re.search(r"^    %s( |$)" % re.escape(line), text, re.M):
            raise Failure("README lacks: " + line)


def as_printed(build):
    """The page shows each heading and text as it was cut out."""
    ran = run(["mandoc", "-T", "ascii", PAGE]).must()
    printed = re.sub(r".\x08", "", ran.out.decode())
    for heading, texts in recipes().items():
        for line in [heading, *"".join(texts).splitlines()]:
            if not re.search("^ *%s$" % re.escape(line.strip()), printed, re.M):
                raise Failure("the printed page has no line %r" % line)


def makefile(build):
    if not shutil.which("make"):
        raise Skip("make is not installed")
    fails_and_passes(build, "make", {"Makefile": recipe("Makefile")}, "make", "-s", "check")


def shell(build):
    """A script that ends early tells too, and keeps the status of what failed."""
    text = recipe("Shell script")
    fails_and_passes(build, "shell", {"job": text}, "sh", "job")
    for command, status in (("exit 7", 7), ("false", 1), ("kill -TERM $$", None)):
        with World(build, "free") as w, place(build, "clean") as (d, env):
            with open(d + "/job", "w") as f:
                f.write(text.replace("./run-tests", "trap 'exit 143' TERM\n" + command))
            got = run_there(w, d, env, "sh", "job").status
            expect(command, 143 if status is None else status, got)


def steps(text):
    return re.findall(r"^ +run: (.*)$", text, re.M)


def github(build):
    """Each run: line by "sh -e" as a job would; the last also after a failure."""
    commands = steps(recipe("GitHub Actions"))
    expect("steps", 3, len(commands))
    for how in ("leaks", "clean"):
        with World(build, "time-wait-with-listener") as w, place(build, how) as (d, env):
            script = "".join("sh -e -c '%s' || status=1\n" % c for c in commands) + "exit $status\n"
            told("github", how, run_there(w, d, env, "sh", "-c", "status=0\n" + script))


def pytest(build):
    """With pytest where it is installed; otherwise a driver does with the fixture what pytest does."""
    files = {"conftest.py": recipe("pytest"), "driver.py": DRIVER, "test_all.py": TEST}
    installed = subprocess.run([PYTHON, "-c", "import pytest"], stderr=subprocess.DEVNULL).returncode == 0
    argv = (PYTHON, "-m", "pytest", "-q") if installed else (PYTHON, "driver.py")
    fails_and_passes(build, "pytest", files, *argv)


def exec_start_pre(build):
    text = recipe("systemd unit")
    line = re.search(r"^ExecStartPre=(.*)$", text, re.M).group(1)
    if re.search(r"[\"'$%\\;]", line):
        raise Failure("systemd would not split it at its spaces alone: " + line)
    argv = [build.portwhy if x == "/usr/bin/portwhy" else x for x in line.split()]
    argv[argv.index("-T") + 1] = "1"
    return text, argv


def systemd(build):
    """The command starts the server where bind() would work for it, after its own old connections too."""
    text, argv = exec_start_pre(build)
    for slug, status in (("free", 0), ("time-wait-reuse", 0), ("time-wait-lacked", 1), ("listener", 1)):
        with World(build, slug, 8080) as w:
            ran = w.run(argv)
            expect("%s, ExecStartPre=" % slug, status, ran.status)
            if bool(ran.err) != bool(status):
                raise Failure("%s: on standard error %r" % (slug, ran.err))
    verify(build, text)


def verify(build, text):
    if not shutil.which("systemd-analyze"):
        return
    with folder() as d:
        with open(d + "/shop.service", "w") as f:
            f.write(text.replace("/usr/bin/portwhy", build.portwhy).replace("/usr/bin/shopd", shutil.which("true")))
        ran = subprocess.run(["systemd-analyze", "verify", d + "/shop.service"], stdin=subprocess.DEVNULL, timeout=PATIENCE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENV)
    if b"shop.service" in ran.stdout:
        raise Failure("systemd-analyze verify: %r" % ran.stdout)


def of_a_server(build):
    """What is told to look for processes alone passes over TIME_WAIT; what waits it out returns when it is over."""
    heading = "What a server with SO_REUSEADDR may leave"
    states = recipe(heading)
    for how, wanted in (("leaks", LEFT[1:]), ("clean", [])):
        with World(build, "free") as w, place(build, how) as (d, env):
            ran = run_there(w, d, env, "sh", "-c", recipe("").splitlines()[0] + "\n./run-tests\n" + states)
            expect(how, (1 if wanted else 0, wanted),
                   (ran.status, sorted("\t".join(x.split("\t")[:3]) for x in ran.out.splitlines())))
    waits = recipe(heading, 1).replace("-T 70", "-T 0.2")
    for slug, status in (("free", 0), ("time-wait-reuse", 3), ("listener", 1)):
        with World(build, slug, 8080) as w, place(build, "clean") as (d, env):
            expect(slug, status, run_there(w, d, env, "sh", "-c", waits).status)


RECIPES = [
    ("recipe-commands", three_commands),
    ("recipe-readme", readme),
    ("recipe-page", as_printed),
    ("recipe-make", makefile),
    ("recipe-shell", shell),
    ("recipe-github", github),
    ("recipe-pytest", pytest),
    ("recipe-systemd", systemd),
    ("recipe-server", of_a_server),
]
