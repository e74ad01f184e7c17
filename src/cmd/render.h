/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RENDER_H
#define CMD_RENDER_H

#include "cmd/options.h"
#include "cmd/tour.h"

void render(const struct tour *t, const struct options *o);

#endif
