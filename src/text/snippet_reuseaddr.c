/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SO_REUSEADDR, and which runtimes set it by themselves: tests/live/runtimes.py
 * looks at each of those that are installed with strace(1).  What is not from
 * there: systemd does it in socket_address_listen() of its socket-label.c,
 * Apache httpd in make_sock() of its listen.c, and C and C++ have no runtime
 * that would.
 */
#include "text/snippet.h"

#define C_REUSEADDR \
	"int on = 1;\n" \
	"setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);\n"

const struct snippet_text snippets_reuseaddr[LANGUAGES] = {
    [LANG_C] = {NULL, C_REUSEADDR},
    [LANG_CXX] =
        {
            NULL,
            C_REUSEADDR
            "// Boost.Asio, unless the constructor has the endpoint:\n"
            "acceptor.set_option(\n"
            "    boost::asio::socket_base::reuse_address(true));\n",
        },
    [LANG_PYTHON] =
        {
            NULL,
            "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
            "# a socketserver class: allow_reuse_address = True\n"
            "# http.server, asyncio, Flask and Django set it already\n",
        },
    [LANG_NODE] = {"Node's net and http servers set SO_REUSEADDR by themselves", NULL},
    [LANG_GO] = {"Go's net.Listen() sets SO_REUSEADDR by itself", NULL},
    [LANG_RUST] = {"Rust's TcpListener::bind() sets SO_REUSEADDR by itself", NULL},
    [LANG_JAVA] = {"Java's ServerSocket sets SO_REUSEADDR by itself", NULL},
    [LANG_RUBY] = {"Ruby's TCPServer sets SO_REUSEADDR by itself", NULL},
    [LANG_PHP] = {"PHP's stream_socket_server() sets SO_REUSEADDR by itself", NULL},
    [LANG_PERL] =
        {
            NULL,
            "IO::Socket::INET->new(LocalPort => {port}, Listen => 128,\n"
            "                      ReuseAddr => 1) or die $@;\n",
        },
    [LANG_SHELL] =
        {
            NULL,
            "socat TCP-LISTEN:{port},reuseaddr,fork EXEC:./handler\n"
            "# or ncat, which sets it by itself:\n"
            "ncat -lk {port} -e ./handler\n",
        },
    [LANG_NGINX] = {"nginx sets SO_REUSEADDR by itself", NULL},
    [LANG_APACHE] = {"Apache httpd sets SO_REUSEADDR by itself", NULL},
    [LANG_SYSTEMD] =
        {
            "systemd sets SO_REUSEADDR by itself on the sockets of a .socket unit",
            "[Socket]\n"
            "ListenStream={port}\n",
        },
};
