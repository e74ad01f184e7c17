/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket as a chain or a wish describes it: shared by those who hold the port and the one who wants it. */
#ifndef TESTS_DIFF_SOCKETS_H
#define TESTS_DIFF_SOCKETS_H

#include <sys/socket.h>

#include "tests/diff/diff.h"

void sockets_be(unsigned int user);
socklen_t sockets_address(struct sockaddr_storage *to, const char *text, uint16_t port, unsigned int device);
int sockets_open(const struct wish *w, const char *text, unsigned int mix);
int sockets_mix(int fd, unsigned int mix);
int sockets_bind(int fd, const char *text, uint16_t port, unsigned int device);

#endif
