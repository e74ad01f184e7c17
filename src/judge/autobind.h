/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_AUTOBIND_H
#define JUDGE_AUTOBIND_H

#include "judge/conflict.h"
#include "model/report.h"

int autobind_bind(const struct report *r, const struct binder *s, enum doubt *doubt);
int autobind_connect(const struct report *r);
bool autobind_is_chance(const struct report *r, const struct addr *a);
void autobind_count(struct report *r);
int64_t autobind_ends_ms(const struct report *r);

#endif
