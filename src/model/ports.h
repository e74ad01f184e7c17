/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_PORTS_H
#define MODEL_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ports, one bit each; none while bits is NULL. */
struct port_set {
	uint8_t *bits;
};

static inline bool port_set_has(const struct port_set *s, uint16_t port)
{
	return s->bits && s->bits[port / 8] >> port % 8 & 1;
}

void port_set_add(struct port_set *s, uint16_t port);
void port_set_free(struct port_set *s);

#endif
