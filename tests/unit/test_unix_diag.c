/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of unix sockets: fields, attributes of every length, hostile bytes; and sockets of our own, in both sources. */
#define _GNU_SOURCE
#include "sys/unix_diag.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "guard.h"
#include "suite.h"

enum { FIXED = NLMSG_LENGTH(sizeof(struct unix_diag_msg)), ROOM = 128 };

struct message {
	struct nlmsghdr h;
	struct unix_diag_msg m;
	char attrs[ROOM];
};

static struct message message_of(uint8_t type, uint8_t state)
{
	return (struct message){
	    .h = {.nlmsg_len = FIXED, .nlmsg_type = 20},
	    .m = {.udiag_family = AF_UNIX, .udiag_type = type, .udiag_state = state, .udiag_ino = 7, .udiag_cookie = {5, 6}},
	};
}

static void add(struct message *msg, uint16_t type, const void *value, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)msg + NLMSG_ALIGN(msg->h.nlmsg_len));

	a->nla_len = (uint16_t)(NLA_HDRLEN + len);
	a->nla_type = type;
	memcpy((char *)a + NLA_HDRLEN, value, len);
	msg->h.nlmsg_len = (uint32_t)((char *)a - (char *)msg) + (uint32_t)(NLA_HDRLEN + len);
}

/* Parses a copy that ends at a closed page; what n points to is copied out. */
static bool parse(const struct message *msg, struct sock *s, struct unix_name *n)
{
	static char bytes[ROOM];
	size_t len = msg->h.nlmsg_len < sizeof msg->h ? sizeof msg->h : msg->h.nlmsg_len;
	struct guard g = guard_open(sizeof *msg);
	bool ok = unix_diag_parse(guard_put(&g, msg, len, NLMSG_ALIGNTO), s, n);

	if (ok && n->len)
		n->bytes = memcpy(bytes, n->bytes, n->len);
	guard_close(&g);
	return ok;
}

START_TEST(fields)
{
	struct message msg = message_of(SOCK_STREAM, STATE_LISTEN);
	struct unix_diag_vfs vfs = {.udiag_vfs_ino = 0xdeadbeef, .udiag_vfs_dev = 8U << 20 | 1};
	struct unix_diag_rqlen queues = {3, 128};
	uint32_t uid = 1000;
	struct unix_name n;
	struct sock s;

	add(&msg, UNIX_DIAG_NAME, "/run/x\0", 7);
	add(&msg, UNIX_DIAG_VFS, &vfs, sizeof vfs);
	add(&msg, UNIX_DIAG_RQLEN, &queues, sizeof queues);
	add(&msg, 7, &uid, sizeof uid);
	ck_assert(parse(&msg, &s, &n));
	ck_assert(s.proto == PROTO_UNIX && s.state == STATE_LISTEN && s.inode == 7 && s.uid == 1000 && s.count == 1);
	ck_assert(s.cookie == 0x600000005 && s.receive_queue == 3 && s.send_queue == 128 && s.expires_ms == -1);
	ck_assert(n.type == SOCK_STREAM && n.has_file && n.inode == 0xdeadbeef && n.dev == (8U << 20 | 1));
	ck_assert(n.len == 6 && !memcmp(n.bytes, "/run/x", 6) && !n.text);
	ck_assert(!sock_is_rest(&s));
}
END_TEST

/* The name as it is sent, and what it means. */
static const struct {
	const char *sent;
	size_t len, means;
} names[] = {
    {"/x\0", 3, 2}, {"x", 1, 1}, {"\0x", 2, 2}, {"\0x\0", 3, 3}, {"\0", 1, 1}, {"", 0, 0}, {"a\0b\0", 4, 1}, {"\0\0", 2, 2},
};

START_TEST(name_of_record)
{
	struct message msg = message_of(SOCK_DGRAM, STATE_CLOSE);
	struct unix_name n;
	struct sock s;

	add(&msg, UNIX_DIAG_NAME, names[_i].sent, names[_i].len);
	ck_assert(parse(&msg, &s, &n) && n.len == names[_i].means && !n.has_file);
	ck_assert(!n.len || !memcmp(n.bytes, names[_i].sent, n.len));
}
END_TEST

/* Cut anywhere: what is whole is read, and nothing behind the end. */
START_TEST(every_length)
{
	struct message msg = message_of(SOCK_STREAM, STATE_CLOSE);
	struct unix_diag_vfs vfs = {1, 2};
	struct unix_name n;
	struct sock s;
	uint32_t len;

	add(&msg, UNIX_DIAG_NAME, "/a/b/c\0", 7);
	add(&msg, UNIX_DIAG_VFS, &vfs, sizeof vfs);
	len = msg.h.nlmsg_len;
	for (msg.h.nlmsg_len = 0; msg.h.nlmsg_len <= len; msg.h.nlmsg_len++) {
		ck_assert_int_eq(parse(&msg, &s, &n), msg.h.nlmsg_len >= FIXED);
		if (msg.h.nlmsg_len >= FIXED)
			ck_assert_int_eq(n.has_file, msg.h.nlmsg_len == len);
	}
}
END_TEST

/* Attributes that are too short, and lengths that lie. */
START_TEST(hostile)
{
	static const uint16_t types[] = {UNIX_DIAG_NAME, UNIX_DIAG_VFS, UNIX_DIAG_RQLEN, 7, 99, 0xffff};
	struct unix_name n;
	struct sock s;

	for (size_t t = 0; t < COUNT(types); t++)
		for (size_t len = 0; len < 9; len++)
			for (int lie = -5; lie <= 5; lie++) {
				struct message msg = message_of(SOCK_STREAM, STATE_CLOSE);
				struct nlattr *a = (struct nlattr *)msg.attrs;

				add(&msg, types[t], "\xff\xff\xff\xff\xff\xff\xff\xff", len);
				a->nla_len = (uint16_t)(a->nla_len + lie);
				ck_assert(parse(&msg, &s, &n));
				ck_assert(n.len <= 8);
			}
}
END_TEST

START_TEST(other_family)
{
	struct message msg = message_of(SOCK_STREAM, STATE_CLOSE);
	struct unix_name n;
	struct sock s;

	msg.m.udiag_family = AF_INET;
	ck_assert(!parse(&msg, &s, &n));
}
END_TEST

/* Lines of /proc/net/unix: the state and the name; NULL: not a line. */
static const struct {
	const char *line, *name;
	size_t len;
	uint8_t state, type;
	uint32_t inode;
} lines[] = {
    {"Num       RefCount Protocol Flags    Type St Inode Path\n", NULL, 0, 0, 0, 0},
    {"0000000000000000: 00000002 00000000 00010000 0001 01  1204 /run/x\n", "/run/x", 6, STATE_LISTEN, 1, 1204},
    {"(____ptrval____): 00000002 00000000 00000000 0002 01  1204 /run/x\n", "/run/x", 6, STATE_CLOSE, 2, 1204},
    {"0000000000000000: 00000003 00000000 00000000 0005 03  1204 @a b@\n", "\0a b@", 5, STATE_ESTABLISHED, 5, 1204},
    {"0000000000000000: 00000003 00000000 00000000 0001 03  1204\n", "", 0, STATE_ESTABLISHED, 1, 1204},
    {"0000000000000000: 00000003 00000000 00000000 0001 03 99999999999 x\n", NULL, 0, 0, 0, 0},
    {"0000000000000000: 00000003 00000000 00000000 0001 03 12x x\n", NULL, 0, 0, 0, 0},
    {"0000000000000000: 00000003 00000000 00000000 0001\n", NULL, 0, 0, 0, 0},
    {"", NULL, 0, 0, 0, 0},
    {"\xff\xfe\n", NULL, 0, 0, 0, 0},
};

START_TEST(line)
{
	struct unix_name n;
	struct sock s;
	char text[128];

	strcpy(text, lines[_i].line);
	ck_assert_msg(unix_proc_parse(text, &s, &n) == (lines[_i].name != NULL), "'%s'", lines[_i].line);
	if (!lines[_i].name)
		return;
	ck_assert(s.state == lines[_i].state && n.type == lines[_i].type && s.inode == lines[_i].inode && s.uid == UID_UNKNOWN);
	ck_assert(n.len == lines[_i].len && !memcmp(n.bytes, lines[_i].name, n.len) && !n.has_file);
}
END_TEST

/* A socket of ours, in what the kernel tells. */
struct wanted {
	const char *name;
	size_t len;
	struct sock s;
	struct unix_name n;
	int found;
};

static void look_for(const struct sock *s, const struct unix_name *n, void *arg)
{
	struct wanted *w = arg;

	if (n->len != w->len || memcmp(n->bytes, w->name, n->len))
		return;
	w->s = *s;
	w->n = *n;
	w->found++;
}

static int bound(const char *name, size_t len, int type)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, name, len);
	ck_assert(fd >= 0 && !bind(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)));
	return fd;
}

static struct wanted found_by_diag(const char *name, size_t len)
{
	struct wanted w = {.name = name, .len = len};

	ck_assert_int_eq(unix_diag_ask(look_for, &w), 0);
	return w;
}

static struct wanted found_by_proc(const char *name, size_t len)
{
	struct wanted w = {.name = name, .len = len};
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(unix_proc_ask(proc, look_for, &w), 0);
	close(proc);
	return w;
}

START_TEST(real)
{
	char path[] = "/tmp/portwhy-unix-XXXXXX", abstract[32] = "";
	int len, file, stream, dgram;
	struct wanted w, p;
	struct stat st;

	file = mkstemp(path);
	ck_assert(file >= 0 && !unlink(path));
	len = 1 + snprintf(abstract + 1, sizeof abstract - 1, "portwhy-%d", (int)getpid());
	stream = bound(path, strlen(path), SOCK_STREAM);
	dgram = bound(abstract, (size_t)len, SOCK_DGRAM);
	ck_assert(!listen(stream, 5) && !stat(path, &st));

	w = found_by_diag(path, strlen(path));
	p = found_by_proc(path, strlen(path));
	ck_assert(w.found == 1 && w.s.state == STATE_LISTEN && w.n.type == SOCK_STREAM && w.s.uid == getuid());
	ck_assert(w.n.has_file && w.n.inode == (uint32_t)st.st_ino && w.s.send_queue == 5);
	ck_assert(p.found == 1 && p.s.state == STATE_LISTEN && p.s.inode == w.s.inode && p.n.type == SOCK_STREAM);

	w = found_by_diag(abstract, (size_t)len);
	p = found_by_proc(abstract, (size_t)len);
	ck_assert(w.found == 1 && w.s.state == STATE_CLOSE && w.n.type == SOCK_DGRAM && !w.n.has_file);
	ck_assert(p.found == 1 && p.s.state == STATE_CLOSE && p.s.inode == w.s.inode);
	unlink(path);
	close(stream);
	close(dgram);
	close(file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unix_diag");

	add_table(suite, "fields", fields, 1);
	add_table(suite, "name", name_of_record, COUNT(names));
	add_table(suite, "every length", every_length, 1);
	add_table(suite, "hostile", hostile, 1);
	add_table(suite, "other family", other_family, 1);
	add_table(suite, "line", line, COUNT(lines));
	add_table(suite, "real", real, 1);
	return run_suite(suite);
}
