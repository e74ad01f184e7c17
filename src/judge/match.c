/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets of a report are those that "check" was told to look for. */
#include "judge/match.h"

#include <errno.h>
#include <string.h>

enum { MATCH_ESTABLISHED, MATCH_SYN_SENT, MATCH_SYN_RECV, MATCH_FIN_WAIT_1, MATCH_FIN_WAIT_2, MATCH_TIME_WAIT,
       MATCH_CLOSE, MATCH_CLOSE_WAIT, MATCH_LAST_ACK, MATCH_LISTEN, MATCH_CLOSING, MATCH_BOUND, MATCH_UNCONN, MATCHES };

#define BIT(state) (1U << MATCH_##state)

/* What sock_state_name() says. */
static const char *const names[MATCHES] = {
    "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSE",
    "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "BOUND", "UNCONN",
};

static const struct {
	const char *name;
	uint32_t states;
} groups[] = {
    {"any", UINT32_MAX},
    {"lingering", BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT) | BIT(CLOSE_WAIT)},
};

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

static bool add_word(struct match *m, const char *word, size_t len)
{
	bool found = is_word(word, len, "blocking");

	m->blocking |= found;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		if (!is_word(word, len, groups[i].name))
			continue;
		m->states |= groups[i].states;
		found = true;
	}
	for (size_t i = 0; i < MATCHES; i++) {
		if (!is_word(word, len, names[i]))
			continue;
		m->states |= 1U << i;
		found = true;
	}
	return found;
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
	const char *name = sock_state_name(s);

	for (size_t i = 0; i < MATCHES; i++)
		if (m->states >> i & 1 && !strcmp(name, names[i]))
			return true;
	return false;
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

static enum tri match_row(const struct report *r, const struct row *row, const struct match *m)
{
	enum tri ignored = is_ignored(r, m, &row->s), wanted = is_in_state(m, &row->s) ? YES : m->blocking ? row->blocks : NO;

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
		enum tri one = match_row(r, &r->rows[i], m);

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
