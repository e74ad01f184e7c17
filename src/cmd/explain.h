/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

#include <stdbool.h>

#include "out/explain.h"

enum { NEAR_MAX = 8 };

size_t explain_all(struct explained **v);
bool explain_find(struct explained *e, const char *id);
size_t explain_near(const char *id, const char *near[static NEAR_MAX]);

#endif
