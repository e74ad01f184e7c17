/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_STARTER_H
#define MODEL_STARTER_H

#include <stdbool.h>

#include "model/owner.h"

/* What starts a process again when it ends. */
enum supervisor {
	SUPERVISOR_NONE,
	SUPERVISOR_SYSTEMD,
	SUPERVISOR_PM2,
	SUPERVISOR_SUPERVISORD,
	SUPERVISOR_NODEMON,
	SUPERVISOR_RUNIT,
	SUPERVISOR_S6,
	SUPERVISOR_DAEMONTOOLS,
	SUPERVISORS
};

enum supervisor starter_supervisor(const struct process *p, pid_t *pid);
bool starter_is_user_unit(const struct process *p);
bool starter_is_systemd(const struct process *p);
bool starter_is_proxy(const struct process *p);
const char *starter_proxy_option(const struct process *p, const char *name);
bool starter_is_ssh_forward(const struct process *p);

#endif
