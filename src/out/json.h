/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_H
#define OUT_JSON_H

#include "base/buf.h"
#include "model/report.h"
#include "text/text.h"

void json_document(struct buf *out, const struct report *reports, size_t n, const struct host *host,
                   enum verdict verdict, enum language lang);
const char *json_verdict(enum verdict v);

#endif
