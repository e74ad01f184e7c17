/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that no process has: of which server in the kernel they probably are, by port and by a tree in place of /proc. */
#define _GNU_SOURCE
#include "sys/holders.h"

#include "suite.h"
#include "tree.h"

static const struct row {
	const char *file, *text; /* below sys/fs/nfs; NULL: lockd's module is not there */
	uint8_t proto;
	uint16_t port;
	enum kernel_owner want;
} rows[] = {
    {NULL, NULL, PROTO_TCP, 2049, KERNEL_OWNER_NFSD},
    {NULL, NULL, PROTO_UDP, 2049, KERNEL_OWNER_NFSD},
    {NULL, NULL, PROTO_TCP, 445, KERNEL_OWNER_KSMBD},
    {NULL, NULL, PROTO_UDP, 445, KERNEL_OWNER_UDP},
    {NULL, NULL, PROTO_UDP, 1701, KERNEL_OWNER_L2TP},
    {NULL, NULL, PROTO_TCP, 1701, KERNEL_OWNER_TCP},
    {NULL, NULL, PROTO_TCP, 9877, KERNEL_OWNER_TCP},
    {"nlm_tcpport", "9877\n", PROTO_TCP, 9877, KERNEL_OWNER_LOCKD},
    {"nlm_tcpport", "9877\n", PROTO_UDP, 9877, KERNEL_OWNER_UDP},
    {"nlm_udpport", "9877\n", PROTO_UDP, 9877, KERNEL_OWNER_LOCKD},
    {"nlm_tcpport", "0\n", PROTO_TCP, 9877, KERNEL_OWNER_TCP},
    {"nlm_tcpport", "75413\n", PROTO_TCP, 9877, KERNEL_OWNER_TCP},
    {"nlm_tcpport", "", PROTO_TCP, 9877, KERNEL_OWNER_TCP},
};

/* What the look finds, and what the judgement makes of it. */
START_TEST(test_row)
{
	const struct row *row = &rows[_i];
	struct tree t = tree_begin();
	struct sock s = {.proto = row->proto, .state = STATE_CLOSE, .port = row->port, .inode = 7, .count = 1};
	struct snapshot seen = {.socks = &s, .nsocks = 1};
	char path[64];

	tree_process(&t, 1, 0, "init");
	snprintf(path, sizeof path, "sys/fs/nfs/%s", row->file ? row->file : "x");
	tree_text(&t, path, row->text ? row->text : "");
	holders_fetch(&seen, t.fd, true, false);
	ck_assert_int_eq(snapshot_kernel_owner(&seen, &s), row->want);
	seen.socks = NULL;
	snapshot_free(&seen);
	tree_end(&t);
}
END_TEST

/* An interface that is proven to have the port, and one that may have it, which says less than the port does. */
START_TEST(test_tunnel)
{
	struct sock l2tp = {.proto = PROTO_UDP, .port = 1701}, other = {.proto = PROTO_UDP, .port = 9877};
	struct snapshot seen = {.tunnel = {.kind = "vxlan", .certain = true}};

	ck_assert_int_eq(snapshot_kernel_owner(&seen, &l2tp), KERNEL_OWNER_TUNNEL);
	seen.tunnel = (struct tunnel){.kind = "wireguard"};
	ck_assert_int_eq(snapshot_kernel_owner(&seen, &l2tp), KERNEL_OWNER_L2TP);
	ck_assert_int_eq(snapshot_kernel_owner(&seen, &other), KERNEL_OWNER_MAYBE_TUNNEL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("holders");
	TCase *whole = tcase_create("whole");

	add_table(suite, "row", test_row, COUNT(rows));
	tcase_add_test(whole, test_tunnel);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
