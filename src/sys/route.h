/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_ROUTE_H
#define SYS_ROUTE_H

#include "model/snapshot.h"

int route_ask(const struct request *request, struct route *route);

#endif
