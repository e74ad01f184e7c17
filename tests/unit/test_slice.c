/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at many ports, port by port. */
#include "model/slice.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "tests/unit/suite.h"

/* Ports in the order of a dump; a socket's cookie is its place there. */
static const struct row {
	const char *name;
	uint16_t ports[8];
	size_t n;
} rows[] = {
    {"none", {0}, 0},
    {"one", {80}, 1},
    {"in order", {80, 80, 443}, 3},
    {"turned round", {65535, 443, 80, 1}, 4},
    {"mixed", {443, 80, 443, 22, 80, 443, 22, 65535}, 8},
};

static struct snapshot whole_of(const struct row *row)
{
	struct snapshot s = {.socks = xcalloc(9, sizeof *s.socks), .nsocks = row->n};

	for (size_t i = 0; i < row->n; i++)
		s.socks[i] = (struct sock){.port = row->ports[i], .cookie = i + 1, .count = 1};
	slice_order(&s);
	return s;
}

/* Each port has its own sockets and all of them, as they came: UDP is decided by that order. */
START_TEST(test_order)
{
	const struct row *row = &rows[_i];
	struct snapshot whole = whole_of(row), s;
	size_t seen = 0;

	for (unsigned int port = 0; port <= UINT16_MAX; port++) {
		uint64_t last = 0;

		slice_of(&s, &whole, (uint16_t)port);
		for (size_t i = 0; i < s.nsocks; i++) {
			ck_assert_msg(s.socks[i].port == port && s.socks[i].cookie > last, "%s: port %u", row->name, port);
			ck_assert_uint_eq(row->ports[s.socks[i].cookie - 1], port);
			last = s.socks[i].cookie;
		}
		ck_assert_msg(slice_is_busy(&whole, (uint16_t)port) == (s.nsocks > 0), "%s: port %u", row->name, port);
		seen += s.nsocks;
		snapshot_free(&s);
	}
	ck_assert_uint_eq(seen, row->n);
	snapshot_free(&whole);
}
END_TEST

/* What hides holders is told of a port with a socket that has none. */
START_TEST(test_gaps)
{
	struct snapshot whole = whole_of(&rows[3]), s;

	gap_add(&whole.gaps, GAP_DUMP_CUT, 5, NULL);
	for (int i = 0; i < 3; i++)
		gap_add(&whole.gaps, GAP_FD_TABLE, 13, "12");
	for (size_t i = 0; i < whole.nsocks; i++) {
		whole.socks[i].inode = 7;
		whole.socks[i].held_by = whole.socks[i].port == 80 ? HELD_HIDDEN : HELD_PROCESS;
	}
	slice_of(&s, &whole, 80);
	ck_assert(s.gaps.n == 2 && s.gaps.v[1].kind == GAP_FD_TABLE && s.gaps.v[1].count == 3);
	snapshot_free(&s);
	slice_of(&s, &whole, 443);
	ck_assert(s.gaps.n == 1 && s.gaps.v[0].kind == GAP_DUMP_CUT);
	snapshot_free(&s);
	slice_of(&s, &whole, 2);
	ck_assert(s.gaps.n == 1 && s.gaps.v[0].kind == GAP_DUMP_CUT);
	snapshot_free(&s);
	snapshot_free(&whole);
}
END_TEST

/* Of the whole look those are kept that tell something of its sockets: here of one whose process was found, then of none. */
START_TEST(test_keep_gaps)
{
	struct snapshot whole = whole_of(&rows[1]);

	gap_add(&whole.gaps, GAP_FD_TABLE, 13, "12");
	gap_add(&whole.gaps, GAP_OTHER_NETNS, 1, "blue");
	gap_add(&whole.gaps, GAP_PROCESS, 13, "14");
	whole.socks[0].inode = 7;
	whole.socks[0].held_by = HELD_HIDDEN;
	slice_keep_gaps(&whole);
	ck_assert(whole.gaps.n == 2 && whole.gaps.v[0].kind == GAP_FD_TABLE && whole.gaps.v[1].kind == GAP_OTHER_NETNS);
	whole.socks[0].held_by = HELD_PROCESS;
	slice_keep_gaps(&whole);
	ck_assert(whole.gaps.n == 1 && whole.gaps.v[0].kind == GAP_OTHER_NETNS);
	snapshot_free(&whole);
}
END_TEST

/* The other ends of its connections, and no trial that was made for another port. */
START_TEST(test_peers)
{
	struct snapshot whole = whole_of(&rows[3]), s;

	whole.peers = xcalloc(3, sizeof *whole.peers);
	for (uint16_t i = 0; i < 3; i++)
		whole.peers[whole.npeers++] = (struct sock){.port = 9, .peer_port = (uint16_t)(443 - i), .count = 1};
	whole.peers_read = true;
	whole.probes = xcalloc(1, sizeof *whole.probes);
	whole.nprobes = 1;
	slice_order(&whole);
	slice_of(&s, &whole, 443);
	ck_assert(s.npeers == 1 && s.peers->peer_port == 443 && !s.nprobes);
	snapshot_free(&s);
	slice_of(&s, &whole, 80);
	ck_assert(!s.npeers);
	snapshot_free(&s);
	snapshot_free(&whole);
}
END_TEST

/* What no table lists counts for target 0 if it is on a port of the range; one that is not certain is a gap. */
START_TEST(test_unlisted)
{
	struct unlisted found[] = {
	    {.s = {.state = STATE_CLOSE, .port = 80, .inode = 7, .reuseaddr = YES}, .certain = true},
	    {.s = {.state = STATE_CLOSE, .port = 81, .inode = 8, .reuseaddr = NO}, .certain = true},
	    {.s = {.state = STATE_CLOSE, .port = 89}, .certain = true},
	    {.s = {.state = STATE_CLOSE, .port = 89}},
	    {.s = {.state = STATE_CLOSE, .port = 80}, .pid = 12, .fd = 3},
	};
	struct snapshot s = {.unlisted = found, .nunlisted = COUNT(found), .census = {.first = 80, .last = 83}};
	const struct census_group *g;

	slice_count_unlisted(&s);
	ck_assert(!s.nsocks && s.census.ngroups == 1);
	g = &s.census.groups[0];
	ck_assert(port_set_has(&g->ports, 80) && port_set_has(&g->ports, 81) && g->like.reuseaddr == UNKNOWN);
	ck_assert(s.census.states[STATE_CLOSE] == 2 && s.census.inodes[1] == 8);
	slice_name_uncertain(&s, s.census.first, s.census.last);
	ck_assert(s.gaps.n == 1 && s.gaps.v[0].count == 1);
	ck_assert_str_eq(s.gaps.v[0].object, "fd 3 of pid 12");
	s.unlisted = NULL;
	snapshot_free(&s);
}
END_TEST

/* A port that may have one is looked at, unless all of them may. */
START_TEST(test_uncertain)
{
	struct unlisted found[] = {{.s = {.port = 80}}, {.s = {.port = 81}, .certain = true}};
	struct snapshot whole = {.unlisted = found, .nunlisted = COUNT(found)};

	ck_assert(slice_is_busy(&whole, 80) && !slice_is_busy(&whole, 81) && !slice_is_busy(&whole, 82));
	gap_add(&whole.gaps, GAP_BOUND_ONLY, 0, NULL);
	ck_assert(!slice_is_busy(&whole, 80));
	gap_free(&whole.gaps);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slice");

	add_table(suite, "order", test_order, COUNT(rows));
	add_table(suite, "gaps", test_gaps, 1);
	add_table(suite, "keep_gaps", test_keep_gaps, 1);
	add_table(suite, "peers", test_peers, 1);
	add_table(suite, "unlisted", test_unlisted, 1);
	add_table(suite, "uncertain", test_uncertain, 1);
	return run_suite(suite);
}
