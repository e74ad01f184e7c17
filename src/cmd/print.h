/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "base/buf.h"

void print_to(const char *option, const char *path, const struct buf *out);
void print(const struct buf *out, const char *path);
void print_some(struct buf *out, void *arg);

#endif
