/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_ATTR_H
#define SYS_ATTR_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The attributes at some place and how many bytes they have. */
struct attributes {
	const char *at;
	size_t len;
};

const struct nlattr *attr_find(struct attributes in, uint16_t type);
struct attributes attr_inside(const struct nlattr *a);
bool attr_says(struct attributes in, uint16_t type, const char *text);
uint32_t attr_number(struct attributes in, uint16_t type);

#endif
