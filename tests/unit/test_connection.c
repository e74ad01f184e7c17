/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp_info: who opened a connection, whether it is of MPTCP, and what older kernels do not send. */
#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <string.h>

#include "guard.h"
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

/* An attribute with another in it; lengths without headers. */
static const struct ulp {
	const char *what;
	uint16_t type, inner, len;
	const char *name;
	enum tri mptcp;
} ulps[] = {
    {"MPTCP", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 6, "mptcp", YES},
    {"MPTCP, marked as nested", INET_DIAG_ULP_INFO | NLA_F_NESTED, INET_ULP_INFO_NAME, 6, "mptcp", YES},
    {"TLS", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 4, "tls", UNKNOWN},
    {"another name of that length", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 6, "other", UNKNOWN},
    {"a longer name", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 7, "mptcpx", UNKNOWN},
    {"a name without its end", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 5, "mptcp", UNKNOWN},
    {"no name", INET_DIAG_ULP_INFO, INET_ULP_INFO_NAME, 0, "", UNKNOWN},
    {"another attribute in it", INET_DIAG_ULP_INFO, INET_ULP_INFO_MPTCP, 6, "mptcp", UNKNOWN},
    {"another attribute", INET_DIAG_CONG, INET_ULP_INFO_NAME, 6, "mptcp", UNKNOWN},
};

START_TEST(test_ulp)
{
	const struct ulp *row = &ulps[_i];
	size_t len = 2 * NLA_HDRLEN + row->len;
	struct nlattr outer = {.nla_len = (uint16_t)len, .nla_type = row->type};
	struct nlattr inner = {.nla_len = (uint16_t)(NLA_HDRLEN + row->len), .nla_type = row->inner};
	char bytes[64];
	struct sock s = {0};
	struct guard g = guard_open(sizeof bytes);

	memcpy(bytes, &outer, sizeof outer);
	memcpy(bytes + NLA_HDRLEN, &inner, sizeof inner);
	memcpy(bytes + 2 * NLA_HDRLEN, row->name, row->len);
	connection_take_ulp(guard_put(&g, bytes, len, NLA_ALIGNTO), &s);
	ck_assert_msg(s.mptcp == row->mptcp, "%s: %d", row->what, s.mptcp);
	guard_close(&g);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("connection");

	add_table(suite, "info", test_info, COUNT(rows));
	add_table(suite, "ulp", test_ulp, COUNT(ulps));
	return run_suite(suite);
}
