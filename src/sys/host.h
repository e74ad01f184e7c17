/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_HOST_H
#define SYS_HOST_H

#include "model/snapshot.h"

void host_read(struct host *h, int procfd);
char *host_user(uint32_t uid);

#endif
