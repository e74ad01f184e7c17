/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The situations of unix sockets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "tests/golden/scene.h"

enum { DEVICE = 8 << 20 | 1, INODE = 4242 };

/* The request, and what is at the path. */
static void ask(struct snapshot *seen, struct request *request, const char *path, enum file_kind kind)
{
	request->target = (struct target){.text = path, .proto = PROTO_UNIX, .path = path, .type = SOCK_STREAM};
	seen->file = (struct unix_file){.asked = *path != '@', .kind = kind, .dev = DEVICE, .inode = INODE, .uid = 1000};
	seen->file.err = kind == FILE_NONE ? 0 : EADDRINUSE;
	if (*path == '/')
		seen->file.absolute = xstrdup(path);
}

/* A socket that is bound to that name; inode is that of its file.  Valid until the next call. */
static struct sock *add(struct snapshot *seen, enum sock_state state, uint8_t type, const char *name, uint32_t inode)
{
	struct sock *s = scene_sock(seen, STATE_CLOSE, "0.0.0.0", NULL);
	struct unix_name *n;
	char *text = xstrdup(name);

	s->proto = PROTO_UNIX;
	s->state = (uint8_t)state;
	s->port = 0;
	s->local = (struct addr){0};
	s->peer = (struct addr){.family = AF_UNIX};
	s->v6only = UNKNOWN;
	s->held_by = HELD_UNKNOWN;
	seen->names = xgrow(seen->names, seen->nnames, sizeof *seen->names);
	n = &seen->names[seen->nnames++];
	*n = (struct unix_name){.type = type, .has_file = *name != '@', .dev = DEVICE, .inode = inode, .len = strlen(name), .text = text};
	n->bytes = xstrdup(name);
	if (*name == '@')
		*n->bytes = '\0';
	return s;
}

static void hold(struct snapshot *seen, struct sock *s, pid_t pid, const char *comm)
{
	scene_owner(seen, s, pid, comm);
	s->reuseaddr = s->reuseport = s->v6only = UNKNOWN;
}

static void make_free(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_NONE);
}

static void make_unlinked(struct snapshot *seen, struct request *request)
{
	make_free(seen, request);
	hold(seen, add(seen, STATE_LISTEN, SOCK_STREAM, "/run/shop.sock", 4141), 4711, "shopd");
}

static void make_listener(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_SOCKET);
	hold(seen, add(seen, STATE_LISTEN, SOCK_STREAM, "shop.sock", INODE), 4711, "shopd");
	add(seen, STATE_ESTABLISHED, SOCK_STREAM, "shop.sock", INODE);
}

static void make_hidden(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_SOCKET);
	add(seen, STATE_LISTEN, SOCK_STREAM, "/run/shop.sock", INODE)->held_by = HELD_HIDDEN;
	gap_add(&seen->gaps, GAP_FD_TABLE, EACCES, "12");
}

/* By /proc/net/unix the name alone is known. */
static void make_inferred(struct snapshot *seen, struct request *request)
{
	make_listener(seen, request);
	free(seen->names[0].bytes);
	seen->names[0].bytes = xstrdup("/run/shop.sock");
	seen->names[0].len = strlen("/run/shop.sock");
	seen->names[0].has_file = false;
	gap_add(&seen->gaps, GAP_UNIX_DIAG, EPERM, NULL);
}

static void make_hostile(struct snapshot *seen, struct request *request)
{
	static const char path[] = "/tmp/it's \033[31m\xff\n\xe2\x80\xae";

	ask(seen, request, path, FILE_SOCKET);
	hold(seen, add(seen, STATE_LISTEN, SOCK_STREAM, path, INODE), 4711, "shopd");
}

static void make_bound(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_SOCKET);
	hold(seen, add(seen, STATE_CLOSE, SOCK_DGRAM, "/run/shop.sock", INODE), 4711, "shopd");
}

static void make_elsewhere(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_SOCKET);
	seen->file.alive_asked = true;
	seen->file.alive = YES;
}

static void make_stale(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/my shop.sock", FILE_SOCKET);
	seen->file.alive_asked = true;
	seen->file.alive = NO;
	seen->file.uid = 0;
	add(seen, STATE_ESTABLISHED, SOCK_STREAM, "/run/my shop.sock", INODE);
}

static void make_stale_inferred(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "./shop.sock", FILE_SOCKET);
	request->probe = PROBE_NEVER;
}

static void make_not_a_socket(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop.sock", FILE_LINK_DANGLING);
	seen->file.link = xstrdup("/srv/shop.sock");
}

static void make_abstract(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "@shop", FILE_NONE);
	hold(seen, add(seen, STATE_LISTEN, SOCK_STREAM, "@shop", 0), 4711, "shopd");
}

static void make_abstract_free(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "@shop", FILE_NONE);
	request->target.type = SOCK_DGRAM;
	seen->probes = xgrow(seen->probes, seen->nprobes, sizeof *seen->probes);
	seen->probes[seen->nprobes++] = (struct probe){0};
}

static void make_abstract_unsure(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "@shop", FILE_NONE);
	request->probe = PROBE_NEVER;
	hold(seen, add(seen, STATE_ESTABLISHED, SOCK_STREAM, "@shop", 0), 4711, "shopd");
}

static void make_refused(struct snapshot *seen, struct request *request)
{
	ask(seen, request, "/run/shop/shop.sock", FILE_NONE);
	seen->file.err = ENOENT;
	seen->file.reason = PATH_NO_FOLDER;
}

const struct scene unix_scenes[] = {
    {"unix-free", make_free, false},
    {"unix-free-unlinked", make_unlinked, false},
    {"unix-listener", make_listener, true},
    {"unix-listener-hidden", make_hidden, false},
    {"unix-listener-inferred", make_inferred, false},
    {"unix-listener-hostile", make_hostile, true},
    {"unix-bound", make_bound, false},
    {"unix-elsewhere", make_elsewhere, false},
    {"unix-stale-path", make_stale, true},
    {"unix-stale-path-inferred", make_stale_inferred, false},
    {"unix-not-a-socket", make_not_a_socket, false},
    {"unix-abstract", make_abstract, true},
    {"unix-abstract-free", make_abstract_free, false},
    {"unix-abstract-unsure", make_abstract_unsure, false},
    {"unix-refused", make_refused, false},
    {NULL, NULL, false},
};
