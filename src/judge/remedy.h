/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_REMEDY_H
#define JUDGE_REMEDY_H

#include "model/report.h"

void remedy(const struct report *r, struct cause *c);

#endif
