/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP sockets; those of a row without a holder_pid are the kernel's own. */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "../situation.h"

static int udp_bound_on(const char *device, const char *addr, uint16_t port, unsigned int options)
{
	struct place p = place(addr, port);
	int fd = socket(p.sa.ss_family, SOCK_DGRAM, 0);

	need(fd >= 0, "socket");
	set_options(fd, p.sa.ss_family, options);
	if (device)
		set_device(fd, device);
	need(!bind(fd, (struct sockaddr *)&p.sa, p.len), "bind");
	return fd;
}

/* s->to is the device, if there is one. */
static void udp(const struct situation *s, uint16_t port)
{
	udp_bound_on(s->to, s->on, port, s->options);
	holder(getpid());
}

/* connect() of a UDP socket sends nothing; what was bound to the wildcard takes the address that leads there. */
static void udp_connected(const struct situation *s, uint16_t port)
{
	int fd = udp_bound_on(NULL, s->on, port, s->options);
	struct place to = place(s->to, 41918);

	need(!connect(fd, (struct sockaddr *)&to.sa, to.len), "connect");
	holder(getpid());
}

/* The first is a child's. */
static void udp_two(const struct situation *s, uint16_t port)
{
	int fd = udp_bound_on(NULL, s->on, port, s->options);

	holder(keeper());
	close(fd);
	udp_bound_on(NULL, s->to ? s->to : s->on, port, s->options);
	holder(getpid());
}

/*
 * Both share by SO_REUSEADDR; one has SO_REUSEPORT too, and lets in a new one
 * that has it if the kernel comes to it first: the newest.  s->count: that one
 * is the newest.
 */
static void udp_in_order(const struct situation *s, uint16_t port)
{
	udp_bound_on(NULL, s->on, port, REUSEADDR | (s->count ? 0 : REUSEPORT));
	udp_bound_on(NULL, s->on, port, REUSEADDR | (s->count ? REUSEPORT : 0));
	holder(getpid());
}

/* More than ten on addresses of their own: the kernel then looks sockets up by address. */
static void udp_crowd(const struct situation *s, uint16_t port)
{
	for (size_t i = 1; i <= s->count; i++) {
		char addr[INET_ADDRSTRLEN];

		snprintf(addr, sizeof addr, "127.0.0.%zu", i);
		udp_bound_on(NULL, addr, port, s->options);
	}
	holder(getpid());
}

static void tcp_beside(const struct situation *s, uint16_t port)
{
	tcp_server(s->on, port, 0);
	udp_bound_on(NULL, s->on, port, 0);
	holder(getpid());
}

static int run_ip(char *const argv[])
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	need(pid >= 0, "fork");
	if (!pid) {
		close(STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	need(waitpid(pid, &status, 0) == pid, "waitpid");
	return status;
}

/* The socket of an interface: it is there while the interface is up, and no process has it. */
static void interface(char **add, const char *kind)
{
	char *up[] = {"ip", "link", "set", "x0", "up", NULL};

	if (!run_ip(add) && !run_ip(up))
		return;
	printf("skip=this kernel, or ip(8), makes no %s\n", kind);
	fflush(stdout);
	exit(0);
}

static void vxlan(const struct situation *s, uint16_t port)
{
	char text[8];
	char *add[] = {"ip", "link", "add", "x0", "type", "vxlan", "id", "5", "dstport", text, "dev", "lo", NULL};

	(void)s;
	snprintf(text, sizeof text, "%" PRIu16, port);
	interface(add, "VXLAN interface");
}

static void geneve(const struct situation *s, uint16_t port)
{
	char text[8];
	char *add[] = {"ip", "link", "add", "x0", "type", "geneve", "id", "5", "remote", "127.0.0.1", "dstport", text, NULL};

	(void)s;
	snprintf(text, sizeof text, "%" PRIu16, port);
	interface(add, "GENEVE interface");
}

/* Its port is set by a netlink family of its own; without that the kernel picks one, here from a range of one. */
static void wireguard(const struct situation *s, uint16_t port)
{
	char *add[] = {"ip", "link", "add", "x0", "type", "wireguard", NULL};

	(void)s;
	set_port_range(port, port);
	interface(add, "WireGuard interface");
}

/* A tunnel has its socket without any interface. */
static void l2tp(const struct situation *s, uint16_t port)
{
	char text[8];
	char *add[] = {"ip",    "l2tp",      "add",    "tunnel",    "tunnel_id", "5",  "peer_tunnel_id", "5",  "encap", "udp",
	               "local", "127.0.0.1", "remote", "127.0.0.2", "udp_sport", text, "udp_dport",      text, NULL};

	(void)s;
	snprintf(text, sizeof text, "%" PRIu16, port);
	if (!run_ip(add))
		return;
	puts("skip=this kernel, or ip(8), makes no L2TP tunnel");
	fflush(stdout);
	exit(0);
}

const struct situation udp_situations[] = {
    {"udp", udp, "0.0.0.0", 0, NULL, 0},
    {"udp-specific", udp, "127.0.0.1", 0, NULL, 0},
    {"udp-v6", udp, "::", 0, NULL, 0},
    {"udp-v6only", udp, "::", V6ONLY, NULL, 0},
    {"udp-v6-specific", udp, "::1", 0, NULL, 0},
    {"udp-mapped", udp, "::ffff:127.0.0.1", 0, NULL, 0},
    {"udp-reuseaddr", udp, "0.0.0.0", REUSEADDR, NULL, 0},
    {"udp-reuseport", udp, "0.0.0.0", REUSEPORT, NULL, 0},
    {"udp-on-lo", udp, "0.0.0.0", 0, "lo", 0},
    {"udp-multicast", udp, "224.0.0.1", 0, NULL, 0},
    {"udp-multicast-v6", udp, "ff02::1", 0, "lo", 0},
    {"udp-broadcast", udp, "127.255.255.255", 0, NULL, 0},
    {"udp-connected", udp_connected, "0.0.0.0", 0, "127.0.0.1", 0},
    {"udp-connected-reuseaddr", udp_connected, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"udp-connected-v6", udp_connected, "::", 0, "::1", 0},
    {"udp-two-reuseaddr", udp_two, "0.0.0.0", REUSEADDR, NULL, 0},
    {"udp-two-reuseport", udp_two, "0.0.0.0", REUSEPORT, NULL, 0},
    {"udp-two-reuseport-v6", udp_two, "::", REUSEPORT, NULL, 0},
    {"udp-two-addresses", udp_two, "127.0.0.1", 0, "127.0.0.2", 0},
    {"udp-sharing-first", udp_in_order, "0.0.0.0", 0, NULL, 1},
    {"udp-sharing-last", udp_in_order, "0.0.0.0", 0, NULL, 0},
    {"udp-ten", udp_crowd, "127.0.0.1", 0, NULL, 10},
    {"udp-crowd", udp_crowd, "127.0.0.1", 0, NULL, 12},
    {"udp-crowd-reuseaddr", udp_crowd, "127.0.0.1", REUSEADDR, NULL, 12},
    {"udp-and-tcp", tcp_beside, "0.0.0.0", 0, NULL, 0},
    {"udp-vxlan", vxlan, NULL, 0, NULL, 0},
    {"udp-geneve", geneve, NULL, 0, NULL, 0},
    {"udp-wireguard", wireguard, NULL, 0, NULL, 0},
    {"udp-l2tp", l2tp, NULL, 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};
