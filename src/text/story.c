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

static const struct story_step fin_wait_1_steps[] = {
    {"local", "close()", "FIN", "FIN_WAIT_1", false},
};

static const struct ladder_line fin_wait_1_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">FIN", NULL, false},
    {"FIN_WAIT_1  repeats it", NULL, "silent", true},
    {NULL, "<ACK", "(not yet)", false},
};

static const struct story_step fin_wait_1_held_steps[] = {
    {"local", "shutdown(SHUT_WR)", "FIN", "FIN_WAIT_1", false},
};

static const struct ladder_line fin_wait_1_held_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"shutdown(SHUT_WR)", ">FIN", NULL, false},
    {"FIN_WAIT_1  repeats it", NULL, "silent", true},
    {NULL, "<ACK", "(not yet)", false},
};

static const struct story_step fin_wait_1_window_steps[] = {
    {"local", "close()", NULL, "FIN_WAIT_1", false},
};

static const struct ladder_line fin_wait_1_window_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", NULL, NULL, false},
    {"FIN_WAIT_1  has data to send", NULL, "window is 0", true},
    {NULL, ">FIN", "(not yet)", false},
};

static const struct story_step closing_steps[] = {
    {"local", "close()", "FIN", "FIN_WAIT_1", false},
    {"peer", "close()", "FIN", "FIN_WAIT_1", false},
    {"local", "FIN received", "ACK", "CLOSING", false},
};

static const struct ladder_line closing_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {"close()", ">FIN", NULL, false},
    {"FIN_WAIT_1", "<FIN", "close()", false},
    {NULL, ">ACK", "FIN_WAIT_1", false},
    {"CLOSING  repeats FIN", NULL, NULL, true},
    {NULL, "<ACK", "(not yet)", false},
};

static const struct story_step close_wait_steps[] = {
    {"peer", "close()", "FIN", "FIN_WAIT_1", false},
    {"local", "FIN received", "ACK", "CLOSE_WAIT", false},
    {"peer", "ACK received", NULL, "FIN_WAIT_2", false},
};

static const struct ladder_line close_wait_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {NULL, "<FIN", "close()", false},
    {NULL, NULL, "FIN_WAIT_1", false},
    {"CLOSE_WAIT", ">ACK", NULL, true},
    {NULL, NULL, "FIN_WAIT_2", false},
    {"(not yet)", ">FIN", NULL, false},
};

static const struct story_step last_ack_steps[] = {
    {"peer", "close()", "FIN", "FIN_WAIT_1", false},
    {"local", "FIN received", "ACK", "CLOSE_WAIT", false},
    {"peer", "ACK received", NULL, "FIN_WAIT_2", false},
    {"local", "close()", "FIN", "LAST_ACK", false},
};

static const struct ladder_line last_ack_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {NULL, "<FIN", "close()", false},
    {NULL, NULL, "FIN_WAIT_1", false},
    {"CLOSE_WAIT", ">ACK", NULL, false},
    {"close()", NULL, "FIN_WAIT_2", false},
    {NULL, ">FIN", NULL, false},
    {"LAST_ACK  repeats it", NULL, NULL, true},
    {NULL, "<ACK", "(not yet)", false},
};

static const struct story_step reset_steps[] = {
    {"peer", "reset", "RST", "CLOSED", false},
    {"local", "RST received", NULL, "CLOSE", false},
};

static const struct ladder_line reset_lines[] = {
    {"ESTABLISHED", NULL, "ESTABLISHED", false},
    {NULL, "<RST", "reset", false},
    {"CLOSE  still bound", NULL, "CLOSED", true},
};

static const struct story_step syn_recv_steps[] = {
    {"local", "connect()", "SYN", "SYN_SENT", false},
    {"peer", "connect()", "SYN", "SYN_SENT", false},
    {"local", "SYN received", "SYN, ACK", "SYN_RECV", false},
};

static const struct ladder_line syn_recv_lines[] = {
    {"connect()", ">SYN", NULL, false},
    {"SYN_SENT", "<SYN", "connect()", false},
    {NULL, ">SYN, ACK", "SYN_SENT", false},
    {"SYN_RECV", NULL, NULL, true},
    {NULL, "<ACK", "(not yet)", false},
};

#define STORY(name) {name##_steps, COUNT(name##_steps), name##_lines, COUNT(name##_lines)}

const struct story_text story_texts[STORIES] = {
    [STORY_NONE] = {NULL, 0, NULL, 0},
    [STORY_TIME_WAIT] = STORY(time_wait),
    [STORY_FIN_WAIT_1] = STORY(fin_wait_1),
    [STORY_FIN_WAIT_1_HELD] = STORY(fin_wait_1_held),
    [STORY_FIN_WAIT_1_WINDOW] = STORY(fin_wait_1_window),
    [STORY_FIN_WAIT_2_ORPHAN] = STORY(orphan),
    [STORY_FIN_WAIT_2_HALF_CLOSED] = STORY(half_closed),
    [STORY_CLOSING] = STORY(closing),
    [STORY_CLOSE_WAIT] = STORY(close_wait),
    [STORY_LAST_ACK] = STORY(last_ack),
    [STORY_RESET] = STORY(reset),
    [STORY_SYN_RECV] = STORY(syn_recv),
};
