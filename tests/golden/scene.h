/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_GOLDEN_SCENE_H
#define TESTS_GOLDEN_SCENE_H

#include "model/snapshot.h"

/* A situation as a snapshot would show it; more: also in ASCII, in colour and at 60 and 100 columns. */
struct scene {
	const char *slug;
	void (*make)(struct snapshot *seen, struct request *request);
	bool more;
};

extern const struct scene scenes[], unix_scenes[]; /* each ends with a row without slug */

void scene_start(struct snapshot *seen, struct request *request);
struct sock *scene_sock(struct snapshot *seen, enum sock_state state, const char *local, const char *peer);
struct process *scene_owner(struct snapshot *seen, struct sock *s, pid_t pid, const char *comm);
void scene_probe(struct snapshot *seen, const char *addr, unsigned int mix, int err);
void scene_probe_all(struct snapshot *seen, unsigned int mix, int err);

#endif
