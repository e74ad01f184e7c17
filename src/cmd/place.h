/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PLACE_H
#define CMD_PLACE_H

#include "cmd/options.h"
#include "model/netns.h"

const struct netns *place_enter(const struct options *o, struct netns *ns);

#endif
