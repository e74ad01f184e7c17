/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_QUIRKS_H
#define SYS_QUIRKS_H

#include "model/snapshot.h"

int quirks_read(struct quirks *q);

#endif
