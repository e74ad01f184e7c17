/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_OBSTACLE_H
#define SYS_OBSTACLE_H

#include <stdbool.h>

#include "model/request.h"

bool obstacle_stands(const struct request *request);

#endif
