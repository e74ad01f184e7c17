/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_CGROUP_PATH_H
#define SYS_CGROUP_PATH_H

#include <stdint.h>

#include "model/idset.h"

enum { ROOT_CGROUP = 1 }; /* the id of the root of the hierarchy, which tells nothing */

int cgroup_path(int procfd, uint64_t id, char **path);
void cgroup_processes(int procfd, uint64_t id, struct idset *pids);

#endif
