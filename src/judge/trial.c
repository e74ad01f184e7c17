/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rules leave open, and what is asked for to settle it: options behind
 * descriptors, a bind() of our own, exact for everything but not without trace,
 * and how this kernel goes where versions differ.
 *
 * A bind() that works beside other sockets can change the bucket's memory of
 * SO_REUSEPORT (inet_csk_update_fastreuse()): without the option it wipes it,
 * with it S is written into it, unless it was the memory that let S in.  So what
 * comes later with the option may get another answer than it would have got.
 * Hence the order: first those that a socket certainly blocks, for only the
 * memory can let them in, then those with SO_REUSEPORT, [::] before 0.0.0.0, then
 * the rest; and none with the option once the memory is not what it was.
 * Where no socket is seen the plain bind(), whose success tells all, comes first.
 */
#include "judge/trial.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/binder.h"
#include "judge/quirk.h"

/* Whether there may be a bucket that remembers: a socket is there, or one may be that nothing lists. */
static bool may_remember(const struct report *r)
{
	return r->seen->nsocks || gap_hides_sockets(&r->seen->gaps);
}

static bool has_reuseport(const struct probe *p)
{
	return mixes[p->mix].reuseport;
}

/* Whether the rules are certain that some socket blocks that bind(). */
static bool is_certainly_blocked(const struct report *r, const struct addr *a, unsigned int mix)
{
	struct binder s = binder_make(r, a, mix);

	for (size_t i = 0; i < r->nrows; i++) {
		struct sock t = row_sock(r, i);

		if (binder_blocked_by(r, &s, &t) == YES)
			return true;
	}
	return false;
}

/* Whether that trial left the bucket as it was. */
static bool is_without_trace(const struct report *r, const struct probe *p)
{
	return p->err || (has_reuseport(p) && is_certainly_blocked(r, &p->addr, p->mix));
}

/* Of the trials made, those before the first that left a trace. */
static size_t untouched(const struct report *r)
{
	size_t n = 0;

	while (n < r->seen->nprobes && is_without_trace(r, &r->seen->probes[n]))
		n++;
	return n;
}

/* Whether a trial has shown that the bucket's memory does not let S in at that address: it was refused with SO_REUSEPORT. */
bool trial_excludes_memory(const struct report *r, const struct addr *a)
{
	for (size_t i = 0, n = untouched(r); i < n; i++)
		if (has_reuseport(&r->seen->probes[i]) && r->seen->probes[i].err && addr_equal(&r->seen->probes[i].addr, a))
			return true;
	return false;
}

/*
 * Whether what the bucket remembers of SO_REUSEADDR may have let that trial in,
 * had not one before it without the option ended that memory.
 */
static bool may_have_forgotten(const struct report *r, const struct probe *p)
{
	struct binder s = binder_make(r, &p->addr, p->mix);

	for (const struct probe *q = r->seen->probes; quirk_may_forget(r->seen, &s) && q < p; q++)
		if (!q->err && !mixes[q->mix].reuseaddr && may_remember(r))
			return true;
	return false;
}

/*
 * Whether the answer to that trial would be that of an untouched bucket.  What a
 * trial at [::] that is confined to IPv6 leaves behind lets nobody in at 0.0.0.0,
 * and the other way round; but it may have wiped what would have let in, if the
 * memory had been of any use there.
 */
bool trial_counts(const struct report *r, const struct probe *p)
{
	size_t at = (size_t)(p - r->seen->probes);

	if (p->err != EADDRINUSE)
		return true;
	if (may_have_forgotten(r, p))
		return false;
	return !r->request->v6only || !has_reuseport(p) || r->request->target.proto == PROTO_UDP ||
	       at <= untouched(r) || trial_excludes_memory(r, &p->addr);
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
		struct binder s = binder_make(r, &b->addr, b->mix);

		if (b->doubt && b->doubt != DOUBT_MEMORY && matters(r, b, details) && conflict_blocks(&s, t) == UNKNOWN)
			return true;
	}
	return false;
}

/* Whether the words are about the options of that socket, though they decide nothing: who bound the port, what a kill leaves. */
static bool is_told(const struct sock *t, bool details)
{
	return details && (!t->peer_port || t->state == STATE_ESTABLISHED) && t->reuseport == UNKNOWN;
}

/* Asks for the options of those holders whose options can change a result (without details: the verdict) or the words. */
void trial_want_options(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->seen->nsocks; i++) {
		const struct sock *t = &r->seen->socks[i];

		if (!t->inode || !(decides(r, t, details) || is_told(t, details)))
			continue;
		want->options = xgrow(want->options, want->noptions, sizeof *want->options);
		want->options[want->noptions++] = i;
	}
}

/* Whether how this kernel goes decides b, or (see first_to_try()) in which order it is tried. */
static bool hangs_on_kernel(const struct report *r, const struct bind *b)
{
	struct binder s = binder_make(r, &b->addr, b->mix);

	return b->doubt == DOUBT_KERNEL ||
	       (b->doubt && b->mix == MIX_REUSEADDR && b->mix == r->request->mix && quirk_may_forget(r->seen, &s));
}

/* Asks how this kernel goes where versions differ, if that decides what no bind() of ours will. */
void trial_want_quirks(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->nbinds && !r->seen->quirks_read; i++)
		want->quirks |= hangs_on_kernel(r, &r->binds[i]) && matters(r, &r->binds[i], details);
}

static bool reuseport_is_near(const struct report *r)
{
	for (size_t i = 0; i < r->seen->nsocks; i++)
		if (!sock_is_half_open(&r->seen->socks[i]) && r->seen->socks[i].reuseport != NO)
			return true;
	return false;
}

/* The two wildcards, where [::] is confined to IPv6: see trial_counts(). */
static bool are_apart(const struct report *r, const struct addr *a, const struct addr *b)
{
	return r->request->v6only && addr_is_any(a) && addr_is_any(b) && a->family != b->family;
}

/*
 * Whether the answer to b would be the one that an untouched bucket gives: see
 * above.  0.0.0.0 after [::] with the same options: if the memory had let [::]
 * in it was not changed, and if the sockets had, they let 0.0.0.0 in too.
 */
static bool is_exact(const struct report *r, const struct bind *b)
{
	if (!mixes[b->mix].reuseport || r->request->target.proto == PROTO_UDP || !may_remember(r))
		return true;
	for (size_t i = untouched(r); i < r->seen->nprobes; i++) {
		const struct probe *p = &r->seen->probes[i];

		if (!is_without_trace(r, p) && !are_apart(r, &p->addr, &b->addr) &&
		    !(p->mix == b->mix && covers(r, &p->addr, &b->addr)))
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

/* Wants that bind() if it is worth a trial; whether it does. */
static bool want_one(const struct report *r, size_t address, unsigned int mix, bool details, struct want *want)
{
	const struct bind *b = &r->binds[address * MIXES + mix];

	if (!is_worth_a_probe(r, b, details))
		return false;
	want->probes[want->nprobes++] = (struct wanted_probe){b->addr, mix};
	return true;
}

/*
 * The i-th address to try: [::] before 0.0.0.0, which it covers; where it does
 * not, the one that is more certain to be refused, since that leaves no trace.
 */
static size_t address_at(const struct report *r, size_t i)
{
	size_t last = r->nbinds / MIXES - 1;
	bool ascending = r->request->v6only && last &&
	                 (is_certainly_blocked(r, &r->binds[0].addr, MIX_PLAIN) ||
	                  !is_certainly_blocked(r, &r->binds[MIXES].addr, MIX_PLAIN));

	return ascending ? i : last - i;
}

/* Wants the first of those binds that is worth a trial, mix by mix. */
static bool want_first(const struct report *r, const unsigned int *order, size_t n, bool details, struct want *want)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < r->nbinds / MIXES; k++)
			if (want_one(r, address_at(r, k), order[i], details, want))
				return true;
	return false;
}

/* Wants one that leaves no trace whatever comes of it. */
static bool want_harmless(const struct report *r, bool details, struct want *want)
{
	for (size_t i = 0; i < r->nbinds; i++)
		if (r->binds[i].doubt == DOUBT_MEMORY && want_one(r, i / MIXES, r->binds[i].mix, details, want))
			return true;
	return false;
}

/* What was requested with SO_REUSEADDR alone, where the bucket's memory of that option may let it in: nothing may end that before. */
static bool first_to_try(const struct report *r, bool details, struct want *want)
{
	for (size_t k = 0; r->request->mix == MIX_REUSEADDR && k < r->nbinds / MIXES; k++) {
		const struct bind *b = &r->binds[k * MIXES + MIX_REUSEADDR];
		struct binder s = binder_make(r, &b->addr, b->mix);

		if (b->doubt && quirk_may_forget(r->seen, &s) && want_one(r, k, b->mix, details, want))
			return true;
	}
	return false;
}

/*
 * Asks for the bind() that only the kernel can answer: of a mix whose result is
 * unknown; or of the requested mix where the rules say that it works, so that
 * "free" has been tried (not beside a socket that may have SO_REUSEPORT, nor in
 * a range).  One a round: each answer can make the next one needless, or spoil
 * it.  What was requested must never be spoiled: if it is both options, [::] is
 * done with before 0.0.0.0, which it covers, is tried with SO_REUSEPORT alone.
 */
void trial_want_probes(const struct report *r, bool details, struct want *want)
{
	static const unsigned int beside[MIXES] = {MIX_REUSEPORT, MIX_BOTH, MIX_PLAIN, MIX_REUSEADDR};
	static const unsigned int alone = MIX_PLAIN;

	if (first_to_try(r, details, want) || (!r->seen->nsocks && want_first(r, &alone, 1, details, want)) ||
	    want_harmless(r, details, want))
		return;
	for (size_t k = 0; r->request->mix == MIX_BOTH && !r->request->v6only && k < r->nbinds / MIXES; k++)
		if (want_one(r, address_at(r, k), MIX_REUSEPORT, details, want) ||
		    want_one(r, address_at(r, k), MIX_BOTH, details, want))
			return;
	want_first(r, beside, MIXES, details, want);
}
