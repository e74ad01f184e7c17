/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SNAPSHOT_H
#define SYS_SNAPSHOT_H

#include "model/snapshot.h"
#include "model/want.h"

void snapshot_take(struct snapshot *s, const struct target *target);
void snapshot_fetch(struct snapshot *s, const struct target *target, const struct want *want);

#endif
