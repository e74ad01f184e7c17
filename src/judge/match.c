/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets of a report are those that "check" was told to look for. */
#include "judge/match.h"

#include <errno.h>
#include <string.h>

#include "model/overview.h"

#define BIT(state) (1U << SHOWN_##state)

/* In upper or lower case, with "-" for "_" as ss(8) and RFC 9293 write it. */
static char folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '-' ? '_' : c;
}

static bool is_word(const char *word, size_t len, const char *name)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (folded(word[i]) != folded(name[i]))
			return false;
	return true;
}

static uint32_t lingering(void)
{
	uint32_t states = 0;

	for (int state = 0; state < SHOWN_STATES; state++)
		states |= overview_is_lingering((enum shown_state)state) ? 1U << state : 0;
	return states;
}

/* False where the word is no state and no group of them; "listen" is both. */
static bool add_word(struct match *m, const char *word, size_t len)
{
	uint32_t states = is_word(word, len, "any") ? UINT32_MAX : is_word(word, len, "lingering") ? lingering() : 0;
	bool blocking = is_word(word, len, "blocking");

	for (int state = 0; state < SHOWN_OTHER; state++)
		states |= is_word(word, len, sock_shown_name((enum shown_state)state)) ? 1U << state : 0;
	m->blocking |= blocking;
	m->states |= states;
	return blocking || states;
}

/*
 * Reads a list of states and groups of states (any, blocking, lingering, listen)
 * into m, in upper or lower case.  False where a word is none of them: it is
 * appended to bad, raw.
 */
bool match_parse(struct match *m, const char *list, struct buf *bad)
{
	m->blocking = false;
	m->states = 0;
	for (;;) {
		size_t len = strcspn(list, ",");

		if (!add_word(m, list, len)) {
			buf_add(bad, list, len);
			return false;
		}
		list += len;
		if (!*list++)
			return true;
	}
}

static bool is_in_state(const struct match *m, const struct sock *s)
{
	return m->states >> sock_shown_state(s) & 1;
}

/* Whether all its holders were there before; what no process holds counts.  Of one that is hidden nobody knows. */
static enum tri is_older(const struct report *r, const struct match *m, const struct sock *s)
{
	size_t n;
	const struct owner *o = owners_of(&r->seen->owners, s->inode, &n);

	if (!n)
		return s->inode && s->held_by != HELD_KERNEL ? UNKNOWN : NO;
	for (size_t i = 0; i < n; i++) {
		uint64_t started = r->seen->owners.processes[o[i].process].started;

		if (!started)
			return UNKNOWN;
		if (started >= m->since)
			return NO;
	}
	return YES;
}

static enum tri is_ignored(const struct report *r, const struct match *m, const struct sock *s)
{
	if (m->known && s->cookie && idset_has(m->known, s->cookie))
		return YES;
	return m->since ? is_older(r, m, s) : NO;
}

static enum tri match_row(const struct report *r, size_t row, const struct match *m)
{
	struct sock s = row_sock(r, row);
	enum tri ignored = is_ignored(r, m, &s), wanted = is_in_state(m, &s) ? YES : m->blocking ? r->rows[row].blocks : NO;

	return ignored == YES || wanted == NO ? NO : ignored == UNKNOWN ? UNKNOWN : wanted;
}

/* Whether a look that failed could hide one: bound-only sockets have a state of their own. */
static bool is_hidden(const struct report *r, const struct match *m)
{
	const struct gaps *gaps = &r->seen->gaps;

	if (gap_has(gaps, GAP_BOUND_ONLY) && (m->blocking || m->states & (BIT(BOUND) | BIT(CLOSE))))
		return true;
	return gap_has(gaps, GAP_DUMP_CUT) || gap_has(gaps, GAP_PROC_NET) || gap_has(gaps, GAP_NETNS);
}

/* bind() fails with EADDRINUSE and no socket is to blame: a socket file that was left behind, no port to pick. */
static bool is_blocked_by_none(const struct report *r)
{
	for (size_t i = 0; i < r->nrows; i++)
		if (r->rows[i].blocks == YES)
			return false;
	return r->verdict == TAKEN && r->err == EADDRINUSE;
}

/* Whether it is not known if bind() fails with EADDRINUSE; that the address or the right to it may be missing is no offence. */
static bool is_open(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES) {
		const struct bind *b = &r->binds[i];

		if (b->result == RESULT_UNKNOWN && b->doubt != DOUBT_ADDRESS && b->doubt != DOUBT_PERMISSION)
			return true;
	}
	return false;
}

/*
 * Sets matches of each row and of the report.  YES: there is such a socket, or no
 * socket is there and bind() fails with EADDRINUSE all the same.  NO: there is none.
 * UNKNOWN: none was found, but whether one blocks, or is to be passed over, is not
 * known, or a gap could hide one.
 */
void match_report(struct report *r, const struct match *m)
{
	r->matches = is_hidden(r, m) ? UNKNOWN : NO;
	for (size_t i = 0; i < r->nrows; i++) {
		enum tri one = match_row(r, i, m);

		r->rows[i].matches = tri_of(one == YES);
		if (r->matches != YES && one != NO)
			r->matches = one;
	}
	if (r->matches == YES || !m->blocking)
		return;
	if (is_blocked_by_none(r))
		r->matches = YES;
	else if (is_open(r) && !m->known && !m->since)
		r->matches = UNKNOWN;
}
