/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_NETLINK_H
#define SYS_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One record of a dump; a return other than 0 ends the conversation with that value. */
typedef int netlink_record(const struct nlmsghdr *h, void *arg);

/* One conversation: whose answers are ours, and where the records go. */
struct netlink_talk {
	uint32_t seq, portid;
	netlink_record *record;
	void *arg;
	bool ended;      /* the kernel said that nothing follows */
};

/* A socket that requests are sent on, one after the other. */
struct netlink;

int netlink_open(int protocol, struct netlink **n);
int netlink_ask(struct netlink *n, const struct nlmsghdr *request, netlink_record *record, void *arg);
void netlink_close(struct netlink *n);
int netlink_walk(struct netlink_talk *t, const void *bytes, size_t len);
int netlink_dump(int protocol, const struct nlmsghdr *request, netlink_record *record, void *arg);

#endif
