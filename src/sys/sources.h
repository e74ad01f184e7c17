/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SOURCES_H
#define SYS_SOURCES_H

#include "model/idset.h"
#include "model/snapshot.h"

void sources_read(struct snapshot *s, int procfd, const struct request *request, uint16_t port,
                  const struct port_set *wanted);
void sources_listeners(struct snapshot *s, const struct request *request);
void sources_census(struct snapshot *s, int procfd);
void sources_inodes(const struct host *host, int procfd, struct idset *inodes);

#endif
