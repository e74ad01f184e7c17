/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way to a host, and the source address that the kernel would choose: a UDP
 * socket is connected, which sends nothing, and asked for its ends.  It takes
 * the same steps as TCP (ip4_datagram_connect() and tcp_v4_connect() both go
 * through ip_route_connect(), those of IPv6 through ip6_dst_lookup_flow()), on
 * the device and from the address of the target.
 */
#define _GNU_SOURCE
#include "sys/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/probe.h"

static int set(int fd, int level, int name, int on)
{
	return setsockopt(fd, level, name, &on, sizeof on) ? -errno : 0;
}

/* Bound to the target's address with no port: it enters no table and collides with nobody. */
static int bind_address(int fd, const struct target *target)
{
	struct sockaddr_storage here;
	socklen_t len = probe_sockaddr(&here, &target->addr, 0, target->ifindex);
	int err = set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);

	if (err)
		return err;
	return bind(fd, (const struct sockaddr *)&here, len) ? -errno : 0;
}

/* A UDP socket on the device and address of the target.  Its descriptor or -errno. */
static int open_socket(const struct request *request)
{
	const struct target *target = &request->target;
	int fd = socket(request->to.family, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (request->to.family == AF_INET6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, request->v6only);
	if (!err)
		err = probe_set_device(fd, &target->addr, target);
	if (!err && target->addr.family && !addr_is_any(&target->addr))
		err = bind_address(fd, target);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static bool is_multicast(const struct addr *a)
{
	const uint8_t *v4 = a->family == AF_INET ? a->b : a->b + 12;

	if (a->family == AF_INET6 && !addr_is_mapped(a))
		return a->b[0] == 0xff;
	return (v4[0] & 0xf0) == 0xe0;
}

/*
 * What connect() says.  TCP goes to no multicast or broadcast address (tcp_v4_connect(),
 * tcp_v6_connect()); UDP does, to a broadcast one if it has SO_BROADCAST.
 */
static int try_connect(int fd, const struct request *request)
{
	struct sockaddr_storage there;
	uint32_t scope = request->to_ifindex ? request->to_ifindex : request->target.ifindex;
	socklen_t len = probe_sockaddr(&there, &request->to, request->to_port, scope);
	bool tcp = request->target.proto == PROTO_TCP;
	int err;

	if (tcp && is_multicast(&request->to))
		return ENETUNREACH;
	err = connect(fd, (const struct sockaddr *)&there, len) ? errno : 0;
	if (err == EACCES && tcp && !set(fd, SOL_SOCKET, SO_BROADCAST, 1) &&
	    !connect(fd, (const struct sockaddr *)&there, len))
		return ENETUNREACH;
	return err;
}

static struct addr end_of(int fd, int (*ask)(int fd, struct sockaddr *sa, socklen_t *len))
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof sa;
	struct addr a = {0};

	if (ask(fd, (struct sockaddr *)&sa, &len))
		return a;
	a.family = (uint8_t)sa.ss_family;
	if (a.family == AF_INET)
		memcpy(a.b, &((const struct sockaddr_in *)&sa)->sin_addr, 4);
	else
		memcpy(a.b, &((const struct sockaddr_in6 *)&sa)->sin6_addr, 16);
	return a;
}

/* The two declare their argument as a union of pointers. */
static int own_end(int fd, struct sockaddr *sa, socklen_t *len)
{
	return getsockname(fd, sa, len);
}

static int other_end(int fd, struct sockaddr *sa, socklen_t *len)
{
	return getpeername(fd, sa, len);
}

/*
 * Asks for the way to request->to.  Returns 0: *route says what connect() gets
 * before it looks at any socket, and if that is nothing, the two ends.  0 with
 * asked false where the target's address is not on this host (bind() tells why).
 * -errno if it could not be asked.
 */
int route_ask(const struct request *request, struct route *route)
{
	int fd = open_socket(request);

	*route = (struct route){0};
	if (fd == -EADDRNOTAVAIL || fd == -EINVAL || fd == -EAFNOSUPPORT)
		return 0;
	if (fd < 0)
		return fd;
	route->asked = true;
	route->err = try_connect(fd, request);
	if (!route->err) {
		route->from = end_of(fd, own_end);
		route->to = end_of(fd, other_end);
	}
	close(fd);
	return 0;
}
