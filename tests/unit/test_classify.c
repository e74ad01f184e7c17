/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The causes, and what the words about them want. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "tests/unit/judged.h"
#include "tests/unit/suite.h"

/* Whether what is in the way is of MPTCP is asked once, for the words, where a process holds it. */
START_TEST(test_mptcp)
{
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL);

	f.seen.mptcp_read = false;
	ck_assert(again(&f) && f.want.mptcp);
	s->mptcp = YES;
	again(&f);
	ck_assert(!f.want.mptcp && f.r.causes[0].facets & FACET_BIT(FACET_MPTCP));
	s->mptcp = UNKNOWN;
	s->inode = 0;
	again(&f);
	ck_assert(!f.want.mptcp && !(f.r.causes[0].facets & FACET_BIT(FACET_MPTCP)));
	end(&f);
}
END_TEST

/* Who opened a dead connection is inferred from the ports, and only if no other peer was served. */
START_TEST(test_outbound_time_wait)
{
	static const struct {
		const char *what;
		uint16_t port, peer_port;
		const char *other;
		enum cause_id id;
	} rows[] = {
	    {"a source port", 41000, 443, NULL, CAUSE_OUTBOUND_TIME_WAIT},
	    {"a server's port", 9877, 41918, NULL, CAUSE_TIME_WAIT},
	    {"both ephemeral", 41000, 41918, NULL, CAUSE_TIME_WAIT},
	    {"none ephemeral", 9877, 443, NULL, CAUSE_TIME_WAIT},
	    {"another peer", 41000, 443, "127.0.0.9", CAUSE_TIME_WAIT},
	};
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1");

	f.request.target.port = s->port = rows[_i].port;
	s->peer_port = rows[_i].peer_port;
	if (rows[_i].other) {
		s = scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", rows[_i].other);
		s->port = rows[_i].port;
		s->peer_port = rows[_i].peer_port;
	}
	again(&f);
	ck_assert_uint_eq(f.r.ncauses, 1);
	ck_assert_msg(f.r.causes[0].id == rows[_i].id, "%s: %d", rows[_i].what, f.r.causes[0].id);
	ck_assert(f.r.causes[0].inferred == (rows[_i].id == CAUSE_OUTBOUND_TIME_WAIT));
	end(&f);
}
END_TEST

/* Every state that blocks has a cause, whoever holds it and whether a listener is there. */
START_TEST(test_every_state)
{
	for (int variant = 0; variant < 8; variant++) {
		struct fixture f = begin();
		struct sock *s = scene_sock(&f.seen, (enum sock_state)(_i + 1), "127.0.0.1", variant & 1 ? "127.0.0.1" : NULL);
		struct sock t;
		enum tri blocks;

		s->inode = variant & 2 ? 77 : 0;
		if (variant & 4)
			scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL);
		again(&f);
		for (size_t i = 0; i < f.r.nrows; i++) {
			blocks = f.r.rows[i].blocks;
			ck_assert_msg((blocks == NO) == (f.r.rows[i].cause < 0), "state %d variant %d", _i + 1, variant);
			t = row_sock(&f.r, i);
			ck_assert(blocks != NO || sock_is_half_open(&t));
		}
		end(&f);
	}
}
END_TEST

/* What words need is asked for only where there is a connection to explain, and never by a quiet run. */
START_TEST(test_wants_of_connections)
{
	struct fixture f = begin();

	f.seen.info_read = f.seen.peers_read = f.seen.remote_read = f.seen.owners_read = false;
	scene_sock(&f.seen, STATE_LISTEN, "0.0.0.0", NULL)->reuseport = NO;
	again(&f);
	ck_assert(!f.want.info && !f.want.peers && !f.want.remote && f.want.owners);
	scene_sock(&f.seen, STATE_LAST_ACK, "127.0.0.1", "127.0.0.1")->timer = TIMER_RETRANSMIT;
	f.seen.socks[1].expires_ms = 100;
	again(&f);
	ck_assert(f.want.info && f.want.peers && !f.want.remote && f.want.owners);
	report_free(&f.r);
	judge(&f.r, &f.request, &f.seen, false, &f.want);
	ck_assert(!f.want.info && !f.want.peers);
	f.seen.nsocks = 0;
	again(&f);
	ck_assert(f.r.verdict == FREE && f.want.remote && !f.want.peers);
	end(&f);
}
END_TEST

/* ss -K is advised only where it does what is wanted and nothing else. */
START_TEST(test_destroy)
{
	static const struct {
		const char *what, *release;
		enum sock_state state;
		enum sock_timer timer;
		bool held_too, advised;
	} rows[] = {
	    {"TIME_WAIT", "6.18.44", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, true},
	    {"TIME_WAIT of 6.0", "6.0.0-rc1", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, true},
	    {"TIME_WAIT of 5.19", "5.19.17", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, false},
	    {"FIN_WAIT_2", "6.1.0-31-amd64", STATE_FIN_WAIT_2, TIMER_TIMEWAIT, false, true},
	    {"FIN_WAIT_2 that is a full socket", "6.1.0-31-amd64", STATE_FIN_WAIT_2, TIMER_KEEPALIVE, false, false},
	    {"FIN_WAIT_2 beside a process's", "6.18.44", STATE_FIN_WAIT_2, TIMER_TIMEWAIT, true, false},
	    {"LAST_ACK", "6.12.1", STATE_LAST_ACK, TIMER_RETRANSMIT, false, true},
	    {"LAST_ACK of 6.6", "6.6.63", STATE_LAST_ACK, TIMER_RETRANSMIT, false, false},
	    {"no release known", "", STATE_TIME_WAIT, TIMER_TIMEWAIT, false, false},
	};
	struct fixture f = begin();
	struct sock *s = scene_sock(&f.seen, rows[_i].state, "127.0.0.1", "127.0.0.1");
	bool advised = false;

	s->timer = (uint8_t)rows[_i].timer;
	s->expires_ms = 1000;
	free(f.seen.host.release);
	f.seen.host.release = xstrdup(rows[_i].release);
	if (rows[_i].held_too)
		scene_sock(&f.seen, rows[_i].state, "127.0.0.2", "127.0.0.1")->inode = 99;
	again(&f);
	for (size_t i = 0; i < f.r.ncauses; i++)
		for (size_t k = 0; k < f.r.causes[i].nfixes; k++)
			advised |= f.r.causes[i].fixes[k].id == FIX_DESTROY_SOCKET;
	ck_assert_msg(advised == rows[_i].advised, "%s", rows[_i].what);
	end(&f);
}
END_TEST

/* Rows: what overlaps no judged address is left out, and counts add up whatever the folding. */
START_TEST(test_rows)
{
	struct fixture f = begin();
	size_t total = 0;

	ck_assert(addr_parse("127.0.0.1", &f.request.target.addr));
	f.seen.localities = xcalloc(1, sizeof *f.seen.localities);
	f.seen.localities[0] = (struct locality){.addr = f.request.target.addr, .local = YES};
	f.seen.nlocalities = 1;
	scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.2", "127.0.0.1");
	for (int i = 0; i < 37; i++)
		scene_sock(&f.seen, STATE_TIME_WAIT, "127.0.0.1", "127.0.0.1")->expires_ms = 1000 - i;
	again(&f);
	ck_assert_uint_eq(f.r.nrows, 11);
	for (size_t i = 0; i < f.r.nrows; i++) {
		total += row_sock(&f.r, i).count;
		ck_assert_int_eq(f.r.rows[i].cause, 0);
	}
	ck_assert_uint_eq(total, 37);
	ck_assert(!row_sock(&f.r, 10).peer.family);
	ck_assert_int_eq(row_sock(&f.r, 10).expires_ms, 990);
	ck_assert_uint_eq(f.r.causes[0].socks.n, 11);
	end(&f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("classify");

	add_table(suite, "outbound TIME_WAIT", test_outbound_time_wait, 5);
	add_table(suite, "every state", test_every_state, STATE_MAX - 1);
	add_table(suite, "wants of connections", test_wants_of_connections, 1);
	add_table(suite, "destroy", test_destroy, 9);
	add_table(suite, "MPTCP", test_mptcp, 1);
	add_table(suite, "rows", test_rows, 1);
	return run_suite(suite);
}
