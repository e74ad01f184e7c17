/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP addresses as plain bytes, and their text forms (inet_pton(3), RFC 5952). */
#include "model/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Reads a numeric IPv4 or IPv6 address without brackets.  False if it is neither. */
bool addr_parse(const char *text, struct addr *a)
{
	*a = (struct addr){0};
	if (inet_pton(AF_INET, text, a->b) == 1)
		a->family = AF_INET;
	else if (inet_pton(AF_INET6, text, a->b) == 1)
		a->family = AF_INET6;
	return a->family != 0;
}

/* Writes the address without brackets; "?" for none. */
void addr_format(const struct addr *a, char out[static ADDR_TEXT])
{
	if (!a->family || !inet_ntop(a->family, a->b, out, ADDR_TEXT))
		strcpy(out, "?");
}

/* Writes ADDR:PORT, IPv6 in brackets, with %DEVICE behind the address if there is one (device may be NULL). */
void addr_endpoint(const struct addr *a, uint16_t port, const char *device, char out[static ENDPOINT_TEXT])
{
	const char *open = a->family == AF_INET6 ? "[" : "", *close = a->family == AF_INET6 ? "]" : "";
	char text[ADDR_TEXT];

	addr_format(a, text);
	snprintf(out, ENDPOINT_TEXT, "%s%s%s%.16s%s:%u", open, text, device ? "%" : "", device ? device : "", close,
	         (unsigned int)port);
}

/* The wildcard address of that family: 0.0.0.0 or ::. */
struct addr addr_any(int family)
{
	return (struct addr){.family = (uint8_t)family};
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && !memcmp(a->b, b->b, sizeof a->b);
}

/* Whether both name the same host address, be it written as IPv4 or as IPv6 that carries it. */
bool addr_same(const struct addr *a, const struct addr *b)
{
	if (a->family == AF_INET && addr_is_mapped(b))
		return !memcmp(a->b, b->b + 12, 4);
	if (b->family == AF_INET && addr_is_mapped(a))
		return !memcmp(a->b + 12, b->b, 4);
	return addr_equal(a, b);
}

/* Whether it is the wildcard of its own family (::ffff:0.0.0.0 is not). */
bool addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->b, zero, sizeof zero);
}

/* Whether it is an IPv6 address that carries an IPv4 one: ::ffff:a.b.c.d. */
bool addr_is_mapped(const struct addr *a)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return a->family == AF_INET6 && !memcmp(a->b, prefix, sizeof prefix);
}

/*
 * Whether it is an IPv6 address of one link, which means nothing without a
 * device: fe80::/10, and multicast whose scope is a link or an interface (ff02::,
 * ff01::), as __ipv6_addr_needs_scope_id() has it.
 */
bool addr_is_link_local(const struct addr *a)
{
	uint8_t scope = a->b[1] & 0x0f;

	if (a->family != AF_INET6)
		return false;
	return a->b[0] == 0xff ? scope == 1 || scope == 2 : a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

/* Whether it covers all addresses of a family: 0.0.0.0, :: or ::ffff:0.0.0.0. */
bool addr_is_wildcard(const struct addr *a)
{
	static const uint8_t zero[4];

	return addr_is_any(a) || (addr_is_mapped(a) && !memcmp(a->b + 12, zero, sizeof zero));
}

/* Whether it is an IPv4 address, be it written as IPv4 or as IPv6. */
bool addr_is_ipv4(const struct addr *a)
{
	return a->family == AF_INET || addr_is_mapped(a);
}

/* Whether it is an IPv6 multicast address (ff00::/8). */
bool addr_is_multicast6(const struct addr *a)
{
	return a->family == AF_INET6 && a->b[0] == 0xff;
}

/* How many bits two addresses of one kind (IPv4 also as it is mapped into IPv6) have in common from the left; 0 of two kinds. */
unsigned int addr_common_bits(const struct addr *a, const struct addr *b)
{
	const uint8_t *x = a->b + (addr_is_mapped(a) ? 12 : 0), *y = b->b + (addr_is_mapped(b) ? 12 : 0);
	unsigned int whole = addr_is_ipv4(a) ? 32 : 128, n = 0;

	if (addr_is_ipv4(a) != addr_is_ipv4(b))
		return 0;
	while (n < whole && !((x[n / 8] ^ y[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}
