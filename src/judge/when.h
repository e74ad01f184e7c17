/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_WHEN_H
#define JUDGE_WHEN_H

#include "model/report.h"

void when_clears(struct report *r);
int32_t when_gives_up_ms(const struct sock *s, unsigned int retries);
int64_t when_late_ms(unsigned int hz, int64_t timeout_ms);

#endif
