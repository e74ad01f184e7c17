/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_VERBS_H
#define CMD_VERBS_H

#include "cmd/options.h"

int cmd_why(const struct options *o);
int cmd_check(const struct options *o);
int cmd_wait(const struct options *o);
int cmd_overview(const struct options *o);
int cmd_explain(const struct options *o);

#endif
