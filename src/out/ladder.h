/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_LADDER_H
#define OUT_LADDER_H

#include "base/buf.h"
#include "out/facts.h"

void ladder(struct buf *out, const struct scope *scope);

#endif
