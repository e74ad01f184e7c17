/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manytw [N [PORT]]: N sockets (100,000) in TIME_WAIT on one local port (9877);
 * takes a few seconds; prints "ready" and holds the namespace until standard
 * input ends.  Needs a network namespace of its own that it may configure.
 *
 * Two workers, each with a listener on an address of its own (127.0.0.1 and
 * 127.0.0.2), clients from many addresses 127.x.y.z, the server closes first.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "tcp.h"

enum { WORKERS = 2, BATCH = 200 };

struct worker {
	uint32_t number, first, count;
	char addr[16];
	uint16_t port;
	int listener;
};

/* Connects from 127.(16 + worker).x.y; the port is chosen at connect(), so that addresses share none. */
static int client_from(uint32_t worker, uint32_t i, const struct place *to)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	need(fd >= 0, "socket");
	from.sin_addr.s_addr = htonl(0x7f100001 + (worker << 16) + i / BATCH);
	set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	need(!bind(fd, (struct sockaddr *)&from, sizeof from), "bind of a client");
	need(!connect(fd, (const struct sockaddr *)&to->sa, to->len), "connect");
	return fd;
}

static void *work(void *arg)
{
	const struct worker *w = arg;
	struct place to = place(w->addr, w->port);
	int clients[BATCH], servers[BATCH];

	for (uint32_t done = 0, n; done < w->count; done += n) {
		n = w->count - done < BATCH ? w->count - done : BATCH;
		for (uint32_t i = 0; i < n; i++) {
			clients[i] = client_from(w->number, w->first + done + i, &to);
			servers[i] = tcp_accept(w->listener);
		}
		for (uint32_t i = 0; i < n; i++)
			close(servers[i]);
		for (uint32_t i = 0; i < n; i++) {
			wait_for_state(clients[i], TCP_CLOSE_WAIT);
			close(clients[i]);
		}
	}
	return NULL;
}

/* How many sockets of this namespace are in TIME_WAIT; waits until only the listeners are left beside them. */
static uint32_t time_waits(void)
{
	time_t since = time(NULL);
	uint32_t inuse = UINT32_MAX, n = 0;
	char line[256];

	while (inuse > WORKERS) {
		FILE *f = fopen("/proc/net/sockstat", "re");

		need(f, "/proc/net/sockstat");
		while (fgets(line, sizeof line, f))
			if (sscanf(line, "TCP: inuse %" SCNu32 " orphan %*u tw %" SCNu32, &inuse, &n) == 2)
				break;
		fclose(f);
		if (inuse > WORKERS)
			look_again(since, "end of the clients");
	}
	return n;
}

static void open_listeners(struct worker workers[static WORKERS], uint16_t port)
{
	for (uint32_t i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){.number = i, .port = port};
		snprintf(workers[i].addr, sizeof workers[i].addr, "127.0.0.%" PRIu32, i + 1);
		workers[i].listener = tcp_server(workers[i].addr, port, 0);
	}
}

/* Adds n, from client addresses that were not used before. */
static void run_workers(struct worker workers[static WORKERS], uint32_t n)
{
	pthread_t threads[WORKERS];

	for (uint32_t i = 0; i < WORKERS; i++) {
		workers[i].first += workers[i].count + BATCH;
		workers[i].count = n / WORKERS + (i < n % WORKERS);
		errno = pthread_create(&threads[i], NULL, work, &workers[i]);
		need(!errno, "pthread_create");
	}
	for (uint32_t i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
}

static void raise_limit(uint32_t n)
{
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_max_tw_buckets", "we");

	need(f && fprintf(f, "%" PRIu32 "\n", n * 2 + 1000) > 0 && !fclose(f), "tcp_max_tw_buckets");
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? number(argv[1], 2000000) : 100000;
	uint16_t port = (uint16_t)(argc > 2 ? number(argv[2], UINT16_MAX) : 9877);
	struct worker workers[WORKERS];

	loopback_up();
	raise_limit(n);
	open_listeners(workers, port);
	/* Some may be ended at once by a repeated FIN (see situation.c): what is missing is made again. */
	for (uint32_t have = 0; have < n; have = time_waits())
		run_workers(workers, n - have);
	for (uint32_t i = 0; i < WORKERS; i++)
		close(workers[i].listener);
	printf("pid=%ld\nport=%u\ncount=%" PRIu32 "\nready\n", (long)getpid(), port, n);
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
