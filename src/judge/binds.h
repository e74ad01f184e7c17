/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_BINDS_H
#define JUDGE_BINDS_H

#include "judge/conflict.h"
#include "model/report.h"

struct binder binds_binder(const struct report *r, const struct addr *a, unsigned int mix);
enum tri binds_blocks(const struct report *r, const struct binder *s, const struct sock *t);
size_t binds_addresses(const struct request *request, const struct host *host, struct addr out[static 2]);
void binds_judge(struct report *r);

#endif
