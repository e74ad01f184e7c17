# SPDX-License-Identifier: GPL-2.0-or-later
"""Completions: each option and its words stand in all three files, and each shell is asked itself."""
import os
import pty
import re
import shutil
import subprocess
import tempfile
import time

from expect import differ
from world import ENV, PATIENCE, Failure, Skip, World, run

FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/completion")
BASH, ZSH, FISH = (os.path.join(FILES, name) for name in ("portwhy.bash", "_portwhy", "portwhy.fish"))

# What is typed: words among the candidates, words that are not.
ASKED = [
    ("portwhy ex", {"explain"}, {"9877", "why"}),
    ("portwhy 98", {"9877"}, {"explain"}),
    ("portwhy wait 98", {"9877"}, {"wait"}),
    ("portwhy explain time-w", {"time-wait"}, {"listener", "9877"}),
    ("portwhy explain own-fd", {"own-fd-table"}, {"owner-lacked-reuseaddr"}),
    ("portwhy --reusea", {"--reuseaddr"}, {"--reuseport"}),
    ("portwhy --probe=ne", {"never"}, {"always"}),
    ("portwhy --color=al", {"always"}, {"auto"}),
    ("portwhy --lang=ru", {"ruby", "rust"}, {"c", "go"}),
    ("portwhy check 98", {"9877"}, {"check"}),
    ("portwhy check --states=lin", {"lingering"}, {"listen"}),
    ("portwhy -N bl", {"blue"}, {"green"}),
    ("portwhy --netns=gr", {"green"}, {"blue"}),
]


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def options_of(build):
    """Of --help: the options, and the words that are all that may stand behind some."""
    text = run([build.portwhy, "--help"]).must().out.decode()
    body = text[text.index("  -t, --tcp"):text.index("Exit status")]
    lead = "\n".join(line for line in body.splitlines() if re.match(r" {2}-| {6}--", line))
    words = dict(re.findall(r"(--[a-z-]+)=((?:[a-z]+\|)+[a-z]+)", lead))
    return sorted(set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][a-z0-9-]*", lead))), {k: v.split("|") for k, v in words.items()}


def in_fish(option):
    return r"-%s %s\b" % ("l" if option.startswith("--") else "s", re.escape(option.lstrip("-")))


def in_others(option):
    return r"(?<![\w-])%s(?![\w-])" % re.escape(option)


def complete(build):
    """No option of --help is missing, none is there that it does not have; the same for verbs and columns."""
    options, words = options_of(build)
    if len(options) < 35 or "--probe" not in words:
        raise Failure("--help is not understood: %s %s" % (options, words))
    text = run([build.portwhy, "--help"]).out.decode()
    verbs = re.findall(r"portwhy \[OPTION\.\.\.\] ([a-z]+) ", text)
    columns = run([build.portwhy, "-o", "?", "1"]).err.decode() + run([build.portwhy, "-o", "?"]).err.decode()
    columns = set(re.findall(r"\b[A-Z][A-Z0-9-]+\b", columns))
    languages = re.findall(r"[a-z+]+", run([build.portwhy, "--lang=?", "1"]).err.decode().split("wanted: ")[1])
    for path, pattern in ((BASH, in_others), (ZSH, in_others), (FISH, in_fish)):
        file, name = read(path), os.path.basename(path)
        missing = [o for o in options if not re.search(pattern(o), file)]
        missing += [w for w in [*verbs, *columns, *languages] if not re.search(in_others(w), file)]
        missing += [o for o, v in words.items() if o != "--netns" and " ".join(v) not in file]
        if missing:
            raise Failure("%s lacks %s" % (name, missing))
    extra = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", read(ZSH))) - set(options)
    if extra:
        raise Failure("no such option: %s" % extra)


class Shell:
    """A shell below a path where portwhy is found, in a namespace with a listener, with names in /run/netns."""

    def __init__(self, build, program):
        if not shutil.which(program):
            raise Skip("%s is not installed" % program)
        self.env = {**ENV, "PATH": build.folder + ":" + ENV["PATH"], "HOME": "/nonexistent", "TERM": "dumb"}
        self.world = World(build, "listener")

    def __enter__(self):
        self.world.__enter__()
        script = "mount -t tmpfs none /run && mkdir /run/netns && : >/run/netns/blue && : >/run/netns/green && exec \"$@\""
        self.wrap = [*self.world.enter(), "unshare", "-m", "sh", "-c", script, "sh"]
        if run([*self.wrap, "true"]).status:
            self.world.__exit__(None, None, None)
            raise Skip("no /run of its own can be mounted here")
        return self

    def __exit__(self, *error):
        self.world.__exit__(*error)

    def run(self, argv):
        return run([*self.wrap, *argv], self.env).must().out.decode()


def compare(shell, line, wanted, unwanted, got):
    if not wanted <= got or unwanted & got:
        raise Failure("%s: %s" % (shell, differ("candidates of '%s'" % line, (wanted, "not", unwanted), got)))


# Splits as readline does: at "=" too.
ASK_BASH = r"""
source "$1"
read -ra COMP_WORDS <<<"${2//=/ = }"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
_portwhy
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash(build):
    with Shell(build, "bash") as shell:
        for line, wanted, unwanted in ASKED:
            got = set(shell.run(["bash", "--norc", "-c", ASK_BASH, "bash", BASH, line]).split())
            compare("bash", line, wanted, unwanted, got)
        compare("bash", "a list", {"port,BIND"}, set(),
                set(shell.run(["bash", "--norc", "-c", ASK_BASH, "bash", BASH, "portwhy -o port,BI"]).split()))


def fish(build):
    with Shell(build, "fish") as shell, tempfile.TemporaryDirectory() as home:
        shell.env["HOME"] = shell.env["XDG_CONFIG_HOME"] = shell.env["XDG_DATA_HOME"] = home
        for line, wanted, unwanted in ASKED:
            out = shell.run(["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", FISH, line])
            compare("fish", line, wanted, unwanted, {w.split("\t")[0].split("=")[-1] for w in out.splitlines()})


# The Tab key writes the line that it made, and what there was to choose from.
ASK_ZSH = """
PS1= ; fpath=(%s $fpath); autoload -U compinit; compinit -u -D
_portwhy_hits=()
compadd() {
  local -a hits
  builtin compadd -O hits "$@" 2>/dev/null
  _portwhy_hits+=("${hits[@]}")
  builtin compadd "$@"
}
show() { _portwhy_hits=(); zle complete-word; print -rl -- $BUFFER $_portwhy_hits >%s.new; mv %s.new %s; zle kill-whole-line }
zle -N show; bindkey '^I' show; print ready
"""


def typed(fd, line, answer):
    os.write(fd, line.encode() + b"\t")
    since = time.monotonic()
    while not os.path.exists(answer):
        if time.monotonic() - since > PATIENCE / 3:
            raise Failure("zsh: no answer to '%s'" % line)
        time.sleep(0.02)
    got = read(answer).split("\n")
    os.unlink(answer)
    return {re.split("[ =]", got[0].strip())[-1], *got[1:]}


def zsh(build):
    with Shell(build, "zsh") as shell, tempfile.TemporaryDirectory() as folder:
        answer, setup = os.path.join(folder, "answer"), os.path.join(folder, "setup")
        with open(setup, "w", encoding="utf-8") as f:
            f.write(ASK_ZSH % (FILES, answer, answer, answer))
        master, slave = pty.openpty()
        child = subprocess.Popen([*shell.wrap, "zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, env=shell.env,
                                 start_new_session=True)
        os.close(slave)
        try:
            os.write(master, b"source %s\n" % setup.encode())
            out = b""
            while b"\nready" not in out.replace(b"\r", b""):
                out += os.read(master, 4096)
            for line, wanted, unwanted in ASKED:
                compare("zsh", line, wanted, unwanted, typed(master, line, answer))
        finally:
            child.kill()
            child.wait()
            os.close(master)


def installed(build):
    """make install puts them where the shells look, make uninstall takes them away."""
    top = os.path.join(FILES, "../..")
    if not os.path.exists(os.path.join(top, "Makefile")) or not os.access(top, os.W_OK):
        raise Skip("the source cannot be written to")
    wanted = {"bash-completion/completions/portwhy": BASH, "zsh/vendor-completions/_portwhy": ZSH,
              "fish/vendor_completions.d/portwhy.fish": FISH}
    with tempfile.TemporaryDirectory() as root:
        make = ["make", "-s", "-o", "all", "-C", top, "DESTDIR=" + root, "PREFIX=/usr", "BUILD=" + build.folder]
        run([*make, "install"]).must()
        for name, source in wanted.items():
            if read(os.path.join(root, "usr/share", name)) != read(source):
                raise Failure("%s is not what was installed" % name)
        run([*make, "uninstall"]).must()
        left = [f for _, _, files in os.walk(root) for f in files]
        if left:
            raise Failure("left behind: %s" % left)


COMPLETING = [
    ("completion-is-complete", complete),
    ("completion-bash", bash),
    ("completion-zsh", zsh),
    ("completion-fish", fish),
    ("completion-installed", installed),
]
