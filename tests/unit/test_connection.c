/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp_info: who opened a connection, and what older kernels do not send. */
#include <linux/tcp.h>
#include <stddef.h>

#include "sys/connection.h"
#include "tests/unit/suite.h"

static const struct {
	const char *what;
	enum sock_state state;
	struct tcp_info t;
	size_t len;
	enum opener opener;
	uint32_t rto_ms;
} rows[] = {
    {"opened here, nothing sent", STATE_ESTABLISHED, {.tcpi_rto = 204000, .tcpi_bytes_acked = 1}, sizeof(struct tcp_info), OPENER_HERE, 204},
    {"opened here, data", STATE_ESTABLISHED, {.tcpi_bytes_acked = 1001, .tcpi_bytes_sent = 1200, .tcpi_bytes_retrans = 200}, sizeof(struct tcp_info), OPENER_HERE, 0},
    {"opened by the peer, nothing sent", STATE_ESTABLISHED, {.tcpi_rto = 1}, sizeof(struct tcp_info), OPENER_PEER, 0},
    {"opened by the peer, data", STATE_ESTABLISHED, {.tcpi_bytes_acked = 1000, .tcpi_bytes_sent = 1000}, sizeof(struct tcp_info), OPENER_PEER, 0},
    {"data under way", STATE_ESTABLISHED, {.tcpi_unacked = 1, .tcpi_bytes_sent = 9, .tcpi_bytes_acked = 1}, sizeof(struct tcp_info), OPENER_UNKNOWN, 0},
    {"less acknowledged than sent", STATE_ESTABLISHED, {.tcpi_bytes_sent = 9, .tcpi_bytes_acked = 1}, sizeof(struct tcp_info), OPENER_UNKNOWN, 0},
    {"a FIN was sent", STATE_FIN_WAIT_1, {.tcpi_bytes_acked = 1}, sizeof(struct tcp_info), OPENER_UNKNOWN, 0},
    {"the peer's FIN came", STATE_CLOSE_WAIT, {.tcpi_bytes_acked = 1}, sizeof(struct tcp_info), OPENER_HERE, 0},
    {"before 4.19: no bytes_sent", STATE_ESTABLISHED, {.tcpi_rto = 204000, .tcpi_bytes_acked = 1}, offsetof(struct tcp_info, tcpi_bytes_sent), OPENER_UNKNOWN, 204},
    {"nothing", STATE_ESTABLISHED, {.tcpi_bytes_acked = 1}, 0, OPENER_UNKNOWN, 0},
};

START_TEST(test_info)
{
	struct sock s = {.state = (uint8_t)rows[_i].state};

	connection_take_info(&rows[_i].t, rows[_i].len, &s);
	ck_assert_msg(s.opener == rows[_i].opener && s.rto_ms == rows[_i].rto_ms, "%s: opener %d, rto %u", rows[_i].what,
	              s.opener, s.rto_ms);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("connection");

	add_table(suite, "info", test_info, COUNT(rows));
	return run_suite(suite);
}
