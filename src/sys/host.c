/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says about the host and about us, as far as bind() depends on it. */
#define _GNU_SOURCE
#include "sys/host.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/procfile.h"

enum { UNPRIVILEGED_DEFAULT = 1024, NAME_ROOM = 1024, NAME_ROOM_MAX = 1 << 20 };

/*
 * The name of a user, allocated; NULL where it has none or it could not be
 * looked up.  May ask the network (nsswitch.conf(5)): to be called only for
 * users that are printed.
 */
char *host_user(uint32_t uid)
{
	char *name = NULL, *room = NULL;
	int err = ERANGE;

	for (size_t size = NAME_ROOM; err == ERANGE && size <= NAME_ROOM_MAX; size *= 4) {
		struct passwd pw, *found = NULL;

		room = xrealloc(room, size, 1);
		err = getpwuid_r(uid, &pw, room, size, &found);
		if (!err && found)
			name = xstrdup(pw.pw_name);
	}
	free(room);
	return name;
}

static int64_t now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * CONFIG_HZ without reading any configuration: the coarse clocks advance once a
 * tick, and their resolution is LOW_RES, which is TICK_NSEC (include/linux/
 * hrtimer_defs.h, posix-timers.c): 4000000 ns are 250 ticks a second.
 */
static unsigned int ticks_per_second(void)
{
	struct timespec t;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &t) || t.tv_sec || t.tv_nsec <= 0)
		return 0;
	return (unsigned int)((1000000000 + t.tv_nsec / 2) / t.tv_nsec);
}

static bool has_capability(unsigned int capability)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capget, &header, data))
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

/*
 * A capability counts in our user namespace and those below it.  NS_GET_USERNS
 * tells whether the owner of the network namespace is one of these: it answers
 * EPERM where it is not (ns_get_owner() in kernel/user_namespace.c), as after
 * unshare -Ur, which gives all capabilities and none over the old network.
 */
static bool owns_network(int netns)
{
	int owner = ioctl(netns, NS_GET_USERNS);

	if (owner < 0)
		return errno != EPERM;
	close(owner);
	return true;
}

static void read_netns(struct host *h, int procfd)
{
	int fd = openat(procfd, "self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat st;

	h->may_bind_low = has_capability(CAP_NET_BIND_SERVICE);
	if (fd < 0)
		return;
	h->may_bind_low = h->may_bind_low && owns_network(fd);
	if (!fstat(fd, &st))
		h->netns = st.st_ino;
	close(fd);
}

/* Whether a server could make its socket at all; IPv6 may be off at boot (ipv6.disable=1) or compiled out. */
static enum tri has_family(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno == EAFNOSUPPORT ? NO : UNKNOWN;
	close(fd);
	return YES;
}

/* The first port that needs no privilege (4.11); 1024 where the file does not exist or may not be read. */
static uint16_t unprivileged_start(int procfd)
{
	uint64_t value;

	if (procfile_number(procfd, "sys/net/ipv4/ip_unprivileged_port_start", &value) || value > UINT16_MAX)
		return UNPRIVILEGED_DEFAULT;
	return (uint16_t)value;
}

/* "FIRST LAST"; 0 and 0 where it cannot be read. */
static void read_ephemeral_range(struct host *h, int procfd)
{
	int fd = openat(procfd, "sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0 || sscanf(text, "%" SCNu16 " %" SCNu16, &h->ephemeral_first, &h->ephemeral_last) != 2)
		h->ephemeral_first = h->ephemeral_last = 0;
}

/* How often an orphan retransmits; 0 means 8 (tcp_orphan_retries() in net/ipv4/tcp_timer.c). */
static unsigned int orphan_retries(int procfd)
{
	uint64_t value;

	if (procfile_number(procfd, "sys/net/ipv4/tcp_orphan_retries", &value) || !value || value > 255)
		return 8;
	return (unsigned int)value;
}

/*
 * Fills h (what is older in it is not released).  procfd is a descriptor of
 * /proc; what it does not tell keeps the values that snapshot.h calls unknown.
 */
void host_read(struct host *h, int procfd)
{
	struct utsname name;

	*h = (struct host){
	    .now_ms = now_ms(),
	    .uid = geteuid(),
	    .own_uid = geteuid(),
	    .hz = ticks_per_second(),
	    .unprivileged_port_start = unprivileged_start(procfd),
	    .has_inet = has_family(AF_INET),
	    .has_inet6 = has_family(AF_INET6),
	};
	if (!uname(&name))
		h->release = xstrdup(name.release);
	h->orphan_retries = orphan_retries(procfd);
	read_ephemeral_range(h, procfd);
	read_netns(h, procfd);
}

/*
 * Turns h, which is filled, into what a process of that user finds.  Which
 * capabilities it would have nobody can know: those of an ordinary program, so
 * none for anybody but root.
 */
void host_as_user(struct host *h, uint32_t uid)
{
	if (uid == h->uid)
		return;
	h->uid = uid;
	h->may_bind_low = !uid;
}
