/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP sockets of the kernel's own: an interface that carries frames in UDP opens
 * one on its port (udp_sock_create()), which has an inode and no descriptor
 * anywhere.  Which interface that is rtnetlink tells, by kind and port
 * (vxlan_fill_info(), geneve_fill_info(), bareudp_fill_info()); of WireGuard the
 * kind alone, its port takes another conversation and CAP_NET_ADMIN.
 */
#include "sys/tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "sys/attr.h"
#include "sys/netlink.h"

#ifndef IFLA_BAREUDP_MAX
enum { IFLA_BAREUDP_PORT = 1 };
#endif

/* port 0: not told. */
static const struct kind {
	const char *name;
	uint16_t port;
} kinds[] = {
    {"vxlan", IFLA_VXLAN_PORT}, {"geneve", IFLA_GENEVE_PORT}, {"bareudp", IFLA_BAREUDP_PORT}, {"wireguard", 0}};

static const struct kind *kind_of(struct attributes info)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (attr_says(info, IFLA_INFO_KIND, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* A port in network order. */
static bool is_on(struct attributes data, uint16_t type, uint16_t port)
{
	struct attributes value = attr_inside(attr_find(data, type));
	uint16_t theirs;

	if (value.len < sizeof theirs)
		return false;
	memcpy(&theirs, value.at, sizeof theirs);
	return ntohs(theirs) == port;
}

/*
 * Takes one RTM_NEWLINK (nlmsg_len bytes at h, of which at least the header is
 * there) if it is an interface that receives on that UDP port, or may; pure.  What
 * is certain displaces what may be.  False if the record is too short or no link.
 */
bool tunnel_parse(const struct nlmsghdr *h, uint16_t port, struct tunnel *t)
{
	const size_t fixed = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	struct attributes all, info, name;
	const struct kind *kind;
	bool certain;

	if (h->nlmsg_type != RTM_NEWLINK || h->nlmsg_len < fixed)
		return false;
	all = (struct attributes){(const char *)h + fixed, h->nlmsg_len - fixed};
	info = attr_inside(attr_find(all, IFLA_LINKINFO));
	name = attr_inside(attr_find(all, IFLA_IFNAME));
	kind = kind_of(info);
	certain = kind && kind->port && is_on(attr_inside(attr_find(info, IFLA_INFO_DATA)), kind->port, port);
	if (!kind || t->certain || (kind->port && !certain) || !name.len || name.len > sizeof t->name)
		return true;
	*t = (struct tunnel){.kind = kind->name, .certain = certain};
	memcpy(t->name, name.at, name.len - 1);
	return true;
}

struct search {
	uint16_t port;
	struct tunnel *t;
};

static int take_link(const struct nlmsghdr *h, void *arg)
{
	const struct search *search = arg;

	return tunnel_parse(h, search->port, search->t) ? 0 : -EBADMSG;
}

/*
 * Looks for an interface of this network namespace that receives on the UDP port.
 * t->kind is NULL where there is none.  Returns 0 or -errno of netlink_dump().
 */
int tunnel_find(uint16_t port, struct tunnel *t)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg m;
	} request = {
	    .h = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};
	struct search search = {.port = port, .t = t};

	*t = (struct tunnel){0};
	return netlink_dump(NETLINK_ROUTE, &request.h, take_link, &search);
}
