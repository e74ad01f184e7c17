/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_ELSEWHERE_H
#define SYS_ELSEWHERE_H

#include "model/snapshot.h"

int elsewhere_read(struct snapshot *s, int procfd, enum proto proto, uint16_t port);

#endif
