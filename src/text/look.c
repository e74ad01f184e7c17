/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was looked at and how, for who wants to know. */
#include "text/text.h"

const char *const look_texts[LOOKS] = {
    [LOOK_SOCKETS] = "sockets of the port: {sockets}, from {source}",
    [LOOK_OWNERS] = "descriptors of all processes; with one of these sockets: {holders}",
    [LOOK_NO_OWNERS] = "descriptors of processes: not looked at, nothing hangs on them",
    [LOOK_OPTIONS] = "options of the holders' sockets: through duplicates of their descriptors",
    [LOOK_TRIALS] = "bind() was tried: {trials}",
    [LOOK_NO_TRIALS] = "bind() was not tried",
};
