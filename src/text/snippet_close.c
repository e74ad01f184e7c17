/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lets a socket go: close-on-exec, and shutdown() before close().
 * Lines are at most 58 columns: they fit the narrowest terminal.
 */
#include "text/snippet.h"

#define C_CLOEXEC \
	"int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);\n" \
	"int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);\n"

#define C_SHUTDOWN \
	"shutdown(fd, SHUT_RDWR);\n" \
	"close(fd);\n"

const struct snippet_text snippets_cloexec[LANGUAGES] = {
    [LANG_C] = {NULL, C_CLOEXEC},
    [LANG_CXX] =
        {
            NULL,
            C_CLOEXEC
            "// Boost.Asio, and so for each socket that it accepts:\n"
            "fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);\n",
        },
    [LANG_PYTHON] = {"Python's sockets are close-on-exec by themselves from 3.4 on", NULL},
    [LANG_NODE] = {"Node's sockets are close-on-exec by themselves", NULL},
    [LANG_GO] = {"Go's sockets are close-on-exec by themselves", NULL},
    [LANG_RUST] = {"Rust's sockets are close-on-exec by themselves", NULL},
    [LANG_JAVA] = {"Java's ProcessBuilder closes all sockets in what it starts by itself", NULL},
    [LANG_RUBY] = {"Ruby's sockets are close-on-exec by themselves from 2.0 on", NULL},
    [LANG_PHP] =
        {
            NULL,
            "// PHP cannot set it; the shell closes the descriptor, 3:\n"
            "proc_open('exec 3<&-; exec ./worker', [], $pipes);\n",
        },
    [LANG_PERL] = {"Perl's sockets are close-on-exec by themselves (as $^F says)", NULL},
    [LANG_SHELL] =
        {
            NULL,
            "# socat does it by itself; a shell closes descriptor 3 so:\n"
            "./worker 3<&- &\n",
        },
    [LANG_NGINX] = {"nginx starts no program but the next nginx, which is to have them", NULL},
    [LANG_APACHE] = {"Apache httpd closes its sockets in what it starts by itself", NULL},
    [LANG_SYSTEMD] =
        {
            NULL,
            "// the service, in C: it sets the flag on all of them\n"
            "int n = sd_listen_fds(1);\n",
        },
};

const struct snippet_text snippets_shutdown[LANGUAGES] = {
    [LANG_C] = {NULL, C_SHUTDOWN},
    [LANG_CXX] =
        {
            NULL,
            C_SHUTDOWN
            "// Boost.Asio; async_accept() needs the second line alone:\n"
            "shutdown(acceptor.native_handle(), SHUT_RDWR);\n"
            "acceptor.close();\n",
        },
    [LANG_PYTHON] =
        {
            NULL,
            "s.shutdown(socket.SHUT_RDWR)\n"
            "s.close()\n"
            "# a socketserver class: its shutdown(), server_close()\n",
        },
    [LANG_NODE] = {"Node never waits in accept(), and its server.close() is enough", NULL},
    [LANG_GO] = {"Go's Listener.Close() ends every Accept() by itself", NULL},
    [LANG_RUST] =
        {
            NULL,
            "// socket2; tokio needs the second line alone\n"
            "SockRef::from(&listener).shutdown(Shutdown::Both)?;\n"
            "drop(listener);\n",
        },
    [LANG_JAVA] = {"Java's ServerSocket.close() ends every accept() by itself", NULL},
    [LANG_RUBY] = {"Ruby's close() ends the accept() of other threads by itself", NULL},
    [LANG_PHP] =
        {
            NULL,
            "stream_socket_shutdown($s, STREAM_SHUT_RDWR);\n"
            "fclose($s);\n",
        },
    [LANG_PERL] =
        {
            NULL,
            "$s->shutdown(2);\n"
            "$s->close;\n",
        },
    [LANG_SHELL] = {"socat waits in select() or poll(), not in accept()", NULL},
    [LANG_NGINX] = {"nginx waits in epoll_wait(), not in accept()", NULL},
    [LANG_APACHE] = {"Apache httpd wakes its listeners by itself", NULL},
    [LANG_SYSTEMD] = {"systemd waits in epoll_wait(), not in accept(), and has the socket too", NULL},
};
