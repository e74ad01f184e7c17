/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CONFLICT_UNIX_H
#define JUDGE_CONFLICT_UNIX_H

#include "model/request.h"
#include "model/unix.h"

enum tri conflict_unix(const struct target *target, const struct unix_file *f, const struct sock *t,
                       const struct unix_name *n);

#endif
