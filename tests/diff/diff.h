/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portwhy's answers against the kernel's: random chains of holders on one port,
 * made twice and more with real system calls.  One copy is shown to portwhy, in
 * the others each bind() is made for real.
 */
#ifndef TESTS_DIFF_H
#define TESTS_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/request.h"
#include "model/report.h"

enum { HOLDERS_MAX = 14, FDS_MAX = 256, SECOND_UID = 4242, BARE = -1 };

/* The names of the addresses; the table stands in generate.c. */
struct spot {
	const char *text;
	bool connects;        /* a connection on this host can have it as its own end */
	const char *device;   /* the only one it is good on; NULL: any */
	unsigned int weight;  /* how often it is drawn */
};

extern const struct spot spots[];
extern const size_t nspots;

/* Devices by number; 0 is none.  What the present network does not have is not drawn. */
enum { NO_DEVICE, DEVICE_LO, DEVICE_ONE, DEVICE_TWO, DEVICES };
extern const char *const device_names[DEVICES];

enum kind {
	KIND_BOUND,
	KIND_LISTENING,
	KIND_CONNECTED,
	KIND_ACCEPTED,
	KIND_QUEUED,
	KIND_TIME_WAIT,
	KIND_FIN_WAIT_2_ORPHAN,
	KIND_FIN_WAIT_2_HELD,
	KIND_CLOSED,
	KIND_SHUT_LISTENER,
	KIND_RESET,
	KIND_DISCONNECTED,
	KIND_OUTBOUND,
	KINDS
};

/* One program's socket on the port; mixes are bits: 1 SO_REUSEADDR, 2 SO_REUSEPORT, as the indexes of mixes[] are. */
struct holder {
	uint8_t proto, kind, spot, device;
	uint8_t mix;          /* before bind() */
	uint8_t flip_early;   /* changed after bind() */
	uint8_t flip_late;    /* changed at the end, on what is then held */
	uint8_t user, acceptor; /* 1: the second user */
	bool v6only, kept;    /* kept: the listener outlives its connection */
	bool via;             /* the other of two ways for its connection */
};

/* What is asked about. */
struct wish {
	uint8_t proto;
	int spot;             /* BARE: a bare port */
	uint8_t family;       /* of a bare port: 0 both */
	uint8_t mix, device, user;
	bool v6only;
};

struct chain {
	struct holder holders[HOLDERS_MAX];
	size_t n;
	struct wish wish;
};

/* What the present network can do, and what was asked for. */
struct means {
	bool tcp, udp;
	bool users, devices, ranges; /* ranges: IP_LOCAL_PORT_RANGE */
};

/* splitmix64: the whole state of a generator is one number. */
static inline uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void chain_generate(struct chain *c, uint64_t seed, uint64_t number, const struct means *means);

/* One copy of a chain in the kernel. */
struct copy {
	uint16_t port;
	int fds[FDS_MAX];
	size_t nfds;
	uint32_t outcome[HOLDERS_MAX]; /* 0, or the number of the step that failed << 16 | its errno */
};

const char *chain_recipe(const struct holder *h);
void copy_make(struct copy *k, const struct chain *c);
void copy_end(struct copy *k);
bool copy_alike(const struct copy *a, const struct copy *b, size_t n);
bool helpers_open(void);
bool ranges_work(void);

/* What the kernel says: 0 or an errno. */
struct truth {
	int bind, listen;
};

struct truth truth_ask(const struct wish *w, const struct addr *addr, unsigned int mix, uint16_t port);

struct said {
	struct addr addr;
	unsigned int mix;
	int result;           /* RESULT_UNKNOWN, 0 or an errno */
	int listen;           /* likewise, of listen() behind a bind() that works */
	enum doubt doubt;     /* why it is unknown */
	bool dead;            /* a socket is there whose options no descriptor shows */
};

size_t portwhy_ask(const struct wish *w, uint16_t port, enum probe_when when, struct said out[static BINDS_MAX]);

/* One chain compared. */
enum { NEVER, AUTO, MODES };
enum failure { FINE, WRONG, UNEXPLAINED, UNEQUAL };

struct outcome {
	size_t n;
	struct said said[MODES][BINDS_MAX];
	struct truth truth[BINDS_MAX];
	enum failure failure;
	size_t mode, bind;    /* the first of that failure; of UNEQUAL bind is the holder */
};

void chain_compare(const struct chain *c, struct outcome *o);
bool is_wrong(const struct said *said, const struct truth *truth);
void chain_shrink(struct chain *c, struct outcome *o);

void chain_print(FILE *f, const struct chain *c);
void outcome_print(FILE *f, const struct outcome *o);

/* The private place. */
bool place_try(struct means *means, bool wanted, bool *processes);
bool place_open(struct means *means, bool processes);

#endif
