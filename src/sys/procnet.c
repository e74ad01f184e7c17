/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets from /proc/net/tcp and tcp6 (udp and udp6), for where netlink is refused.  Lines:
 * get_tcp4_sock(), get_timewait4_sock(), get_openreq4() in net/ipv4/tcp_ipv4.c
 * and their like in net/ipv6/tcp_ipv6.c, alike from 5.4 to 7.1.  Neither
 * bound-only sockets nor cookie, device, cgroup, v6only, shutdown or a
 * listener's limit are there.
 */
#include "sys/procnet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Lines have 150 (tcp) to 190 (tcp6) bytes; timers are in USER_HZ, which is 100 on all machines but the Alpha. */
enum { LINE_BYTES = 512, MS_PER_TICK = 10 };

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* A number of any width after optional spaces, and the byte that must follow it; at most max. */
static bool number(const char **p, int base, uint64_t max, char after, uint64_t *n)
{
	const char *s = *p + strspn(*p, " "), *first = s;
	uint64_t v = 0;

	for (; digit_of(*s) < base; s++) {
		v = v * (uint64_t)base + (uint64_t)digit_of(*s);
		if (v > max)
			return false;
	}
	if (s == first || *s != after)
		return false;
	*p = s + 1;
	*n = v;
	return true;
}

/* One address as words of eight digits, each in the byte order of this machine, and a port. */
static bool endpoint(const char **p, int family, struct addr *a, uint16_t *port)
{
	uint64_t n;

	*a = (struct addr){.family = (uint8_t)family};
	*p += strspn(*p, " ");
	for (size_t i = 0, words = family == AF_INET ? 1 : 4; i < words; i++) {
		uint32_t word = 0;

		for (int k = 0; k < 8; k++, ++*p) {
			if (digit_of(**p) > 15)
				return false;
			word = word << 4 | (uint32_t)digit_of(**p);
		}
		memcpy(a->b + 4 * i, &word, sizeof word);
	}
	if (*(*p)++ != ':' || !number(p, 16, UINT16_MAX, ' ', &n))
		return false;
	*port = (uint16_t)n;
	return true;
}

static int32_t milliseconds(uint8_t timer, uint64_t ticks)
{
	if (timer == TIMER_NONE)
		return -1;
	return ticks > INT32_MAX / MS_PER_TICK ? INT32_MAX : (int32_t)(ticks * MS_PER_TICK);
}

/*
 * Reads one line of /proc/net/tcp (family AF_INET) or tcp6 (AF_INET6) into *s;
 * pure.  False, with *s undefined, for the heading and for whatever else is not
 * a whole line.  Times in milliseconds; the uid of minisockets and half-open
 * requests is unknown as in inet_diag_parse().
 */
bool procnet_parse(const char *line, int family, struct sock *s)
{
	uint64_t slot, state, send, receive, timer, ticks, retransmits, uid, probes, inode;
	const char *p = line;

	*s = (struct sock){.count = 1, .ifindex = IFINDEX_UNKNOWN};
	if (!number(&p, 10, UINT32_MAX, ':', &slot) || !endpoint(&p, family, &s->local, &s->port) ||
	    !endpoint(&p, family, &s->peer, &s->peer_port) || !number(&p, 16, UINT8_MAX, ' ', &state) ||
	    !number(&p, 16, UINT32_MAX, ':', &send) || !number(&p, 16, UINT32_MAX, ' ', &receive) ||
	    !number(&p, 16, UINT8_MAX, ':', &timer) || !number(&p, 16, UINT32_MAX, ' ', &ticks) ||
	    !number(&p, 16, UINT32_MAX, ' ', &retransmits) || !number(&p, 10, UINT32_MAX, ' ', &uid) ||
	    !number(&p, 10, UINT32_MAX, ' ', &probes) || !number(&p, 10, UINT32_MAX, ' ', &inode))
		return false;
	if (timer == TIMER_KEEPALIVE || timer == TIMER_PROBE)
		retransmits = probes;
	s->state = (uint8_t)state;
	s->timer = (uint8_t)timer;
	s->retransmits = retransmits > UINT8_MAX ? UINT8_MAX : (uint8_t)retransmits;
	s->send_queue = (uint32_t)send;
	s->receive_queue = (uint32_t)receive;
	s->expires_ms = milliseconds(s->timer, ticks);
	s->inode = (uint32_t)inode;
	s->uid = sock_is_minisocket(s) || sock_is_half_open(s) ? UID_UNKNOWN : (uint32_t)uid;
	s->v6only = family == AF_INET || addr_is_mapped(&s->local) ? NO : UNKNOWN;
	return true;
}

typedef void taker(const struct sock *s, void *arg);

/* Every line must be whole and understood: what is skipped would count as not there. */
struct table {
	const char *path;
	enum proto proto;
	int family;
};

static int read_lines(FILE *f, const struct table *t, uint16_t port, taker *take, void *arg)
{
	char line[LINE_BYTES];
	struct sock s;

	if (!fgets(line, sizeof line, f) || !strstr(line, "local_address"))
		return ferror(f) ? -errno : -EBADMSG;
	while (fgets(line, sizeof line, f)) {
		if (!strchr(line, '\n') || !procnet_parse(line, t->family, &s))
			return -EBADMSG;
		s.proto = (uint8_t)t->proto;
		if (!port || s.port == port)
			take(&s, arg);
	}
	return ferror(f) ? -errno : 0;
}

static int read_table(int procfd, const struct table *t, uint16_t port, taker *take, void *arg)
{
	int fd = openat(procfd, t->path, O_RDONLY | O_CLOEXEC), err;
	FILE *f;

	if (fd < 0)
		return -errno;
	f = fdopen(fd, "r");
	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	err = read_lines(f, t, port, take, arg);
	fclose(f);
	return err;
}

/*
 * Hands every socket of that protocol with that local port (0: any) in the two
 * tables below procfd to take, in their order.  A missing table of IPv6 (a host
 * without it) is no error.  Returns 0, or -errno (-EBADMSG: a line was not
 * understood): those handed over are real, but others may be missing.
 */
int procnet_ask(int procfd, enum proto proto, uint16_t port, void (*take)(const struct sock *s, void *arg), void *arg)
{
	static const struct table tables[PROTOS][2] = {
	    [PROTO_TCP] = {{"net/tcp", PROTO_TCP, AF_INET}, {"net/tcp6", PROTO_TCP, AF_INET6}},
	    [PROTO_UDP] = {{"net/udp", PROTO_UDP, AF_INET}, {"net/udp6", PROTO_UDP, AF_INET6}},
	};
	int err = read_table(procfd, &tables[proto][0], port, take, arg);

	if (err)
		return err;
	err = read_table(procfd, &tables[proto][1], port, take, arg);
	return err == -ENOENT ? 0 : err;
}
