/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_NETNS_H
#define SYS_NETNS_H

#include "model/gap.h"
#include "model/netns.h"

struct netns *netns_list(int procfd, size_t most, size_t *n, struct gaps *gaps);
int netns_find(const char *text, struct netns *ns);
int netns_enter(const struct netns *ns);

#endif
