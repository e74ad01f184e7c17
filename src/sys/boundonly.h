/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_BOUNDONLY_H
#define SYS_BOUNDONLY_H

#include "model/idset.h"
#include "model/snapshot.h"

void boundonly_scan(struct snapshot *s, int procfd, const struct idset *listed);

#endif
