/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TARGET_H
#define CMD_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "model/request.h"

enum { HOST_TEXT = 256, SERVICE_TEXT = 64 };

/* One element of a list: the ports from first to last, or (service not empty) one that has to be looked up. */
struct ports {
	uint16_t first, last;
	char service[SERVICE_TEXT];
};

/* What a target says by its text alone.  Names are still to be looked up. */
struct target_spec {
	const char *text;          /* as typed */
	int proto;                 /* enum proto, or -1: the text names none */
	struct addr addr;          /* family 0: none, or host names it */
	char host[HOST_TEXT];      /* "": none */
	char device[DEVICE_TEXT];  /* "": none */
	struct ports *ports;
	size_t nports;
	bool is_many;              /* a range or a list, even of one port */
	const char *path;          /* of a unix socket, @NAME an abstract one; NULL: none, and then there are ports */
};

bool target_parse(const char *text, struct target_spec *t, const char **why);
void target_free(struct target_spec *t);

#endif
