/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that no table lists: real ones of our own, behind links of a fixture tree in place of /proc. */
#define _GNU_SOURCE
#include "sys/boundonly.h"

#include <netinet/in.h>
#include <sys/stat.h>

#include "sandbox.h"
#include "suite.h"
#include "tree.h"

enum { PORT = 9877 };

/* A tree of the first pid namespace, with pid 1, which holds nothing, and ourselves. */
static struct tree begin(void)
{
	struct tree t = tree_begin();

	tree_dir(&t, "1/fd");
	tree_link(&t, "self/ns/pid", "pid:[4026531836]");
	return t;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return (uint32_t)st.st_ino;
}

/* A descriptor of ours, as /proc shows it: its link has the text of a socket's and leads to that socket. */
static void give_link(struct tree *t, int fd, const char *target, const char *fdinfo)
{
	char path[64];

	snprintf(path, sizeof path, "%d/fd/%d", (int)getpid(), fd);
	tree_link(t, path, target);
	snprintf(path, sizeof path, "%d/fdinfo/%d", (int)getpid(), fd);
	tree_text(t, path, fdinfo);
}

static void give(struct tree *t, int fd, uint32_t inode, const char *fdinfo)
{
	char text[64], path[96], real[64];

	snprintf(text, sizeof text, "socket:[%u]", inode);
	give_link(t, fd, text, fdinfo);
	snprintf(path, sizeof path, "%d/fd/%s", (int)getpid(), text);
	snprintf(real, sizeof real, "/proc/%d/fd/%d", (int)getpid(), fd);
	tree_link(t, path, real);
}

static int tcp(const char *text, uint16_t port)
{
	struct place p = place_of(text, port);
	int fd = socket(p.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (port)
		ck_assert_int_eq(bind(fd, &p.u.sa, p.len), 0);
	return fd;
}

static int make_bound(void)
{
	return tcp("127.0.0.1", PORT);
}

static int make_unbound(void)
{
	return tcp("127.0.0.1", 0);
}

static int make_listener(void)
{
	int fd = make_bound();

	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static int connect_to_ourselves(int *client)
{
	struct place p = place_of("127.0.0.1", PORT);
	int listener = make_listener(), fd;

	*client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(*client, &p.u.sa, p.len), 0);
	fd = accept(listener, NULL, NULL);
	close(listener);
	return fd;
}

static int make_connected(void)
{
	int client;

	return connect_to_ourselves(&client);
}

/* It still shows the port that it has lost. */
static int make_reset(void)
{
	struct linger none = {.l_onoff = 1};
	int client, fd = connect_to_ourselves(&client);
	char c;

	ck_assert_int_eq(setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
	close(client);
	ck_assert_int_eq(recv(fd, &c, 1, 0), -1);
	return fd;
}

static int make_udp(void)
{
	struct place p = place_of("127.0.0.1", PORT);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, &p.u.sa, p.len), 0);
	return fd;
}

static int make_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int make_elsewhere(void)
{
	int fd = make_bound();

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0); /* of our user namespace, so that 5.10 tells them apart too */
	return fd;
}

static const struct row {
	const char *name;
	int (*make)(void);
	const char *fdinfo;
	int listed;        /* the tables list it */
	int other;         /* the link names another socket than the descriptor by now is */
	int found;
	bool certain;
	int state, err;    /* of the gap, with its object; no object: no gap */
	const char *object;
} rows[] = {
    {"bound", make_bound, "", 0, 0, 1, true, STATE_CLOSE, 0, NULL},
    {"bound, listed", make_bound, "", 1, 0, 0, false, 0, 0, NULL},
    {"bound, another by now", make_bound, "", 0, 1, 0, false, 0, 0, NULL},
    {"unbound", make_unbound, "", 0, 0, 0, false, 0, 0, NULL},
    {"listener", make_listener, "", 0, 0, 1, true, STATE_LISTEN, 0, NULL},
    {"connected", make_connected, "", 0, 0, 1, true, STATE_ESTABLISHED, 0, NULL},
    {"reset", make_reset, "", 0, 0, 1, false, STATE_CLOSE, 0, NULL},
    {"UDP", make_udp, "", 0, 0, 0, false, 0, 0, NULL},
    {"of another network namespace", make_elsewhere, "", 0, 0, 0, false, 0, 0, NULL},
    {"unix", make_unix, "pos:\t0\nscm_fds: 0\n", 0, 0, 0, false, 0, 0, NULL},
    {"unix, older", make_unix, "pos:\t0\n", 0, 0, 0, false, 0, 0, NULL},
    {"unix, in flight", make_unix, "pos:\t0\nscm_fds: 2\n", 0, 0, 0, false, 0, 0, "scm_fds of fd %d of pid %d"},
};

static void same_gap(const char *name, const struct snapshot *s, int err, const char *object)
{
	const struct gap *g = s->gaps.v;

	ck_assert_msg(s->gaps.n == (object != NULL), "%s: %zu gaps, %s", name, s->gaps.n, s->gaps.n ? g->object : "-");
	if (object)
		ck_assert_msg(g->kind == GAP_BOUND_ONLY && g->err == err && !strcmp(g->object, object), "%s: gap %s, %s", name,
		              g->object, strerror(g->err));
}

START_TEST(test_socket)
{
	const struct row *row = &rows[_i];
	struct snapshot s = {0};
	struct idset listed = {0};
	struct stat netns;
	struct tree t;
	char object[64];
	int fd, before;

	if (!sandbox_enter())
		return;
	fd = row->make();
	t = begin();
	give(&t, fd, inode_of(fd) + (uint32_t)row->other, row->fdinfo);
	idset_add(&listed, 1);
	idset_add(&listed, row->listed ? inode_of(fd) : 2);
	idset_end(&listed);
	gap_add(&s.gaps, GAP_BOUND_ONLY, 0, NULL);
	ck_assert_int_eq(stat("/proc/self/ns/net", &netns), 0);
	s.host.netns = netns.st_ino;
	before = open_fds();
	boundonly_scan(&s, t.fd, &listed);
	ck_assert_msg(s.unlisted_read && s.nunlisted == (size_t)row->found, "%s: %zu", row->name, s.nunlisted);
	if (row->found) {
		const struct unlisted *u = &s.unlisted[0];
		uint64_t cookie = 0;
		socklen_t len = sizeof cookie;

		ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), 0);
		ck_assert(cookie && u->s.cookie == cookie);
		ck_assert_msg(u->certain == row->certain && u->s.state == row->state && u->fd == fd && u->pid == getpid(),
		              "%s: state %d", row->name, u->s.state);
		ck_assert(u->s.port == PORT && u->s.inode == inode_of(fd) && !u->s.peer_port == (row->state != STATE_ESTABLISHED));
		ck_assert(u->s.reuseaddr == YES && u->s.reuseport == NO && u->s.v6only == NO && !u->s.uid && !u->s.ifindex);
	}
	snprintf(object, sizeof object, row->object ? row->object : "%d %d", fd, (int)getpid());
	same_gap(row->name, &s, row->err, row->object ? object : NULL);
	ck_assert_int_eq(open_fds(), before);
	idset_free(&listed);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* What else may hide one. */
static const struct hiding {
	const char *name, *pid_namespace, *pid, *ring;
	int err;
	const char *object;
} hiding[] = {
    {"nothing", "pid:[4026531836]", "1/fd", "UserFiles:\t0\n", 0, NULL},
    {"another pid namespace", "pid:[4026531837]", "1/fd", "", 0, "processes outside of pid:[4026531837]"},
    {"a foreign /proc", NULL, "1/fd", "", ENOENT, "processes outside of /proc"},
    {"pid 1 is hidden", "pid:[4026531836]", "2/fd", "", EACCES, "fd table of pid 1"},
    {"an io_uring", "pid:[4026531836]", "1/fd", "SqMask:\t1\nUserFiles:\t1\n", 0, "UserFiles of fd 5 of pid %d"},
};

START_TEST(test_hiding)
{
	const struct hiding *row = &hiding[_i];
	struct snapshot s = {0};
	struct idset none = {0};
	struct tree t = tree_begin();
	char object[64];

	tree_dir(&t, row->pid);
	if (row->pid_namespace)
		tree_link(&t, "self/ns/pid", row->pid_namespace);
	give_link(&t, 5, "anon_inode:[io_uring]", row->ring);
	give_link(&t, 6, "anon_inode:[eventpoll]", "UserFiles:\t1\n");
	gap_add(&s.gaps, GAP_BOUND_ONLY, 0, NULL);
	boundonly_scan(&s, t.fd, &none);
	snprintf(object, sizeof object, row->object ? row->object : "%d", (int)getpid());
	same_gap(row->name, &s, row->err, row->object ? object : NULL);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

/* A link that is there and whose socket cannot be asked; and no /proc at all. */
START_TEST(test_refused)
{
	struct snapshot s = {0};
	struct idset none = {0};
	struct tree t = begin();
	char object[64];

	give_link(&t, 7, "socket:[12345]", "");
	boundonly_scan(&s, t.fd, &none);
	snprintf(object, sizeof object, "fd 7 of pid %d", (int)getpid());
	same_gap("refused", &s, ENOENT, object);
	snapshot_free(&s);
	boundonly_scan(&s, -EMFILE, &none);
	ck_assert(s.unlisted_read && gap_has(&s.gaps, GAP_BOUND_ONLY) && s.gaps.v[0].err == EMFILE);
	snapshot_free(&s);
	tree_end(&t);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boundonly");
	TCase *whole = tcase_create("whole");

	add_table(suite, "socket", test_socket, COUNT(rows));
	add_table(suite, "hiding", test_hiding, COUNT(hiding));
	tcase_add_test(whole, test_refused);
	suite_add_tcase(suite, whole);
	return run_suite(suite);
}
