/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * situation SLUG [PORT]: makes one real kernel situation around the port (9877)
 * in the network namespace it runs in, prints facts about it as key=value lines
 * and then "ready", and holds it until standard input ends.
 * situation --list: the slugs.
 *
 * A new situation is a row of the table at the end, or of those in situation/;
 * rows that differ only in addresses and options share their make function.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "situation.h"

/* Facts */

void fact(const char *key, long value)
{
	printf("%s=%ld\n", key, value);
}

void holder(pid_t pid)
{
	fact("holder_pid", pid);
}

/* Children: they live until the situation ends, however it ends. */

static pid_t children[8];
static size_t nchildren;

void add_child(pid_t pid)
{
	children[nchildren++] = pid;
}

static void end_children(void)
{
	for (size_t i = 0; i < nchildren; i++)
		kill(children[i], SIGKILL);
	while (nchildren && waitpid(children[nchildren - 1], NULL, 0) > 0)
		nchildren--;
}

/* fork(); what the child holds at that moment it keeps, and does nothing. */
pid_t keeper(void)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	pid = fork();
	need(pid >= 0, "fork");
	if (pid) {
		add_child(pid);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

/* Sockets that a process holds */

static void free_port(const struct situation *s, uint16_t port)
{
	(void)s;
	(void)port;
}

static void listener(const struct situation *s, uint16_t port)
{
	tcp_server(s->on, port, s->options);
	holder(getpid());
}

static void listener_of_two(const struct situation *s, uint16_t port)
{
	tcp_server(s->on, port, s->options);
	holder(getpid());
	holder(keeper());
}

static void bound(const struct situation *s, uint16_t port)
{
	tcp_bound(s->on, port, s->options);
	holder(getpid());
}

/* One on s->on held by a child, one on s->to held by ourselves. */
static void two_holders(const struct situation *s, uint16_t port)
{
	int fd = tcp_server(s->on, port, s->options);

	holder(keeper());
	close(fd);
	tcp_server(s->to, port, s->options);
	holder(getpid());
}

static void established_children(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	int clients[2] = {tcp_client(s->to, port), -1};

	tcp_accept(server);
	clients[1] = tcp_client(s->to, port); /* stays in the queue */
	wait_for_rows(port, 0, TCP_ESTABLISHED, 2);
	fact("peer_port", local_port(clients[0]));
	fact("peer_port", local_port(clients[1]));
	holder(getpid());
}

/* Connections that ended, or half of them */

struct pair connected(int listener, const char *to, uint16_t port)
{
	struct pair p = {.client = tcp_client(to, port)};

	p.server = tcp_accept(listener);
	return p;
}

struct pair connected_alone(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct pair p = connected(server, s->to, port);

	close(server);
	fact("peer_port", local_port(p.client));
	return p;
}

void vanish(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	close(fd);
}

void set_port_range(uint16_t first, uint16_t last)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "we");

	need(f && fprintf(f, "%u %u\n", first, last) > 0 && !fclose(f), "ip_local_port_range");
}

void close_server_first(struct pair p)
{
	close(p.server);
	wait_for_state(p.client, TCP_CLOSE_WAIT);
}

/*
 * Returns the listener.  A client that repeats its FIN after a lost moment (a
 * busy machine) is answered by the TIME_WAIT, and its reset then ends that one:
 * so this counts only when no client is left, and makes what is missing.
 */
static int make_time_wait(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	size_t count = s->count ? s->count : 1;
	uint16_t peer_port = 0;

	for (size_t have = 0; have < count; have = count_rows(port, 0, TCP_TIME_WAIT)) {
		for (; have < count; have++) {
			struct pair p = connected(server, s->to, port);

			peer_port = local_port(p.client);
			if (!have)
				fact("first_peer_port", peer_port);
			close_server_first(p);
			close(p.client);
		}
		wait_for_rows(0, port, 0, 0);
	}
	fact("peer_port", peer_port);
	fact("count", (long)count);
	return server;
}

static void time_wait(const struct situation *s, uint16_t port)
{
	close(make_time_wait(s, port));
}

static void time_wait_with_listener(const struct situation *s, uint16_t port)
{
	make_time_wait(s, port);
	holder(getpid());
}

/* The server's part of a TIME_WAIT on s->on, and a socket bound to another address. */
static void time_wait_and_bound(const struct situation *s, uint16_t port)
{
	time_wait(s, port);
	tcp_bound("127.0.0.2", port, 0);
	holder(getpid());
}

/* The client closes first: TIME_WAIT is at its end, our port is free. */
static void time_wait_at_client(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct pair p = connected(server, s->to, port);
	uint16_t peer_port = local_port(p.client);

	close(p.client);
	wait_for_state(p.server, TCP_CLOSE_WAIT);
	close(p.server);
	close(server);
	wait_for_rows(port, 0, 0, 0);
	fact("peer_port", peer_port);
}

/* close() with unread data resets the connection: nothing remains. */
static void reset(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct pair p = connected(server, s->to, port);
	char c;

	need(send(p.client, "x", 1, 0) == 1, "send");
	need(recv(p.server, &c, 1, MSG_PEEK) == 1, "recv");
	close(p.server);
	wait_for_state(p.client, TCP_CLOSE);
	close(server);
}

static void fin_wait_2_orphan(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct pair p = connected(server, s->to, port);

	close_server_first(p);
	wait_for_rows(port, 0, TCP_FIN_WAIT2, 1);
	close(server);
	fact("peer_port", local_port(p.client));
}

static void fin_wait_2_half_closed(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct pair p = connected(server, s->to, port);

	need(!shutdown(p.server, SHUT_WR), "shutdown");
	wait_for_state(p.server, TCP_FIN_WAIT2);
	close(server);
	fact("peer_port", local_port(p.client));
	holder(getpid());
}

/* A request whose client does not hear the answer; it lives for a second after its listener. */
static int make_half_open(const struct situation *s, uint16_t port)
{
	int server = tcp_server(s->on, port, s->options);
	struct place p = place(s->to, port);
	int client = socket(p.sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	need(client >= 0, "socket");
	make_deaf(client);
	need(connect(client, (struct sockaddr *)&p.sa, p.len) && errno == EINPROGRESS, "connect");
	wait_for_rows(port, 0, TCP_SYN_RECV, 1);
	fact("peer_port", local_port(client));
	return server;
}

static void half_open(const struct situation *s, uint16_t port)
{
	close(make_half_open(s, port));
}

static void half_open_of_listener(const struct situation *s, uint16_t port)
{
	make_half_open(s, port);
	holder(getpid());
}

/* A process whose every name is an attack on the reader's terminal: a copy of this program under such names. */

#define HOSTILE "\033[31mx\n\xff\r\t\\x41\xe2\x80\xae"

static void copy_program(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ssize_t n;

	need(in >= 0 && out >= 0, to);
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	need(!n, "sendfile");
	close(in);
	close(out);
}

static void hostile_name(const struct situation *s, uint16_t port)
{
	const char *tmp = getenv("TMPDIR");
	char dir[PATH_MAX], text[8];
	char *argv[] = {"./" HOSTILE, "listener", text, NULL};
	pid_t pid;

	(void)s;
	snprintf(text, sizeof text, "%" PRIu16, port);
	snprintf(dir, sizeof dir, "%s/portwhy" HOSTILE "XXXXXX", tmp && *tmp ? tmp : "/tmp");
	need(mkdtemp(dir) && !chdir(dir), "mkdtemp");
	copy_program(argv[0]);
	fflush(stdout);
	pid = fork();
	need(pid >= 0, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(argv[0], argv);
		_exit(126);
	}
	waitpid(pid, NULL, 0); /* it has the same standard input */
	unlink(argv[0]);
	need(!rmdir(dir), "rmdir");
	exit(0);
}

static void on_device(const struct situation *s, uint16_t port)
{
	int fd = tcp_bound_on(s->to, s->on, port, s->options);

	if (s->count)
		need(!listen(fd, 8), "listen");
	holder(getpid());
}

static const struct situation situations[] = {
    {"listener-on-lo", on_device, "0.0.0.0", 0, "lo", 1},
    {"listener-v6-on-lo", on_device, "::", 0, "lo", 1},
    {"bound-on-lo", on_device, "0.0.0.0", REUSEADDR, "lo", 0},
    {"free", free_port, NULL, 0, NULL, 0},
    {"listener", listener, "0.0.0.0", 0, NULL, 0},
    {"listener-reuseaddr", listener, "0.0.0.0", REUSEADDR, NULL, 0},
    {"listener-reuseport", listener, "0.0.0.0", REUSEPORT, NULL, 0},
    {"listener-v6", listener, "::", 0, NULL, 0},
    {"listener-v6only", listener, "::", V6ONLY, NULL, 0},
    {"listener-specific", listener, "127.0.0.1", 0, NULL, 0},
    {"listener-v6-specific", listener, "::1", 0, NULL, 0},
    {"listener-mapped", listener, "::ffff:127.0.0.1", 0, NULL, 0},
    {"listener-two-processes", listener_of_two, "0.0.0.0", 0, NULL, 0},
    {"two-holders", two_holders, "127.0.0.1", 0, "127.0.0.2", 0},
    {"established-children", established_children, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"bound", bound, "0.0.0.0", 0, NULL, 0},
    {"bound-reuseaddr", bound, "0.0.0.0", REUSEADDR, NULL, 0},
    {"bound-reuseport", bound, "0.0.0.0", REUSEPORT, NULL, 0},
    {"bound-v6", bound, "::", 0, NULL, 0},
    {"time-wait-lacked", time_wait, "0.0.0.0", 0, "127.0.0.1", 0},
    {"time-wait-reuse", time_wait, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"time-wait-reuseport", time_wait, "0.0.0.0", REUSEPORT, "127.0.0.1", 0},
    {"time-wait-mapped", time_wait, "::", 0, "127.0.0.1", 0},
    {"time-wait-mapped-reuse", time_wait, "::", REUSEADDR, "127.0.0.1", 0},
    {"time-wait-v6", time_wait, "::", 0, "::1", 0},
    {"time-wait-v6only", time_wait, "::", V6ONLY, "::1", 0},
    {"time-wait-v6only-reuse", time_wait, "::", V6ONLY | REUSEADDR, "::1", 0},
    {"time-wait-with-listener", time_wait_with_listener, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"time-wait-many", time_wait, "0.0.0.0", 0, "127.0.0.1", 300},
    {"time-wait-many-reuse", time_wait, "0.0.0.0", REUSEADDR, "127.0.0.1", 300},
    {"time-wait-1000", time_wait, "0.0.0.0", 0, "127.0.0.1", 1000},
    {"time-wait-1001", time_wait, "0.0.0.0", 0, "127.0.0.1", 1001},
    {"time-wait-at-client", time_wait_at_client, "0.0.0.0", 0, "127.0.0.1", 0},
    {"mixed", time_wait_and_bound, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-orphan", fin_wait_2_orphan, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-orphan-reuse", fin_wait_2_orphan, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"fin-wait-2-half-closed", fin_wait_2_half_closed, "0.0.0.0", 0, "127.0.0.1", 0},
    {"fin-wait-2-half-closed-reuse", fin_wait_2_half_closed, "0.0.0.0", REUSEADDR, "127.0.0.1", 0},
    {"half-open", half_open, "0.0.0.0", 0, "127.0.0.1", 0},
    {"half-open-of-listener", half_open_of_listener, "0.0.0.0", 0, "127.0.0.1", 0},
    {"reset", reset, "0.0.0.0", 0, "127.0.0.1", 0},
    {"hostile-name", hostile_name, NULL, 0, NULL, 0},
    {NULL, NULL, NULL, 0, NULL, 0},
};

static const struct situation *const tables[] = {
    situations,
    closing_situations,
    living_situations,
    holding_situations,
    remote_situations,
    unlisted_situations,
    unfound_situations,
    range_situations,
    udp_situations,
};

enum { TABLES = sizeof tables / sizeof *tables };

static int list(void)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct situation *s = tables[t]; s->slug; s++)
			puts(s->slug);
	return 0;
}

const struct situation *find_situation(const char *slug)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct situation *s = tables[t]; s->slug; s++)
			if (!strcmp(s->slug, slug))
				return s;
	return NULL;
}

static void wait_for_end(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	const char *slug = getenv("SITUATION"); /* then the arguments are those of the program that this one plays */
	const struct situation *s = slug ? find_situation(slug) : argc == 2 || argc == 3 ? find_situation(argv[1]) : NULL;
	uint16_t port = (uint16_t)(argc > 2 && !slug ? number(argv[2], UINT16_MAX) : 9877);

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (!s) {
		fprintf(stderr, "usage: situation SLUG [PORT] | situation --list\n");
		return 2;
	}
	loopback_up();
	fact("pid", getpid());
	fact("port", port);
	s->make(s, port);
	puts("ready");
	fflush(stdout);
	wait_for_end();
	end_children();
	return 0;
}
