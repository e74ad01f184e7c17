/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TARGET_H
#define CMD_TARGET_H

#include <stdbool.h>

#include "model/request.h"

bool target_parse(const char *text, struct target *t, const char **why);

#endif
