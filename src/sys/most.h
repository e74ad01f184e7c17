/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_MOST_H
#define SYS_MOST_H

#include "model/snapshot.h"

void most_find(struct snapshot *s, int procfd);

#endif
