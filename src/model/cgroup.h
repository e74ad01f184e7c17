/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_CGROUP_H
#define MODEL_CGROUP_H

char *cgroup_unit(const char *path);
char *cgroup_container(const char *path);

#endif
