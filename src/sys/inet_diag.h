/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_INET_DIAG_H
#define SYS_INET_DIAG_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "model/sock.h"
#include "sys/netlink.h"

/*
 * Bits of states: 1 to 13.  13 is BOUND_INACTIVE (bound and neither listening nor
 * connected) of 6.8; an older kernel ignores the bit.
 */
#define INET_DIAG_ALL_STATES ((1U << 14) - 2)

/* Which sockets to dump: 0 is any port; extensions are bits 1 << (attribute - 1). */
struct inet_diag_filter {
	enum proto proto;
	uint16_t port, peer_port;
	uint32_t states;
	uint8_t extensions;
};

typedef void inet_diag_attribute(const struct nlattr *a, void *arg);

void inet_diag_attributes(const struct nlmsghdr *h, inet_diag_attribute *take, void *arg);
bool inet_diag_parse(const struct nlmsghdr *h, struct sock *s);
int inet_diag_walk(const struct inet_diag_filter *f, const bool *any, netlink_record *record, void *arg);
int inet_diag_find(struct netlink *n, const struct sock *like, netlink_record *record, void *arg);
int inet_diag_servers(enum proto proto, uint16_t port, void (*take)(const struct sock *s, void *arg), void *arg);
int inet_diag_ask(enum proto proto, uint16_t port, bool *bound_only, void (*take)(const struct sock *s, void *arg), void *arg);

#endif
