/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_ADDR_H
#define MODEL_ADDR_H

#include <stdbool.h>
#include <stdint.h>

/* An IP address; family is AF_INET, AF_INET6 or 0 for none.  Network byte order, IPv4 in the first four bytes. */
struct addr {
	uint8_t family;
	uint8_t b[16];
};

enum { ADDR_TEXT = 46, ENDPOINT_TEXT = ADDR_TEXT + 8 + 16 };

bool addr_parse(const char *text, struct addr *a);
void addr_format(const struct addr *a, char out[static ADDR_TEXT]);
void addr_endpoint(const struct addr *a, uint16_t port, const char *device, char out[static ENDPOINT_TEXT]);
struct addr addr_any(int family);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_same(const struct addr *a, const struct addr *b);
bool addr_is_any(const struct addr *a);
bool addr_is_wildcard(const struct addr *a);
bool addr_is_ipv4(const struct addr *a);
bool addr_is_multicast6(const struct addr *a);
bool addr_is_link_local(const struct addr *a);
bool addr_is_mapped(const struct addr *a);
unsigned int addr_common_bits(const struct addr *a, const struct addr *b);

#endif
