/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manytw [N [PORT]]: N sockets (100,000) in TIME_WAIT on one local port (9877).
 * Prints "ready" when they are there.  Each line of standard input gives all of
 * them 60 seconds again, answered by another "ready"; its end ends the program.
 * Needs a network namespace of its own that it may configure.
 *
 * Only the server's end of a connection exists, so that a million takes less than
 * their 60 seconds.  TCP_REPAIR opens it without a handshake, shutdown() under
 * TCP_REPAIR leaves the FIN unsent, and a raw packet is the peer that acknowledges
 * that FIN and sends its own: from there on the kernel's way into TIME_WAIT is the
 * usual one.  Nobody answers for the peer, hence tcp_rfc1337: a reset ends nothing.
 */
#define _GNU_SOURCE
#include <netinet/ip.h>
#include <pthread.h>

#include "tcp.h"

/* Ports of peers are of the range that connect() takes them from. */
enum { WORKERS = 2, BATCH = 200, FIRST_PORT = 32768, PER_ADDRESS = 28000, RENEW_S = 20 };

/* Without TCP_QUEUE_SEQ the numbers of both ends begin with 0; the FIN of each takes one. */
enum { PEER_FIN = 0, AFTER_PEER_FIN = 1, AFTER_OUR_FIN = 1 };

struct worker {
	struct place local;
	uint32_t number, count, made;
	int raw;
};

struct packet {
	struct iphdr ip;
	struct tcphdr tcp;
};

static struct sockaddr_in peer(const struct worker *w, uint32_t i)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)(FIRST_PORT + i % PER_ADDRESS)),
	    .sin_addr.s_addr = htonl(0x7f100001 + (w->number << 16) + i / PER_ADDRESS),
	};
}

/* The Internet checksum (RFC 1071) of the TCP header and what stands for the IP header before it. */
static uint16_t tcp_checksum(const struct packet *p)
{
	uint16_t words[6 + sizeof p->tcp / 2] = {[4] = htons(IPPROTO_TCP), [5] = htons(sizeof p->tcp)};
	uint32_t sum = 0;

	memcpy(words, &p->ip.saddr, 8);
	memcpy(words + 6, &p->tcp, sizeof p->tcp);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* What peer i says: an ACK of our FIN, and its own FIN with it or behind it. */
static void say(const struct worker *w, uint32_t i, bool fin)
{
	const struct sockaddr_in *to = (const struct sockaddr_in *)&w->local.sa;
	struct sockaddr_in from = peer(w, i);
	struct packet p = {
	    .ip = {.version = 4, .ihl = sizeof p.ip / 4, .ttl = 64, .protocol = IPPROTO_TCP},
	    .tcp = {.doff = sizeof p.tcp / 4, .ack = 1, .fin = fin, .window = htons(UINT16_MAX)},
	};

	p.ip.saddr = from.sin_addr.s_addr;
	p.ip.daddr = to->sin_addr.s_addr;
	p.tcp.source = from.sin_port;
	p.tcp.dest = to->sin_port;
	p.tcp.seq = htonl(fin ? PEER_FIN : AFTER_PEER_FIN);
	p.tcp.ack_seq = htonl(AFTER_OUR_FIN);
	p.tcp.check = tcp_checksum(&p);
	need(sendto(w->raw, &p, sizeof p, 0, (const struct sockaddr *)to, sizeof *to) == sizeof p, "sendto");
}

/* A connection with peer i in FIN_WAIT_1.  Its socket has no SO_REUSEADDR, though TCP_REPAIR binds as if it had. */
static int half_closed(const struct worker *w, uint32_t i)
{
	struct sockaddr_in to = peer(w, i);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	need(fd >= 0, "socket");
	set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	set_option(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE);
	need(!bind(fd, (const struct sockaddr *)&w->local.sa, w->local.len), "bind");
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 0);
	need(!connect(fd, (struct sockaddr *)&to, sizeof to), "connect");
	need(!shutdown(fd, SHUT_WR), "shutdown");
	return fd;
}

/* An ACK that a TIME_WAIT gets, as if it had been late, starts its 60 seconds again. */
static void *renew(void *arg)
{
	const struct worker *w = arg;

	for (uint32_t i = 0; i < w->made; i++)
		say(w, i, false);
	return NULL;
}

static void make_batch(struct worker *w)
{
	uint32_t n = w->count - w->made < BATCH ? w->count - w->made : BATCH;
	int fds[BATCH];

	for (uint32_t i = 0; i < n; i++) {
		fds[i] = half_closed(w, w->made + i);
		say(w, w->made + i, true);
	}
	for (uint32_t i = 0; i < n; i++) {
		wait_for_state(fds[i], TCP_CLOSE); /* of the descriptor: TIME_WAIT has none */
		close(fds[i]);
	}
	w->made += n;
}

/* Slow machines keep the first ones too. */
static void *make(void *arg)
{
	struct worker *w = arg;
	time_t renewed = time(NULL);

	while (w->made < w->count) {
		make_batch(w);
		if (time(NULL) - renewed > RENEW_S) {
			renew(w);
			renewed = time(NULL);
		}
	}
	return NULL;
}

static void run_workers(void *(*what)(void *), struct worker workers[static WORKERS])
{
	pthread_t threads[WORKERS];

	for (uint32_t i = 0; i < WORKERS; i++) {
		errno = pthread_create(&threads[i], NULL, what, &workers[i]);
		need(!errno, "pthread_create");
	}
	for (uint32_t i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
}

/* How many sockets of this namespace are in TIME_WAIT. */
static uint32_t time_waits(void)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	uint32_t n = 0;
	char line[256];

	need(f, "/proc/net/sockstat");
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "TCP: inuse %*u orphan %*u tw %" SCNu32, &n) == 1)
			break;
	fclose(f);
	return n;
}

static void ready(uint32_t n)
{
	uint32_t there = time_waits();
	char what[64];

	snprintf(what, sizeof what, "%" PRIu32 " of %" PRIu32 " in TIME_WAIT", there, n);
	errno = ETIME;
	need(there == n, what);
	printf("ready\n");
	fflush(stdout);
}

static void set_sysctl(const char *name, uint32_t value)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", name);
	f = fopen(path, "we");
	need(f && fprintf(f, "%" PRIu32 "\n", value) > 0 && !fclose(f), name);
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? number(argv[1], 2000000) : 100000;
	uint16_t port = (uint16_t)(argc > 2 ? number(argv[2], UINT16_MAX) : 9877);
	struct worker workers[WORKERS];
	int plain[WORKERS];

	loopback_up();
	set_sysctl("tcp_max_tw_buckets", n + 1000);
	set_sysctl("tcp_rfc1337", 1);
	for (uint32_t i = 0; i < WORKERS; i++) {
		char addr[16];

		snprintf(addr, sizeof addr, "127.0.0.%" PRIu32, i + 1);
		workers[i] = (struct worker){.local = place(addr, port), .number = i, .count = n / WORKERS + (i < n % WORKERS)};
		workers[i].raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
		need(workers[i].raw >= 0, "raw socket");
		plain[i] = tcp_bound(addr, port, 0); /* or the kernel would note that all on the port have SO_REUSEADDR */
	}
	run_workers(make, workers);
	for (uint32_t i = 0; i < WORKERS; i++)
		close(plain[i]);
	printf("pid=%ld\nport=%u\ncount=%" PRIu32 "\n", (long)getpid(), port, n);
	ready(n);
	for (int c; (c = getchar()) != EOF;)
		if (c == '\n') {
			run_workers(renew, workers);
			ready(n);
		}
	return 0;
}
