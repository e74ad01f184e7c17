/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a netlink record, read without a byte beyond its end whatever they are (lib/nlattr.c). */
#include "sys/attr.h"

#include <linux/netlink.h>
#include <string.h>

/* The first attribute of that type, NULL if there is none before one that does not fit. */
const struct nlattr *attr_find(struct attributes in, uint16_t type)
{
	while (in.len >= sizeof(struct nlattr)) {
		const struct nlattr *a = (const struct nlattr *)in.at;
		size_t step = NLA_ALIGN((size_t)a->nla_len);

		if (a->nla_len < sizeof *a || a->nla_len > in.len)
			return NULL;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		step = step < in.len ? step : in.len;
		in.at += step;
		in.len -= step;
	}
	return NULL;
}

/* What is nested in an attribute; nothing in none (NULL). */
struct attributes attr_inside(const struct nlattr *a)
{
	return a ? (struct attributes){(const char *)a + NLA_HDRLEN, a->nla_len - (size_t)NLA_HDRLEN}
	         : (struct attributes){0};
}

/* Whether the attribute of that type is that text; a text of the kernel has its NUL with it. */
bool attr_says(struct attributes in, uint16_t type, const char *text)
{
	struct attributes value = attr_inside(attr_find(in, type));

	return value.len == strlen(text) + 1 && !memcmp(value.at, text, value.len);
}

/* A number in the host's order; 0 if it is not there. */
uint32_t attr_number(struct attributes in, uint16_t type)
{
	struct attributes value = attr_inside(attr_find(in, type));
	uint32_t n = 0;

	if (value.len >= sizeof n)
		memcpy(&n, value.at, sizeof n);
	return n;
}
