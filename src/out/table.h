/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_TABLE_H
#define OUT_TABLE_H

#include "base/buf.h"
#include "model/report.h"
#include "out/style.h"

void table_sockets(struct buf *out, const struct report *r, const struct style *style);
void table_ports(struct buf *out, const struct report *const *reports, size_t n, const struct style *style);
void table_binds(struct buf *out, const struct report *r, const struct style *style);

#endif
