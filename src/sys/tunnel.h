/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_TUNNEL_H
#define SYS_TUNNEL_H

#include <linux/netlink.h>

#include "model/snapshot.h"

bool tunnel_parse(const struct nlmsghdr *h, uint16_t port, struct tunnel *t);
int tunnel_find(uint16_t port, struct tunnel *t);

#endif
