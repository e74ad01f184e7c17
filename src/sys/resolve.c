/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names into numbers, by the databases that the system has for them (nsswitch.conf(5)) and the kernel's devices. */
#define _GNU_SOURCE
#include "sys/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"

static struct addr addr_of(const struct sockaddr *sa)
{
	struct addr a = {.family = (uint8_t)sa->sa_family};

	if (sa->sa_family == AF_INET)
		memcpy(a.b, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	else
		memcpy(a.b, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	return a;
}

static bool is_known(const struct addr *addrs, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&addrs[i], a))
			return true;
	return false;
}

/*
 * The addresses of a host of that family (0: all), each once, in the order of
 * the resolver; *addrs is to be freed.  0 if there is none: *why says so.
 */
size_t resolve_host(const char *name, int family, struct addr **addrs, const char **why)
{
	const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int err = getaddrinfo(name, NULL, &hints, &list);
	size_t n = 0;

	*addrs = NULL;
	*why = err ? gai_strerror(err) : "the name has no address";
	for (struct addrinfo *i = err ? NULL : list; i; i = i->ai_next) {
		struct addr a;

		if (i->ai_family != AF_INET && i->ai_family != AF_INET6)
			continue;
		a = addr_of(i->ai_addr);
		if (is_known(*addrs, n, &a))
			continue;
		*addrs = xgrow(*addrs, n, sizeof **addrs);
		(*addrs)[n++] = a;
	}
	if (!err)
		freeaddrinfo(list);
	return n;
}

/* The port of a service of that protocol (services(5)).  False if there is none of that name. */
bool resolve_service(const char *name, enum proto proto, uint16_t *port)
{
	const struct servent *s = getservbyname(name, sock_proto_name(proto));

	if (!s || !s->s_port)
		return false;
	*port = ntohs((uint16_t)s->s_port);
	return true;
}

/* A number without sign or blank, below UINT32_MAX (which means "none" for uids and devices alike). */
static bool number(const char *text, uint32_t *n)
{
	unsigned long long value;

	if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 10)
		return false;
	value = strtoull(text, NULL, 10);
	*n = (uint32_t)value;
	return value < UINT32_MAX;
}

/* A network device of this namespace by its name or, as in fe80::1%2, its number.  out: its name.  False if there is none. */
bool resolve_device(const char *name, uint32_t *ifindex, char out[static DEVICE_TEXT])
{
	char found[IF_NAMESIZE];

	*ifindex = if_nametoindex(name);
	if (!*ifindex && !(number(name, ifindex) && *ifindex))
		return false;
	if (!if_indextoname(*ifindex, found))
		return false;
	memcpy(out, found, DEVICE_TEXT);
	return true;
}

/* A user by name, or by number whether anybody has it or not.  False if there is none of that name. */
bool resolve_user(const char *name, uint32_t *uid)
{
	const struct passwd *p = getpwnam(name);

	if (p)
		*uid = p->pw_uid;
	return p || number(name, uid);
}
