/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * denies landlock|bpf COMMAND [ARG...]: runs COMMAND where a policy forbids bind().
 * landlock: a ruleset that handles binding TCP ports and allows none (since 6.7);
 * EACCES.  bpf: a program at the bind hooks of the cgroup2 group that it is in,
 * whose folder is the environment's CGROUP; it says no, and stays until the
 * group is removed; EPERM.  Status 125 where the kernel does not let it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

/* landlock(7), whose header may be older than TCP: what is handled, of the file system and of the network. */
static int landlock(void)
{
	const struct {
		uint64_t access_fs, access_net;
	} rules = {.access_net = 1}; /* LANDLOCK_ACCESS_NET_BIND_TCP */
	long fd;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 4)
		return -1;
	fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	return fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, fd, 0) ? -1 : 0;
}

static int attach(int cgroup, enum bpf_attach_type hook)
{
	const struct bpf_insn no[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr load, at;
	long program;

	memset(&load, 0, sizeof load);
	load.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR;
	load.expected_attach_type = hook;
	load.insns = (uintptr_t)no;
	load.insn_cnt = sizeof no / sizeof *no;
	load.license = (uintptr_t) "GPL";
	program = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
	if (program < 0)
		return -1;
	memset(&at, 0, sizeof at);
	at.target_fd = (uint32_t)cgroup;
	at.attach_bpf_fd = (uint32_t)program;
	at.attach_type = hook;
	return (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &at, sizeof at);
}

static int bpf(void)
{
	const char *folder = getenv("CGROUP");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 || attach(fd, BPF_CGROUP_INET4_BIND) || attach(fd, BPF_CGROUP_INET6_BIND) ? -1 : 0;
}

int main(int argc, char **argv)
{
	int (*deny)(void) = argc < 3 ? NULL : !strcmp(argv[1], "landlock") ? landlock : !strcmp(argv[1], "bpf") ? bpf : NULL;

	if (!deny) {
		fprintf(stderr, "usage: denies landlock|bpf COMMAND [ARG...]\n");
		return 2;
	}
	if (deny()) {
		perror("denies");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
