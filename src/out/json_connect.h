/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_CONNECT_H
#define OUT_JSON_CONNECT_H

#include <jansson.h>

#include "model/report.h"

json_t *json_connect(const struct report *r);
json_t *json_ephemeral(const struct report *r);
json_t *json_time(int64_t ms);

#endif
