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
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Writes an address and port as the kernel takes them; ifindex is the scope of a link-local one.  Returns the length. */
socklen_t probe_sockaddr(struct sockaddr_storage *to, const struct addr *addr, uint16_t port, uint32_t ifindex)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){.ss_family = addr->family};
	if (addr->family == AF_INET6) {
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, addr->b, sizeof v6->sin6_addr);
		v6->sin6_scope_id = addr_is_link_local(addr) ? ifindex : 0;
		return sizeof *v6;
	}
	v4->sin_port = htons(port);
	memcpy(&v4->sin_addr, addr->b, sizeof v4->sin_addr);
	return sizeof *v4;
}

static int set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof on) ? -errno : 0;
}

/*
 * The device of the target.  A link-local address brings it along (sin6_scope_id);
 * SO_BINDTODEVICE needs CAP_NET_RAW before Linux 5.7.  0 or -errno.
 */
int probe_set_device(int fd, const struct addr *addr, const struct target *target)
{
	if (!target->ifindex || addr_is_link_local(addr))
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, target->device, (socklen_t)strlen(target->device)))
		return -errno;
	return 0;
}

/* A socket of the target's protocol bound to its device, v6only as told, whatever net.ipv6.bindv6only says.  Its descriptor or -errno. */
static int open_socket(const struct addr *addr, const struct target *target, bool v6only)
{
	int type = target->proto == PROTO_UDP ? SOCK_DGRAM : SOCK_STREAM, err = 0;
	int fd = socket(addr->family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (addr->family == AF_INET6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only);
	if (!err)
		err = probe_set_device(fd, addr, target);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int bind_to(int fd, const struct addr *addr, uint16_t port, uint32_t ifindex)
{
	struct sockaddr_storage to;
	socklen_t len = probe_sockaddr(&to, addr, port, ifindex);

	return bind(fd, (const struct sockaddr *)&to, len) ? errno : 0;
}

static int try_bind(const struct request *request, const struct addr *addr, const struct mix *mix, int *err)
{
	const struct target *t = &request->target;
	int fd = open_socket(addr, t, request->v6only), failed;

	if (fd < 0)
		return fd;
	failed = set(fd, SOL_SOCKET, SO_REUSEADDR, mix->reuseaddr);
	if (!failed)
		failed = set(fd, SOL_SOCKET, SO_REUSEPORT, mix->reuseport);
	if (!failed)
		*err = bind_to(fd, addr, t->port, t->ifindex);
	close(fd);
	return failed;
}

/* What the child tells: whether the bind was tried (0 or -errno), and its errno. */
struct told {
	int failed, err;
};

/* In a child of ours: becomes that user for good (with its capabilities gone, unless it is root) and tries. */
static void try_as(const struct request *request, const struct addr *addr, const struct mix *mix, int to)
{
	struct told told = {0};

	if (setresuid(request->uid, request->uid, request->uid))
		told.failed = -errno;
	else
		told.failed = try_bind(request, addr, mix, &told.err);
	if (write(to, &told, sizeof told) != sizeof told)
		_exit(1);
	_exit(0);
}

/* As another user: only root can, in a child, so that we stay who we are. */
static int try_as_user(const struct request *request, const struct addr *addr, const struct mix *mix, int *err)
{
	struct told told = {.failed = -ECHILD};
	int ends[2];
	pid_t pid;

	if (geteuid())
		return -EPERM;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		try_as(request, addr, mix, ends[1]);
	if (pid < 0)
		told.failed = -errno;
	close(ends[1]);
	if (pid > 0 && read(ends[0], &told, sizeof told) != sizeof told)
		told.failed = -ECHILD;
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!told.failed)
		*err = told.err;
	return told.failed;
}

/*
 * Binds a TCP socket to the address and the request's port (0: any that the kernel picks), with the
 * options of mix and the v6only, device and user of the request, and closes it;
 * the port is taken for that moment.  Returns 0 if the bind was tried: *err is
 * then 0 or its errno.  -errno if it could not be tried: no descriptor, no such
 * family, -EPERM where we may not become that user or bind to the device.
 */
int probe_bind(const struct request *request, const struct addr *addr, const struct mix *mix, int *err)
{
	if (request->as_user && request->uid != geteuid())
		return try_as_user(request, addr, mix, err);
	return try_bind(request, addr, mix, err);
}

/*
 * Tries the address alone: with IP_BIND_ADDRESS_NO_PORT (4.2) and port 0,
 * bind() makes every check of the address and takes no port, so the socket
 * enters no table, collides with nobody and needs no privilege (__inet_bind(),
 * __inet6_bind(); 5.4 to 7.1).  On the device of the target, which IPv6 looks
 * at too.  Returns and *err as above.
 */
int probe_address(const struct addr *addr, const struct target *target, int *err)
{
	int fd = open_socket(addr, target, false), failed;

	if (fd < 0)
		return fd;
	failed = set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (!failed)
		*err = bind_to(fd, addr, 0, target->ifindex);
	close(fd);
	return failed;
}
