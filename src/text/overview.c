/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words around the table of all ports. */
#include "text/text.h"

const char *const overview_texts[OVERVIEW_LINES] = {
    [OVERVIEW_UNSEEN] = "Which {protocols} ports are in use{netns} could not be seen.",
    [OVERVIEW_NONE] = "No {protocols} port is in use{netns}.",
    [OVERVIEW_HEAD] = "{protocols} ports in use{netns}: {allports}, {servers} with a server, {lingering} where sockets only linger.",
    [OVERVIEW_SUM] = "Sockets: {totals}.",
    [OVERVIEW_RANGE] = "Ephemeral range {rangefirst}-{rangelast}: {inrange} of its {rangesize} TCP ports in use, {outgoing} by outgoing connections alone{listed}.",
};

const char overview_not_listed[] = " (not listed: -a lists them)";

const char *const bind_now_texts[BIND_NOWS] = {
    [BIND_WORKS] = "works: a plain bind() does now",
    [BIND_REUSE] = "reuse: a plain one fails, one with SO_REUSEADDR works",
    [BIND_FAILS] = "fails: even with SO_REUSEADDR",
    [BIND_MAYBE] = "fails?: a plain one; whether SO_REUSEADDR helps, portwhy PORT may tell",
    [BIND_UNSURE] = "unsure: it hangs on what cannot be seen",
};

const char *const bind_now_words[BIND_NOWS] = {
    [BIND_WORKS] = "works", [BIND_REUSE] = "reuse", [BIND_FAILS] = "fails", [BIND_MAYBE] = "fails?", [BIND_UNSURE] = "unsure",
};
