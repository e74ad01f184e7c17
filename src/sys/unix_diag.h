/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_UNIX_DIAG_H
#define SYS_UNIX_DIAG_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "model/sock.h"
#include "model/unix.h"

/* The name's bytes and len point to where they were read from; text is NULL. */
typedef void unix_taker(const struct sock *s, const struct unix_name *n, void *arg);

bool unix_diag_parse(const struct nlmsghdr *h, struct sock *s, struct unix_name *n);
int unix_diag_ask(unix_taker *take, void *arg);
bool unix_proc_parse(char *line, struct sock *s, struct unix_name *n);
int unix_proc_ask(int procfd, unix_taker *take, void *arg);

#endif
