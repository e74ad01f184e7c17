/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_BINDER_H
#define JUDGE_BINDER_H

#include "judge/conflict.h"
#include "model/report.h"

struct binder binder_make(const struct report *r, const struct addr *a, unsigned int mix);
enum tri binder_blocked_by(const struct report *r, const struct binder *s, const struct sock *t);

#endif
