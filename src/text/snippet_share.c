/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that let two sockets have a port: SO_REUSEPORT and IPV6_V6ONLY.
 * Lines are at most 58 columns: they fit the narrowest terminal.
 */
#include "text/snippet.h"

#define C_REUSEPORT \
	"int on = 1;\n" \
	"setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);\n"

#define C_V6ONLY \
	"int on = 1;\n" \
	"setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);\n"

const struct snippet_text snippets_reuseport[LANGUAGES] = {
    [LANG_C] = {NULL, C_REUSEPORT},
    [LANG_CXX] =
        {
            NULL,
            C_REUSEPORT
            "// Boost.Asio, between open() and bind(): fd is\n"
            "// acceptor.native_handle()\n",
        },
    [LANG_PYTHON] =
        {
            NULL,
            "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\n"
            "# a socketserver class (3.11): allow_reuse_port = True\n"
            "# asyncio: start_server(..., reuse_port=True)\n"
            "# Flask, Django: gunicorn --reuse-port\n",
        },
    [LANG_NODE] =
        {
            NULL,
            "// from 22.12 on; older: node:cluster shares one socket\n"
            "server.listen({ port: {port}, reusePort: true });\n",
        },
    [LANG_GO] =
        {
            NULL,
            "// unix is golang.org/x/sys/unix\n"
            "lc := net.ListenConfig{}\n"
            "lc.Control = func(_, _ string, c syscall.RawConn) error {\n"
            "    var e error\n"
            "    err := c.Control(func(fd uintptr) {\n"
            "        e = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET,\n"
            "            unix.SO_REUSEPORT, 1)\n"
            "    })\n"
            "    return errors.Join(err, e)\n"
            "}\n"
            "l, err := lc.Listen(ctx, \"tcp\", \":{port}\")\n",
        },
    [LANG_RUST] =
        {
            NULL,
            "// socket2 with feature \"all\"\n"
            "let s = Socket::new(Domain::IPV4, Type::STREAM, None)?;\n"
            "s.set_reuse_port(true)?;\n"
            "// tokio: TcpSocket::new_v4()?, set_reuseport(true)?\n",
        },
    [LANG_JAVA] =
        {
            NULL,
            "ServerSocket s = new ServerSocket();\n"
            "s.setOption(StandardSocketOptions.SO_REUSEPORT, true);\n"
            "s.bind(new InetSocketAddress({port}));\n"
            "// Netty, epoll: .option(UnixChannelOption.SO_REUSEPORT,\n"
            "//                       true)\n",
        },
    [LANG_RUBY] =
        {
            NULL,
            "s = Socket.new(:INET, :STREAM)\n"
            "s.setsockopt(:SOCKET, :REUSEPORT, true)\n"
            "s.bind(Addrinfo.tcp('0.0.0.0', {port}))\n"
            "s.listen(128)\n",
        },
    [LANG_PHP] =
        {
            NULL,
            "$context = stream_context_create(\n"
            "    ['socket' => ['so_reuseport' => true]]);\n"
            "$s = stream_socket_server('tcp://0.0.0.0:{port}', $errno,\n"
            "    $error, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,\n"
            "    $context);\n",
        },
    [LANG_PERL] =
        {
            NULL,
            "IO::Socket::INET->new(LocalPort => {port}, Listen => 128,\n"
            "                      ReusePort => 1) or die $@;\n",
        },
    [LANG_SHELL] = {NULL, "socat TCP-LISTEN:{port},reuseport,fork EXEC:./handler\n"},
    [LANG_NGINX] = {NULL, "listen {port} reuseport;\n"},
    [LANG_APACHE] =
        {
            NULL,
            "# from 2.4.17 on; a listener for each 8 processors\n"
            "ListenCoresBucketsRatio 8\n",
        },
    [LANG_SYSTEMD] =
        {
            NULL,
            "[Socket]\n"
            "ListenStream={port}\n"
            "ReusePort=yes\n",
        },
};

const struct snippet_text snippets_v6only[LANGUAGES] = {
    [LANG_C] = {NULL, C_V6ONLY},
    [LANG_CXX] =
        {
            NULL,
            C_V6ONLY
            "// Boost.Asio, between open() and bind():\n"
            "acceptor.set_option(boost::asio::ip::v6_only(true));\n",
        },
    [LANG_PYTHON] =
        {
            NULL,
            "s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)\n"
            "# a socketserver class: in server_bind(), on self.socket\n"
            "# asyncio sets it already\n",
        },
    [LANG_NODE] =
        {
            NULL,
            "server.listen({ port: {port}, host: '::',\n"
            "                ipv6Only: true });\n",
        },
    [LANG_GO] =
        {
            NULL,
            "// \"tcp6\" sets it, \"tcp\" does not\n"
            "l, err := net.Listen(\"tcp6\", \"[::]:{port}\")\n",
        },
    [LANG_RUST] =
        {
            NULL,
            "// socket2\n"
            "let s = Socket::new(Domain::IPV6, Type::STREAM, None)?;\n"
            "s.set_only_v6(true)?;\n"
            "// for tokio, after listen(): s.set_nonblocking(true)?,\n"
            "// TcpListener::from_std(s.into())?\n",
        },
    [LANG_JAVA] =
        {
            NULL,
            "// Java cannot set it: one IPv6 address, not [::]\n"
            "ServerSocket s = new ServerSocket();\n"
            "s.bind(new InetSocketAddress(\"::1\", {port}));\n"
            "// or IPv4 alone: java -Djava.net.preferIPv4Stack=true\n",
        },
    [LANG_RUBY] =
        {
            NULL,
            "s = Socket.new(:INET6, :STREAM)\n"
            "s.ipv6only!\n"
            "s.bind(Addrinfo.tcp('::', {port}))\n"
            "s.listen(128)\n",
        },
    [LANG_PHP] =
        {
            NULL,
            "$context = stream_context_create(\n"
            "    ['socket' => ['ipv6_v6only' => true]]);\n"
            "$s = stream_socket_server('tcp://[::]:{port}', $errno,\n"
            "    $error, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,\n"
            "    $context);\n",
        },
    [LANG_PERL] =
        {
            NULL,
            "IO::Socket::IP->new(LocalHost => '::', Listen => 128,\n"
            "                    LocalPort => {port}, V6Only => 1)\n"
            "    or die $@;\n",
        },
    [LANG_SHELL] = {NULL, "socat TCP6-LISTEN:{port},ipv6only=1,fork EXEC:./handler\n"},
    [LANG_NGINX] =
        {
            NULL,
            "# the default from 1.3.4 on\n"
            "listen [::]:{port} ipv6only=on;\n",
        },
    [LANG_APACHE] =
        {
            NULL,
            "# set if httpd was built with --disable-v4-mapped\n"
            "Listen 0.0.0.0:{port}\n"
            "Listen [::]:{port}\n",
        },
    [LANG_SYSTEMD] =
        {
            NULL,
            "[Socket]\n"
            "ListenStream=[::]:{port}\n"
            "BindIPv6Only=ipv6-only\n",
        },
};
