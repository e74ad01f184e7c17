/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections whose peer is on another host: a second network namespace at the other end of a wire (veth). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>

#include "../situation.h"

#define HERE "192.0.2.1"
#define THERE "192.0.2.2"

/* Runs ip(8), or says that this situation cannot be made here. */
static void ip(const char *commands)
{
	if (!system(commands))
		return;
	printf("skip=ip(8) cannot lay a wire between two namespaces\n");
	exit(1);
}

/* A TCP socket of the other host, which is made for it. */
static int far_socket(void)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;
	char commands[256];

	snprintf(commands, sizeof commands,
	         "{ ip link add far type veth peer name near netns %ld && ip address add " THERE
	         "/24 dev far && ip link set far up; } >/dev/null 2>&1",
	         (long)keeper());
	need(home >= 0 && !unshare(CLONE_NEWNET), "unshare");
	ip(commands);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	need(fd >= 0, "socket");
	need(!setns(home, CLONE_NEWNET), "setns");
	close(home);
	ip("{ ip address add " HERE "/24 dev near && ip link set near up; } >/dev/null 2>&1");
	return fd;
}

static struct pair connected_to_far(const struct situation *s, uint16_t port)
{
	struct place to = place(s->to, port);
	struct pair p = {.client = far_socket()};
	int server = tcp_server(s->on, port, s->options);

	need(!connect(p.client, (struct sockaddr *)&to.sa, to.len), "connect");
	p.server = tcp_accept(server);
	close(server);
	fact("peer_port", local_port(p.client));
	return p;
}

static void accepted(const struct situation *s, uint16_t port)
{
	connected_to_far(s, port);
	holder(getpid());
}

static void fin_wait_1(const struct situation *s, uint16_t port)
{
	struct pair p = connected_to_far(s, port);

	make_deaf(p.client);
	close(p.server);
	wait_for_rows(port, 0, TCP_FIN_WAIT1, 1);
	wait_for_timer(port, local_port(p.client), 1, 2);
}

static void fin_wait_2_orphan(const struct situation *s, uint16_t port)
{
	close_server_first(connected_to_far(s, port));
	wait_for_rows(port, 0, TCP_FIN_WAIT2, 1);
}

const struct situation remote_situations[] = {
    {"remote-accepted-connection", accepted, "0.0.0.0", 0, HERE, 0},
    {"remote-fin-wait-1", fin_wait_1, "0.0.0.0", 0, HERE, 0},
    {"remote-fin-wait-2-orphan", fin_wait_2_orphan, "0.0.0.0", 0, HERE, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
