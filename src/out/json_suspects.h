/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_JSON_SUSPECTS_H
#define OUT_JSON_SUSPECTS_H

#include <jansson.h>

#include "model/report.h"

void json_suspects(json_t *o, const struct snapshot *seen, const struct sock *s);

#endif
