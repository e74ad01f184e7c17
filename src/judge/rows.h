/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_ROWS_H
#define JUDGE_ROWS_H

#include "model/report.h"
#include "model/want.h"

void rows_make(struct report *r, const struct addr *addrs, size_t naddrs);
void rows_want_told(const struct report *r, struct want *want);

#endif
