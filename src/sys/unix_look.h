/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_UNIX_LOOK_H
#define SYS_UNIX_LOOK_H

#include "model/snapshot.h"

void unix_look_take(struct snapshot *s, int procfd, const struct request *request);
void unix_look_alive(struct snapshot *s, const struct request *request);

#endif
