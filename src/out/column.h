/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_COLUMN_H
#define OUT_COLUMN_H

#include "base/buf.h"
#include "model/report.h"
#include "out/style.h"

typedef const char *column_namer(size_t column);

const char *column_name(size_t column);
bool columns_parse(struct columns *columns, const char *list, column_namer *name_of, struct buf *bad);
void columns_names(struct buf *out, column_namer *name_of);
struct columns columns_of(const struct report *r, const struct style *style);
const char *column_head(enum column column);
void column_put(struct buf *out, enum column column, const struct report *r, const struct sock *s,
                const struct style *style);

#endif
