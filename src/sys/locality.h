/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LOCALITY_H
#define SYS_LOCALITY_H

#include "model/addr.h"
#include "model/tri.h"

int locality_ask(const struct addr *a, enum tri *local);

#endif
