/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the situation factory share.  A situation is a row of one
 * of the tables; tests/lib/situation.c finds it and runs its make function.
 */
#ifndef TESTS_SITUATION_H
#define TESTS_SITUATION_H

#include <sys/types.h>

#include "tcp.h"

struct situation {
	const char *slug;
	void (*make)(const struct situation *s, uint16_t port);
	const char *on;          /* the address of the server */
	unsigned int options;    /* and its options */
	const char *to;          /* the address that the client connects to */
	size_t count;            /* of connections; 0 is one */
};

/* Each ends with a row without slug. */
extern const struct situation closing_situations[]; /* situation/closing.c: connections on their way out */
extern const struct situation living_situations[];  /* situation/living.c: connections that live, or begin */
extern const struct situation holding_situations[]; /* situation/holding.c: what is special about the holder */
extern const struct situation remote_situations[];  /* situation/remote.c: the peer is on another host */
extern const struct situation unlisted_situations[]; /* situation/unlisted.c: what no table shows */
extern const struct situation unfound_situations[]; /* situation/unfound.c: what is in no table of a process */

extern const struct situation range_situations[];   /* situation/range.c: ports that the kernel may pick */
extern const struct situation udp_situations[];     /* situation/udp.c */

/* NULL if there is none of that name. */
const struct situation *find_situation(const char *slug);

/* A fact, "key=value", and the fact that pid holds the socket. */
void fact(const char *key, long value);
void holder(pid_t pid);

/* fork(); what the child holds at that moment it keeps, and does nothing until the situation ends. */
pid_t keeper(void);

/* A process that dies with the situation. */
void add_child(pid_t pid);

struct pair {
	int client, server;
};

/* A client connected to the listener, and what accept() gave. */
struct pair connected(int listener, const char *to, uint16_t port);

/* The same with a listener that is gone again: its port is held by the connection alone.  Tells the peer's port. */
struct pair connected_alone(const struct situation *s, uint16_t port);

/* close() of what the server holds, the client has heard it. */
void close_server_first(struct pair p);

/* The socket is gone without a word to its peer (TCP_REPAIR). */
void vanish(int fd);

/* The range from which the kernel picks ports. */
void set_port_range(uint16_t first, uint16_t last);

#endif
