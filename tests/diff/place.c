/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network of its own for some hundred chains, where possible with a /proc that
 * shows only this program.  Root stays root and so has a second user at hand.
 * Anybody else makes the network as root of a user namespace and then goes on in
 * a second one, inside it, as who he is: without capabilities over the network.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <net/if.h>
#include <unistd.h>

#include "tests/diff/diff.h"

static bool put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool say(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return false;
}

/* A user namespace in which we, who are outer there, are inner. */
static bool become(unsigned int inner, unsigned int outer, unsigned int inner_group, unsigned int outer_group, int flags)
{
	char map[32];

	if (unshare(CLONE_NEWUSER | flags))
		return say("no user namespace");
	put_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1", inner, outer);
	if (!put_text("/proc/self/uid_map", map))
		return say("no uid map");
	snprintf(map, sizeof map, "%u %u 1", inner_group, outer_group);
	return put_text("/proc/self/gid_map", map) || say("no gid map");
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return !syscall(SYS_capset, &header, none) || say("capset");
}

static bool lo_up(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = !ioctl(fd, SIOCSIFFLAGS, &r);

	close(fd);
	return ok || say("lo");
}

static bool run_ip(const char *commands)
{
	FILE *f = popen("ip -batch - 2>/dev/null >&2", "we");

	if (!f)
		return false;
	fputs(commands, f);
	return !pclose(f);
}

/* The devices and addresses that generate.c names.  Without ip(8) there are none, which only makes fewer binds work. */
static bool make_devices(void)
{
	static const char *const addresses = "link set d0 addrgenmode none\nlink set d1 addrgenmode none\n"
	                                     "link set d0 up\nlink set d1 up\n"
	                                     "addr add 10.99.0.1/24 dev d0\naddr add fd99:1::1/64 dev d0 nodad\n"
	                                     "addr add fe80::99/64 dev d0 nodad\naddr add fe80::99/64 dev d1 nodad\n";

	run_ip("addr add fd99::1/128 dev lo nodad\naddr add fd99::2/128 dev lo nodad\n");
	if (!run_ip("link add d0 type veth peer name d1\n") && !run_ip("link add d0 type dummy\nlink add d1 type dummy\n"))
		return false;
	return run_ip(addresses);
}

/* Fork: only a child of ours is in the new pid namespace.  Its parent waits and ends as it did. */
static bool enter_processes(void)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return say("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return !mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) || say("no /proc of our own");
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static bool unshare_all(bool processes, bool *root, unsigned int *uid, unsigned int *gid)
{
	int flags = CLONE_NEWNET | (processes ? CLONE_NEWPID | CLONE_NEWNS : 0);

	*uid = geteuid();
	*gid = getegid();
	*root = !*uid && !unshare(flags);
	if (!*root && !become(0, *uid, 0, *gid, flags))
		return false;
	if (processes && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return say("no mount namespace");
	return !processes || enter_processes();
}

/* Each dump walks the kernel's whole table of connections; a network made inside this one gets a small table. */
static bool shrink_tables(void)
{
	put_text("/proc/sys/net/ipv4/tcp_child_ehash_entries", "2048");
	put_text("/proc/sys/net/ipv4/udp_child_hash_entries", "1024");
	return !unshare(CLONE_NEWNET) || say("no network namespace");
}

/*
 * Enters a new network; what it can do is written to means.  False, having said
 * why, where that cannot be.  The caller goes on in another process.
 */
bool place_open(struct means *means, bool processes)
{
	bool root;
	unsigned int uid, gid;

	if (!unshare_all(processes, &root, &uid, &gid) || !shrink_tables() || !lo_up())
		return false;
	means->devices = make_devices();
	means->users = root;
	means->ranges = ranges_work() && put_text("/proc/sys/net/ipv4/ip_local_port_range", "1500 60999");
	put_text("/proc/sys/net/ipv4/tcp_max_tw_buckets", "262144");
	if (!root && (!become(uid, 0, gid, 0, 0) || !drop_capabilities()))
		return false;
	return helpers_open() || say("no listener on [::]");
}

static bool try(bool processes, struct means *shared)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(place_open(shared, processes) ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/* Whether there can be such a network, and whether with a /proc of its own, if that is wanted; means must be shared memory. */
bool place_try(struct means *means, bool wanted, bool *processes)
{
	*processes = wanted && try(true, means);
	return *processes || try(false, means);
}
