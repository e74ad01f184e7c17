/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/request.h"
#include "out/style.h"

/* What options_check() calls the verb that has no name. */
#define VERB_OVERVIEW ""

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the command line said; targets point into argv.  nwords: how many of them stood before a "--". */
struct options {
	bool json, prometheus, quiet, verbose, all, numeric, ascii, help, version;
	bool tcp, udp, ipv4, ipv6, reuseaddr, reuseport, v6only, all_netns;
	const char *device, *user, *to, *output, *netns; /* NULL: not given */
	const char *states, *save, *since; /* of check */
	enum probe_when probe;
	enum language lang;
	enum color_when color;
	const char *column_list; /* NULL: not given */
	struct columns columns;  /* what it says */
	char **targets;
	int ntargets, nwords;
	int64_t timeout_ms; /* -1: none */
	unsigned int owned; /* bits: which of those that belong to some verbs only were given */
};

void options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
void options_check(struct options *o, const char *verb);
struct style options_style(const struct options *o);
struct style options_line_style(const struct options *o);
const char *options_help(void);

#endif
