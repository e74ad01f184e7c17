/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was looked at and how, for who wants to know. */
#include "text/text.h"

const char *const look_texts[LOOKS] = {
    [LOOK_SOCKETS] = "sockets of the port: {sockets}, from {source}",
    [LOOK_NAMES] = "unix sockets with that name or file: {sockets}, from {source}",
    [LOOK_PATH] = "the path and its folder, without creating anything: bind() there is never tried",
    [LOOK_CONNECT] = "a datagram socket was connected to the file, to see whether any socket is bound to it; nothing was sent",
    [LOOK_NO_CONNECT] = "connect() to the file was not tried",
    [LOOK_OWNERS] = "descriptors of all processes; with one of these sockets: {holders}",
    [LOOK_NO_OWNERS] = "descriptors of processes: not looked at, nothing hangs on them",
    [LOOK_OPTIONS] = "options of the holders' sockets: through duplicates of their descriptors",
    [LOOK_TRIALS] = "bind() was tried: {trials}",
    [LOOK_NO_TRIALS] = "bind() was not tried",
};
