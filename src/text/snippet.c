/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code behind a fix, a language each, and which runtimes need none because
 * they set SO_REUSEADDR by themselves.  tests/live/runtimes.py looks at each of
 * those that are installed with strace(1).  What is not from there: what
 * systemd does is socket_address_listen() in its socket-label.c, and C and C++
 * have no runtime that would.
 */
#include "text/text.h"

#define C_REUSEADDR \
	"int on = 1;\n" \
	"setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);\n"

const struct language_text language_texts[LANGUAGES] = {
    [LANG_C] = {"c", "C", NULL, C_REUSEADDR},
    [LANG_CXX] =
        {
            "c++",
            "C++",
            NULL,
            C_REUSEADDR
            "// Boost.Asio, unless the constructor has the endpoint:\n"
            "boost::asio::socket_base::reuse_address on(true);\n"
            "acceptor.set_option(on);\n",
        },
    [LANG_PYTHON] =
        {
            "python",
            "Python",
            NULL,
            "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
            "# a socketserver class: allow_reuse_address = True\n",
        },
    [LANG_NODE] = {"node", "Node", "Node's net and http servers set SO_REUSEADDR by themselves", NULL},
    [LANG_GO] = {"go", "Go", "Go's net.Listen() sets SO_REUSEADDR by itself", NULL},
    [LANG_RUST] = {"rust", "Rust", "Rust's TcpListener::bind() sets SO_REUSEADDR by itself", NULL},
    [LANG_JAVA] = {"java", "Java", "Java's ServerSocket sets SO_REUSEADDR by itself", NULL},
    [LANG_RUBY] = {"ruby", "Ruby", "Ruby's TCPServer sets SO_REUSEADDR by itself", NULL},
    [LANG_PHP] = {"php", "PHP", "PHP's stream_socket_server() sets SO_REUSEADDR by itself", NULL},
    [LANG_PERL] =
        {
            "perl",
            "Perl",
            NULL,
            "IO::Socket::INET->new(LocalPort => {port}, Listen => 128,\n"
            "                      ReuseAddr => 1) or die $@;\n",
        },
    [LANG_SHELL] =
        {
            "shell",
            "shell",
            NULL,
            "socat TCP-LISTEN:{port},reuseaddr,fork EXEC:./handler\n"
            "# or ncat, which sets it by itself:\n"
            "ncat -lk {port} -e ./handler\n",
        },
    [LANG_NGINX] = {"nginx", "nginx", "nginx sets SO_REUSEADDR by itself", NULL},
    [LANG_SYSTEMD] =
        {
            "systemd",
            "systemd",
            "systemd sets SO_REUSEADDR by itself on the sockets of a .socket unit",
            "[Socket]\n"
            "ListenStream={port}\n",
        },
};

/* In the place of the fix, for good and now; {sets} stands for the sentence above. */
const char reuseaddr_set[] = "{sets}: nothing is to be added";
const char reuseaddr_set_now[] = "start the server: {sets}, and bind() works with it at once";

/* Under code in C that nobody asked for; the option's value is one of these. */
const char other_languages[] = "(--lang=python, node, go, rust, java, ... for others)";

static const char *const v6only[LANGUAGES] = {
    [LANG_C] = "int on = 1;\n"
               "setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);\n",
    [LANG_PYTHON] = "s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)\n",
};

static const char *const no_port[LANGUAGES] = {
    [LANG_C] = "int on = 1;\n"
               "setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT,\n"
               "           &on, sizeof on);\n",
    [LANG_PYTHON] = "s.setsockopt(socket.IPPROTO_IP, 24, 1)  # ..._NO_PORT\n",
};

/*
 * The code for that fix, lines ending in \n, with {names} of facts in it; NULL
 * where it needs none.  Where there is none in *language but in C, *language
 * becomes C.
 */
const char *snippet(enum fix_id fix, enum language *language)
{
	const char *const *codes;

	if (fix == FIX_SET_REUSEADDR)
		return language_texts[*language].code;
	codes = fix == FIX_SET_V6ONLY ? v6only : fix == FIX_BIND_ADDRESS_NO_PORT ? no_port : NULL;
	if (!codes)
		return NULL;
	if (!codes[*language])
		*language = LANG_C;
	return codes[*language];
}
