/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tables of "portwhy explain" have in common; the ids and titles are those of a report. */
#include "text/explain.h"

#include <string.h>

enum { STATES = STATE_MAX - 1 }; /* without NEW_SYN_RECV, which is shown as SYN_RECV; with BOUND */

const struct explain_kind_text explain_kinds[KINDS] = {
    [KIND_CAUSE] = {"cause", "cause", {NULL, "Why the kernel does it"}, explain_causes, CAUSES},
    [KIND_FACET] = {"facet", "facet", {NULL, "What follows"}, explain_facets, FACETS},
    [KIND_NOTE] = {"note", "note", {NULL}, explain_notes, NOTES},
    [KIND_FIX] = {"fix", "fix", {NULL, "What it costs"}, explain_fixes, FIXES},
    [KIND_STATE] =
        {
            "TCP state",
            "state",
            {NULL, "Who waits for whom", "The port", "How long", "How it ends"},
            explain_states,
            STATES,
        },
};

const struct explain_word explain_words[] = {
    {"rmsudo", ""},           {"quoted", "PATH"},
    {"root", "sudo "},        {"sudo", ""},       {"pid", "PID"},           {"allpids", "PID..."},
    {"unit", "UNIT"},         {"port", "PORT"},   {"container", "NAME"},    {"sstate", "STATE"},
    {"argument", "TARGET"},   {"name", "it"},     {"address", "ADDRESS"},   {"wider", "FIRST LAST"},
    {"reservedtoo", ""},      {"reservethese", "PORT,..."},
    {"suspectpid", "PID"},    {"rootthere", "sudo "}, {"there", ""},          {"interface", "DEVICE"},
    {"asked", ""},
    {"systemctl", "sudo systemctl"}, {"stopcontainer", "sudo docker stop NAME"}, {"stopsupervised", "sudo supervisorctl stop NAME"},
    {NULL, NULL},
};

/* The id, as it is typed and printed. */
const char *explain_id(enum explain_kind kind, const struct explain_text *t)
{
	switch (kind) {
	case KIND_CAUSE:
		return cause_texts[t->id].id;
	case KIND_FACET:
		return facet_texts[t->id].id;
	case KIND_NOTE:
		return note_texts[t->id].id;
	case KIND_FIX:
		return fix_texts[t->id].id;
	default:
		return sock_state_name(&(struct sock){
		    .state = t->id == STATE_BOUND ? STATE_CLOSE : (uint8_t)t->id,
		    .peer_port = t->id != STATE_BOUND,
		});
	}
}

/* What a report says in a few words, or where that has a {fact} in it the line of the list. */
const char *explain_title(enum explain_kind kind, const struct explain_text *t)
{
	const char *title = kind == KIND_CAUSE ? cause_texts[t->id].title : kind == KIND_FIX ? fix_texts[t->id].text : t->line;

	return strchr(title, '{') ? t->line : title;
}
