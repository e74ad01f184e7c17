/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROBE_H
#define SYS_PROBE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "model/addr.h"
#include "model/request.h"

socklen_t probe_sockaddr(struct sockaddr_storage *to, const struct addr *addr, uint16_t port, uint32_t ifindex);
int probe_set_device(int fd, const struct addr *addr, const struct target *target);
int probe_bind(const struct request *request, const struct addr *addr, const struct mix *mix, int *err);
int probe_address(const struct addr *addr, const struct target *target, int *err);

#endif
