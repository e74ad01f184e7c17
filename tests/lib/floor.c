/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor PORT: the least that any tool must do to say who holds a TCP port: one
 * walk of the kernel's tables, the old request for both families, and, where a
 * record has an inode, one look at all descriptors of all processes, in one
 * thread.  Prints how many records and descriptors it found.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BYTES = 32768, INODES = 1 << 17 };

static unsigned int inodes[INODES];
static size_t ninodes, nrecords;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void walk(unsigned short port)
{
	static char bytes[BYTES] __attribute__((aligned(8)));
	struct {
		struct nlmsghdr h;
		struct inet_diag_req r;
	} q = {
	    .h = {sizeof q, TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
	    .r = {.id.idiag_sport = (unsigned short)(port << 8 | port >> 8), .idiag_states = ~0U},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0 || send(fd, &q, sizeof q, 0) < 0)
		fail("netlink");
	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);

		if (n < 0)
			fail("recv");
		for (struct nlmsghdr *h = (void *)bytes; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			const struct inet_diag_msg *m = NLMSG_DATA(h);

			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
				close(fd);
				return;
			}
			if (m->id.idiag_sport != q.r.id.idiag_sport)
				continue;
			nrecords++;
			if (m->idiag_inode && ninodes < INODES)
				inodes[ninodes++] = m->idiag_inode;
		}
	}
}

static int compare(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t scan_process(int proc, const char *pid)
{
	char path[300], target[64];
	size_t found = 0;
	DIR *d;
	int fd;

	snprintf(path, sizeof path, "%s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		ssize_t n = readlinkat(fd, e->d_name, target, sizeof target - 1);
		unsigned int inode;

		if (n < 9 || memcmp(target, "socket:[", 8) != 0)
			continue;
		target[n] = '\0';
		inode = (unsigned int)strtoul(target + 8, NULL, 10);
		found += bsearch(&inode, inodes, ninodes, sizeof inode, compare) != NULL;
	}
	if (d)
		closedir(d);
	return found;
}

static size_t scan(void)
{
	DIR *d = opendir("/proc");
	size_t found = 0;

	if (!d)
		fail("/proc");
	qsort(inodes, ninodes, sizeof *inodes, compare);
	for (const struct dirent *e = readdir(d); e; e = readdir(d))
		if (*e->d_name >= '0' && *e->d_name <= '9')
			found += scan_process(dirfd(d), e->d_name);
	closedir(d);
	return found;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	walk((unsigned short)atoi(argv[1]));
	printf("%zu records, %zu descriptors\n", nrecords, ninodes ? scan() : 0);
	return 0;
}
