/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_RANGE_H
#define SYS_RANGE_H

#include "model/snapshot.h"

void range_parse(const char *text, struct port_set *ports);
void range_read_reserved(struct census *c, int procfd);
void range_read(struct census *c, int procfd, const struct host *host);

#endif
