/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets, and what the kernel says of a wish. */
#define _GNU_SOURCE
#include "tests/diff/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

/* Whose the next socket is: that of the second user (1), or ours.  A socket's uid is the maker's fsuid. */
void sockets_be(unsigned int user)
{
	static unsigned int now;

	if (now != user)
		setfsuid(user ? SECOND_UID : geteuid());
	now = user;
}

/* A link-local address brings its device along. */
socklen_t sockets_address(struct sockaddr_storage *to, const char *text, uint16_t port, unsigned int device)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof *to);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof *v4;
	}
	inet_pton(AF_INET6, text, &v6->sin6_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	if (device && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
		v6->sin6_scope_id = if_nametoindex(device_names[device]);
	return sizeof *v6;
}

static int set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof on) ? errno : 0;
}

/* Sets what differs from a new socket's state; returns 0 or an errno. */
int sockets_mix(int fd, unsigned int mix)
{
	int err = set(fd, SOL_SOCKET, SO_REUSEADDR, mixes[mix].reuseaddr);

	return err ? err : set(fd, SOL_SOCKET, SO_REUSEPORT, mixes[mix].reuseport);
}

static int dress(int fd, const struct wish *w, int family, unsigned int mix)
{
	int err = mix ? sockets_mix(fd, mix) : 0;

	if (!err && family == AF_INET6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, w->v6only);
	if (!err && w->device &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device_names[w->device], (socklen_t)strlen(device_names[w->device])))
		err = errno;
	return err;
}

/* A socket with the options of w, for an address of that text; -1 and errno if there is none. */
int sockets_open(const struct wish *w, const char *text, unsigned int mix)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET, type = w->proto == PROTO_UDP ? SOCK_DGRAM : SOCK_STREAM, fd, err;

	sockets_be(w->user);
	fd = socket(family, type | SOCK_CLOEXEC, 0);
	sockets_be(0);
	if (fd < 0)
		return -1;
	err = dress(fd, w, family, mix);
	if (!err)
		return fd;
	close(fd);
	errno = err;
	return -1;
}

int sockets_bind(int fd, const char *text, uint16_t port, unsigned int device)
{
	struct sockaddr_storage to;
	socklen_t len = sockets_address(&to, text, port, device);

	return bind(fd, (struct sockaddr *)&to, len) ? errno : 0;
}

/* The real thing: socket(), setsockopt(), bind(), and for TCP listen().  It is closed again. */
struct truth truth_ask(const struct wish *w, const struct addr *addr, unsigned int mix, uint16_t port)
{
	char text[ADDR_TEXT];
	struct truth t = {0};
	int fd;

	addr_format(addr, text);
	fd = sockets_open(w, text, mix);
	if (fd < 0)
		return (struct truth){.bind = errno};
	t.bind = sockets_bind(fd, text, port, w->device);
	if (!t.bind && w->proto == PROTO_TCP && listen(fd, 8))
		t.listen = errno;
	close(fd);
	return t;
}
