/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which unix socket has a name: the rule, row by row; tests/live/unixes.py compares it with the kernel. */
#include "judge/conflict_unix.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "suite.h"

enum { DEV = 8 << 20 | 1 };

static const struct {
	const char *what, *target, *name;
	size_t len;           /* of name; 0: as a string */
	uint8_t asked, type;  /* types: of the target, of the socket */
	uint8_t state;
	uint32_t inode;       /* of its file; 0: not known */
	enum file_kind kind;
	enum tri alive;
	bool about;
	enum tri holds;
} rows[] = {
    {"the file", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 7, FILE_SOCKET, UNKNOWN, true, YES},
    {"the file, whatever the type", "/x", "/x", 0, SOCK_DGRAM, SOCK_STREAM, STATE_LISTEN, 7, FILE_SOCKET, UNKNOWN, true, YES},
    {"the file by a relative name", "/x", "../x", 0, SOCK_STREAM, SOCK_DGRAM, STATE_CLOSE, 7, FILE_SOCKET, UNKNOWN, true, YES},
    {"the lower half of the number", "/x", "x", 0, SOCK_STREAM, SOCK_STREAM, STATE_CLOSE, 0x80000007, FILE_SOCKET, UNKNOWN, false, NO},
    {"another file of that name", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 8, FILE_SOCKET, UNKNOWN, true, NO},
    {"another file, and somebody has ours", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 8, FILE_SOCKET, YES, true, UNKNOWN},
    {"another file, and nobody has ours", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 8, FILE_SOCKET, NO, true, NO},
    {"the name alone", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 0, FILE_SOCKET, UNKNOWN, true, UNKNOWN},
    {"the name alone, and nobody has it", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 0, FILE_SOCKET, NO, true, NO},
    {"the name, and no file is there", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 8, FILE_NONE, UNKNOWN, true, NO},
    {"the name of a regular file", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 7, FILE_REGULAR, UNKNOWN, true, NO},
    {"accepted", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_ESTABLISHED, 7, FILE_SOCKET, UNKNOWN, true, NO},
    {"accepted or a client, and somebody has it", "/x", "/x", 0, SOCK_STREAM, SOCK_STREAM, STATE_ESTABLISHED, 7, FILE_SOCKET, YES, true, UNKNOWN},
    {"a connected datagram socket", "/x", "/x", 0, SOCK_STREAM, SOCK_DGRAM, STATE_ESTABLISHED, 7, FILE_SOCKET, UNKNOWN, true, YES},
    {"another name", "/x", "/xy", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 8, FILE_SOCKET, UNKNOWN, false, NO},
    {"no name", "/x", "", 0, SOCK_STREAM, SOCK_STREAM, STATE_CLOSE, 0, FILE_NONE, UNKNOWN, false, NO},
    {"abstract", "@x", "\0x", 2, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 0, FILE_NONE, UNKNOWN, true, YES},
    {"abstract, bound", "@x", "\0x", 2, SOCK_STREAM, SOCK_STREAM, STATE_CLOSE, 0, FILE_NONE, UNKNOWN, true, YES},
    {"abstract, another type", "@x", "\0x", 2, SOCK_STREAM, SOCK_DGRAM, STATE_CLOSE, 0, FILE_NONE, UNKNOWN, true, NO},
    {"abstract, seqpacket", "@x", "\0x", 2, SOCK_STREAM, SOCK_SEQPACKET, STATE_LISTEN, 0, FILE_NONE, UNKNOWN, true, NO},
    {"abstract, accepted or a client", "@x", "\0x", 2, SOCK_STREAM, SOCK_STREAM, STATE_ESTABLISHED, 0, FILE_NONE, UNKNOWN, true, UNKNOWN},
    {"abstract, connected", "@x", "\0x", 2, SOCK_DGRAM, SOCK_DGRAM, STATE_ESTABLISHED, 0, FILE_NONE, UNKNOWN, true, YES},
    {"abstract with a NUL behind it", "@x", "\0x\0", 3, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 0, FILE_NONE, UNKNOWN, false, NO},
    {"a path with an @", "@x", "@x", 0, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 9, FILE_NONE, UNKNOWN, false, NO},
    {"an empty abstract name", "@x", "\0", 1, SOCK_STREAM, SOCK_STREAM, STATE_LISTEN, 0, FILE_NONE, UNKNOWN, false, NO},
};

START_TEST(rule)
{
	char bytes[16], absolute[16];
	struct target t = {.proto = PROTO_UNIX, .path = rows[_i].target, .type = rows[_i].asked};
	struct unix_file f = {.asked = true, .kind = rows[_i].kind, .dev = DEV, .inode = 0x500000007, .alive = rows[_i].alive};
	struct unix_name n = {.type = rows[_i].type, .has_file = rows[_i].inode, .dev = DEV, .inode = rows[_i].inode, .bytes = bytes};
	struct sock s = {.proto = PROTO_UNIX, .state = rows[_i].state};

	n.len = rows[_i].len ? rows[_i].len : strlen(rows[_i].name);
	memcpy(bytes, rows[_i].name, n.len);
	f.absolute = strcpy(absolute, rows[_i].target);
	ck_assert_msg(unix_is_about(t.path, &f, &n) == rows[_i].about, "%s: about", rows[_i].what);
	if (rows[_i].about)
		ck_assert_msg(conflict_unix(&t, &f, &s, &n) == rows[_i].holds, "%s: %d", rows[_i].what, conflict_unix(&t, &f, &s, &n));
	n.dev++;
	ck_assert(!unix_has_file(&f, &n));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("conflict_unix");

	add_table(suite, "rule", rule, COUNT(rows));
	return run_suite(suite);
}
