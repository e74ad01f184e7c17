/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the path of a cgroup names: the systemd unit and the container.  Names
 * are conventions of the managers, not of the kernel: systemd.unit(5) and
 * cg_unescape() in systemd's cgroup-util.c; "RUNTIME-ID.scope" of the runtimes
 * under systemd, "/RUNTIME/ID" without it; lxc.payload.NAME of LXC 4.0 on,
 * /lxc/NAME before; machine-NAME.scope and systemd-nspawn@NAME.service.
 */
#include "model/cgroup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { ID_DIGITS = 64, SHORT_ID_DIGITS = 12 };

/* A stretch of the path; not NUL-terminated. */
struct part {
	const char *s;
	size_t len;
};

/* Steps to the next element; false at the end.  Starts with *e = {path, 0}. */
static bool next_element(struct part *e)
{
	const char *s = e->s + e->len;

	while (*s == '/')
		s++;
	*e = (struct part){s, strcspn(s, "/")};
	return e->len;
}

static bool is_word(const struct part *e, const char *word)
{
	return e->len == strlen(word) && !strncmp(e->s, word, e->len);
}

/* Takes the prefix off; false, with *e as it was, if it is not there or nothing is behind it. */
static bool drop_prefix(struct part *e, const char *prefix)
{
	size_t n = strlen(prefix);

	if (e->len <= n || strncmp(e->s, prefix, n))
		return false;
	*e = (struct part){e->s + n, e->len - n};
	return true;
}

static bool drop_suffix(struct part *e, const char *suffix)
{
	size_t n = strlen(suffix);

	if (e->len <= n || strncmp(e->s + e->len - n, suffix, n))
		return false;
	e->len -= n;
	return true;
}

static char *named(const char *runtime, const char *name, size_t len)
{
	return xasprintf("%s %.*s", runtime, (int)len, name);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* "RUNTIME 0123456789ab" if the part is a full container id; NULL otherwise. */
static char *by_id(const char *runtime, struct part id)
{
	if (id.len != ID_DIGITS)
		return NULL;
	for (size_t i = 0; i < id.len; i++)
		if (hex_digit(id.s[i]) < 0)
			return NULL;
	return named(runtime, id.s, SHORT_ID_DIGITS);
}

/* An element that carries both: RUNTIME-ID.scope (libpod-ID without the suffix where systemd does not manage it). */
static char *by_prefix(struct part e)
{
	static const struct {
		const char *prefix, *runtime;
	} known[] = {
	    {"docker-", "docker"},   {"libpod-", "podman"},     {"libpod-conmon-", "podman"},
	    {"crio-", "cri-o"},      {"crio-conmon-", "cri-o"}, {"cri-containerd-", "containerd"},
	    {"nerdctl-", "nerdctl"},
	};
	char *found = NULL;

	drop_suffix(&e, ".scope");
	for (size_t i = 0; !found && i < sizeof known / sizeof *known; i++) {
		struct part id = e;

		if (drop_prefix(&id, known[i].prefix))
			found = by_id(known[i].runtime, id);
	}
	return found;
}

/* "nspawn NAME", the name as machinectl(1) knows it: \xHH undone. */
static char *machine(struct part e)
{
	char *found = named("nspawn", e.s, e.len), *from = strchr(found, ' ') + 1, *to = from;

	while (*from) {
		bool escaped = from[0] == '\\' && from[1] == 'x' && hex_digit(from[2]) >= 0 && hex_digit(from[3]) >= 0;

		*to++ = escaped ? (char)(hex_digit(from[2]) << 4 | hex_digit(from[3])) : *from;
		from += escaped ? 4 : 1;
	}
	*to = '\0';
	return found;
}

/* Machines of libvirt's QEMU driver are in machine.slice too, and are no containers. */
static char *by_machine(struct part e)
{
	if (drop_prefix(&e, "systemd-nspawn@") && drop_suffix(&e, ".service"))
		return machine(e);
	if (drop_prefix(&e, "machine-") && drop_suffix(&e, ".scope") && !drop_prefix(&e, "qemu\\x2d"))
		return machine(e);
	return NULL;
}

/* What element e, below parent, says by itself; NULL if it is no container. */
static char *container_at(const struct part *parent, struct part e, bool in_kubepods)
{
	char *found = by_prefix(e);

	if (!found && is_word(parent, "machine.slice"))
		found = by_machine(e);
	if (!found && (is_word(parent, "lxc") || drop_prefix(&e, "lxc.payload.")))
		found = named("lxc", e.s, e.len);
	if (!found && is_word(parent, "docker"))
		found = by_id("docker", e);
	if (!found && in_kubepods)
		found = by_id("kubernetes", e);
	return found;
}

/* The outermost container on the path, and where its element ends. */
static char *find_container(const char *path, const char **end)
{
	struct part parent = {path, 0}, e = {path, 0};
	bool in_kubepods = false;

	while (next_element(&e)) {
		char *found = container_at(&parent, e, in_kubepods);

		*end = e.s + e.len;
		if (found)
			return found;
		in_kubepods |= e.len >= 8 && !strncmp(e.s, "kubepods", 8);
		parent = e;
	}
	return NULL;
}

/*
 * The container that the path names, as "RUNTIME ID" (12 digits) or "RUNTIME
 * NAME", allocated; NULL where it names none.  Of nested ones the outermost:
 * the one that this host's runtime manages.  The runtime is "kubernetes" where
 * the path says that it is one of its containers and not by whom it is run.
 */
char *cgroup_container(const char *path)
{
	const char *end;

	return find_container(path, &end);
}

static bool is_unit(struct part e)
{
	static const char *const kinds[] = {".service", ".scope", ".socket", ".mount", ".swap"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (drop_suffix(&e, kinds[i]))
			return true;
	return false;
}

/*
 * The systemd unit that the path names, escapes of its name kept, allocated;
 * NULL where it names none (a slice alone is none: no process lives in it).
 * The innermost one, but none inside a container: that is a unit of the
 * container's own systemd, and the host may have another of the same name.
 */
char *cgroup_unit(const char *path)
{
	struct part e = {path, 0}, unit = {NULL, 0};
	const char *end = path;

	free(find_container(path, &end));
	while (next_element(&e) && e.s < end)
		if (is_unit(e))
			unit = e;
	drop_prefix(&unit, "_"); /* cg_escape() puts it before a name that a file of the kernel could have */
	return unit.len ? xmemdup0(unit.s, unit.len) : NULL;
}
