/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peak FILE COMMAND [ARG...]: runs COMMAND, writes its peak resident memory in
 * KiB to FILE and ends with its status.  A program of its own because a big
 * parent (Python) would count: a child starts with its parent's memory.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage use;
	int status;
	FILE *f;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		return 125;
	f = fopen(argv[1], "we");
	if (!f || fprintf(f, "%ld\n", use.ru_maxrss) < 0 || fclose(f))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
