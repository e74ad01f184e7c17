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

/* What has a port on the host for a container. */
enum helper {
	HELPER_NONE,
	HELPER_DOCKER_PROXY,
	HELPER_DOCKERD,      /* Docker's daemon itself */
	HELPER_ROOTLESSPORT, /* of Podman */
	HELPER_PASTA,        /* of Podman */
	HELPER_ROOTLESSKIT,  /* of Docker or containerd without root */
	HELPER_SLIRP4NETNS,
	HELPERS
};

enum supervisor starter_supervisor(const struct process *p, pid_t *pid);
bool starter_is_user_unit(const struct process *p);
bool starter_is_systemd(const struct process *p);
enum helper starter_helper(const struct process *p, uint16_t port);
const char *starter_option(const struct process *p, const char *name);
uint16_t starter_pasta_port(const struct process *p, bool udp, uint16_t port);
bool starter_is_ssh_forward(const struct process *p);

#endif
