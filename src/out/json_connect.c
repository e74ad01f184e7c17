/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the JSON document about connect() and about ports that the kernel picks, and its times. */
#include "out/json_connect.h"

#include <stdio.h>
#include <time.h>

#include "base/msg.h"
#include "out/facts.h"

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
	for (size_t i = 0; i < c->blocked_by.n; i++)
		if (json_array_append_new(blockers, json_integer((json_int_t)c->blocked_by.v[i])))
			die("out of memory");
	o = json_pack("{s:{s:s?,s:i},s:{s:s?},s:s,s:o}", "to", "addr", text_of(&r->request->to, to), "port",
	              (int)r->request->to_port, "from", "addr", text_of(&c->from, from), "result", result_name(c->result),
	              "blocked_by", blockers);
	if (!o)
		die("out of memory");
	return o;
}

/* Of each address judged (of connect(): that it would come from) how many ports are free. */
static json_t *free_ports(const struct report *r)
{
	size_t n = r->connect.asked ? 1 : r->nbinds / MIXES;
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct addr *a = r->connect.asked ? &r->connect.from : &r->binds[i * MIXES].addr;
		char text[ADDR_TEXT];

		if (json_array_append_new(array, json_pack("{s:s?,s:i}", "addr", text_of(a, text), "ports", (int)r->pick.free[i])))
			die("out of memory");
	}
	return array;
}

/* What is left of the range for a port that the kernel picks; null for any other. */
json_t *json_ephemeral(const struct report *r)
{
	const struct census *c = &r->seen->census;
	json_t *o, *states;

	if (r->request->target.port || !c->last)
		return json_null();
	states = json_object();
	for (uint8_t state = 1; state < STATE_MAX; state++)
		if (c->states[state] && json_object_set_new(states, sock_state_name(&(struct sock){.state = state}),
		                                            json_integer(c->states[state])))
			die("out of memory");
	o = json_pack("{s:i,s:i,s:i,s:o,s:o}", "first", (int)c->first, "last", (int)c->last, "reserved",
	              (int)r->pick.reserved, "free", free_ports(r), "states", states);
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
