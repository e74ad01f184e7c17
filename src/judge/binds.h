/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_BINDS_H
#define JUDGE_BINDS_H

#include "judge/conflict.h"
#include "model/report.h"
#include "model/want.h"

struct binder binds_binder(const struct report *r, const struct addr *a, unsigned int mix);
size_t binds_addresses(const struct request *request, const struct host *host, struct addr out[static 2]);
void binds_judge(struct report *r);
void binds_want_options(const struct report *r, bool details, struct want *want);
void binds_want_probes(const struct report *r, bool details, struct want *want);

#endif
