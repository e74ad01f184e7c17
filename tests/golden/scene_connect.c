/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a connect() to the host of --to gets after bind(). */
#include <errno.h>
#include <sys/socket.h>

#include "tests/golden/scene.h"

static void make_connect_free(struct snapshot *seen, struct request *request)
{
	scene_connecting(seen, request, 0);
	request->target = (struct target){.text = "9877", .port = 9877};
	request->family = AF_INET;
}

static void make_connect_taken(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_connecting(seen, request, STATE_ESTABLISHED);

	s->inode = 7001;
	s->uid = 1000;
	scene_owner(seen, s, 4711, "agent");
	s->reuseaddr = YES;
}

static void make_connect_orphan(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_connecting(seen, request, STATE_FIN_WAIT_1);

	s->timer = TIMER_RETRANSMIT;
	s->expires_ms = 3000;
	s->retransmits = 4;
	s->rto_ms = 3200;
}

static void make_connect_time_wait(struct snapshot *seen, struct request *request)
{
	struct sock *s = scene_connecting(seen, request, STATE_TIME_WAIT);

	s->timer = TIMER_TIMEWAIT;
	s->expires_ms = 42017;
}

static void make_connect_fin_wait_2(struct snapshot *seen, struct request *request)
{
	make_connect_time_wait(seen, request);
	seen->socks[0].state = STATE_FIN_WAIT_2;
}

static void make_connect_refused(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	seen->route = (struct route){true, ENETUNREACH, {0}, {0}};
}

static void make_connect_unseen(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	seen->route = (struct route){0};
	gap_add(&seen->gaps, GAP_ROUTE, EMFILE, NULL);
}

static void make_connect_itself(struct snapshot *seen, struct request *request)
{
	make_connect_free(seen, request);
	request->to = seen->route.to = seen->route.from;
	request->to_port = 9877;
}

const struct scene connect_scenes[] = {
    {"connect-free", make_connect_free, false},
    {"connect-tuple-in-use", make_connect_taken, true},
    {"connect-tuple-in-use-orphan", make_connect_orphan, false},
    {"connect-over-time-wait", make_connect_time_wait, true},
    {"connect-over-fin-wait-2", make_connect_fin_wait_2, false},
    {"connect-no-route", make_connect_refused, false},
    {"connect-unseen", make_connect_unseen, false},
    {"connects-to-itself", make_connect_itself, false},
    {NULL, NULL, false},
};
