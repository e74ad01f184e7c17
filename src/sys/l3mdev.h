/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_L3MDEV_H
#define SYS_L3MDEV_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/* What a link says of VRFs. */
struct l3mdev_link {
	uint32_t ifindex;
	uint32_t l3mdev;   /* the VRF that it is or belongs to, as an ifindex; 0: none */
	bool is_vrf;
};

bool l3mdev_parse(const struct nlmsghdr *h, struct l3mdev_link *link);
int l3mdev_apart(int procfd, bool *apart);
int l3mdev_ask(uint32_t ifindex, uint32_t *l3mdev);
int l3mdev_any(bool *any);
void l3mdev_read(struct snapshot *s, int procfd, const struct target *target);

#endif
