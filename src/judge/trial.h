/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TRIAL_H
#define JUDGE_TRIAL_H

#include "model/report.h"
#include "model/want.h"

bool trial_excludes_memory(const struct report *r, const struct addr *a);
bool trial_counts(const struct report *r, const struct probe *p);
bool trial_implies(const struct report *r, const struct bind *b);
void trial_want_options(const struct report *r, bool details, struct want *want);
void trial_want_quirks(const struct report *r, bool details, struct want *want);
void trial_want_probes(const struct report *r, bool details, struct want *want);

#endif
