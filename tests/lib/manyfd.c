/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manyfd [N [M]]: N processes (2000) with M descriptors each (50), none of a TCP
 * socket; prints "ready" and keeps them until standard input ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 2000, m = argc > 2 ? atoi(argv[2]) : 50;
	int fd = open("/dev/null", O_RDONLY);
	pid_t self = getpid();
	char c;

	if (fd < 0)
		return 1;
	for (int i = 3; i < m; i++)
		if (dup(fd) < 0)
			return 1;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 1;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (getppid() == self)
				pause();
			_exit(0);
		}
	}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
