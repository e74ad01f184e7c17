/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * without inet6|netlink|bind COMMAND [ARG...]: runs COMMAND where socket() of
 * that family fails with EAFNOSUPPORT, as on a host without IPv6 or under
 * systemd's RestrictAddressFamilies=, or where bind() (not that of netlink) is
 * denied with EPERM: a seccomp filter, inherited and never lifted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

/* The call is refused where that argument is the value, or where it is not. */
static const struct refusal {
	const char *what;
	int call, arg;
	bool equal;
	unsigned int value;
	int err;
} refusals[] = {
    {"inet6", SYS_socket, 0, true, AF_INET6, EAFNOSUPPORT},
    {"netlink", SYS_socket, 0, true, AF_NETLINK, EAFNOSUPPORT},
    {"bind", SYS_bind, 2, false, sizeof(struct sockaddr_nl), EPERM},
};

enum { REFUSALS = sizeof refusals / sizeof *refusals };

static int refuse(const struct refusal *r)
{
	struct sock_filter rules[] = {
	    LOAD(nr),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)r->call, 0, 3),
	    LOAD(args[r->arg]), /* the low half of the argument, on a little-endian machine */
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, r->value, !r->equal, r->equal),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)r->err),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	size_t i = 0;

	while (argc > 2 && i < REFUSALS && strcmp(refusals[i].what, argv[1]))
		i++;
	if (argc < 3 || i == REFUSALS) {
		fprintf(stderr, "usage: without inet6|netlink|bind COMMAND [ARG...]\n");
		return 2;
	}
	if (refuse(&refusals[i])) {
		perror("without: seccomp");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
