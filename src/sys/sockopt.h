/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SOCKOPT_H
#define SYS_SOCKOPT_H

#include <sys/types.h>

#include "model/sock.h"

int sockopt_open(pid_t pid);
int sockopt_duplicate(pid_t pid, int fd);
int sockopt_read_all(int fd, struct sock *s);
int sockopt_read(int pidfd, int fd, struct sock *s);

#endif
