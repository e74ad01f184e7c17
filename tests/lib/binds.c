/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binds [-6] [-p udp] [-d DEVICE] [-u UID] [-s SKIP] PORT ADDR...: the kernel's
 * own answers, for TCP or UDP.  For each address the option mixes plain, reuseaddr, reuseport and
 * both (v6only off, on with -6): socket(), setsockopt(), bind(), close(), and a
 * line "ADDR MIX RESULT", RESULT being ok or the name of an errno.
 *
 * A bind() that worked can change what the next one gets (the kernel caches the
 * last SO_REUSEPORT binder of a port).  With -s the first SKIP binds are left
 * out and the program ends after the first that worked: a caller who wants each
 * answer untouched makes the situation anew and goes on from there.
 */
#define _GNU_SOURCE
#include "tcp.h"

static const struct {
	const char *name;
	unsigned int options;
} mixes[] = {{"plain", 0}, {"reuseaddr", REUSEADDR}, {"reuseport", REUSEPORT}, {"both", REUSEADDR | REUSEPORT}};

enum { MIXES = sizeof mixes / sizeof *mixes };

static const char *result_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
	    {0, "ok"},
	    {EADDRINUSE, "EADDRINUSE"},
	    {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	    {EACCES, "EACCES"},
	    {EPERM, "EPERM"},
	    {EINVAL, "EINVAL"},
	    {EAFNOSUPPORT, "EAFNOSUPPORT"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].err == err)
			return names[i].name;
	return strerror(err);
}

/* What the socket has beside the mix. */
static struct {
	unsigned int options;
	bool udp;
	const char *device;
	uid_t uid;
} wanted;

static int try_bind(const char *addr, uint16_t port, unsigned int options)
{
	struct place p = place(addr, port);
	int fd = socket(p.sa.ss_family, wanted.udp ? SOCK_DGRAM : SOCK_STREAM, 0), err = 0;

	if (fd < 0)
		return errno;
	set_options(fd, p.sa.ss_family, options | wanted.options);
	if (wanted.device)
		set_device(fd, wanted.device);
	if (bind(fd, (struct sockaddr *)&p.sa, p.len))
		err = errno;
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	bool stepwise = false;
	long skip = 0;
	char **args;
	uint16_t port;
	int c;

	while ((c = getopt(argc, argv, "+6d:p:u:s:")) != -1) {
		stepwise |= c == 's';
		if (c == '6')
			wanted.options = V6ONLY;
		else if (c == 'p')
			wanted.udp = !strcmp(optarg, "udp");
		else if (c == 'd')
			wanted.device = optarg;
		else if (c == 'u')
			wanted.uid = (uid_t)number(optarg, UINT32_MAX);
		else if (c == 's')
			skip = atol(optarg);
	}
	args = argv + optind;
	if (argc - optind < 2) {
		fprintf(stderr, "usage: binds [-6] [-p udp] [-d DEVICE] [-u UID] [-s SKIP] PORT ADDR...\n");
		return 2;
	}
	if (wanted.uid)
		need(!setresuid(wanted.uid, wanted.uid, wanted.uid), "setresuid");
	port = (uint16_t)number(*args++, UINT16_MAX);
	for (; *args; args++) {
		for (size_t i = 0; i < MIXES; i++) {
			int err;

			if (skip-- > 0)
				continue;
			err = try_bind(*args, port, mixes[i].options);
			printf("%s %s %s\n", *args, mixes[i].name, result_name(err));
			if (stepwise && !err)
				return 0;
		}
	}
	return 0;
}
