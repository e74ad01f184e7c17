/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_BINDS_H
#define JUDGE_BINDS_H

#include "model/report.h"

size_t binds_addresses(const struct request *request, const struct host *host, struct addr out[static 2]);
void binds_judge(struct report *r);

#endif
