/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The close sequences (RFC 9293, section 3.6) as steps and as pictures.  Each
 * state that a step names stands in the picture too; a test compares them.
 */
#include "text/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct story_step time_wait_steps[] = {
    {"local", "close()", "FIN", "FIN_WAIT_1", false},    {"peer", "FIN received", "ACK", "CLOSE_WAIT", false},
    {"local", "ACK received", NULL, "FIN_WAIT_2", false}, {"peer", "close()", "FIN", "LAST_ACK", false},
    {"local", "ACK sent", "ACK", "TIME_WAIT", true},     {"peer", "ACK received", NULL, "CLOSED", false},
};

static const struct ladder_line time_wait_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">FIN", NULL, false},
    {"FIN_WAIT_1", NULL, "CLOSE_WAIT", false},
    {NULL, "<ACK", NULL, false},
    {"FIN_WAIT_2", NULL, "close()", false},
    {NULL, "<FIN", NULL, false},
    {NULL, NULL, "LAST_ACK", false},
    {NULL, ">ACK", NULL, false},
    {"TIME_WAIT  since {since}", NULL, "CLOSED", true},
};

static const struct story_step orphan_steps[] = {
    {"local", "close()", "FIN", "FIN_WAIT_1", false},
    {"peer", "FIN received", "ACK", "CLOSE_WAIT", false},
    {"local", "ACK received", NULL, "FIN_WAIT_2", false},
};

static const struct ladder_line orphan_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">FIN", NULL, false},
    {"FIN_WAIT_1", NULL, "CLOSE_WAIT", false},
    {NULL, "<ACK", NULL, false},
    {"FIN_WAIT_2  {left} left", NULL, "still open", true},
    {NULL, "<FIN", "close()  (not yet)", false},
};

static const struct story_step half_closed_steps[] = {
    {"local", "shutdown(SHUT_WR)", "FIN", "FIN_WAIT_1", false},
    {"peer", "FIN received", "ACK", "CLOSE_WAIT", false},
    {"local", "ACK received", NULL, "FIN_WAIT_2", false},
};

static const struct ladder_line half_closed_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"shutdown(SHUT_WR)", ">FIN", NULL, false},
    {"FIN_WAIT_1", NULL, "CLOSE_WAIT", false},
    {NULL, "<ACK", NULL, false},
    {"FIN_WAIT_2  no time-out", NULL, "still open", true},
    {NULL, "<FIN", "close()  (not yet)", false},
};

const struct story_text story_texts[STORIES] = {
    [STORY_NONE] = {NULL, 0, NULL, 0},
    [STORY_TIME_WAIT] = {time_wait_steps, COUNT(time_wait_steps), time_wait_lines, COUNT(time_wait_lines)},
    [STORY_FIN_WAIT_2_ORPHAN] = {orphan_steps, COUNT(orphan_steps), orphan_lines, COUNT(orphan_lines)},
    [STORY_FIN_WAIT_2_HALF_CLOSED] =
        {half_closed_steps, COUNT(half_closed_steps), half_closed_lines, COUNT(half_closed_lines)},
};
