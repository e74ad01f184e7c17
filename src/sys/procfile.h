/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROCFILE_H
#define SYS_PROCFILE_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

int procfile_read(int dirfd, const char *path, size_t max, struct buf *out);
int procfile_link(int dirfd, const char *path, char **target);
DIR *procfile_dir(int dirfd, const char *path);
int procfile_number(int dirfd, const char *path, uint64_t *value);

#endif
