/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_OWNER_H
#define SYS_OWNER_H

#include "model/snapshot.h"

void owner_scan(struct snapshot *s, int procfd);
void owner_scan_brief(struct snapshot *s, int procfd);
void owner_read_flags(struct owners *owners, int procfd, uint32_t inode);

#endif
