# SPDX-License-Identifier: GPL-2.0-or-later
"""Who started the holder: programs that play systemd, docker-proxy, ssh and supervisors by their names and cgroups."""
import os
import tempfile
from contextlib import contextmanager

from expect import ask_one, check_printable, differ
from special import cgroup, real_users
from world import OWN_USER, REAL_USER, Failure, World


@contextmanager
def played(build, name, program=None):
    """The situation, or another program, under that name: what /proc calls comm."""
    with tempfile.TemporaryDirectory(prefix="portwhy-live.") as folder:
        path = os.path.join(folder, name)
        os.symlink(program or build.tool("situation"), path)
        yield path


def playing(path, *argv):
    """What makes a world's listener with that program and those arguments, the first as its title."""
    return ("bash", "-c", 'SITUATION=listener exec -a "$1" "$0" "${@:2:$#-4}"', path, *argv)


def look(build, prefix, namespace=OWN_USER):
    """Facets, fixes by id, and the words on one line."""
    with World(build, "listener", 9877, namespace, prefix) as w:
        report = ask_one(build, w, "9877")
        words = w.run([build.portwhy, "9877"]).out
    check_printable(words)
    cause = report["causes"][0]
    return set(cause["facets"]), {f["id"]: f["command"] for f in cause["fixes"]}, b" ".join(words.split())


def need(what, facets, fix, command, got, says=b""):
    """Exactly these facets, and of the fixes that one (with its command) and no kill."""
    found, fixes, words = got
    if found != set(facets.split()) or says not in words:
        raise Failure(differ(what, (facets, says), (found, words)))
    if fix and (fixes.get(fix) != command or {"stop-holder", "kill-group"} & set(fixes)):
        raise Failure(differ(what + ": fixes", (fix, command), fixes))


PROXY = ("-proto", "tcp", "-host-ip", "0.0.0.0", "-host-port", "9877", "-container-ip", "172.17.0.2",
         "-container-port", "80")


def container_proxy(build):
    with played(build, "docker-proxy") as path:
        need("docker-proxy", "container-proxy", "stop-container", "docker ps --filter publish=9877",
             look(build, playing(path, "/usr/bin/docker-proxy", *PROXY)), b"at 172.17.0.2 port 80")
    for name, title, args, command, says in (
            ("dockerd", "/usr/bin/dockerd", (), "docker ps --filter publish=9877", b"probably keeps"),
            ("rootlessport", "rootlessport", (), "podman ps", b"does not tell"),
            ("exe", "containers-rootlessport", (), "podman ps", b"does not tell"),
            ("pasta.avx2", "/usr/bin/pasta", ("-t", "127.0.0.1/9870-9879:70-79"), "podman ps", b"to port 77 there"),
            ("rootlesskit", "rootlesskit", ("--port-driver=builtin",), "docker ps --filter publish=9877", b"does not tell"),
            ("slirp4netns", "/usr/bin/slirp4netns", ("-c",), "podman ps", b"does not tell")):
        with played(build, name) as path:
            got = look(build, playing(path, title, *args))
        need(name, "container-proxy", "stop-container", command, got, says)
        if b"9877 there" in got[2] or (b"to port" in got[2]) != (b"to port" in says):
            raise Failure("%s: a port that nothing tells: %r" % (name, got[2]))
    for name, title in (("docker-prox", "docker-prox"), ("exe", "./server"), ("pastad", "pasta")):  # near misses
        with played(build, name) as path:
            need(name, "", None, None, look(build, playing(path, title, *PROXY)))


def ssh_forward(build):
    for name, title, facets in (("ssh", "ssh", "ssh-forward"), ("sshd-session", "sshd-session: a@pts/0", "ssh-forward"),
                                ("sshd", "sshd: a@notty", "ssh-forward"),
                                ("sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", ""),
                                ("sshd", "/usr/sbin/sshd", ""), ("sshfs", "ssh", "")):
        with played(build, name) as path:
            got = look(build, playing(path, title, "-N", "-L", "9877:localhost:80", "host"))
        need(title, facets, None, None, got)
        if "stop-holder" not in got[1]:
            raise Failure(differ(title + ": fixes", "stop-holder", got[1]))


SHELL = ("-c", '"$@"; :', "sh")  # it stays the parent of what it runs


def supervised(build):
    """By a parent's name; near miss: the same below a session, and a parent of another name."""
    for name, command in (("supervisord", "supervisorctl stop NAME"), ("runsv", "sv down NAME"),
                          ("s6-supervise", "s6-svc -d DIRECTORY"), ("supervise", "svc -d DIRECTORY"),
                          ("PM2 v5.3.0: God Daemon", "pm2 stop NAME")):
        with played(build, name, "/bin/sh") as path:
            need(name, "supervised", "restart-via-supervisor", command, look(build, (path, *SHELL)), b"useless")
    with played(build, "nodemon", "/bin/sh") as parent, played(build, "tmux", "/bin/sh") as session:
        got = look(build, (parent, *SHELL))
        need("nodemon", "supervised", "restart-via-supervisor", got[1].get("restart-via-supervisor"), got, b"nodemon (pid ")
        need("nodemon above tmux", "", None, None, look(build, (parent, *SHELL, session, *SHELL)))
    with played(build, "supervisors", "/bin/sh") as path:
        need("supervisors", "", None, None, look(build, (path, *SHELL)))


def service(build):
    """Part of a service by its cgroup; near miss: a session below sshd, which has the cgroup of sshd's service."""
    real_users()
    name = "portwhy-unit-%d.service" % os.getpid()
    with cgroup(name) as join, played(build, "sshd", "/bin/sh") as sshd:
        need("service", "supervised", "stop-unit", "systemctl stop " + name, look(build, join, REAL_USER), b"Restart=")
        need("below sshd", "", None, None, look(build, (*join, sshd, *SHELL), REAL_USER))


def socket_activation(build):
    """systemd holds it, and the socket's own cgroup names the unit; near miss: another program there."""
    real_users()
    name = "portwhy-test-%d.socket" % os.getpid()
    with cgroup(name) as join, played(build, "systemd") as systemd:
        need("systemd", "socket-activation", "stop-unit", "systemctl stop " + name,
             look(build, (*join, *playing(systemd, "/sbin/init")), REAL_USER), name.encode())
        need("another", "", None, None, look(build, join, REAL_USER))


def container(build):
    real_users()
    number = "%064x" % (0xbeef << 240 | os.getpid())
    for prefix, command in (("docker-", "docker stop "), ("libpod-", "podman stop "), ("crio-", "crictl stop ")):
        with cgroup("%s%s.scope" % (prefix, number)) as join:
            need(prefix, "container", "stop-container", command + number[:12], look(build, join, REAL_USER))
    with cgroup("docker-%s.scope" % number[:63]) as join:
        need("no container", "", None, None, look(build, join, REAL_USER))


STARTER = [("started-as-" + t.__name__.replace("_", "-"), t)
           for t in (container_proxy, ssh_forward, supervised, service, socket_activation, container)]
