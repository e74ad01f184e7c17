/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code behind a fix, a table of languages each, and which runtimes need
 * none.  What tests/live/programs.py has a server for is run by snippets.py.
 */
#include "text/snippet.h"

const struct language_text language_texts[LANGUAGES] = {
    [LANG_C] = {"c", "C"},
    [LANG_CXX] = {"c++", "C++"},
    [LANG_PYTHON] = {"python", "Python"},
    [LANG_NODE] = {"node", "Node"},
    [LANG_GO] = {"go", "Go"},
    [LANG_RUST] = {"rust", "Rust"},
    [LANG_JAVA] = {"java", "Java"},
    [LANG_RUBY] = {"ruby", "Ruby"},
    [LANG_PHP] = {"php", "PHP"},
    [LANG_PERL] = {"perl", "Perl"},
    [LANG_SHELL] = {"shell", "shell"},
    [LANG_NGINX] = {"nginx", "nginx"},
    [LANG_APACHE] = {"apache", "Apache httpd"},
    [LANG_SYSTEMD] = {"systemd", "systemd"},
};

/* In the place of the fix, for good and now; {none} stands for the sentence of the table. */
const char snippet_none[] = "{none}: nothing is to be added";
const char snippet_none_now[] = "start the server: {none}, and bind() works with it at once";

/* Under code in C that nobody asked for; the option's value is one of these. */
const char other_languages[] = "(--lang=python, node, go, rust, java, ... for others)";

const struct snippet_text snippets_no_port[LANGUAGES] = {
    [LANG_C] = {NULL, "int on = 1;\n"
                      "setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT,\n"
                      "           &on, sizeof on);\n"},
    [LANG_PYTHON] = {NULL, "s.setsockopt(socket.IPPROTO_IP, 24, 1)  # ..._NO_PORT\n"},
};

static const struct snippet_text *const tables[FIXES] = {
    [FIX_SET_REUSEADDR] = snippets_reuseaddr,
    [FIX_SET_REUSEPORT] = snippets_reuseport,
    [FIX_SET_V6ONLY] = snippets_v6only,
    [FIX_SET_CLOEXEC] = snippets_cloexec,
    [FIX_SHUTDOWN_BEFORE_CLOSE] = snippets_shutdown,
    [FIX_BIND_ADDRESS_NO_PORT] = snippets_no_port,
};

/*
 * The code for that fix, lines ending in \n, with {names} of facts in it, or
 * why it needs none; empty for a fix without any.  Where there is nothing in
 * *language but in C, *language becomes C.
 */
const struct snippet_text *snippet(enum fix_id fix, enum language *language)
{
	static const struct snippet_text nothing = {NULL, NULL};
	const struct snippet_text *table = tables[fix];

	if (!table)
		return &nothing;
	if (!table[*language].none && !table[*language].code)
		*language = LANG_C;
	return &table[*language];
}
