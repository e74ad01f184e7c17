/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where sockets are read from, in order of preference.  A source that failed is
 * never "nothing there": it leaves a gap, and the next one is tried unless
 * sockets had come already (they are real, and asking again would double them).
 */
#include "sys/sources.h"

#include <stdio.h>

#include "model/fold.h"
#include "sys/inet_diag.h"
#include "sys/procnet.h"

/* One reading of all sockets with that local port; of port 0 all. */
struct reading {
	const struct host *host;
	int procfd;
	enum proto proto;
	uint16_t port;
	struct fold fold;
	const struct port_set *wanted; /* of port 0: only these are kept; NULL: all */
	struct idset *inodes;
	struct census *census;
	bool any_taken;
	bool lists_bound_only;  /* the source shows sockets that are bound and nothing more */
	bool unordered;         /* the source does not tell the order in which the kernel looks at them */
};

static void take(const struct sock *s, void *arg)
{
	struct reading *r = arg;

	r->any_taken = true;
	if (r->inodes)
		idset_add(r->inodes, s->inode);
	else if (r->census)
		census_add(r->census, s);
	else if (!r->wanted || port_set_has(r->wanted, s->port))
		fold_add(&r->fold, s);
}

static int ask_inet_diag(struct reading *r)
{
	bool seen = false;
	int err = inet_diag_ask(r->proto, r->port, &seen, take, r);

	/* 6.8 is the first to list them (91051f003948 "tcp: Dump bound-only sockets in inet_diag."). */
	r->lists_bound_only = seen || r->proto == PROTO_UDP || host_has_kernel(r->host, 6, 8);
	return err;
}

static int ask_procnet(struct reading *r)
{
	r->lists_bound_only = r->proto == PROTO_UDP;
	r->unordered = true;
	return procnet_ask(r->procfd, r->proto, r->port, take, r);
}

static const struct source {
	int (*ask)(struct reading *r);  /* 0 or -errno */
	enum gap_kind refused, cut;     /* failed before, after the first socket with the port */
} sources[] = {
    {ask_inet_diag, GAP_SOCK_DIAG, GAP_DUMP_CUT},
    {ask_procnet, GAP_PROC_NET, GAP_PROC_NET},
};

static void read_all(struct reading *r, struct gaps *gaps)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		int err = sources[i].ask(r);

		if (!err)
			break;
		gap_add(gaps, r->any_taken ? sources[i].cut : sources[i].refused, -err, NULL);
		if (r->any_taken)
			break;
	}
	if (!r->lists_bound_only)
		gap_add(gaps, GAP_BOUND_ONLY, 0, NULL);
}

/*
 * Fills s->socks with all sockets of the request's protocol and that local port
 * (0: those wanted, NULL: all) and adds the gaps of this look; s->host is filled already.  procfd is a
 * descriptor of /proc.  Of TCP alike ones without a process are folded, unless
 * all are asked for, but for those whose peer is that of s->route; UDP sockets
 * stay in the order of the kernel's table.  What a dump had shown before it was
 * cut stays.
 */
void sources_read(struct snapshot *s, int procfd, const struct request *request, uint16_t port,
                  const struct port_set *wanted)
{
	struct reading r = {
	    .host = &s->host,
	    .procfd = procfd,
	    .proto = (enum proto)request->target.proto,
	    .port = port,
	    .wanted = wanted,
	    .fold = {.off = request->all || request->target.proto == PROTO_UDP, .peer = s->route.to, .peer_port = request->to_port},
	};

	read_all(&r, &s->gaps);
	s->socks = fold_end(&r.fold, &s->nsocks);
	s->unordered = r.unordered;
}

/*
 * Fills s->socks with the TCP listeners of the request's port alone, whose table is
 * short however many connections the machine has.  Where they cannot be asked for
 * there is none.
 */
void sources_listeners(struct snapshot *s, const struct request *request)
{
	struct reading r = {.fold.off = true};

	inet_diag_servers(PROTO_TCP, request->target.port, take, &r);
	s->socks = fold_end(&r.fold, &s->nsocks);
}

/* Counts all TCP sockets into s->census, whose rules are known, and adds the gaps of this look; in the same memory for any number. */
void sources_census(struct snapshot *s, int procfd)
{
	struct reading r = {.host = &s->host, .procfd = procfd, .census = &s->census};

	read_all(&r, &s->gaps);
}

/*
 * Adds the inodes of all TCP sockets that the tables list, and ends the set.
 * What could not be read is missing: nothing follows from that but more sockets
 * to ask one by one.
 */
void sources_inodes(const struct host *host, int procfd, struct idset *inodes)
{
	struct reading r = {.host = host, .procfd = procfd, .inodes = inodes};
	struct gaps gaps = {0};

	read_all(&r, &gaps);
	gap_free(&gaps);
	idset_end(inodes);
}
