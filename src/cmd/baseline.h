/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BASELINE_H
#define CMD_BASELINE_H

#include "cmd/place.h"
#include "model/idset.h"

void baseline_save(const char *path, struct places *places);
void baseline_read(const char *path, struct idset *cookies);
uint64_t baseline_start(const char *pid);

#endif
