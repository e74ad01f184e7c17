/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CLASSIFY_H
#define JUDGE_CLASSIFY_H

#include "model/report.h"

void classify(struct report *r);

#endif
