/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs: a table of which --help is printed too. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "cmd/verbs.h"

static const struct verb {
	const char *name, *targets, *what;
	int (*run)(const struct options *o);
	bool alone; /* wants no target */
} overview = {VERB_OVERVIEW, "", "", cmd_overview, true}, verbs[] = {
    {"why", "TARGET...", "says whether bind() works; if not, what holds the port, why, the fix", cmd_why, false},
    {"check", "[TARGET...]", "for tests: a line for each socket that makes bind() fail, or silence", cmd_check, true},
    {"wait", "TARGET...", "returns as soon as bind() works; -T gives up after a time", cmd_wait, false},
    {"explain", "[ID...]", "the text of a cause, facet, fix or TCP state, or without ID the list", cmd_explain, true},
};

static void help(FILE *f)
{
	fputs("usage: portwhy [OPTION...]\n         every port in use: what is on it, who holds it, when it clears\n"
	      "       portwhy [OPTION...] TARGET...\n", f);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		fprintf(f, "       portwhy [OPTION...] %s %s\n         %s\n", verbs[i].name, verbs[i].targets, verbs[i].what);
	fprintf(f, "\n%s\nExit status: 0 free, 1 taken or refused, 2 could not run, 3 unsure.\n", options_help());
}

static int finish(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_FREE;
	if (errno == EPIPE)
		return EXIT_FAILED;
	die("standard output: %s", strerror(errno));
}

/* The verb is the first argument that is not an option, or that which fits: without a target all ports.  What follows "--" is a target. */
static const struct verb *verb_of(struct options *o)
{
	for (size_t i = 0; o->nwords && i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(o->targets[0], verbs[i].name))
			continue;
		o->ntargets--;
		memmove(o->targets, o->targets + 1, (size_t)o->ntargets * sizeof *o->targets);
		return &verbs[i];
	}
	return o->ntargets ? &verbs[0] : &overview;
}

static int run(struct options *o)
{
	const struct verb *verb = verb_of(o);

	options_check(o, verb->name);
	if (!o->ntargets && !verb->alone)
		die("a target is wanted, such as 9877 or 127.0.0.1:9877; see portwhy --help");
	return verb->run(o);
}

int main(int argc, char **argv)
{
	struct options o;
	int status;

	options_parse(&o, argc, argv);
	if (o.help)
		help(stdout);
	else if (o.version)
		puts("portwhy " VERSION);
	status = o.help || o.version ? finish() : run(&o);
	options_free(&o);
	return status;
}
