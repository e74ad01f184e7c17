/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_CONNECTION_H
#define SYS_CONNECTION_H

#include <linux/netlink.h>

#include "model/snapshot.h"

int connection_read_info(struct snapshot *s, uint16_t port);
void connection_take_ulp(const struct nlattr *a, void *arg);
int connection_read_mptcp(struct snapshot *s, uint16_t port);
void connection_take_info(const void *info, size_t len, struct sock *s);

#endif
