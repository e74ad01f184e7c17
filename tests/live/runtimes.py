# SPDX-License-Identifier: GPL-2.0-or-later
"""Which runtimes set SO_REUSEADDR by themselves: strace watches a minimal server
of each that is installed, and portwhy's words must agree with what it saw.
"""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Optional, Tuple

from world import ENV, PATIENCE, Failure, Skip, World, parse_document, run

GO = 'package main\nimport "net"\nfunc main() { net.Listen("tcp", "0.0.0.0:9877") }\n'
RUST = 'fn main() { std::net::TcpListener::bind("0.0.0.0:9877").unwrap(); }\n'
JAVA = "class S { public static void main(String[] a) throws Exception { new java.net.ServerSocket(9877).close(); } }\n"
NGINX = """error_log stderr; pid pid; daemon off; master_process off; user root; events {}
http { access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u;
       scgi_temp_path s; server { listen 9877; } }
"""
ASYNCIO = """import asyncio
async def serve():
    await asyncio.start_server(lambda reader, writer: None, "0.0.0.0", 9877)
asyncio.run(serve())
"""


@dataclass
class Server:
    name: str
    argv: Tuple[str, ...]             # the program first; it runs in a folder of its own
    lang: Optional[str] = None        # --lang whose words are about this server
    named: Optional[str] = None       # what the line about runtimes calls it, whether or not it is there
    sets: Optional[bool] = None       # what portwhy's words say where that is in no table
    source: Tuple[str, str] = ()      # a file to be written there
    build: Tuple[str, ...] = ()       # a command to be run before


PYTHON = "/usr/bin/python3"
PERL = 'IO::Socket::INET->new(LocalPort => 9877, Listen => 1%s) or die'

SERVERS = [
    Server("python-socket", (PYTHON, "-c", 'import socket; s = socket.socket(); s.bind(("", 9877)); s.listen()'), "python"),
    Server("python-socketserver", (PYTHON, "-c", 'import socketserver; socketserver.TCPServer(("", 9877), None)'),
           sets=False),
    Server("python-http.server", (PYTHON, "-c", 'import http.server; http.server.HTTPServer(("", 9877), None)'),
           named="Python's http.server"),
    Server("python-asyncio", (PYTHON, "-c", ASYNCIO), sets=True),
    Server("perl", ("perl", "-MIO::Socket::INET", "-e", PERL % ""), "perl"),
    Server("perl-ReuseAddr", ("perl", "-MIO::Socket::INET", "-e", PERL % ", ReuseAddr => 1"), sets=True),
    Server("node", ("node", "-e", 'require("net").createServer().listen(9877)'), "node", "Node"),
    Server("node-http", ("node", "-e", 'require("http").createServer().listen(9877)'), "node"),
    Server("go", ("./s",), "go", "Go's net", None, ("s.go", GO), ("go", "build", "-o", "s", "s.go")),
    Server("rust", ("./s",), "rust", "Rust's TcpListener", None, ("s.rs", RUST), ("rustc", "-o", "s", "s.rs")),
    Server("java", ("java", "S.java"), "java", "Java's ServerSocket", None, ("S.java", JAVA)),
    Server("ruby", ("ruby", "-rsocket", "-e", 'TCPServer.new("0.0.0.0", 9877)'), "ruby"),
    Server("php", ("php", "-r", 'stream_socket_server("tcp://0.0.0.0:9877");'), "php"),
    Server("socat", ("socat", "TCP-LISTEN:9877", "-"), "shell"),
    Server("socat-reuseaddr", ("socat", "TCP-LISTEN:9877,reuseaddr", "-"), sets=True),
    Server("ncat", ("ncat", "-l", "9877"), sets=True),
    Server("nginx", ("nginx", "-p", ".", "-c", "nginx.conf"), "nginx", None, None, ("nginx.conf", NGINX)),
]


def sets_reuseaddr(lines):
    """Of the first socket that listens on our port: whether SO_REUSEADDR was set before bind(); None: none listens yet."""
    on, bound = set(), {}
    for line in lines:
        new = re.search(r"socket\b.*= (\d+)$", line)
        call = re.search(r"\b(setsockopt|bind|listen)\((\d+)(.*)", line)
        if new:
            on.discard(int(new.group(1)))
        if not call:
            continue
        what, fd, rest = call.group(1), int(call.group(2)), call.group(3)
        if what == "setsockopt" and "SO_REUSEADDR, [1]" in rest:
            on.add(fd)
        if what == "bind" and "htons(9877)" in rest:
            bound[fd] = fd in on
        if what == "listen" and fd in bound:
            return bound[fd]
    return None


def prepare(server, folder):
    program = server.build[0] if server.build else server.argv[0]
    if not shutil.which(program, path=ENV.get("PATH")):
        raise Skip("%s is not installed" % program)
    if not shutil.which("strace"):
        raise Skip("strace is not installed")
    if server.source:
        with open(os.path.join(folder, server.source[0]), "w") as f:
            f.write(server.source[1])
    if server.build:
        env = {**ENV, "GOCACHE": os.path.join(folder, "cache"), "GO111MODULE": "off", "CGO_ENABLED": "0"}
        done = subprocess.run(server.build, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE)
        if done.returncode != 0:
            raise Skip("%s cannot build here: %r" % (program, done.stdout[-200:]))


def watch(world, server, folder):
    """Starts the server under strace and waits until it listens (or ends); the server is stopped then."""
    log = os.path.join(folder, "strace.log")
    tracer = ("strace", "-f", "-qq", "-o", log, "-e", "trace=socket,setsockopt,bind,listen")
    child = subprocess.Popen([*world.enter(), *tracer, *server.argv], cwd=folder, env=ENV, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    end = time.monotonic() + PATIENCE
    answer = None
    try:
        while answer is None and time.monotonic() < end:
            ended = child.poll() is not None
            if os.path.exists(log):
                with open(log, errors="replace") as f:
                    answer = sets_reuseaddr(f.read().splitlines())
            if ended:
                break
            time.sleep(0.02)
    finally:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        out = child.communicate(timeout=PATIENCE)[0]
    if b"Operation not permitted" in out and b"ptrace" in out:
        raise Skip("strace may not trace here")
    if answer is None:
        raise Failure("%s never listened: %r" % (server.argv[0], out[-300:]))
    return answer


def words(build):
    """portwhy's line about runtimes, where SO_REUSEADDR helps, and a function: what the fix in a language says."""
    with World(build, "time-wait-reuse") as w:
        text = w.run([build.portwhy, "--lang=c", "9877"]).out.decode()
        fixes = {}
        for lang in {s.lang for s in SERVERS if s.lang} | {"c"}:
            doc = parse_document(w.run([build.portwhy, "-j", "--lang=" + lang, "9877"]).out)
            fix = [f for c in doc["reports"][0]["causes"] for f in c["fixes"] if f["id"] == "set-reuseaddr"]
            if len(fix) != 1:
                raise Failure("not one set-reuseaddr: %s" % fix)
            fixes[lang] = fix[0]
    line = re.search(r"^([^\n]*\n?[^\n]*) set it by themselves\.$", text, re.M)
    if not line:
        raise Failure("no line about runtimes: %r" % text)
    return " ".join(line.group(1).split()), fixes


def runtime(build, server):
    with tempfile.TemporaryDirectory(prefix="portwhy-live.") as folder:
        prepare(server, folder)
        with World(build, "free") as w:
            seen = watch(w, server, folder)
    line, fixes = words(build)
    wrong = []
    if server.sets is not None and server.sets != seen:
        wrong.append("expected %s" % server.sets)
    if server.lang and ("by itself" in fixes[server.lang]["text"] or "by themselves" in fixes[server.lang]["text"]) != seen:
        wrong.append("the fix says: %s" % fixes[server.lang])
    if server.lang and not seen and not fixes[server.lang]["code"]:
        wrong.append("no code: %s" % fixes[server.lang])
    if server.named and (server.named in line) != seen:
        wrong.append("the line says: %s" % line)
    if wrong:
        raise Failure("SO_REUSEADDR set before bind(): %s; %s" % (seen, "; ".join(wrong)))


def unknown_language(build):
    ran = run([build.portwhy, "--lang=cobol", "9877"])
    if ran.status != 2 or ran.out or len(ran.err.splitlines()) != 1 or b"python, node, go" not in ran.err:
        raise Failure("status %d, output %r, standard error %r" % (ran.status, ran.out, ran.err))


RUNTIMES = [("runtime-" + s.name, lambda build, s=s: runtime(build, s)) for s in SERVERS]
RUNTIMES.append(("unknown-language", unknown_language))
