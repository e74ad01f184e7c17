/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff [-n DECISIONS] [-s SEED] [-c NUMBER] [-p tcp|udp|both] [-P] [-w] [-v]:
 * compares portwhy with the kernel until that many binds are decided; with -c one
 * chain alone; with -P in the /proc of this machine, where nothing is out of sight
 * (before Linux 6.8 bound sockets are found there, by their descriptors); with -w
 * until the first wrong answer, and nothing else counts.  Status 0: all alike, 1:
 * not, 77: it cannot run here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/diff/diff.h"

enum { CHAINS_IN_A_PLACE = 300, SHOWN_MAX = 20, SHRUNK_MAX = 15, CHAIN_SECONDS = 300, SKIP = 77, CRASHES_MAX = 5 };

struct counts {
	uint64_t decisions, wrong, unknown[DOUBTS];
};

/* What the batches, each a process, leave behind. */
struct state {
	struct means means;
	uint64_t next;                    /* the number of the chain that comes */
	uint64_t chains, unequal, failed[UNEQUAL + 1], late;
	struct counts counts[MODES][2];   /* other mixes, the requested one */
	uint64_t shown[SHOWN_MAX];        /* hashes of the least chains */
	size_t nshown, shrunk[UNEQUAL + 1], crashes;
};

static struct options {
	const char *program, *protocols;
	uint64_t decisions, seed, chain;
	bool one, verbose, wrong, here;
} options = {.protocols = "both", .decisions = 2000, .seed = 1};

static uint64_t decided(const struct state *s)
{
	return s->counts[NEVER][0].decisions + s->counts[NEVER][1].decisions;
}

static void count(struct state *s, const struct chain *c, const struct outcome *o)
{
	for (size_t mode = 0; mode < MODES; mode++)
		for (size_t i = 0; i < o->n; i++) {
			const struct said *said = &o->said[mode][i];
			struct counts *to = &s->counts[mode][said->mix == c->wish.mix];

			to->decisions++;
			to->wrong += is_wrong(said, &o->truth[i]);
			to->unknown[said->doubt] += said->result == RESULT_UNKNOWN;
		}
}

static void print_again(uint64_t number)
{
	printf("%s -s %" PRIu64 " -c %" PRIu64, options.program, options.seed, number);
	printf(strcmp(options.protocols, "both") ? " -p %s" : "", options.protocols);
	puts(options.here ? " -P" : "");
}

/* Whether these words are new; so each least chain is printed once. */
static bool is_news(struct state *s, const char *text)
{
	uint64_t hash = 14695981039346656037U;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211U;
	for (size_t i = 0; i < s->nshown; i++)
		if (s->shown[i] == hash)
			return false;
	s->shown[s->nshown++] = hash;
	return true;
}

/* The least chain, unless another one came to the same. */
static void show(struct state *s, struct chain *c, struct outcome *o, uint64_t number)
{
	static const char *const names[] = {[WRONG] = "wrong", [UNEXPLAINED] = "unknown without a reason",
	                                    [UNEQUAL] = "two copies differ"};
	enum failure how = o->failure;
	char *text = NULL;
	size_t size;
	FILE *f;

	if (s->nshown == SHOWN_MAX || s->shrunk[how]++ >= SHRUNK_MAX)
		return;
	chain_shrink(c, o);
	f = open_memstream(&text, &size);
	chain_print(f, c);
	outcome_print(f, o);
	fclose(f);
	if (is_news(s, text)) {
		printf("%s: ", names[how]);
		print_again(number);
		fputs(text, stdout);
	}
	free(text);
}

/* A copy that came out differently is made once more: a client may have been unlucky. */
static void compare(const struct chain *c, struct outcome *o, uint64_t *late)
{
	chain_compare(c, o);
	if (o->failure != UNEQUAL)
		return;
	(*late)++;
	chain_compare(c, o);
}

static void run_chain(struct state *s, uint64_t number)
{
	struct chain c;
	struct outcome o;

	alarm(CHAIN_SECONDS);
	chain_generate(&c, options.seed, number, &s->means);
	if (options.verbose) {
		printf("chain %" PRIu64 "\n", number);
		chain_print(stdout, &c);
	}
	compare(&c, &o, &s->late);
	if (options.verbose)
		outcome_print(stdout, &o);
	s->chains++;
	s->failed[o.failure]++;
	if (o.failure != UNEQUAL)
		count(s, &c, &o);
	if (o.failure != FINE && !options.wrong)
		show(s, &c, &o, number);
	fflush(stdout);
}

static bool is_done(const struct state *s)
{
	if (options.wrong && s->failed[WRONG])
		return true;
	return options.one ? s->next > options.chain : decided(s) >= options.decisions;
}

static void run_batch(struct state *s, bool processes)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!place_open(&s->means, processes))
		_exit(SKIP);
	s->means.tcp = strcmp(options.protocols, "udp");
	s->means.udp = strcmp(options.protocols, "tcp");
	for (int i = 0; i < CHAINS_IN_A_PLACE && !is_done(s); i++)
		run_chain(s, s->next++);
	_exit(0);
}

static void note_crash(struct state *s, int status)
{
	printf("the comparison ended with status %d in: ", status);
	print_again(s->next - 1);
	s->crashes++;
}

static void run(struct state *s, bool processes)
{
	while (!is_done(s) && s->crashes < CRASHES_MAX) {
		int status = 0;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (!pid)
			run_batch(s, processes);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			note_crash(s, status);
	}
}

/* Why something of a port can be unknown; of unix sockets there is none here. */
static const struct {
	enum doubt doubt;
	const char *word;
} columns[] = {
    {DOUBT_OPTIONS, "options"}, {DOUBT_MEMORY, "memory"}, {DOUBT_KERNEL, "kernel"},
    {DOUBT_HIDDEN, "hidden"},   {DOUBT_ORDER, "order"},   {DOUBT_REFUTED, "refuted"},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static void print_row(const char *what, const struct counts *c)
{
	printf("%-24s %9" PRIu64 " %6" PRIu64, what, c->decisions, c->wrong);
	for (size_t i = 0; i < COLUMNS; i++)
		printf(" %8" PRIu64, c->unknown[columns[i].doubt]);
	putchar('\n');
}

static void print_table(const struct state *s)
{
	static const char *const rows[MODES][2] = {{"never, other mixes", "never, requested mix"},
	                                           {"default, other mixes", "default, requested mix"}};

	printf("%-24s %9s %6s  unknown for\n%41s", "", "decisions", "wrong", "");
	for (size_t i = 0; i < COLUMNS; i++)
		printf(" %8s", columns[i].word);
	putchar('\n');
	for (size_t mode = 0; mode < MODES; mode++)
		for (size_t i = 0; i < 2; i++)
			print_row(rows[mode][i], &s->counts[mode][i]);
}

static bool is_fine(const struct state *s)
{
	if (options.wrong)
		return !s->failed[WRONG];
	return !s->failed[WRONG] && !s->failed[UNEXPLAINED] && !s->failed[UNEQUAL] && !s->crashes;
}

static void print_sum(const struct state *s)
{
	printf("%s: seed %" PRIu64 ": %" PRIu64 " decisions about %" PRIu64 " chains; chains wrong %" PRIu64
	       ", unknown without a reason %" PRIu64 ", copies that differ %" PRIu64 ", crashes %zu\n",
	       is_fine(s) ? "ok" : "FAIL", options.seed, decided(s), s->chains, s->failed[WRONG], s->failed[UNEXPLAINED],
	       s->failed[UNEQUAL], s->crashes);
}

static bool read_options(int argc, char **argv)
{
	int o;

	options.program = argv[0];
	while ((o = getopt(argc, argv, "n:s:c:p:vwP")) != -1) {
		if (o == 'n')
			options.decisions = strtoull(optarg, NULL, 10);
		else if (o == 's')
			options.seed = strtoull(optarg, NULL, 10);
		else if (o == 'p')
			options.protocols = optarg;
		else if (o == 'c') {
			options.chain = strtoull(optarg, NULL, 10);
			options.one = true;
		} else if (!strchr("vwP", o))
			return false;
		options.verbose |= o == 'v' || o == 'c';
		options.wrong |= o == 'w';
		options.here |= o == 'P';
	}
	return optind == argc;
}

static void print_means(const struct means *m, bool processes)
{
	printf("%s%s%s%s", processes ? "" : "note: no /proc of our own, each look scans the host's\n",
	       m->users ? "" : "note: not root, so all sockets are of one user\n",
	       m->devices ? "" : "note: ip(8) made no devices, so there is only lo\n",
	       m->ranges ? "" : "note: no IP_LOCAL_PORT_RANGE, so no port that connect() chose\n");
}

int main(int argc, char **argv)
{
	struct state *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool processes;

	if (!read_options(argc, argv)) {
		fprintf(stderr, "usage: diff [-n DECISIONS] [-s SEED] [-c NUMBER] [-p tcp|udp|both] [-P] [-w] [-v]\n");
		return 2;
	}
	if (s == MAP_FAILED || !place_try(&s->means, !options.here, &processes)) {
		printf("skip: no network namespace of our own\n");
		return SKIP;
	}
	print_means(&s->means, processes);
	s->next = options.one ? options.chain : 0;
	fflush(stdout);
	run(s, processes);
	print_table(s);
	print_sum(s);
	return is_fine(s) ? 0 : 1;
}
