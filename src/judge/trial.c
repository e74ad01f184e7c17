/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rules leave open, and what is asked for to settle it: options behind
 * descriptors, how this kernel goes where versions differ, and a bind() of our
 * own, exact for everything but not without trace.
 *
 * A bind() that works beside other sockets changes the bucket's memory of
 * SO_REUSEPORT (inet_csk_update_fastreuse()): without the option it is wiped,
 * with it S is written into it unless it had let S in.  So what comes later with
 * the option may get another answer than it would have got.  Hence the order:
 * mixes with SO_REUSEPORT first, [::] before 0.0.0.0, and none of them any more
 * once the memory is not what it was.  Without a socket there is no bucket, and
 * the plain bind(), whose success tells all, comes first.
 */
#include "judge/trial.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/binds.h"
#include "judge/quirk.h"

static bool has_reuseport(const struct probe *p)
{
	return mixes[p->mix].reuseport;
}

/* Of the trials made, those before the first that worked: they left the bucket as it was. */
static size_t untouched(const struct report *r)
{
	size_t n = 0;

	while (n < r->seen->nprobes && r->seen->probes[n].err)
		n++;
	return n;
}

/* Whether a trial has shown that the bucket's memory does not let S in at that address: it was refused with SO_REUSEPORT. */
bool trial_excludes_memory(const struct report *r, const struct addr *a)
{
	for (size_t i = 0; i < untouched(r); i++)
		if (has_reuseport(&r->seen->probes[i]) && addr_equal(&r->seen->probes[i].addr, a))
			return true;
	return false;
}

/* Whether all that could block at address a could block at address b as well: [::] overlaps whatever 0.0.0.0 does. */
static bool covers(const struct report *r, const struct addr *a, const struct addr *b)
{
	return a->family == AF_INET6 && addr_is_any(a) && addr_is_any(b) && !r->request->v6only;
}

/*
 * Whether some trial that worked shows that b would: further options only permit
 * more.  Elsewhere a success counts only without SO_REUSEPORT, which the memory
 * may have let in; and of UDP not at all with it, for there more options can
 * lead past the socket that lets in to one that does not.
 */
bool trial_implies(const struct report *r, const struct bind *b)
{
	bool udp = r->request->target.proto == PROTO_UDP;

	for (size_t i = 0; i < r->seen->nprobes; i++) {
		const struct probe *p = &r->seen->probes[i];
		bool here = addr_equal(&p->addr, &b->addr) && !(udp && has_reuseport(p));

		if (!p->err && mixes[p->mix].reuseaddr <= mixes[b->mix].reuseaddr &&
		    mixes[p->mix].reuseport <= mixes[b->mix].reuseport &&
		    (here || (!has_reuseport(p) && covers(r, &p->addr, &b->addr))))
			return true;
	}
	return false;
}

/* Who only wants the verdict asks for the requested mix, and for nothing more once the port is taken. */
static bool matters(const struct report *r, const struct bind *b, bool details)
{
	return details || (b->mix == r->request->mix && r->verdict != TAKEN);
}

/* Whether the options of socket t would help to decide some bind() that is still open. */
static bool decides(const struct report *r, const struct sock *t, bool details)
{
	for (size_t i = 0; i < r->nbinds; i++) {
		const struct bind *b = &r->binds[i];
		struct binder s = binds_binder(r, &b->addr, b->mix);

		if (b->doubt && b->doubt != DOUBT_MEMORY && matters(r, b, details) && conflict_blocks(&s, t) == UNKNOWN)
			return true;
	}
	return false;
}

/* Asks for the options of those holders whose options can change a result (without details: the verdict). */
void trial_want_options(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->seen->nsocks; i++) {
		if (!r->seen->socks[i].inode || !decides(r, &r->seen->socks[i], details))
			continue;
		want->options = xgrow(want->options, want->noptions, sizeof *want->options);
		want->options[want->noptions++] = i;
	}
}

/* Asks how this kernel goes where versions differ, if that decides what no bind() of ours will. */
void trial_want_quirks(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->nbinds && !r->seen->quirks_read; i++)
		want->quirks |= r->binds[i].doubt == DOUBT_KERNEL && matters(r, &r->binds[i], details);
}

static bool reuseport_is_near(const struct report *r)
{
	for (size_t i = 0; i < r->seen->nsocks; i++)
		if (!sock_is_half_open(&r->seen->socks[i]) && r->seen->socks[i].reuseport != NO)
			return true;
	return false;
}

/*
 * Whether the answer to b would be the one that an untouched bucket gives: see
 * above.  0.0.0.0 after [::] with the same options: if the memory had let [::]
 * in it was not changed, and if the sockets had, they let 0.0.0.0 in too.
 */
static bool is_exact(const struct report *r, const struct bind *b)
{
	if (!mixes[b->mix].reuseport || r->request->target.proto == PROTO_UDP || !r->seen->nsocks)
		return true;
	for (size_t i = untouched(r); i < r->seen->nprobes; i++) {
		const struct probe *p = &r->seen->probes[i];

		if (!p->err && !(p->mix == b->mix && covers(r, &p->addr, &b->addr)))
			return false;
	}
	return true;
}

/* Whether bind() shall be tried: see trial_want_probes(). */
static bool is_worth_a_probe(const struct report *r, const struct bind *b, bool details)
{
	if (r->request->probe == PROBE_NEVER || snapshot_probe(r->seen, &b->addr, b->mix) || !is_exact(r, b))
		return false;
	if ((b->result == RESULT_UNKNOWN && matters(r, b, details)) || r->request->probe == PROBE_ALWAYS)
		return true;
	return b->result == RESULT_OK && b->mix == r->request->mix && !r->request->one_of_many && !reuseport_is_near(r);
}

/* Of one mix, [::] before 0.0.0.0: what lets [::] in lets 0.0.0.0 in. */
static void want_mix(const struct report *r, unsigned int mix, bool details, struct want *want)
{
	for (size_t i = r->nbinds; i-- > 0;)
		if (r->binds[i].mix == mix && is_worth_a_probe(r, &r->binds[i], details))
			want->probes[want->nprobes++] = (struct wanted_probe){r->binds[i].addr, mix};
}

/*
 * Asks for the binds that only the kernel can answer: a mix whose result is
 * unknown; and the requested mix where the rules say that it works, so that
 * "free" has been tried (not beside a socket that may have SO_REUSEPORT, nor in
 * a range).  One mix a round, since each answer can make the next one needless.
 */
void trial_want_probes(const struct report *r, bool details, struct want *want)
{
	static const unsigned int beside[MIXES] = {MIX_REUSEPORT, MIX_BOTH, MIX_PLAIN, MIX_REUSEADDR};
	static const unsigned int alone[MIXES] = {MIX_PLAIN, MIX_REUSEADDR, MIX_REUSEPORT, MIX_BOTH};
	unsigned int first = r->request->mix;

	if (mixes[first].reuseport)
		want_mix(r, first, details, want);
	for (size_t i = 0; i < MIXES && !want->nprobes; i++)
		want_mix(r, r->seen->nsocks ? beside[i] : alone[i], details, want);
}
