/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VRFs: what a link's record says at every length, and real ones where the kernel has them. */
#define _GNU_SOURCE
#include "sys/l3mdev.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "guard.h"
#include "sandbox.h"
#include "suite.h"

enum { PORT = 9877, MESSAGE_MAX = 512 };

struct message {
	struct nlmsghdr h;
	struct ifinfomsg m;
	char attrs[MESSAGE_MAX];
};

static struct message message_of(uint16_t type, int ifindex)
{
	return (struct message){
	    .h = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = type},
	    .m.ifi_index = ifindex,
	};
}

/* Returns where it is. */
static char *put(struct message *msg, uint16_t type, const void *value, size_t len)
{
	struct nlattr a = {.nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type};
	char *at = (char *)msg + msg->h.nlmsg_len;

	memcpy(at, &a, sizeof a);
	if (len)
		memcpy(at + NLA_HDRLEN, value, len);
	msg->h.nlmsg_len += (uint32_t)NLA_ALIGN(a.nla_len);
	return at;
}

static void put_text_of(struct message *msg, uint16_t type, const char *text)
{
	put(msg, type, text, strlen(text) + 1);
}

/* What was put since then is inside. */
static void end(struct message *msg, char *at)
{
	uint16_t len = (uint16_t)((char *)msg + msg->h.nlmsg_len - at);

	memcpy(at, &len, sizeof len);
}

static const struct row {
	const char *name, *kind, *slave_kind;
	uint32_t master;
	bool nested;
	uint32_t want;
	bool is_vrf;
} rows[] = {
    {"no attribute", NULL, NULL, 0, false, 0, false},
    {"a VRF", "vrf", NULL, 0, false, 7, true},
    {"a VRF, nested flag set", "vrf", NULL, 0, true, 7, true},
    {"a device in a VRF", "dummy", "vrf", 12, false, 12, false},
    {"a device in a VRF, of no kind", NULL, "vrf", 12, false, 12, false},
    {"a device in a bridge", "veth", "bridge", 12, false, 0, false},
    {"a VRF in a bridge", "vrf", "bridge", 12, false, 7, true},
    {"a kind that begins alike", "vrfoo", "vrfoo", 12, false, 0, false},
    {"a kind that ends too early", "vr", "vr", 12, false, 0, false},
    {"a slave of a master that is not told", NULL, "vrf", 0, false, 0, false},
};

static struct message message_of_row(const struct row *row)
{
	struct message msg = message_of(RTM_NEWLINK, 7);
	char *info;

	put_text_of(&msg, IFLA_IFNAME, "x0");
	if (row->master)
		put(&msg, IFLA_MASTER, &row->master, sizeof row->master);
	info = put(&msg, (uint16_t)(IFLA_LINKINFO | (row->nested ? NLA_F_NESTED : 0)), NULL, 0);
	if (row->kind)
		put_text_of(&msg, IFLA_INFO_KIND, row->kind);
	if (row->slave_kind)
		put_text_of(&msg, IFLA_INFO_SLAVE_KIND, row->slave_kind);
	end(&msg, info);
	return msg;
}

/* Parses a copy that ends at a closed page. */
static bool parse(const struct message *msg, struct l3mdev_link *link)
{
	size_t len = msg->h.nlmsg_len < sizeof msg->h ? sizeof msg->h : msg->h.nlmsg_len;
	struct guard g = guard_open(sizeof *msg);
	bool ok = l3mdev_parse(guard_put(&g, msg, len, NLMSG_ALIGNTO), link);

	guard_close(&g);
	return ok;
}

START_TEST(test_parse)
{
	const struct row *row = &rows[_i];
	struct message msg = message_of_row(row);
	struct l3mdev_link link;

	ck_assert(parse(&msg, &link));
	ck_assert_msg(link.ifindex == 7 && link.l3mdev == row->want && link.is_vrf == row->is_vrf, "%s: %u, %d",
	              row->name, (unsigned int)link.l3mdev, link.is_vrf);
}
END_TEST

/* Cut anywhere, and with every byte changed to some others. */
START_TEST(test_hostile)
{
	const struct message whole = message_of_row(&rows[_i]);
	static const unsigned char bytes[] = {0, 1, 3, 4, 5, 0x7f, 0x80, 0xff};
	struct l3mdev_link link;

	for (uint32_t len = 0; len < whole.h.nlmsg_len; len++) {
		struct message msg = whole;

		msg.h.nlmsg_len = len;
		ck_assert_int_eq(parse(&msg, &link), len >= NLMSG_LENGTH(sizeof msg.m));
	}
	for (size_t at = NLMSG_LENGTH(sizeof whole.m); at < whole.h.nlmsg_len; at++)
		for (size_t i = 0; i < sizeof bytes; i++) {
			struct message msg = whole;

			((unsigned char *)&msg)[at] = bytes[i];
			ck_assert(parse(&msg, &link));
		}
}
END_TEST

START_TEST(test_not_a_link)
{
	struct message msg = message_of(RTM_DELLINK, 7);
	struct l3mdev_link link;

	ck_assert(!parse(&msg, &link));
}
END_TEST

/* Without VRFs. */
START_TEST(test_plain)
{
	uint32_t l3mdev = 9;
	bool any = true;

	if (!sandbox_enter())
		return;
	ck_assert(!l3mdev_ask(if_nametoindex("lo"), &l3mdev) && !l3mdev);
	ck_assert_int_eq(l3mdev_ask(9999, &l3mdev), -ENODEV);
	ck_assert(!l3mdev_any(&any) && !any);
}
END_TEST

static const struct target to_lo = {.port = PORT, .ifindex = 1};

/* A kernel without VRFs has no such file; what else may be in it, or in its place. */
START_TEST(test_apart)
{
	char folder[] = "/tmp/l3mdev.XXXXXX", path[64];
	int fd;
	bool apart;

	ck_assert(mkdtemp(folder));
	ck_assert_int_ge(fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
	ck_assert(!l3mdev_apart(fd, &apart) && !apart);
	snprintf(path, sizeof path, "%s/sys", folder);
	ck_assert(!symlink(".", path));
	snprintf(path, sizeof path, "%s/net", folder);
	ck_assert(!symlink(".", path));
	snprintf(path, sizeof path, "%s/ipv4", folder);
	ck_assert(!symlink(".", path));
	snprintf(path, sizeof path, "%s/tcp_l3mdev_accept", folder);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	ck_assert(l3mdev_apart(fd, &apart) == -EBADMSG && apart);
	ck_assert(put_text(path, "1\n") && !l3mdev_apart(fd, &apart) && !apart);
	ck_assert(put_text(path, "0\n") && !l3mdev_apart(fd, &apart) && apart);
	unlink(path);
	unlinkat(fd, "sys", 0);
	unlinkat(fd, "net", 0);
	unlinkat(fd, "ipv4", 0);
	close(fd);
	rmdir(folder);
	ck_assert(l3mdev_apart(-1, &apart) == -EBADF && apart);
}
END_TEST

/* /proc cannot be read: what is in no VRF is known all the same, what is gone is not. */
START_TEST(test_unknown)
{
	struct sock socks[] = {{.ifindex = 0}, {.ifindex = 1}, {.ifindex = 9999}, {.ifindex = 9999}, {.ifindex = IFINDEX_UNKNOWN}};
	struct snapshot s = {.socks = socks, .nsocks = COUNT(socks)};
	struct target udp = {.proto = PROTO_UDP, .ifindex = 9999};

	if (!sandbox_enter())
		return;
	l3mdev_read(&s, -1, &udp);
	ck_assert(!s.l3mdev && !socks[2].l3mdev && !s.gaps.n);
	l3mdev_read(&s, -1, &to_lo);
	ck_assert(!s.l3mdev && !socks[0].l3mdev && !socks[1].l3mdev && !socks[4].l3mdev);
	ck_assert(socks[2].l3mdev == IFINDEX_UNKNOWN && socks[3].l3mdev == IFINDEX_UNKNOWN);
	ck_assert(s.gaps.n == 1 && s.gaps.v[0].kind == GAP_VRF && s.gaps.v[0].err == ENODEV);
	ck_assert_str_eq(s.gaps.v[0].object, "device 9999");
	gap_free(&s.gaps);
}
END_TEST

static int listen_on(const char *device)
{
	struct place at = place_of("0.0.0.0", PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert(!device || !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)));
	if (!bind(fd, &at.u.sa, at.len))
		return fd;
	close(fd);
	return -1;
}

/* vrf0, in it in0; out0 is outside.  False, having said why, where there are none. */
static bool has_vrf(void)
{
	int status = system("{ ip link add vrf0 type vrf table 10 && ip link set vrf0 up && "
	                    "ip link add in0 type veth peer name out0 && ip link set in0 master vrf0; } 2>/dev/null");

	errno = EOPNOTSUPP;
	return !status || skip("no VRF");
}

/* Three sockets on one port and address, because each is in another bucket; what is said of them is what binds say. */
START_TEST(test_real)
{
	struct sock socks[4] = {{.ifindex = 0}};
	struct snapshot s = {.socks = socks, .nsocks = COUNT(socks)};
	struct target target = {.port = PORT};
	int procfd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), none, inside;
	bool any;

	if (!sandbox_enter() || !has_vrf())
		return;
	target.ifindex = if_nametoindex("in0");
	socks[1].ifindex = if_nametoindex("vrf0");
	socks[2].ifindex = if_nametoindex("in0");
	socks[3].ifindex = if_nametoindex("out0");
	ck_assert(!l3mdev_any(&any) && any);
	l3mdev_read(&s, procfd, &target);
	ck_assert(s.l3mdev == socks[1].ifindex && !s.gaps.n && !socks[0].l3mdev && !socks[3].l3mdev);
	ck_assert(socks[1].l3mdev == socks[1].ifindex && socks[2].l3mdev == socks[1].ifindex);
	none = listen_on(NULL);
	ck_assert_int_lt(listen_on("out0"), 0);
	inside = listen_on("in0");
	ck_assert(none >= 0 && inside >= 0);
	close(inside);
	if (put_text("/proc/sys/net/ipv4/tcp_l3mdev_accept", "1")) {
		struct sock again = {.ifindex = socks[2].ifindex};
		struct snapshot shared = {.socks = &again, .nsocks = 1};

		l3mdev_read(&shared, procfd, &target);
		ck_assert(!shared.l3mdev && !again.l3mdev && !shared.gaps.n);
		ck_assert_int_lt(listen_on("in0"), 0);
	}
	close(none);
	close(procfd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("l3mdev");
	TCase *whole = tcase_create("whole");

	add_table(suite, "parse", test_parse, COUNT(rows));
	add_table(suite, "hostile", test_hostile, COUNT(rows));
	tcase_set_timeout(whole, 60);
	tcase_add_test(whole, test_not_a_link);
	tcase_add_test(whole, test_plain);
	tcase_add_test(whole, test_apart);
	tcase_add_test(whole, test_unknown);
	tcase_add_test(whole, test_real);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
