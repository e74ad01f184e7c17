/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PRINT_H
#define CMD_PRINT_H

#include "base/buf.h"

void print(const struct buf *out, const char *path);

#endif
