/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_QUIRK_H
#define JUDGE_QUIRK_H

#include "judge/conflict.h"
#include "model/snapshot.h"

enum tri quirk_blocks(const struct snapshot *seen, const struct binder *s, const struct sock *t, enum tri blocks);
bool quirk_may_forget(const struct snapshot *seen, const struct binder *s);

#endif
