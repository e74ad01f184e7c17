/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bind() of our own, undone at once: the only look that is exact for
 * everything, also for what no table shows (the options of a dead connection's
 * owner, what a port remembers of SO_REUSEPORT, a BPF hook).  It never listens
 * and sends nothing.
 */
#define _GNU_SOURCE
#include "sys/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t fill(struct sockaddr_storage *to, const struct addr *addr, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){.ss_family = addr->family};
	if (addr->family == AF_INET6) {
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, addr->b, sizeof v6->sin6_addr);
		return sizeof *v6;
	}
	v4->sin_port = htons(port);
	memcpy(&v4->sin_addr, addr->b, sizeof v4->sin_addr);
	return sizeof *v4;
}

/* A TCP socket that is not v6only, whatever net.ipv6.bindv6only says.  Its descriptor or -errno. */
static int open_socket(uint8_t family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP), off = 0, err;

	if (fd < 0)
		return -errno;
	if (family != AF_INET6 || !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof on) ? -errno : 0;
}

static int bind_to(int fd, const struct addr *addr, uint16_t port)
{
	struct sockaddr_storage to;
	socklen_t len = fill(&to, addr, port);

	return bind(fd, (const struct sockaddr *)&to, len) ? errno : 0;
}

/*
 * Binds a TCP socket with the options of mix, IPV6_V6ONLY off, to the address
 * and port (not 0), and closes it; the port is taken for that moment.  Returns
 * 0 if the bind was tried: *err is then 0 or its errno.  -errno if it could not
 * be tried (no descriptor, no such family).
 */
int probe_bind(const struct addr *addr, uint16_t port, const struct mix *mix, int *err)
{
	int fd = open_socket(addr->family), failed;

	if (fd < 0)
		return fd;
	failed = set(fd, SOL_SOCKET, SO_REUSEADDR, mix->reuseaddr);
	if (!failed)
		failed = set(fd, SOL_SOCKET, SO_REUSEPORT, mix->reuseport);
	if (!failed)
		*err = bind_to(fd, addr, port);
	close(fd);
	return failed;
}

/*
 * Tries the address alone: with IP_BIND_ADDRESS_NO_PORT (4.2) and port 0,
 * bind() makes every check of the address and takes no port, so the socket
 * enters no table, collides with nobody and needs no privilege (__inet_bind(),
 * __inet6_bind(); 5.4 to 7.1).  Returns and *err as above.
 */
int probe_address(const struct addr *addr, int *err)
{
	int fd = open_socket(addr->family), failed;

	if (fd < 0)
		return fd;
	failed = set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (!failed)
		*err = bind_to(fd, addr, 0);
	close(fd);
	return failed;
}
