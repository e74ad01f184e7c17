/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket that the user would bind, and whether another one blocks it on this kernel. */
#include "judge/binder.h"

#include <sys/socket.h>

#include "judge/quirk.h"

/* The socket that would be bound to that address, with that mix. */
struct binder binder_make(const struct report *r, const struct addr *a, unsigned int mix)
{
	return (struct binder){
	    .proto = (enum proto)r->request->target.proto,
	    .addr = *a,
	    .mix = mixes[mix],
	    .v6only = r->request->v6only && a->family == AF_INET6,
	    .uid = r->seen->host.uid,
	    .ifindex = r->request->target.ifindex,
	    .l3mdev = r->seen->l3mdev,
	};
}

/* Whether T alone blocks S: the rule, and what is known of this kernel. */
enum tri binder_blocked_by(const struct report *r, const struct binder *s, const struct sock *t)
{
	return quirk_blocks(r->seen, s, t, conflict_blocks(s, t));
}
