/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cookies of all sockets.  The kernel gives one to each socket, counted up
 * since the boot for all namespaces (__sock_gen_cookie() in net/core/sock_diag.c),
 * and a socket keeps it in any state: a minisocket takes over that of the
 * connection (inet_twsk_alloc()).
 */
#include "sys/cookies.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sys/boundonly.h"
#include "sys/host.h"
#include "sys/inet_diag.h"
#include "sys/procfile.h"
#include "sys/sources.h"
#include "sys/unix_diag.h"

static void take(const struct sock *s, void *arg)
{
	idset_add(arg, s->cookie);
}

static void take_unix(const struct sock *s, const struct unix_name *n, void *arg)
{
	(void)n;
	take(s, arg);
}

/* TCP sockets that are bound and no more, where no dump lists them: before Linux 6.8.  Whoever hides is as hidden later. */
static void add_unlisted(struct idset *cookies)
{
	int procfd = procfile_proc();
	struct idset listed = {0};
	struct snapshot s = {0};

	host_read(&s.host, procfd);
	if (!host_has_kernel(&s.host, 6, 8)) {
		sources_inodes(&s.host, procfd, &listed);
		boundonly_scan(&s, procfd, &listed);
	}
	for (size_t i = 0; i < s.nunlisted; i++)
		idset_add(cookies, s.unlisted[i].s.cookie);
	idset_free(&listed);
	snapshot_free(&s);
	if (procfd >= 0)
		close(procfd);
}

/*
 * Adds those of all TCP, UDP and unix sockets of this network namespace; the
 * caller ends the set.  Returns 0; -errno of netlink_dump(): then some may be
 * missing, and nothing can be told by them.  /proc/net/tcp has none.
 */
int cookies_ask(struct idset *cookies)
{
	bool bound_only = false;
	int err = 0;

	for (int proto = 0; !err && proto < PROTOS; proto++)
		err = inet_diag_ask((enum proto)proto, 0, &bound_only, take, cookies);
	if (!err && !bound_only)
		add_unlisted(cookies);
	return err ? err : unix_diag_ask(take_unix, cookies);
}

/* What tells this boot from any other (random(4)).  Returns 0 or -errno. */
int cookies_boot(char boot[static BOOT_TEXT])
{
	int procfd = procfile_proc(), err = procfd < 0 ? procfd : 0;
	struct buf text = {0};

	if (!err)
		err = procfile_read(procfd, "sys/kernel/random/boot_id", BOOT_TEXT, &text);
	if (!err && text.len < BOOT_TEXT - 1)
		err = -EBADMSG;
	if (!err) {
		memcpy(boot, text.s, BOOT_TEXT - 1);
		boot[BOOT_TEXT - 1] = '\0';
	}
	if (procfd >= 0)
		close(procfd);
	buf_free(&text);
	return err;
}
