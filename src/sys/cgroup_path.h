/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_CGROUP_PATH_H
#define SYS_CGROUP_PATH_H

#include <stdint.h>

int cgroup_path(int procfd, uint64_t id, char **path);

#endif
