/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LINE_H
#define CMD_LINE_H

#include <stdbool.h>

#include "base/buf.h"

bool line_begin(void);
void line_show(const struct buf *text);
void line_end(void);

#endif
