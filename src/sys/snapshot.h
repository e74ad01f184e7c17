/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SNAPSHOT_H
#define SYS_SNAPSHOT_H

#include "model/snapshot.h"
#include "model/want.h"

void snapshot_closed(struct snapshot *s, const struct request *request);
void snapshot_take(struct snapshot *s, const struct request *request);
void snapshot_ports(struct snapshot *s, const struct request *request, struct port_set *ports);
void snapshot_holders(struct snapshot *s, const struct request *request, const struct snapshot *range,
                      const struct port_set *ports);
int snapshot_elsewhere(struct snapshot *s, const struct request *request);
void snapshot_fetch(struct snapshot *s, const struct request *request, const struct want *want);

#endif
