/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_HEADLINE_H
#define OUT_HEADLINE_H

#include "model/report.h"
#include "text/text.h"

enum headline headline_of(const struct report *r);
size_t headline_more(const struct report *r, enum second_line out[static SECOND_LINES]);

#endif
