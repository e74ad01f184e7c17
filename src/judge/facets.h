/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_FACETS_H
#define JUDGE_FACETS_H

#include "model/report.h"

void facets_of_socket(const struct report *r, struct cause *c, const struct sock *s);
void facets_find(const struct report *r, struct cause *c);

#endif
