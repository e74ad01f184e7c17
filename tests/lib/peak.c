/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peak [-t] FILE COMMAND [ARG...]: runs COMMAND, writes its peak resident memory in
 * KiB to FILE and ends with its status, 128 and more for a signal.  With -t a second
 * line has the microseconds from before fork() to its end, and what takes longer than
 * PATIENCE_S seconds is killed.
 *
 * A program of its own because a big parent (Python) would count: a child starts
 * with its parent's memory, and takes the longer to start.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 30 };

static pid_t pid;

static void on_alarm(int signal)
{
	(void)signal;
	kill(pid, SIGKILL);
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	bool timed = argc > 1 && !strcmp(argv[1], "-t");
	struct rusage use;
	long long began, took;
	int status;
	FILE *f;

	argc -= timed;
	argv += timed;
	if (argc < 3)
		return 2;
	began = now_us();
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (timed && signal(SIGALRM, on_alarm) != SIG_ERR)
		alarm(PATIENCE_S);
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		return 125;
	took = now_us() - began;
	f = fopen(argv[1], "we");
	if (!f || fprintf(f, "%ld\n", use.ru_maxrss) < 0 || (timed && fprintf(f, "%lld\n", took) < 0) || fclose(f))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
