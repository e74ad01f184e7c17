/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_SLICE_H
#define MODEL_SLICE_H

#include "model/snapshot.h"

void slice_order(struct snapshot *whole);
bool slice_is_busy(const struct snapshot *whole, uint16_t port);
void slice_of(struct snapshot *s, const struct snapshot *whole, uint16_t port);
void slice_count_unlisted(struct snapshot *s);
void slice_keep_gaps(struct snapshot *s);
void slice_name_uncertain(struct snapshot *s, uint16_t first, uint16_t last);

#endif
