/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROCNET_H
#define SYS_PROCNET_H

#include <stdbool.h>

#include "model/sock.h"

bool procnet_parse(const char *line, int family, struct sock *s);
int procnet_ask(int procfd, enum proto proto, uint16_t port, void (*take)(const struct sock *s, void *arg), void *arg);

#endif
