/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options: one table for all verbs, and what the terminal is like. */
#define _GNU_SOURCE
#include "cmd/options.h"

#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "out/column.h"
#include "out/lang.h"
#include "out/overview.h"

enum {
	OPT_PROBE = 256,
	OPT_ASCII,
	OPT_LANG,
	OPT_COLOR,
	OPT_REUSEADDR,
	OPT_REUSEPORT,
	OPT_V6ONLY,
	OPT_DEVICE,
	OPT_USER,
	OPT_TO,
	OPT_OUTPUT,
	OPT_ALL_NETNS,
	OPT_STATES,
	OPT_SAVE,
	OPT_SINCE,
	OPT_PROMETHEUS
};

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"prometheus", no_argument, NULL, OPT_PROMETHEUS},
    {"columns", required_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"all", no_argument, NULL, 'a'},
    {"numeric", no_argument, NULL, 'n'},
    {"tcp", no_argument, NULL, 't'},
    {"udp", no_argument, NULL, 'u'},
    {"ipv4", no_argument, NULL, '4'},
    {"ipv6", no_argument, NULL, '6'},
    {"reuseaddr", no_argument, NULL, OPT_REUSEADDR},
    {"reuseport", no_argument, NULL, OPT_REUSEPORT},
    {"v6only", no_argument, NULL, OPT_V6ONLY},
    {"device", required_argument, NULL, OPT_DEVICE},
    {"user", required_argument, NULL, OPT_USER},
    {"to", required_argument, NULL, OPT_TO},
    {"netns", required_argument, NULL, 'N'},
    {"all-netns", no_argument, NULL, OPT_ALL_NETNS},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"probe", required_argument, NULL, OPT_PROBE},
    {"ascii", no_argument, NULL, OPT_ASCII},
    {"lang", required_argument, NULL, OPT_LANG},
    {"color", required_argument, NULL, OPT_COLOR},
    {"states", required_argument, NULL, OPT_STATES},
    {"save", required_argument, NULL, OPT_SAVE},
    {"since", required_argument, NULL, OPT_SINCE},
    {"timeout", required_argument, NULL, 'T'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

/* Options that mean something to some verbs only; all others are common to all. */
static const struct {
	int option;
	const char *verbs[3];
} owned[] = {
    {OPT_STATES, {"check"}},
    {OPT_SAVE, {"check"}},
    {OPT_SINCE, {"check"}},
    {'T', {"check", "wait"}},
    {OPT_PROMETHEUS, {VERB_OVERVIEW, "why"}},
};

/* What --help says of targets and options. */
const char *options_help(void)
{
	return "TARGET is PORT, ADDRESS:PORT or [ADDRESS]:PORT; PORT also a name, a range or a\n"
	       "list (80,443,8000-8100), ADDRESS also a name or *, with %DEVICE behind it.\n"
	       "0 alone asks whether the kernel could pick a port.  Of a unix socket it is a\n"
	       "path (/run/x.sock, ./x) or @NAME.\n\n"
	       "  -t, --tcp        TCP ports (the default)\n"
	       "  -u, --udp        UDP ports (of @NAME datagram sockets); with -t both\n"
	       "  -4, --ipv4       judge only IPv4\n"
	       "  -6, --ipv6       judge only IPv6\n"
	       "      --reuseaddr, --reuseport, --v6only, --device=DEV, --user=USER\n"
	       "                   the socket that would be bound has this option, device, user\n"
	       "      --to=HOST:PORT\n"
	       "                   also connect() from the target to there\n"
	       "  -N, --netns=NAME|PID|PATH\n"
	       "                   look in that network namespace\n"
	       "      --all-netns  look in every one that can be reached\n"
	       "  -j, --json       one JSON document\n"
	       "      --prometheus metrics for Prometheus, of all ports or of the targets\n"
	       "  -q, --quiet      print nothing, only set the exit status\n"
	       "  -o, --columns=LIST\n"
	       "                   columns of the table of sockets, +LIST adds to STATE, LOCAL,\n"
	       "                   PEER, LEFT, HELD-BY; there are also UID, USER, PID, FD,\n"
	       "                   INODE, COOKIE, TIMER, RETRANS, RECV-Q, SEND-Q, REUSEADDR,\n"
	       "                   REUSEPORT, V6ONLY, DEVICE, CGROUP, COUNT; of the table of all\n"
	       "                   ports: PORT, PROTO, BIND, STATES, CLEARS, USER, HELD-BY, and\n"
	       "                   SOCKETS, LINGERING, PIDS\n"
	       "  -v, --verbose    every port of a range in full, and what was looked at\n"
	       "      --output=FILE\n"
	       "                   write there, all or nothing\n"
	       "  -a, --all        every socket, not the first ten of a group and a count; every\n"
	       "                   port, those of outgoing connections too\n"
	       "  -n, --numeric    no names of users\n"
	       "      --probe=auto|always|never\n"
	       "                   whether portwhy may bind the address itself for a moment\n"
	       "      --ascii      no character outside ASCII\n"
	       "      --color=auto|always|never\n"
	       "                   auto: on a terminal, unless NO_COLOR is set or TERM is dumb\n"
	       "      --lang=LANG  language of the code in a fix: c, c++, python, node, go,\n"
	       "                   rust, java, ruby, php, perl, shell, nginx, apache,\n"
	       "                   systemd\n"
	       "      --states=LIST\n"
	       "                   check: sockets in these states (TIME_WAIT,CLOSE_WAIT...) or\n"
	       "                   groups: any, blocking (the default), lingering, listen\n"
	       "      --save=FILE  check: write down which sockets there are\n"
	       "      --since=FILE|PID\n"
	       "                   check: pass over the sockets of that file, or those whose\n"
	       "                   processes all started before PID\n"
	       "  -T, --timeout=SECONDS\n"
	       "                   how long check looks again until nothing matches, and wait\n"
	       "                   waits, at most; such as 30 or 0.5\n"
	       "  -h, --help       this text\n"
	       "  -V, --version    the version\n";
}

static enum probe_when probe_of(const char *word)
{
	static const char *const words[] = {[PROBE_AUTO] = "auto", [PROBE_ALWAYS] = "always", [PROBE_NEVER] = "never"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], word))
			return (enum probe_when)i;
	die_of("--probe", word, "auto, always or never is wanted");
}

static enum color_when color_of(const char *word)
{
	static const char *const words[] = {[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], word))
			return (enum color_when)i;
	die_of("--color", word, "auto, always or never is wanted");
}

/* The name of one of them, as --lang knows it. */
static enum language language_of(const char *word)
{
	enum language lang = lang_parse(word);
	struct buf all = {0};

	if (lang)
		return lang;
	buf_printf(&all, "one of these is wanted: ");
	for (int l = LANG_GUESS + 1; l < LANGUAGES; l++)
		buf_printf(&all, "%s%s", l > LANG_GUESS + 1 ? ", " : "", language_texts[l].word);
	die_of("--lang", word, all.s);
}

/* SECONDS as milliseconds, with a point whatever the locale; up to some 30 years. */
static int64_t seconds_of(const char *word)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(word, digits), part = word[whole] == '.' ? strspn(word + whole + 1, digits) : 0;
	int64_t ms = 0;

	if (!(whole + part) || whole > 9 || word[whole + (word[whole] == '.') + part])
		die_of("--timeout", word, "seconds are wanted, such as 30 or 0.5");
	for (size_t i = 0; i < whole; i++)
		ms = ms * 10 + (word[i] - '0');
	for (size_t i = 0; i < 3; i++)
		ms = ms * 10 + (i < part ? word[whole + 1 + i] - '0' : 0);
	return ms;
}

static void note_owned(struct options *o, int option)
{
	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		if (owned[i].option == option)
			o->owned |= 1U << i;
}

static const char *name_of(int option)
{
	const struct option *l = long_options;

	while (l->name && l->val != option)
		l++;
	return l->name;
}

static struct columns columns_option(const char *list, column_namer *name)
{
	struct columns columns;
	struct buf bad = {0}, all = {0};

	if (columns_parse(&columns, list, name, &bad))
		return columns;
	columns_names(&all, name);
	die("unknown column '%s'; there are %s", bad.s ? bad.s : "", all.s);
}

/*
 * Reads what hangs on the verb, that of all ports or one by its name: the columns.
 * Ends the program if an option was given that does not belong to it.
 */
void options_check(struct options *o, const char *verb)
{
	if (o->column_list)
		o->columns = columns_option(o->column_list, strcmp(verb, VERB_OVERVIEW) ? column_name : overview_column_name);
	if (o->json && o->prometheus)
		die("--json and --prometheus exclude each other");
	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
		const char *const *v = owned[i].verbs;
		size_t n = 0;
		bool ours = !(o->owned >> i & 1);
		struct buf all = {0};

		for (; n < sizeof owned->verbs / sizeof *owned->verbs && v[n]; n++)
			ours |= !strcmp(v[n], verb);
		for (size_t k = 0; !ours && k < n; k++)
			buf_printf(&all, "%s%s", !k ? "" : k + 1 < n ? ", " : " and ", *v[k] ? v[k] : "the overview");
		if (!ours)
			die("--%s belongs to %s", name_of(owned[i].option), all.s);
	}
}

/* Whether it is the beginning of some option's name. */
static bool begins_one(const char *word)
{
	size_t len = strncmp(word, "--", 2) ? 0 : strcspn(word + 2, "=");

	for (const struct option *l = long_options; len && l->name; l++)
		if (!strncmp(l->name, word + 2, len))
			return true;
	return false;
}

/* Says in one line what getopt does not like (the colon in its list keeps it silent); word is where it stands, if it is a long one.  Ends the program. */
static _Noreturn void bad_option(int why, const char *word)
{
	const char *name = optopt ? name_of(optopt) : NULL;
	char letter[] = {'-', (char)optopt, '\0'};
	const char *typed = optopt ? letter : word;
	struct buf b = {0};

	if (name)
		die("--%s %s; see portwhy --help", name, why == ':' ? "wants an argument" : "takes no argument");
	vis(&b, typed, strlen(typed), true);
	die("%s option '%s'; see portwhy --help", begins_one(typed) ? "ambiguous" : "unknown", b.s ? b.s : "");
}

/* Reads the options of argv (argv[0] is skipped); what is wrong ends the program with status 2. */
void options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){.targets = xcalloc((size_t)argc, sizeof *o->targets), .timeout_ms = -1};
	while ((c = getopt_long(argc, argv, "-:46ajnN:o:qtT:uvhV", long_options, NULL)) != -1) {
		note_owned(o, c);
		switch (c) {
		case 1:
			o->targets[o->ntargets++] = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case OPT_PROMETHEUS:
			o->prometheus = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'o':
			o->column_list = optarg;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'a':
			o->all = true;
			break;
		case 'n':
			o->numeric = true;
			break;
		case 't':
			o->tcp = true;
			break;
		case 'T':
			o->timeout_ms = seconds_of(optarg);
			break;
		case 'u':
			o->udp = true;
			break;
		case '4':
			o->ipv4 = true;
			break;
		case '6':
			o->ipv6 = true;
			break;
		case OPT_REUSEADDR:
			o->reuseaddr = true;
			break;
		case OPT_REUSEPORT:
			o->reuseport = true;
			break;
		case OPT_V6ONLY:
			o->v6only = true;
			break;
		case OPT_DEVICE:
			o->device = optarg;
			break;
		case OPT_USER:
			o->user = optarg;
			break;
		case OPT_TO:
			o->to = optarg;
			break;
		case 'N':
			o->netns = optarg;
			break;
		case OPT_ALL_NETNS:
			o->all_netns = true;
			break;
		case OPT_STATES:
			o->states = optarg;
			break;
		case OPT_SAVE:
			o->save = optarg;
			break;
		case OPT_SINCE:
			o->since = optarg;
			break;
		case OPT_OUTPUT:
			o->output = optarg;
			break;
		case 'h':
			o->help = true;
			break;
		case 'V':
			o->version = true;
			break;
		case OPT_PROBE:
			o->probe = probe_of(optarg);
			break;
		case OPT_ASCII:
			o->ascii = true;
			break;
		case OPT_COLOR:
			o->color = color_of(optarg);
			break;
		case OPT_LANG:
			o->lang = language_of(optarg);
			break;
		default:
			bad_option(c, argv[optind - 1]);
		}
	}
	o->nwords = o->ntargets;
	while (optind < argc)
		o->targets[o->ntargets++] = argv[optind++];
}

void options_free(struct options *o)
{
	free(o->targets);
	o->targets = NULL;
}

/* The columns of the terminal behind that descriptor, 80 where nothing tells. */
static size_t terminal_width(int fd)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 80;

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col;
	else if (width <= 0)
		width = 80;
	return (size_t)width;
}

/* With auto only where somebody looks at it who did not say no: https://no-color.org. */
static bool wants_color(enum color_when when, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

/*
 * How to print: as wide as the terminal (60 to 100 columns), ASCII where asked for
 * or where the locale is not UTF-8.  The locale is read here, its characters and no
 * more of it: who wants a status or JSON does without.
 */
struct style options_style(const struct options *o)
{
	size_t width = terminal_width(STDOUT_FILENO);

	setlocale(LC_CTYPE, "");
	return (struct style){
	    .width = width < 60 ? 60 : width > 100 ? 100 : width,
	    .lang = o->lang,
	    .columns = o->columns,
	    .color = wants_color(o->output && o->color == COLOR_AUTO ? COLOR_NEVER : o->color, STDOUT_FILENO),
	    .numeric = o->numeric,
	    .verbose = o->verbose,
	    .ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
	};
}

/* The same for lines on standard error, which are exactly as wide as that terminal may have them. */
struct style options_line_style(const struct options *o)
{
	struct style style = options_style(o);

	style.width = terminal_width(STDERR_FILENO);
	style.color = wants_color(o->color, STDERR_FILENO);
	return style;
}
