# SPDX-License-Identifier: GPL-2.0-or-later
"""Small servers on port 9877 with a hole for the code of a fix.

Those that listen print "ready", then take a connection, close it first and end.
Those of set-cloexec print "ready" and have ls list its descriptors.  Those of
shutdown-before-close print "ready", wait for a line, let the socket go while a
thread waits in accept(), print "closed" and stay until their input ends; or
"closed" at once where the runtime does not wait in accept().
"""
from dataclasses import dataclass
from typing import Optional, Tuple

HOLE = "SNIPPET"


@dataclass
class Program:
    lang: str                     # as --lang calls it
    fix: str
    text: str                     # with the hole
    file: str
    run: Tuple[str, ...]
    build: Tuple[str, ...] = ()
    without: Optional[str] = ""   # what stands in the hole without the fix; None: nothing does
    since: Tuple[int, ...] = ()   # version of the runtime

    def source(self, code):
        """The program with that code; with None as it is without."""
        code = self.without or "" if code is None else code
        return self.text.replace(HOLE, code)


ALL = ("set-reuseaddr", "set-reuseport", "set-v6only")

C_HEAD = r"""#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void listen_on(int fd, int family)
{
	struct sockaddr_storage s;

	memset(&s, 0, sizeof s);
	s.ss_family = family;
	((struct sockaddr_in *)&s)->sin_port = htons(9877);
	if (bind(fd, (struct sockaddr *)&s, family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)) ||
	    listen(fd, 8)) {
		perror("bind");
		exit(1);
	}
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}
"""

C_LISTEN = C_HEAD + r"""
int main(void)
{
	int fd = socket(%s, SOCK_STREAM, 0);
SNIPPET
	listen_on(fd, %s);
	say("ready");
	close(accept(fd, NULL, NULL));
	return 0;
}
"""

C_CLOEXEC = C_HEAD + r"""
static int client;

/* What accept4() waits for: it comes from the same process. */
static void *connect_later(void *arg)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_port = htons(9877);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	while (connect(client, (struct sockaddr *)&a, sizeof a))
		usleep(1000);
	return arg;
}

/* Puts bind() and listen() between the lines of the code. */
static int listening_accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	pthread_t thread;

	listen_on(fd, AF_INET);
	pthread_create(&thread, NULL, connect_later, NULL);
	return accept4(fd, a, len, flags);
}
#define accept4 listening_accept4

int main(void)
{
SNIPPET
	say(c >= 0 ? "ready" : "no connection");
	execlp("ls", "ls", "-l", "/proc/self/fd/", "/proc/self/exe", (char *)NULL);
	return 1;
}
"""

C_SHUTDOWN = C_HEAD + r"""
static void *accepts(void *arg)
{
	accept(*(int *)arg, NULL, NULL);
	return arg;
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), in_thread = fd;
	pthread_t thread;

	listen_on(fd, AF_INET);
	pthread_create(&thread, NULL, accepts, &in_thread);
	say("ready");
	getchar();
SNIPPET
	say("closed");
	getchar();
	return 0;
}
"""


def of_c():
    build = ("gcc", "-o", "s", "s.c", "-lpthread")
    rows = [(fix, C_LISTEN % ((family, ) * 2), "") for fix, family in zip(ALL, ("AF_INET", "AF_INET", "AF_INET6"))]
    rows.append(("set-cloexec", C_CLOEXEC, "int fd = socket(AF_INET, SOCK_STREAM, 0), c = accept4(fd, NULL, NULL, 0);"))
    rows.append(("shutdown-before-close", C_SHUTDOWN, "close(fd);"))
    return [Program("c", fix, text, "s.c", ("./s",), build, without) for fix, text, without in rows]


CXX_ACCEPTOR = "boost::asio::io_context io; boost::asio::ip::tcp::acceptor acceptor(io); acceptor.open(%s);\n"
CXX_LISTEN = "#include <boost/asio.hpp>\n" + C_HEAD + """
int main()
{
	using boost::asio::ip::tcp;
	int fd = socket(%s, SOCK_STREAM, 0);
	""" + CXX_ACCEPTOR % "%s" + """
SNIPPET
	acceptor.bind(tcp::endpoint(%s, 9877));
	acceptor.listen();
	say("ready");
	acceptor.accept();
	return fd < 0;
}
"""


def of_cxx():
    """Boost.Asio alone where the code has both; the lines of C are those above."""
    build = ("g++", "-o", "s", "s.cc", "-lpthread")
    rows = [(fix, CXX_LISTEN % (family, v, v), "") for fix, family, v in
            (("set-reuseaddr", "AF_INET", "tcp::v4()"), ("set-v6only", "AF_INET6", "tcp::v6()"))]
    rows.append(("set-reuseport", C_LISTEN % (("AF_INET", ) * 2), ""))
    head, _, rest = C_CLOEXEC.partition("SNIPPET\n")
    rows.append(("set-cloexec", "#include <boost/asio.hpp>\n" + head + CXX_ACCEPTOR % "boost::asio::ip::tcp::v4()" +
                 HOLE + "\n" + rest, "int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);"
                 "int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);"))
    return [Program("c++", fix, text, "s.cc", ("./s",), build, without) for fix, text, without in rows]


PYTHON_LISTEN = """import socket
s = socket.socket(socket.%s)
SNIPPET
s.bind(("", 9877))
s.listen()
print("ready", flush=True)
s.accept()[0].close()
"""
PYTHON_CLOEXEC = """import socket, os
s = socket.create_server(("127.0.0.1", 9877))
c = socket.create_connection(("127.0.0.1", 9877))
a = s.accept()
print("ready", flush=True)
os.execlp("ls", "ls", "-l", "/proc/self/fd/", "/proc/self/exe")
"""
PYTHON_SHUTDOWN = """import socket, sys, threading
s = socket.create_server(("", 9877))
t = threading.Thread(target=s.accept, daemon=True)
threading.excepthook = lambda args: None
t.start()
print("ready", flush=True)
sys.stdin.readline()
SNIPPET
print("closed", flush=True)
sys.stdin.read()
"""


def of_python():
    rows = [(fix, PYTHON_LISTEN % family, "") for fix, family in zip(ALL, ("AF_INET", "AF_INET", "AF_INET6"))]
    rows.append(("set-cloexec", PYTHON_CLOEXEC, None))
    rows.append(("shutdown-before-close", PYTHON_SHUTDOWN, "s.close()"))
    return [Program("python", fix, text, "s.py", ("/usr/bin/python3", "s.py"), (), without)
            for fix, text, without in rows]


PERL_LISTEN = """use IO::Socket::INET; use IO::Socket::IP; $| = 1;
my $s = SNIPPET
print "ready\\n";
my $c = $s->accept; close $c;
"""
PERL_V4 = "IO::Socket::INET->new(LocalPort => 9877, Listen => 128) or die $@;"
PERL_V6 = "IO::Socket::IP->new(LocalHost => '::', Listen => 128, LocalPort => 9877, V6Only => 0) or die $@;"
PERL_CLOEXEC = """use IO::Socket::INET; $| = 1;
my $s = IO::Socket::INET->new(LocalPort => 9877, Listen => 128) or die $@;
my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 9877) or die $@;
my $a = $s->accept;
print "ready\\n";
exec "ls", "-l", "/proc/self/fd/", "/proc/self/exe";
"""
PERL_SHUTDOWN = """use IO::Socket::INET; $| = 1;
my $s = IO::Socket::INET->new(LocalPort => 9877, Listen => 128) or die $@;
my $child = fork;
if (!$child) { $s->accept; exit 0 }
print "ready\\n";
<STDIN>;
SNIPPET
waitpid $child, 0;
print "closed\\n";
<STDIN>;
"""


def of_perl():
    rows = (("set-reuseaddr", PERL_LISTEN, PERL_V4), ("set-reuseport", PERL_LISTEN, PERL_V4),
            ("set-v6only", PERL_LISTEN, PERL_V6), ("set-cloexec", PERL_CLOEXEC, None),
            ("shutdown-before-close", PERL_SHUTDOWN, "$s->close; print qq(closed\\n); <STDIN>; exit;"))
    return [Program("perl", fix, text, "s.pl", ("perl", "s.pl"), (), without) for fix, text, without in rows]


NODE_LISTEN = """const server = require('net').createServer(c => { c.end(); c.resume(); c.on('close', () => process.exit()) });
server.on('listening', () => console.log('ready'));
SNIPPET
"""
NODE_CLOEXEC = """const net = require('net');
const server = net.createServer(() => {
  console.log('ready');
  require('child_process').spawnSync('ls', ['-l', '/proc/self/fd/', '/proc/self/exe'], { stdio: 'inherit' });
  process.exit();
});
server.listen(9877, () => net.connect(9877, '127.0.0.1'));
"""
NODE_SHUTDOWN = """const server = require('net').createServer();
server.listen(9877, () => { server.close(() => console.log('closed')) });
process.stdin.resume();
"""


def of_node():
    def row(fix, text, without, since=()):
        return Program("node", fix, text, "s.js", ("node", "s.js"), (), without, since)
    return [row("set-reuseaddr", NODE_LISTEN.replace(HOLE, "server.listen(9877);"), None),
            row("set-reuseport", NODE_LISTEN, "server.listen(9877);", (22, 12)),
            row("set-v6only", NODE_LISTEN, "server.listen(9877, '::');"),
            row("set-cloexec", NODE_CLOEXEC, None), row("shutdown-before-close", NODE_SHUTDOWN, None)]


JAVA = """import java.net.*;
class S { public static void main(String[] args) throws Exception {
%s
} }
"""
JAVA_PLAIN = "ServerSocket s = new ServerSocket(9877);\n"
JAVA_LISTEN = JAVA % 'SNIPPET\nSystem.out.println("ready"); s.accept().close();'
JAVA_CLOEXEC = JAVA % (JAVA_PLAIN + """Socket c = new Socket("127.0.0.1", 9877), a = s.accept();
System.out.println("ready");
new ProcessBuilder("ls", "-l", "/proc/self/fd/", "/proc/self/exe").inheritIO().start().waitFor();""")
JAVA_SHUTDOWN = JAVA % (JAVA_PLAIN + """Thread t = new Thread(() -> { try { s.accept(); } catch (Exception e) { } });
t.start(); Thread.sleep(100); s.close(); t.join();
System.out.println("closed"); System.in.read();""")


def of_java():
    rows = (("set-reuseaddr", JAVA_LISTEN.replace(HOLE, JAVA_PLAIN), None), ("set-reuseport", JAVA_LISTEN, JAVA_PLAIN),
            ("set-v6only", JAVA_LISTEN, JAVA_PLAIN), ("set-cloexec", JAVA_CLOEXEC, None),
            ("shutdown-before-close", JAVA_SHUTDOWN, None))
    return [Program("java", fix, text, "S.java", ("java", "S.java"), (), without) for fix, text, without in rows]


RUST_LISTEN = """fn main() {
    let l = std::net::TcpListener::bind("0.0.0.0:9877").unwrap();
    println!("ready");
    drop(l.accept().unwrap());
}
"""
RUST_CLOEXEC = """fn main() {
    let l = std::net::TcpListener::bind("0.0.0.0:9877").unwrap();
    let _c = std::net::TcpStream::connect("127.0.0.1:9877").unwrap();
    let _a = l.accept().unwrap();
    println!("ready");
    std::process::Command::new("ls").args(["-l", "/proc/self/fd/", "/proc/self/exe"]).status().unwrap();
}
"""


def of_rust():
    """What std does by itself; the code for the others wants a crate."""
    return [Program("rust", fix, text, "s.rs", ("./s",), ("rustc", "-o", "s", "s.rs"), None)
            for fix, text in (("set-reuseaddr", RUST_LISTEN), ("set-cloexec", RUST_CLOEXEC))]


PROGRAMS = [*of_c(), *of_cxx(), *of_python(), *of_perl(), *of_node(), *of_java(), *of_rust()]
