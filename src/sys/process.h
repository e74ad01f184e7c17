/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROCESS_H
#define SYS_PROCESS_H

#include <stdint.h>

#include "model/gap.h"
#include "model/owner.h"

int64_t process_clock(void);
int process_read(int procfd, pid_t pid, int64_t now, struct process *p, struct gaps *gaps);
void process_read_thread(int procfd, pid_t tid, struct process *p, struct gaps *gaps);

#endif
