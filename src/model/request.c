/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four mixes of reuse options that a bind() can come with. */
#include "model/request.h"

const struct mix mixes[MIXES] = {
    [MIX_PLAIN] = {false, false},
    [MIX_REUSEADDR] = {true, false},
    [MIX_REUSEPORT] = {false, true},
    [MIX_BOTH] = {true, true},
};
