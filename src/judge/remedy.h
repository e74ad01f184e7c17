/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_REMEDY_H
#define JUDGE_REMEDY_H

#include "model/report.h"

size_t remedy_all(enum cause_id id, struct fix out[static FIXES]);
void remedy(const struct report *r, struct cause *c);

#endif
