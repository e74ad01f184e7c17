/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SNAPSHOT_H
#define SYS_SNAPSHOT_H

#include "model/snapshot.h"
#include "model/want.h"

void snapshot_closed(struct snapshot *s, const struct request *request);
void snapshot_take(struct snapshot *s, const struct request *request);
void snapshot_take_listeners(struct snapshot *s, const struct request *request);
void snapshot_complete(struct snapshot *s, const struct request *request);
void snapshot_take_many(struct snapshot *s, const struct request *request, const struct port_set *wanted);
void snapshot_slice(struct snapshot *s, const struct snapshot *whole, uint16_t port);
int snapshot_elsewhere(struct snapshot *s, const struct request *request);
void snapshot_fetch(struct snapshot *s, const struct request *request, const struct want *want);

#endif
