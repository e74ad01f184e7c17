/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the test tools share: TCP sockets in as few words as a situation
 * needs, and waits that ask the kernel whether a state has been reached.
 */
#ifndef TESTS_TCP_H
#define TESTS_TCP_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Options of a socket. */
enum { REUSEADDR = 1, REUSEPORT = 2, V6ONLY = 4 };

/* How long to wait for what must come true, in seconds; the environment's PATIENCE makes it so many times longer. */
static inline int patience_s(void)
{
	const char *times = getenv("PATIENCE");

	return 30 * (times && atoi(times) > 0 ? atoi(times) : 1);
}

struct place {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* Ends the program unless ok. */
static inline void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

/* A number from the command line, 1 to max. */
static inline uint32_t number(const char *text, uint32_t max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	errno = EINVAL;
	need(*text && !*end && n >= 1 && n <= max, text);
	return (uint32_t)n;
}

/* An address text and a port as the kernel takes them. */
static inline struct place place(const char *addr, uint16_t port)
{
	struct place p = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&p.sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&p.sa;

	if (inet_pton(AF_INET, addr, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return p;
	}
	errno = EINVAL;
	need(inet_pton(AF_INET6, addr, &v6->sin6_addr) == 1, addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	p.len = sizeof *v6;
	return p;
}

static inline void set_option(int fd, int level, int name, int value)
{
	need(!setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

/* Sets exactly these options; v6only is set to off too, whatever the host's default is. */
static inline void set_options(int fd, int family, unsigned int options)
{
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, !!(options & REUSEADDR));
	set_option(fd, SOL_SOCKET, SO_REUSEPORT, !!(options & REUSEPORT));
	if (family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !!(options & V6ONLY));
}

static inline void set_device(int fd, const char *device)
{
	need(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)), device);
}

static inline int tcp_bound_on(const char *device, const char *addr, uint16_t port, unsigned int options)
{
	struct place p = place(addr, port);
	int fd = socket(p.sa.ss_family, SOCK_STREAM, 0);

	need(fd >= 0, "socket");
	set_options(fd, p.sa.ss_family, options);
	if (device)
		set_device(fd, device);
	need(!bind(fd, (struct sockaddr *)&p.sa, p.len), "bind");
	return fd;
}

static inline int tcp_bound(const char *addr, uint16_t port, unsigned int options)
{
	return tcp_bound_on(NULL, addr, port, options);
}

static inline int tcp_server(const char *addr, uint16_t port, unsigned int options)
{
	int fd = tcp_bound(addr, port, options);

	need(!listen(fd, 4096), "listen");
	return fd;
}

static inline int tcp_client(const char *addr, uint16_t port)
{
	struct place p = place(addr, port);
	int fd = socket(p.sa.ss_family, SOCK_STREAM, 0);

	need(fd >= 0, "socket");
	need(!connect(fd, (struct sockaddr *)&p.sa, p.len), "connect");
	return fd;
}

static inline int tcp_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);

	need(fd >= 0, "accept");
	return fd;
}

static inline uint16_t local_port(int fd)
{
	struct sockaddr_in6 sa = {0}; /* the port stands in the same place in both families */
	socklen_t len = sizeof sa;

	need(!getsockname(fd, (struct sockaddr *)&sa, &len), "getsockname");
	return ntohs(sa.sin6_port);
}

/* From now on the socket hears nothing: a one-instruction filter drops every segment for it. */
static inline void make_deaf(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {.len = 1, .filter = &drop};

	need(!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), "SO_ATTACH_FILTER");
}

static inline void set_nonblocking(int fd)
{
	need(!fcntl(fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
}

/* It hears again. */
static inline void make_hear(int fd)
{
	int unused = 0;

	need(!setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused), "SO_DETACH_FILTER");
}

/* Between two looks.  Ends the program when nothing has come true for patience_s(). */
static inline void look_again(time_t since, const char *what)
{
	struct timespec pause = {.tv_nsec = 500000};

	errno = ETIMEDOUT;
	need(time(NULL) - since < patience_s(), what);
	nanosleep(&pause, NULL);
}

static inline int tcp_state(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;

	need(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	return info.tcpi_state;
}

static inline void wait_for_state(int fd, int state)
{
	time_t since = time(NULL);

	while (tcp_state(fd) != state)
		look_again(since, "state of a socket");
}

static inline size_t count_rows_in(const char *path, uint16_t port, uint16_t peer, int state)
{
	FILE *f = fopen(path, "re");
	char line[512];
	unsigned int from, to, st;
	size_t n = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%x %x", &from, &to, &st) == 3)
			n += (!port || port == from) && (!peer || peer == to) && (!state || state == (int)st);
	fclose(f);
	return n;
}

/* How many connections and listeners have that local port, that peer's port and that state; 0 is any. */
static inline size_t count_rows(uint16_t port, uint16_t peer, int state)
{
	return count_rows_in("/proc/net/tcp", port, peer, state) + count_rows_in("/proc/net/tcp6", port, peer, state);
}

static inline void wait_for_rows(uint16_t port, uint16_t peer, int state, size_t count)
{
	time_t since = time(NULL);

	while (count_rows(port, peer, state) != count)
		look_again(since, "number of sockets in a state");
}

/* Waits until the one connection from port to peer has this timer (as in /proc/net/tcp) and that many retransmissions. */
static inline void wait_for_timer(uint16_t port, uint16_t peer, unsigned int timer, unsigned int retransmissions)
{
	time_t since = time(NULL);

	for (bool found = false;;) {
		FILE *f = fopen("/proc/net/tcp", "re");
		char line[512];
		unsigned int from, to, kind, times;

		need(f, "/proc/net/tcp");
		while (!found && fgets(line, sizeof line, f))
			found = sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%x %*x %*x:%*x %x:%*x %x", &from, &to, &kind,
			               &times) == 4 &&
			        from == port && to == peer && kind == timer && times >= retransmissions;
		fclose(f);
		if (found)
			return;
		look_again(since, "timer of a socket");
	}
}

/* Brings the loopback device up; where that is not allowed, it is up already or connect() will tell. */
static inline void loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &lo) && !(lo.ifr_flags & IFF_UP)) {
		lo.ifr_flags |= IFF_UP;
		ioctl(fd, SIOCSIFFLAGS, &lo);
	}
	close(fd);
}

#endif
