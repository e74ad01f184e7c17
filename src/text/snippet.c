/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code behind a fix, a language each. */
#include "text/text.h"

const char *const language_names[LANGUAGES] = {[LANG_C] = "C", [LANG_PYTHON] = "Python"};

static const char *const snippets[FIXES][LANGUAGES] = {
    [FIX_SET_REUSEADDR] =
        {
            [LANG_C] = "int on = 1;\n"
                       "setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);\n",
            [LANG_PYTHON] = "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n",
        },
    [FIX_SET_V6ONLY] =
        {
            [LANG_C] = "int on = 1;\n"
                       "setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);\n",
            [LANG_PYTHON] = "s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)\n",
        },
};

/* The code for that fix, lines ending in \n; NULL where it needs none. */
const char *snippet(enum fix_id fix, enum language language)
{
	return snippets[fix][language];
}
