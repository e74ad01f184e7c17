/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_RESOLVE_H
#define SYS_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/request.h"

size_t resolve_host(const char *name, int family, struct addr **addrs, const char **why);
bool resolve_service(const char *name, enum proto proto, uint16_t *port);
bool resolve_device(const char *name, uint32_t *ifindex, char out[static DEVICE_TEXT]);
bool resolve_user(const char *name, uint32_t *uid);

#endif
