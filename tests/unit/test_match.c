/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets "check" was told to look for: the words of --states, what is passed over, what cannot be told. */
#include "judge/match.h"

#include <errno.h>
#include <string.h>

#include "suite.h"

/* One socket of each kind: the letter by which the tables below name it. */
static const struct kind {
	char letter;
	struct sock s;
} kinds[] = {
    {'L', {.state = STATE_LISTEN, .inode = 1}},
    {'E', {.state = STATE_ESTABLISHED, .inode = 1, .peer_port = 9}},
    {'S', {.state = STATE_SYN_SENT, .inode = 1, .peer_port = 9}},
    {'R', {.state = STATE_SYN_RECV, .inode = 1, .peer_port = 9}},
    {'r', {.state = STATE_NEW_SYN_RECV, .peer_port = 9}},
    {'1', {.state = STATE_FIN_WAIT_1, .peer_port = 9}},
    {'2', {.state = STATE_FIN_WAIT_2, .peer_port = 9}},
    {'G', {.state = STATE_CLOSING, .peer_port = 9}},
    {'A', {.state = STATE_LAST_ACK, .peer_port = 9}},
    {'W', {.state = STATE_CLOSE_WAIT, .inode = 1, .peer_port = 9}},
    {'T', {.state = STATE_TIME_WAIT, .peer_port = 9}},
    {'B', {.state = STATE_CLOSE, .inode = 1}},
    {'C', {.state = STATE_CLOSE, .inode = 1, .peer_port = 9}},
    {'U', {.proto = PROTO_UDP, .state = STATE_CLOSE, .inode = 1}},
    {'u', {.proto = PROTO_UDP, .state = STATE_ESTABLISHED, .inode = 1, .peer_port = 9}},
    {'x', {.proto = PROTO_UNIX, .state = STATE_LISTEN, .inode = 1}},
};

static const struct sock *sock_of(char letter)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].letter == letter)
			return &kinds[i].s;
	ck_abort_msg("no socket %c", letter);
	return NULL;
}

/* The words, and which of the kinds they mean; NULL: a bad word, bad. */
static const struct words_row {
	const char *list, *kinds, *bad;
	bool blocking;
} words[] = {
    {"any", "LESRr12GAWTBCUux", NULL, false},
    {"listen", "Lx", NULL, false},
    {"LISTEN", "Lx", NULL, false},
    {"lingering", "12GAWT", NULL, false},
    {"blocking", "", NULL, true},
    {"Blocking,TIME_WAIT", "T", NULL, true},
    {"time-wait", "T", NULL, false},
    {"Time_Wait,FIN-WAIT-1", "T1", NULL, false},
    {"TIME_WAIT,TIME_WAIT", "T", NULL, false},
    {"ESTABLISHED", "Eu", NULL, false},
    {"SYN_SENT,SYN_RECV", "SRr", NULL, false},
    {"fin-wait-2,closing,last_ack,close-wait", "2GAW", NULL, false},
    {"bound", "B", NULL, false},
    {"close", "C", NULL, false},
    {"unconn", "U", NULL, false},
    {"", NULL, "", false},
    {"TIME_WAIT,", NULL, "", false},
    {",TIME_WAIT", NULL, "", false},
    {"TIME_WAIT,,LISTEN", NULL, "", false},
    {"TIMEWAIT", NULL, "TIMEWAIT", false},
    {"TIME_WAITS", NULL, "TIME_WAITS", false},
    {"TIME_WAI", NULL, "TIME_WAI", false},
    {"LISTEN,nonsense,any", NULL, "nonsense", false},
    {"LISTEN, any", NULL, " any", false},
    {"any\n", NULL, "any\n", false},
    {"an\xff", NULL, "an\xff", false},
};

START_TEST(test_words)
{
	const struct words_row *row = &words[_i];
	struct match m = {.blocking = true};
	struct buf bad = {0};

	ck_assert_msg(match_parse(&m, row->list, &bad) == (row->kinds != NULL), "%s", row->list);
	ck_assert_str_eq(bad.s ? bad.s : "", row->bad ? row->bad : "");
	if (row->kinds)
		ck_assert_msg(m.blocking == row->blocking, "%s: blocking", row->list);
	for (size_t i = 0; row->kinds && i < COUNT(kinds); i++) {
		struct request q = {0};
		struct sock s = kinds[i].s;
		struct snapshot seen = {.socks = &s, .nsocks = 1};
		struct row one = {.blocks = NO, .cause = -1};
		struct report r = {.request = &q, .seen = &seen, .rows = &one, .nrows = 1};
		bool wanted = strchr(row->kinds, kinds[i].letter);

		match_report(&r, &m);
		ck_assert_msg(one.matches == (wanted ? YES : NO) && r.matches == one.matches, "%s: %c", row->list,
		              kinds[i].letter);
	}
	buf_free(&bad);
}
END_TEST

/* A report of some sockets: those that block are followed by "!", those of which nobody knows by "?". */
static const struct report_row {
	const char *states, *rows;
	enum verdict verdict;
	int err;
	enum doubt doubt;
	int gap;             /* a kind of gap, or -1 */
	const char *matches; /* of each row: y or n */
	enum tri all;
} reports[] = {
    {"blocking", "", FREE, 0, 0, -1, "", NO},
    {"blocking", "L!", TAKEN, EADDRINUSE, 0, -1, "y", YES},
    {"blocking", "L!E!rT", TAKEN, EADDRINUSE, 0, -1, "yynn", YES},
    {"blocking,time-wait", "L!E!rT", TAKEN, EADDRINUSE, 0, -1, "yyny", YES},
    {"lingering", "L!E!rT", TAKEN, EADDRINUSE, 0, -1, "nnny", YES},
    {"listen", "T!T!", TAKEN, EADDRINUSE, 0, -1, "nn", NO},
    /* whether it blocks hangs on its options */
    {"blocking", "T?", UNSURE, 0, DOUBT_OPTIONS, -1, "n", UNKNOWN},
    {"blocking", "T?L!", TAKEN, EADDRINUSE, 0, -1, "ny", YES},
    {"lingering", "T?", UNSURE, 0, DOUBT_OPTIONS, -1, "y", YES},
    {"listen", "T?", UNSURE, 0, DOUBT_OPTIONS, -1, "n", NO},
    {"blocking", "L", UNSURE, 0, DOUBT_KERNEL, -1, "n", UNKNOWN},
    /* only the address, or the right to it, is in doubt or missing */
    {"blocking", "", UNSURE, 0, DOUBT_ADDRESS, -1, "", NO},
    {"blocking", "", UNSURE, 0, DOUBT_PERMISSION, -1, "", NO},
    {"blocking", "", REFUSED, EACCES, 0, -1, "", NO},
    {"blocking", "", REFUSED, EADDRNOTAVAIL, 0, -1, "", NO},
    {"blocking", "L!", TAKEN, EACCES, 0, -1, "y", YES},
    /* no socket is to blame */
    {"blocking", "", TAKEN, EADDRINUSE, 0, -1, "", YES},
    {"blocking", "E", TAKEN, EADDRINUSE, 0, -1, "n", YES},
    {"any", "", TAKEN, EADDRINUSE, 0, -1, "", NO},
    {"listen,blocking", "", TAKEN, EADDRINUSE, 0, -1, "", YES},
    /* what could hide one, and what could not */
    {"blocking", "", FREE, 0, 0, GAP_BOUND_ONLY, "", UNKNOWN},
    {"any", "", FREE, 0, 0, GAP_BOUND_ONLY, "", UNKNOWN},
    {"bound", "", FREE, 0, 0, GAP_BOUND_ONLY, "", UNKNOWN},
    {"time-wait", "", FREE, 0, 0, GAP_BOUND_ONLY, "", NO},
    {"time-wait", "", FREE, 0, 0, GAP_DUMP_CUT, "", UNKNOWN},
    {"time-wait", "", FREE, 0, 0, GAP_PROC_NET, "", UNKNOWN},
    {"listen", "", FREE, 0, 0, GAP_NETNS, "", UNKNOWN},
    {"blocking", "", FREE, 0, 0, GAP_FD_TABLE, "", NO},
    {"blocking", "", FREE, 0, 0, GAP_SOCK_DIAG, "", NO},
    {"blocking", "L!", TAKEN, EADDRINUSE, 0, GAP_BOUND_ONLY, "y", YES},
};

enum { ROWS_MAX = 8 };

/* The sockets and rows of such a text; until the next. */
static void read_rows(const char *text, struct snapshot *seen, struct report *r)
{
	static struct sock socks[ROWS_MAX];
	static struct row rows[ROWS_MAX];
	uint32_t n = 0;

	for (; *text; text++) {
		if (*text == '!' || *text == '?') {
			rows[n - 1].blocks = *text == '!' ? YES : UNKNOWN;
			continue;
		}
		socks[n] = *sock_of(*text);
		rows[n] = (struct row){.place = n, .blocks = NO, .cause = -1};
		n++;
	}
	seen->socks = socks;
	seen->nsocks = r->nrows = n;
	r->rows = rows;
}

static void check_matches(const char *what, const struct report *r, const char *matches, enum tri all)
{
	ck_assert_msg(r->matches == all, "%s: %d", what, r->matches);
	for (size_t i = 0; i < r->nrows; i++)
		ck_assert_msg(r->rows[i].matches == (matches[i] == 'y' ? YES : NO), "%s: row %zu", what, i);
}

START_TEST(test_report)
{
	const struct report_row *row = &reports[_i];
	struct match m = {0};
	struct request q = {0};
	struct snapshot seen = {0};
	struct report r = {.request = &q, .seen = &seen, .verdict = row->verdict, .err = row->err};
	struct buf bad = {0};

	read_rows(row->rows, &seen, &r);
	r.binds[0].doubt = row->doubt;
	r.binds[0].result = row->doubt ? RESULT_UNKNOWN : row->err;
	r.nbinds = MIXES;
	if (row->gap >= 0)
		gap_add(&seen.gaps, (enum gap_kind)row->gap, 0, NULL);
	ck_assert(match_parse(&m, row->states, &bad));
	match_report(&r, &m);
	check_matches(row->rows, &r, row->matches, row->all);
	gap_free(&seen.gaps);
}
END_TEST

/* Three listeners with the cookies 11, 12, 13: which of them --since=FILE passes over. */
static const struct known_row {
	uint64_t known[3];
	const char *matches;
	enum tri all;
} knowns[] = {
    {{0}, "yyy", YES}, {{11}, "nyy", YES}, {{12, 13}, "ynn", YES}, {{13, 11, 12}, "nnn", NO}, {{111, 1}, "yyy", YES},
};

START_TEST(test_known)
{
	const struct known_row *row = &knowns[_i];
	struct idset known = {0};
	struct match m = {.blocking = true, .known = &known};
	struct request q = {0};
	struct snapshot seen = {0};
	struct report r = {.request = &q, .seen = &seen, .verdict = TAKEN, .err = EADDRINUSE};

	read_rows("L!L!L!", &seen, &r);
	for (size_t i = 0; i < 3; i++) {
		seen.socks[i].cookie = 11 + i;
		idset_add(&known, row->known[i]);
	}
	idset_end(&known);
	match_report(&r, &m);
	check_matches("known", &r, row->matches, row->all);
	idset_free(&known);
}
END_TEST

/* One of which nobody knows whether it blocks is passed over all the same, and a socket without a cookie never is. */
START_TEST(test_known_unsure)
{
	struct idset known = {0};
	struct match m = {.blocking = true, .known = &known};
	struct request q = {0};
	struct snapshot seen = {0};
	struct report r = {.request = &q, .seen = &seen, .verdict = UNSURE, .nbinds = MIXES};

	r.binds[0].result = RESULT_UNKNOWN;
	r.binds[0].doubt = DOUBT_OPTIONS;
	read_rows("T?", &seen, &r);
	seen.socks[0].cookie = 11;
	idset_add(&known, 11);
	idset_end(&known);
	match_report(&r, &m);
	check_matches("known", &r, "n", NO);
	seen.socks[0].cookie = 0;
	match_report(&r, &m);
	check_matches("no cookie", &r, "n", UNKNOWN);
	idset_free(&known);
}
END_TEST

/* Who holds the socket, by when they started; since is 100. */
static const struct since_row {
	const char *what;
	uint64_t started[2];
	uint8_t held_by;
	uint32_t inode;
	enum tri all;
} sinces[] = {
    {"started before", {99}, HELD_PROCESS, 7, NO},
    {"started then", {100}, HELD_PROCESS, 7, YES},
    {"started later", {101}, HELD_PROCESS, 7, YES},
    {"both before", {5, 99}, HELD_PROCESS, 7, NO},
    {"one of them later", {5, 101}, HELD_PROCESS, 7, YES},
    {"no process", {0}, HELD_KERNEL, 0, YES},
    {"the kernel's own", {0}, HELD_KERNEL, 7, YES},
    {"a hidden process", {0}, HELD_HIDDEN, 7, UNKNOWN},
    {"nobody was found", {0}, HELD_UNKNOWN, 7, UNKNOWN},
};

START_TEST(test_since)
{
	const struct since_row *row = &sinces[_i];
	struct match m = {.blocking = true, .since = 100};
	struct process processes[2] = {{.started = row->started[0]}, {.started = row->started[1]}};
	struct owner owners[2] = {{.inode = 7, .process = 0}, {.inode = 7, .process = 1}};
	struct request q = {0};
	struct snapshot seen = {.owners = {.v = owners, .processes = processes}};
	struct report r = {.request = &q, .seen = &seen, .verdict = TAKEN, .err = EADDRINUSE};

	seen.owners.n = seen.owners.nprocesses = row->held_by == HELD_PROCESS ? 1 + (row->started[1] > 0) : 0;
	read_rows("L!", &seen, &r);
	seen.socks[0].held_by = row->held_by;
	seen.socks[0].inode = row->inode;
	match_report(&r, &m);
	check_matches(row->what, &r, row->all == YES ? "y" : "n", row->all);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("match");

	add_table(suite, "words", test_words, COUNT(words));
	add_table(suite, "report", test_report, COUNT(reports));
	add_table(suite, "known", test_known, COUNT(knowns));
	add_table(suite, "known and unsure", test_known_unsure, 1);
	add_table(suite, "since", test_since, COUNT(sinces));
	return run_suite(suite);
}
