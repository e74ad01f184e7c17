/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_OTHER_END_H
#define SYS_OTHER_END_H

#include "model/snapshot.h"

int other_end_find(struct snapshot *s);
int other_end_walk(struct snapshot *s, uint16_t port);

#endif
