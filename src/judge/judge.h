/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "model/report.h"
#include "model/want.h"

bool judge(struct report *r, const struct request *request, const struct snapshot *seen, bool details,
           struct want *want);

#endif
