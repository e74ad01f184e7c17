/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_HOST_H
#define SYS_HOST_H

#include "model/snapshot.h"

void host_read(struct host *h, int procfd);
void host_as_user(struct host *h, uint32_t uid);
char *host_user(uint32_t uid);

#endif
