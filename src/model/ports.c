/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of ports: 8 KiB, but nothing where it is empty, as most are. */
#include "model/ports.h"

#include <stdlib.h>

#include "base/xalloc.h"

enum { SET_BYTES = (UINT16_MAX + 1) / 8 };

void port_set_add(struct port_set *s, uint16_t port)
{
	if (!s->bits)
		s->bits = xcalloc(SET_BYTES, 1);
	s->bits[port / 8] |= (uint8_t)(1U << port % 8);
}

void port_set_free(struct port_set *s)
{
	free(s->bits);
	s->bits = NULL;
}
