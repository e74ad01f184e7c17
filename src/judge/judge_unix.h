/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_JUDGE_UNIX_H
#define JUDGE_JUDGE_UNIX_H

#include "model/report.h"
#include "model/want.h"

void judge_unix(struct report *r, bool details, struct want *want);

#endif
