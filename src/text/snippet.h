/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_SNIPPET_H
#define TEXT_SNIPPET_H

#include "text/text.h"

/* A fix each; a language without an entry has that of C. */
extern const struct snippet_text snippets_reuseaddr[LANGUAGES];
extern const struct snippet_text snippets_reuseport[LANGUAGES], snippets_v6only[LANGUAGES];
extern const struct snippet_text snippets_cloexec[LANGUAGES], snippets_shutdown[LANGUAGES];
extern const struct snippet_text snippets_no_port[LANGUAGES];

#endif
