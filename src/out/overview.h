/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_OVERVIEW_H
#define OUT_OVERVIEW_H

#include "base/buf.h"
#include "model/overview.h"
#include "out/style.h"

const char *overview_column_name(size_t column);
void overview_term(struct buf *out, const struct overview *o, const struct report *about, const struct style *style);

#endif
