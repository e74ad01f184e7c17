/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON document of the overview: an entry for each port of each network namespace. */
#define _GNU_SOURCE
#include "out/json_overview.h"

#include <string.h>

#include "out/json.h"
#include "out/json_bytes.h"

static json_t *number_or_null(int64_t n)
{
	return n < 0 ? json_null() : json_integer(n);
}

static json_t *states_of(const struct overview_port *p)
{
	json_t *o = json_object();

	for (int state = 0; state < SHOWN_STATES; state++)
		if (p->states[state])
			json_set(o, sock_shown_name((enum shown_state)state), json_integer(p->states[state]));
	return o;
}

static json_t *holders_of(const struct overview_port *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->nholders; i++) {
		const struct process *holder = p->holders[i];
		json_t *o = json_object();

		json_set(o, "pid", json_integer(holder->pid));
		json_set_bytes(o, "comm", holder->comm);
		json_set(o, "uid", holder->uid == UID_UNKNOWN ? json_null() : json_integer(holder->uid));
		json_set_bytes(o, "user", holder->user);
		json_set_bytes(o, "unit", holder->unit);
		json_set_bytes(o, "container", holder->container);
		json_append(array, o);
	}
	return array;
}

/* Whether it does; null where a plain bind() works too, or it is not known. */
static json_t *reuseaddr_helps(const struct overview_port *p)
{
	return p->fails != YES || p->reuseaddr_fails == UNKNOWN ? json_null() : json_boolean(p->reuseaddr_fails == NO);
}

static json_t *port(const struct overview_port *p, const struct report *about)
{
	json_t *o = json_object();

	json_set(o, "netns", json_netns(about->seen->host.netns, about->request->netns));
	json_set(o, "proto", json_string(sock_proto_name((enum proto)p->proto)));
	json_set(o, "port", json_integer(p->port));
	json_set(o, "states", states_of(p));
	json_set(o, "owners", holders_of(p));
	json_set(o, "held_by_kernel", json_boolean(p->kernel));
	json_set(o, "hidden_owners", json_boolean(p->hidden));
	json_set(o, "clears_min_ms", number_or_null(p->soonest));
	json_set(o, "clears_max_ms", number_or_null(p->latest));
	json_set(o, "fails", p->fails == UNKNOWN ? json_null() : json_boolean(p->fails == YES));
	json_set(o, "reuseaddr_helps", reuseaddr_helps(p));
	return o;
}

static json_t *ephemeral(const struct overview *v, const struct report *about)
{
	const struct host *h = &about->seen->host;
	json_t *o = json_object();

	json_set(o, "netns", json_netns(h->netns, about->request->netns));
	json_set(o, "first", number_or_null(h->ephemeral_first ? h->ephemeral_first : -1));
	json_set(o, "last", number_or_null(h->ephemeral_first ? h->ephemeral_last : -1));
	json_set(o, "in_use", json_integer((json_int_t)v->in_range));
	json_set(o, "outgoing", json_integer((json_int_t)v->outgoing));
	return o;
}

/*
 * Begins the document, whose ports are text as soon as they are added: ten thousand
 * of them as objects of the library would take fifty times the room.  st is a
 * stream with nothing in it yet; worst is the verdict over all ports.
 */
void json_overview_begin(struct json_overview *j, struct json_stream *st, const struct host *host, enum verdict worst)
{
	*j = (struct json_overview){.st = st, .ranges = json_array(), .gaps = json_array()};
	json_stream_open(st, NULL, '{');
	json_stream_members(st, json_head(host));
	json_stream_value(st, "verdict", json_string(json_verdict(worst)));
	json_stream_value(st, "notes", json_array());
	json_stream_open(st, "ports", '[');
}

/* Adds what is in one network namespace; about stands for the look at it. */
void json_overview_add(struct json_overview *j, const struct overview *v, const struct report *about)
{
	json_t *gaps = json_gaps(about);

	for (size_t i = 0; i < v->n; i++)
		json_stream_value(j->st, NULL, port(&v->v[i], about));
	json_append(j->ranges, ephemeral(v, about));
	json_array_extend(j->gaps, gaps);
	json_decref(gaps);
}

void json_overview_end(struct json_overview *j)
{
	json_stream_close(j->st, ']');
	json_stream_value(j->st, "ephemeral", j->ranges);
	json_stream_value(j->st, "gaps", j->gaps);
	json_stream_close(j->st, '}');
}
