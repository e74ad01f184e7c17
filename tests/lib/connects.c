/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connects [-ap6] [-d DEVICE] LOCAL PORT TO TOPORT: the kernel's own answer to
 * bind() and then connect().  -a, -p, -6: SO_REUSEADDR, SO_REUSEPORT,
 * IPV6_V6ONLY.  PORT 0: connect() alone, which picks a port; TO "-": bind()
 * alone, to port 0 where PORT is.  Prints "bind ERRNO", "connect ERRNO" or "ok";
 * what the other end answers (a reset) is no answer of ours and is "ok" too.
 */
#define _GNU_SOURCE
#include "tcp.h"

static void tell(const char *call, int err)
{
	const char *name = err ? strerrorname_np(err) : NULL;

	if (!err || err == EINPROGRESS || err == ECONNREFUSED)
		puts("ok");
	else
		printf("%s %s\n", call, name ? name : strerror(err));
	exit(0);
}

/* As number(), with 0 for the kernel's choice. */
static uint16_t port_of(const char *text)
{
	return strcmp(text, "0") ? (uint16_t)number(text, UINT16_MAX) : 0;
}

int main(int argc, char **argv)
{
	const char *device = NULL;
	unsigned int options = 0;
	struct place here, there;
	int c, fd;

	while ((c = getopt(argc, argv, "+ap6d:")) != -1) {
		options |= c == 'a' ? REUSEADDR : c == 'p' ? REUSEPORT : c == '6' ? V6ONLY : 0;
		device = c == 'd' ? optarg : device;
	}
	if (argc - optind < 3 || (strcmp(argv[optind + 2], "-") && argc - optind < 4)) {
		fprintf(stderr, "usage: connects [-ap6] [-d DEVICE] LOCAL PORT TO TOPORT\n");
		return 2;
	}
	here = place(argv[optind], port_of(argv[optind + 1]));
	fd = socket(here.sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	need(fd >= 0, "socket");
	set_options(fd, here.sa.ss_family, options);
	if (device)
		set_device(fd, device);
	if (!strcmp(argv[optind + 2], "-"))
		tell("bind", bind(fd, (struct sockaddr *)&here.sa, here.len) ? errno : 0);
	if (strcmp(argv[optind + 1], "0") && bind(fd, (struct sockaddr *)&here.sa, here.len))
		tell("bind", errno);
	there = place(argv[optind + 2], port_of(argv[optind + 3]));
	tell("connect", connect(fd, (struct sockaddr *)&there.sa, there.len) ? errno : 0);
}
