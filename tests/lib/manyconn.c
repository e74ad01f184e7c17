/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manyconn [N [PORT]]: one listener on the port (9877) with N established
 * connections (50,000), in one process; prints "ready" and holds them until
 * standard input ends.  Needs a network namespace of its own that it may
 * configure.
 *
 * As many as descriptors allow are accepted, the rest stays in the queue.  The
 * clients leave without a word (TCP_REPAIR), so they cost nothing.
 */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "tcp.h"

enum { PER_ADDRESS = 20000, FIRST_PORT = 20000, SPARE = 100 };

/* Each client has an address and a port that none had before. */
static void connect_and_vanish(uint32_t i, const struct place *to)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(FIRST_PORT + i % PER_ADDRESS))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	need(fd >= 0, "socket");
	from.sin_addr.s_addr = htonl(0x7f100001 + i / PER_ADDRESS);
	need(!bind(fd, (struct sockaddr *)&from, sizeof from), "bind of a client");
	need(!connect(fd, (const struct sockaddr *)&to->sa, to->len), "connect");
	set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	close(fd);
}

/* How many connections the listener's process may accept; raises its limit to what is allowed. */
static uint32_t descriptors(void)
{
	struct rlimit limit;

	need(!getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	need(!setrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur > SPARE, "setrlimit");
	return limit.rlim_cur > UINT32_MAX ? UINT32_MAX : (uint32_t)limit.rlim_cur - SPARE;
}

static void allow_queue(uint32_t n)
{
	FILE *f = fopen("/proc/sys/net/core/somaxconn", "we");

	need(f && fprintf(f, "%" PRIu32 "\n", n) > 0 && !fclose(f), "somaxconn");
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? number(argv[1], 1000000) : 50000;
	uint16_t port = (uint16_t)(argc > 2 ? number(argv[2], UINT16_MAX) : 9877);
	uint32_t accepted = descriptors();
	struct place to = place("127.0.0.1", port);
	int listener;

	loopback_up();
	allow_queue(n);
	listener = tcp_bound("0.0.0.0", port, REUSEADDR);
	need(!listen(listener, (int)n), "listen");
	for (uint32_t i = 0; i < n; i++) {
		connect_and_vanish(i, &to);
		if (i < accepted)
			tcp_accept(listener);
	}
	wait_for_rows(port, 0, TCP_ESTABLISHED, n);
	printf("pid=%ld\nport=%u\ncount=%" PRIu32 "\nready\n", (long)getpid(), port, n);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
