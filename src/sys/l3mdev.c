/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which VRF a device belongs to: each has TCP ports of its own
 * (inet_sk_bound_l3mdev() in include/net/inet_sock.h, 5.4 to 7.1).  A VRF is its
 * own; a device is in that of its master, if the master is a VRF, and nothing
 * that is further up counts (l3mdev_master_ifindex_rcu() in net/l3mdev/l3mdev.c).
 */
#include "sys/l3mdev.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/attr.h"
#include "sys/netlink.h"
#include "sys/procfile.h"

enum { DEVICES_MAX = 1 << 20 }; /* bytes of /proc/net/dev */

/*
 * Reads one RTM_NEWLINK (nlmsg_len bytes at h, of which at least the header is
 * there) into *link; pure.  IFLA_INFO_SLAVE_KIND is the kind of the master
 * (rtnl_link_slave_info_fill()).  False, with *link untouched, if it is too
 * short or no link.
 */
bool l3mdev_parse(const struct nlmsghdr *h, struct l3mdev_link *link)
{
	const size_t fixed = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	struct attributes all, info;
	struct ifinfomsg m;

	if (h->nlmsg_type != RTM_NEWLINK || h->nlmsg_len < fixed)
		return false;
	memcpy(&m, NLMSG_DATA(h), sizeof m);
	all = (struct attributes){(const char *)h + fixed, h->nlmsg_len - fixed};
	info = attr_inside(attr_find(all, IFLA_LINKINFO));
	*link = (struct l3mdev_link){.ifindex = (uint32_t)m.ifi_index, .is_vrf = attr_says(info, IFLA_INFO_KIND, "vrf")};
	if (link->is_vrf)
		link->l3mdev = link->ifindex;
	else if (attr_says(info, IFLA_INFO_SLAVE_KIND, "vrf"))
		link->l3mdev = attr_number(all, IFLA_MASTER);
	return true;
}

/*
 * Whether VRFs have TCP ports of their own in this network namespace: not where
 * net.ipv4.tcp_l3mdev_accept is set, nor in a kernel without VRFs, where the file
 * does not exist.  Returns 0, or -errno where it cannot be read: *apart is then
 * true, as by default.
 */
int l3mdev_apart(int procfd, bool *apart)
{
	uint64_t accepts = 0;
	int err = procfile_number(procfd, "sys/net/ipv4/tcp_l3mdev_accept", &accepts);

	*apart = err != -ENOENT && !accepts;
	return err == -ENOENT ? 0 : err;
}

static int ask_links(uint32_t ifindex, uint16_t flags, netlink_record *record, void *arg)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg m;
	} request = {
	    .h = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | flags},
	    .m = {.ifi_index = (int)ifindex},
	};

	return netlink_dump(NETLINK_ROUTE, &request.h, record, arg);
}

static int take_link(const struct nlmsghdr *h, void *arg)
{
	return l3mdev_parse(h, arg) ? 0 : -EBADMSG;
}

/*
 * Asks for the VRF (an ifindex, 0 for none) of a device.  Returns 0; -ENODEV for
 * a device that is gone, or another -errno of netlink_dump().
 */
int l3mdev_ask(uint32_t ifindex, uint32_t *l3mdev)
{
	struct l3mdev_link link = {0};
	int err = ask_links(ifindex, NLM_F_ACK, take_link, &link);

	if (!err && link.ifindex != ifindex)
		err = -EBADMSG;
	*l3mdev = err ? 0 : link.l3mdev;
	return err;
}

static int take_any(const struct nlmsghdr *h, void *arg)
{
	struct l3mdev_link link;
	bool *any = arg;

	if (!l3mdev_parse(h, &link))
		return -EBADMSG;
	*any |= link.is_vrf;
	return 0;
}

/* Asks whether there is any VRF, for sockets whose device is not known.  Returns 0, or -errno of netlink_dump(). */
int l3mdev_any(bool *any)
{
	*any = false;
	return ask_links(0, NLM_F_DUMP, take_any, any);
}

/* Whether the driver of a device calls itself vrf (vrf_get_drvinfo() in drivers/net/vrf.c). */
static bool is_driven_as_vrf(int fd, const char *name)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request = {.ifr_data = (char *)&info};

	memcpy(request.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
	return !ioctl(fd, SIOCETHTOOL, &request) && !strncmp(info.driver, "vrf", sizeof info.driver);
}

/* The same without netlink: from the names in /proc/net/dev and their drivers.  Returns 0 or -errno. */
static int any_by_driver(int procfd, bool *any)
{
	struct buf b = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : procfile_read(procfd, "net/dev", DEVICES_MAX, &b);

	for (char *line = b.s; !err && line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char name[IFNAMSIZ];

		if (sscanf(line, " %15[^: ]:", name) == 1)
			*any |= is_driven_as_vrf(fd, name);
	}
	buf_free(&b);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Devices that have been asked for: one question each, whatever the number of sockets. */
struct known {
	struct l3mdev_link *v;
	size_t n;
	int procfd;
	int apart;      /* -errno where it is not known whether VRFs matter at all */
};

static void miss(struct snapshot *s, uint32_t ifindex, int err)
{
	char name[IF_NAMESIZE + sizeof "device 4294967295"];

	if (ifindex == IFINDEX_UNKNOWN)
		snprintf(name, sizeof name, "unknown devices");
	else if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof name, "device %u", (unsigned int)ifindex);
	gap_add(&s->gaps, GAP_VRF, -err, name);
}

/* A socket of an unknown device may be in any VRF, but only if there is one. */
static uint32_t look_up(struct snapshot *s, uint32_t ifindex, const struct known *known)
{
	uint32_t l3mdev = 0;
	bool any = false;
	int err = ifindex == IFINDEX_UNKNOWN ? l3mdev_any(&any) : l3mdev_ask(ifindex, &l3mdev);

	if (err && ifindex == IFINDEX_UNKNOWN)
		err = any_by_driver(known->procfd, &any);
	if (!err && !any && (!known->apart || !l3mdev))
		return l3mdev;
	miss(s, ifindex, err ? err : known->apart);
	return IFINDEX_UNKNOWN;
}

static uint32_t vrf_of(struct snapshot *s, struct known *known, uint32_t ifindex)
{
	if (!ifindex)
		return 0;
	for (size_t i = 0; i < known->n; i++)
		if (known->v[i].ifindex == ifindex)
			return known->v[i].l3mdev;
	known->v = xgrow(known->v, known->n, sizeof *known->v);
	known->v[known->n++] = (struct l3mdev_link){.ifindex = ifindex, .l3mdev = look_up(s, ifindex, known)};
	return known->v[known->n - 1].l3mdev;
}

static bool has_device(const struct snapshot *s, const struct target *target)
{
	for (size_t i = 0; i < s->nsocks; i++)
		if (s->socks[i].ifindex)
			return true;
	return target->ifindex;
}

/*
 * Fills in l3mdev of the target, of all sockets and of the devices of s: 0
 * wherever VRFs share their ports (always of UDP), IFINDEX_UNKNOWN with a gap
 * where it could not be asked.  Without a device nothing is asked.
 */
void l3mdev_read(struct snapshot *s, int procfd, const struct target *target)
{
	struct known known = {.procfd = procfd};
	bool apart = true;

	if (target->proto != PROTO_TCP || !has_device(s, target))
		return;
	known.apart = l3mdev_apart(procfd, &apart);
	if (!apart)
		return;
	s->l3mdev = vrf_of(s, &known, target->ifindex);
	for (size_t i = 0; i < s->nsocks; i++)
		s->socks[i].l3mdev = vrf_of(s, &known, s->socks[i].ifindex);
	for (size_t i = 0; i < s->ndevices; i++)
		s->devices[i].l3mdev = vrf_of(s, &known, s->devices[i].ifindex);
	free(known.v);
}
