/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_HOLDERS_H
#define SYS_HOLDERS_H

#include "model/snapshot.h"

void holders_name_users(struct snapshot *s, bool numeric);
void holders_name_tunnel(struct snapshot *s);
void holders_fetch(struct snapshot *s, int procfd, bool numeric, bool brief);

#endif
