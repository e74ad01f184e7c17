/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_INET_DIAG_H
#define SYS_INET_DIAG_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "model/sock.h"

bool inet_diag_parse(const struct nlmsghdr *h, struct sock *s);
int inet_diag_ask(uint16_t port, bool *bound_only, void (*take)(const struct sock *s, void *arg), void *arg);

#endif
