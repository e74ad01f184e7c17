/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CONNECT_H
#define JUDGE_CONNECT_H

#include "model/report.h"

void connect_judge(struct report *r);

#endif
