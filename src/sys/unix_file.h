/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_UNIX_FILE_H
#define SYS_UNIX_FILE_H

#include "model/request.h"
#include "model/unix.h"

void unix_file_look(struct unix_file *f, int procfd, const struct request *request);
int unix_file_mount(int procfd, int fd, uint32_t *dev);
int unix_file_alive(struct unix_file *f, const char *path);
int unix_try_abstract(const struct target *target, int *err);

#endif
