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

/* The table of each scene_NAME.c; it ends with a row without slug. */
extern const struct scene free_scenes[], listening_scenes[], holder_scenes[], closing_scenes[], connection_scenes[],
    udp_scenes[], pick_scenes[], connect_scenes[], elsewhere_scenes[], unix_scenes[];

const struct scene *scene_at(size_t i);
const struct scene *scene_called(const char *slug);

void scene_start(struct snapshot *seen, struct request *request);
struct sock *scene_sock(struct snapshot *seen, enum sock_state state, const char *local, const char *peer);
struct process *scene_owner(struct snapshot *seen, struct sock *s, pid_t pid, const char *comm);
void scene_probe(struct snapshot *seen, const char *addr, unsigned int mix, int err);
void scene_probe_all(struct snapshot *seen, unsigned int mix, int err);
void scene_refuse_all(struct snapshot *seen);
struct addr scene_addr(const char *text);
struct sock *scene_time_wait(struct snapshot *seen, const char *local, const char *peer);
void scene_local_peer(struct snapshot *seen, const struct sock *s, enum sock_state state);
struct sock *scene_udp(struct snapshot *seen, struct request *request, const char *local, const char *peer);
struct sock *scene_connecting(struct snapshot *seen, struct request *request, enum sock_state state);

/* Situations that others begin with. */
void scene_nothing(struct snapshot *seen, struct request *request);
void scene_listener(struct snapshot *seen, struct request *request);
void scene_all_tcp(struct snapshot *seen, struct request *request);
void scene_all_udp(struct snapshot *seen, struct request *request);
void scene_unsure(struct snapshot *seen, struct request *request);

#endif
