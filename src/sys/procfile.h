/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROCFILE_H
#define SYS_PROCFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What self/ns/pid is in the first pid namespace: PROC_PID_INIT_INO, fixed since 3.8. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

int procfile_proc(void);
int procfile_read(int dirfd, const char *path, size_t max, struct buf *out);
int procfile_link(int dirfd, const char *path, char **target);
int procfile_number(int dirfd, const char *path, uint64_t *value);

#endif
