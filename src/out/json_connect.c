/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the JSON document about connect() and about ports that the kernel picks, and its times. */
#include "out/json_connect.h"

#include <stdio.h>
#include <time.h>

#include "base/msg.h"
#include "out/facts.h"
#include "out/json_bytes.h"

static const char *text_of(const struct addr *a, char out[static ADDR_TEXT])
{
	if (!a->family)
		return NULL;
	addr_format(a, out);
	return out;
}

static const char *result_name(int result)
{
	return result == RESULT_OK ? "ok" : result == RESULT_UNKNOWN ? "unknown" : facts_errno(result);
}

/* What connect() gets; null where it was not asked about. */
json_t *json_connect(const struct report *r)
{
	const struct connect *c = &r->connect;
	char to[ADDR_TEXT], from[ADDR_TEXT];
	json_t *o, *blockers;

	if (!c->asked)
		return json_null();
	blockers = json_array();
	for (size_t i = 0; rows_next(&c->blocked_by, &i); i++)
		if (json_array_append_new(blockers, json_integer((json_int_t)i)))
			die("out of memory");
	o = json_pack("{s:{s:s?,s:i},s:{s:s?},s:s,s:o}", "to", "addr", text_of(&r->request->to, to), "port",
	              (int)r->request->to_port, "from", "addr", text_of(&c->from, from), "result", result_name(c->result),
	              "blocked_by", blockers);
	if (!o)
		die("out of memory");
	return o;
}

/* A number for each state that is there. */
static json_t *states_of(const uint32_t states[static STATE_MAX])
{
	json_t *o = json_object();

	for (uint8_t state = 1; state < STATE_MAX; state++)
		if (states[state] && json_object_set_new(o, sock_state_name(&(struct sock){.state = state}), json_integer(states[state])))
			die("out of memory");
	return o;
}

static json_t *peers_of(const struct pick *p, size_t at)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->npeers[at]; i++) {
		const struct peer_count *peer = &p->peers[at][i];
		char text[ADDR_TEXT];

		if (json_array_append_new(array, json_pack("{s:s?,s:i,s:I,s:b}", "addr", text_of(&peer->addr, text), "port", (int)peer->port,
		                                           "sockets", (json_int_t)peer->n, "at_least", (int)p->at_least[at])))
			die("out of memory");
	}
	return array;
}

/* Who has most of the ports; empty where nobody looked, for a port is left. */
static json_t *holders(const struct snapshot *seen)
{
	json_t *array = json_array();

	for (size_t i = 0; i < seen->census.ntop && i < seen->owners.nprocesses; i++) {
		const struct process *p = &seen->owners.processes[i];
		json_t *o = json_object();

		json_set_bytes(o, "comm", p->comm);
		if (json_object_set_new(o, "pid", json_integer(p->pid)) ||
		    json_object_set_new(o, "ports", json_integer(seen->census.top[i].ports)) || json_array_append_new(array, o))
			die("out of memory");
	}
	return array;
}

/*
 * Of each address judged (of connect(): that it would come from) how many ports
 * are free, and what is on those that are not.
 */
static json_t *free_ports(const struct report *r)
{
	size_t n = r->connect.asked ? 1 : r->nbinds / MIXES;
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct addr *a = r->connect.asked ? &r->connect.from : &r->binds[i * MIXES].addr;
		char text[ADDR_TEXT];

		if (json_array_append_new(array, json_pack("{s:s?,s:i,s:o,s:o}", "addr", text_of(a, text), "ports", (int)r->pick.free[i],
		                                           "states", states_of(r->pick.states[i]), "peers", peers_of(&r->pick, i))))
			die("out of memory");
	}
	return array;
}

/* What is left of the range for a port that the kernel picks; null for any other. */
json_t *json_ephemeral(const struct report *r)
{
	const struct census *c = &r->seen->census;
	json_t *o;

	if (r->request->target.port || !c->last)
		return json_null();
	o = json_pack("{s:i,s:i,s:i,s:o,s:o,s:o,s:i}", "first", (int)c->first, "last", (int)c->last, "reserved",
	              (int)r->pick.reserved, "free", free_ports(r), "states", states_of(c->states), "holders", holders(r->seen),
	              "unseen", (int)c->unseen);
	if (!o)
		die("out of memory");
	return o;
}

/* A moment as in "2026-11-20T12:00:00.123Z"; null where the year has no such form. */
json_t *json_time(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	char text[40];
	size_t n;

	if (!gmtime_r(&t, &tm) || !(n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm)))
		return json_null();
	snprintf(text + n, sizeof text - n, ".%03dZ", (int)(ms % 1000));
	return json_string(text);
}
