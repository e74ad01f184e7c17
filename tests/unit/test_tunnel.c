/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that carry frames in UDP: what a link's record says, at every length. */
#define _GNU_SOURCE
#include "sys/tunnel.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "guard.h"
#include "suite.h"

enum { PORT = 9877, MESSAGE_MAX = 256, BAREUDP_PORT = 1 };

struct message {
	struct nlmsghdr h;
	struct ifinfomsg m;
	char attrs[MESSAGE_MAX];
};

/* Returns where it is. */
static char *put(struct message *msg, uint16_t type, const void *value, size_t len)
{
	struct nlattr a = {.nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type};
	char *at = (char *)msg + msg->h.nlmsg_len;

	memcpy(at, &a, sizeof a);
	if (len)
		memcpy(at + NLA_HDRLEN, value, len);
	msg->h.nlmsg_len += (uint32_t)NLA_ALIGN(a.nla_len);
	return at;
}

/* What was put since then is inside. */
static void end(struct message *msg, char *at)
{
	uint16_t len = (uint16_t)((char *)msg + msg->h.nlmsg_len - at);

	memcpy(at, &len, sizeof len);
}

static const struct row {
	const char *kind;
	uint16_t type, port; /* of the port's attribute; 0: without */
	bool found, certain;
} rows[] = {
    {"vxlan", IFLA_VXLAN_PORT, PORT, true, true},
    {"vxlan", IFLA_VXLAN_PORT, PORT + 1, false, false},
    {"vxlan", IFLA_VXLAN_PORT, 38182, false, false}, /* 9877 in the wrong order */
    {"vxlan", IFLA_VXLAN_ID, PORT, false, false},
    {"vxlan", 0, 0, false, false},
    {"geneve", IFLA_GENEVE_PORT, PORT, true, true},
    {"bareudp", BAREUDP_PORT, PORT, true, true},
    {"wireguard", 0, 0, true, false},
    {"veth", IFLA_VXLAN_PORT, PORT, false, false},
    {"vxlan6", IFLA_VXLAN_PORT, PORT, false, false},
    {NULL, 0, 0, false, false},
};

static struct message message_of(const struct row *row)
{
	struct message msg = {.h = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK}};
	uint16_t port = htons(row->port);
	char *info, *data;

	put(&msg, IFLA_IFNAME, "x0", 3);
	info = put(&msg, IFLA_LINKINFO, NULL, 0);
	if (row->kind)
		put(&msg, IFLA_INFO_KIND, row->kind, strlen(row->kind) + 1);
	data = put(&msg, IFLA_INFO_DATA, NULL, 0);
	if (row->type)
		put(&msg, row->type, &port, sizeof port);
	end(&msg, data);
	end(&msg, info);
	return msg;
}

START_TEST(test_row)
{
	const struct row *row = &rows[_i];
	struct message msg = message_of(row);
	struct tunnel t = {0};

	ck_assert(tunnel_parse(&msg.h, PORT, &t));
	ck_assert_msg(!t.kind == !row->found && t.certain == row->certain, "%s, port %u: %s", row->kind, row->port, t.kind);
	if (row->found)
		ck_assert(!strcmp(t.kind, row->kind) && !strcmp(t.name, "x0"));
}
END_TEST

/* What is certain stays, whatever follows, and displaces what may be. */
START_TEST(test_order)
{
	struct message vxlan = message_of(&rows[0]), wireguard = message_of(&rows[7]);
	struct tunnel t = {0};

	ck_assert(tunnel_parse(&wireguard.h, PORT, &t) && tunnel_parse(&vxlan.h, PORT, &t));
	ck_assert(t.certain && !strcmp(t.kind, "vxlan"));
	ck_assert(tunnel_parse(&wireguard.h, PORT, &t) && t.certain);
}
END_TEST

/* Cut anywhere, before an unmapped page: no byte behind it is read. */
START_TEST(test_cut)
{
	struct message msg = message_of(&rows[0]);
	const uint32_t whole = msg.h.nlmsg_len;
	struct guard g = guard_open(sizeof msg);

	for (uint32_t len = NLMSG_HDRLEN; len <= whole; len++) {
		struct nlmsghdr *h;
		struct tunnel t = {0};

		msg.h.nlmsg_len = len;
		h = guard_put(&g, &msg, len, 4);
		ck_assert(tunnel_parse(h, PORT, &t) == (len >= NLMSG_LENGTH(sizeof(struct ifinfomsg))));
		ck_assert(t.certain == (len == whole));
	}
	guard_close(&g);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tunnel");
	TCase *whole = tcase_create("whole");

	add_table(suite, "row", test_row, COUNT(rows));
	tcase_add_test(whole, test_order);
	tcase_add_test(whole, test_cut);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
