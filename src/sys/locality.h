/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LOCALITY_H
#define SYS_LOCALITY_H

#include "model/request.h"
#include "model/snapshot.h"
#include "model/tri.h"

int locality_ask(const struct target *target, enum tri *local);
void locality_nearest(struct locality *l);

#endif
