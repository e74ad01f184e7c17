/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bind() of a unix socket to a path would meet, without creating anything.
 * It is a mknod() (unix_bind_bsd() in net/unix/af_unix.c, filename_create() and
 * may_create() in fs/namei.c, 5.4 to 7.1), which looks, in this order, at the
 * way to the folder, at whether anything has the name, at whether the file
 * system may be written, and at the permissions of the folder.
 */
#define _GNU_SOURCE
#include "sys/unix_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/procfile.h"

enum { FDINFO_MAX = 4096, MOUNTINFO_MAX = 1 << 20, MINOR_BITS = 20 };

/* The path in two parts: the folder, and the last name, which slashes may follow. */
struct parts {
	char *folder, *last;
	bool slash;
};

static struct parts split(const char *path)
{
	size_t end = strlen(path), start;
	struct parts p = {.slash = path[end - 1] == '/'};

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	p.last = xmemdup0(path + start, end - start);
	p.folder = start ? xmemdup0(path, start) : xstrdup(".");
	return p;
}

/* "." and ".." are there and are no name that could be made. */
static bool is_no_name(const char *last)
{
	return !*last || !strcmp(last, ".") || !strcmp(last, "..");
}

static enum path_reason reason_of(int err)
{
	static const struct {
		int err;
		enum path_reason reason;
	} reasons[] = {{ENOENT, PATH_NO_FOLDER},     {ENOTDIR, PATH_NOT_A_FOLDER},   {EACCES, PATH_NO_SEARCH},
	               {ENAMETOOLONG, PATH_TOO_LONG}, {ELOOP, PATH_LOOP},           {EROFS, PATH_READ_ONLY}};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].err == err)
			return reasons[i].reason;
	return PATH_OTHER;
}

static void refuse(struct unix_file *f, int err, enum path_reason reason)
{
	f->err = err;
	f->reason = reason;
}

static enum file_kind kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFSOCK:
		return FILE_SOCKET;
	case S_IFREG:
		return FILE_REGULAR;
	case S_IFDIR:
		return FILE_DIRECTORY;
	case S_IFLNK:
		return FILE_LINK;
	case S_IFIFO:
		return FILE_FIFO;
	default:
		return FILE_DEVICE;
	}
}

/* "ID PARENT MAJOR:MINOR ...", a line for each mount. */
static int find_mount(const char *lines, int mount, uint32_t *dev)
{
	for (const char *line = lines; line; line = strchr(line, '\n')) {
		unsigned int major, minor;
		int id;

		line += *line == '\n';
		if (sscanf(line, "%d %*d %u:%u", &id, &major, &minor) != 3 || id != mount)
			continue;
		*dev = major << MINOR_BITS | minor;
		return 0;
	}
	return -ENOENT;
}

/*
 * The number of the file system that the descriptor of ours is on, as the
 * kernel writes it and UNIX_DIAG_VFS tells it.  st_dev is another one on btrfs,
 * where each subvolume has its own; the table of mounts (show_mountinfo() in
 * fs/proc_namespace.c) has the right one.  0 or -errno.
 */
int unix_file_mount(int procfd, int fd, uint32_t *dev)
{
	char path[64];
	struct buf info = {0}, mounts = {0};
	const char *line;
	int err, mount;

	snprintf(path, sizeof path, "self/fdinfo/%d", fd);
	err = procfile_read(procfd, path, FDINFO_MAX, &info);
	line = err ? NULL : strstr(info.s, "mnt_id:");
	if (!err && (!line || sscanf(line, "mnt_id: %d", &mount) != 1))
		err = -EBADMSG;
	if (!err)
		err = procfile_read(procfd, "self/mountinfo", MOUNTINFO_MAX, &mounts);
	if (!err)
		err = find_mount(mounts.s, mount, dev);
	buf_free(&info);
	buf_free(&mounts);
	return err;
}

static void read_link(struct unix_file *f, int folder, const char *last)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(folder, last, text, sizeof text);
	struct stat st;

	f->link = n < 0 ? NULL : xmemdup0(text, (size_t)n);
	if (fstatat(folder, last, &st, 0) && errno == ENOENT)
		f->kind = FILE_LINK_DANGLING;
}

/* What is there: which file it is, and of which file system. */
static void identify(struct unix_file *f, int procfd, int folder, const struct parts *p, const struct stat *st)
{
	const char *last = *p->last ? p->last : ".";
	int fd = openat(folder, last, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	refuse(f, EADDRINUSE, PATH_FINE);
	f->kind = kind_of(st->st_mode);
	f->inode = st->st_ino;
	f->uid = st->st_uid;
	if (fd < 0 || unix_file_mount(procfd, fd, &f->dev))
		f->dev = major(st->st_dev) << MINOR_BITS | minor(st->st_dev);
	if (fd >= 0)
		close(fd);
	if (f->kind == FILE_LINK)
		read_link(f, folder, last);
}

/* Nothing is there: could it be made?  As another user nobody can ask.  /proc refuses the look-up, /sys the file. */
static void look_at_folder(struct unix_file *f, int folder, const struct parts *p, bool as_other)
{
	struct statfs fs = {0};
	bool known = !fstatfs(folder, &fs);

	if (p->slash)
		refuse(f, ENOENT, PATH_SLASH);
	else if (known && fs.f_type == PROC_SUPER_MAGIC)
		refuse(f, ENOENT, PATH_NO_FILES);
	else if (known && fs.f_flags & ST_RDONLY)
		refuse(f, EROFS, PATH_READ_ONLY);
	else if (as_other)
		f->err = -1;
	else if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS))
		refuse(f, errno, PATH_NO_WRITE);
	else if (known && (fs.f_type == SYSFS_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC))
		refuse(f, EPERM, PATH_NO_FILES);
}

static void look_in(struct unix_file *f, int procfd, int folder, const struct parts *p, bool as_other)
{
	struct stat st;

	if (!fstatat(folder, *p->last ? p->last : ".", &st, AT_SYMLINK_NOFOLLOW))
		identify(f, procfd, folder, p, &st);
	else if (errno != ENOENT)
		refuse(f, errno, reason_of(errno));
	else
		look_at_folder(f, folder, p, as_other);
}

/* The folder's own name and the last part; NULL where it cannot be had. */
static char *absolute(const struct parts *p)
{
	char *folder = is_no_name(p->last) ? NULL : realpath(p->folder, NULL), *path;

	if (!folder)
		return NULL;
	path = xasprintf("%s/%s", strcmp(folder, "/") ? folder : "", p->last);
	free(folder);
	return path;
}

/*
 * Fills f (what is older in it is not released) with what is at the path of the
 * request, for its user.  procfd is a descriptor of /proc.  Nothing is created
 * or changed; what a security module or a full disk would say is not known.
 */
void unix_file_look(struct unix_file *f, int procfd, const struct request *request)
{
	const char *path = request->target.path;
	struct parts p;
	int folder;

	*f = (struct unix_file){.asked = true};
	if (strlen(path) > UNIX_NAME_MAX) {
		refuse(f, ENAMETOOLONG, PATH_TOO_LONG);
		return;
	}
	p = split(path);
	folder = open(p.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		refuse(f, errno, reason_of(errno));
	} else {
		look_in(f, procfd, folder, &p, request->as_user && request->uid != geteuid());
		close(folder);
	}
	f->absolute = absolute(&p);
	free(p.folder);
	free(p.last);
}

/* Its length; 0 for a name that is too long. */
static socklen_t address(struct sockaddr_un *to, const char *path)
{
	size_t len = strlen(path);

	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (len > sizeof to->sun_path)
		return 0;
	memcpy(to->sun_path, path, len);
	if (!unix_is_abstract(path))
		return sizeof *to;
	*to->sun_path = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/*
 * Whether a socket is bound to that socket file, in whatever network namespace:
 * fills f->alive.  A datagram socket of ours is connected to it, which sends
 * nothing and tells the other side nothing: the kernel looks for the socket of
 * the file before it looks at its type (unix_find_bsd() in net/unix/af_unix.c), so
 * it says ECONNREFUSED if there is none and EPROTOTYPE if it is of another
 * type.  0 or -errno where it could not be asked (-EACCES: the file may not be
 * written).
 */
int unix_file_alive(struct unix_file *f, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;
	struct sockaddr_un to;
	socklen_t len = address(&to, path);

	f->alive_asked = true;
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)&to, len) ? errno : 0;
	close(fd);
	if (err == ECONNREFUSED) {
		f->alive = NO;
		return 0;
	}
	if (err && err != EPROTOTYPE && err != EPERM)
		return -err;
	f->alive = YES;
	f->alive_type = err == EPROTOTYPE ? 0 : SOCK_DGRAM;
	return 0;
}

/*
 * Binds a socket to the abstract name of the target and closes it; the name is
 * taken for that moment.  Returns 0 if it was tried: *err is then 0 or its
 * errno.  -errno if it could not be.
 */
int unix_try_abstract(const struct target *target, int *err)
{
	struct sockaddr_un to;
	socklen_t len = address(&to, target->path);
	int fd = len ? socket(AF_UNIX, target->type | SOCK_CLOEXEC, 0) : -1;

	if (!len)
		return -ENAMETOOLONG;
	if (fd < 0)
		return -errno;
	*err = bind(fd, (const struct sockaddr *)&to, len) ? errno : 0;
	close(fd);
	return 0;
}
