/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * portwhy wait TARGET...: returns as soon as bind() works for all of them.  Each
 * look judges everything anew, so it does not matter who has the port meanwhile;
 * judge/vigil.c says how long none is needed, and the kernel announces the end of
 * a holder before that.
 */
#include "cmd/verbs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/answer.h"
#include "cmd/clock.h"
#include "cmd/line.h"
#include "cmd/place.h"
#include "judge/vigil.h"
#include "out/facts.h"
#include "out/headline.h"
#include "out/progress.h"
#include "sys/destroyed.h"
#include "sys/obstacle.h"
#include "text/text.h"

/* In ms: of looks that news cause; between readings of news that are none; of the line. */
enum { LOOK_EVERY = 50, READ_EVERY = 20, DRAW_EVERY = 1000 };

/* What the line is about: as long as that stays, its words and the length of its bar do. */
struct subject {
	uint64_t key;
	struct buf words;
	int64_t ends, whole;     /* of the timer, on our clock; -1: none */
	bool about;
	size_t more;
};

struct waiting {
	const struct options *o;
	struct places places;
	struct inquiry *q;
	struct answers **a;      /* of the last look */
	size_t n;
	struct destroyed heard;
	struct subject subject;
	bool shown;              /* there is a line */
	int64_t began, looked, drawn, deadline;
};

/* From which ports the end of a socket may be news. */
static void listen_for_ends(struct waiting *w)
{
	w->heard = (struct destroyed){.first = UINT16_MAX, .fd = -1};
	for (size_t i = 0; i < w->n; i++) {
		const struct inquiry *q = &w->q[i];

		w->heard.tcp |= q->request.target.proto == PROTO_TCP;
		w->heard.udp |= q->request.target.proto == PROTO_UDP;
		for (size_t k = 0; q->request.target.proto != PROTO_UNIX && k < q->nports; k++) {
			w->heard.first = q->ports[k] < w->heard.first ? q->ports[k] : w->heard.first;
			w->heard.last = q->ports[k] > w->heard.last ? q->ports[k] : w->heard.last;
		}
	}
	if (!w->heard.first)
		w->heard.last = UINT16_MAX; /* the port that the kernel picks: any */
	if (w->heard.tcp || w->heard.udp)
		destroyed_open(&w->heard);
}

static void begin(struct waiting *w)
{
	if (w->o->all_netns)
		die("--all-netns: a wait is for one network namespace; --netns names it");
	w->q = inquiries_read(w->o, places_enter_first(&w->places, w->o), &w->n);
	w->a = xcalloc(w->n, sizeof *w->a);
	w->began = clock_ms();
	w->deadline = w->o->timeout_ms < 0 ? INT64_MAX : w->began + w->o->timeout_ms;
	listen_for_ends(w); /* before the first look, so that nothing ends between the two unheard */
	w->shown = !w->o->quiet && line_begin();
}

static void forget(struct answers *a)
{
	if (a)
		answers_free(a);
	free(a);
}

static void look_at(struct waiting *w, size_t i, enum probe_when probe)
{
	struct answers *next = xcalloc(1, sizeof *next);

	w->q[i].request.probe = probe;
	answers_find(next, &w->q[i], &(struct extent){.brief = true, .earlier = w->a[i]});
	forget(w->a[i]);
	w->a[i] = next;
}

static enum verdict worst(const struct waiting *w)
{
	enum verdict v = FREE;

	for (size_t i = 0; i < w->n; i++)
		v = w->a[i]->worst > v ? w->a[i]->worst : v;
	return v;
}

/*
 * First by the rules alone, so that nothing is bound that somebody else may be about
 * to bind; what they do not know is tried, once for each state of the sockets.
 * Where nothing stands in the way of any target, all are tried.
 */
static void look(struct waiting *w)
{
	bool may_try = w->o->probe != PROBE_NEVER;

	w->looked = clock_ms();
	for (size_t i = 0; i < w->n; i++) {
		look_at(w, i, PROBE_NEVER);
		if (may_try && w->a[i]->worst == UNSURE)
			look_at(w, i, w->o->probe);
	}
	for (size_t i = 0; may_try && i < w->n && worst(w) == FREE; i++)
		look_at(w, i, w->o->probe);
}

static void hide(struct waiting *w)
{
	if (w->shown)
		line_end();
	w->shown = false;
}

/* Says something of a report in a line on standard error. */
static void tell(struct waiting *w, const struct report *r, const struct range *range, const char *text)
{
	const struct style style = options_line_style(w->o);
	const struct scope scope = {.report = r, .cause = r->ncauses ? r->causes : NULL, .range = range, .style = &style};
	struct buf b = {0};

	if (w->o->quiet)
		return;
	facts_expand(&b, text, &scope);
	hide(w);
	msg("%s", b.s);
	buf_free(&b);
}

/* Why bind() fails for a reason that waiting does not mend; false where it does not. */
static bool tell_refusal(struct waiting *w, const struct answers *a)
{
	const struct range range = {.about = &a->about, .low = a->low};

	for (size_t i = 0; i < a->n; i++) {
		const struct report *r = &a->v[i]->report;

		if (r->err != EACCES && (r->verdict != REFUSED || r->err == EADDRNOTAVAIL))
			continue;
		tell(w, r, NULL, headline_texts[r->verdict == TAKEN ? HEAD_PRIVILEGED : headline_of(r)]);
		return true;
	}
	if (a->low)
		tell(w, &a->about, &range, waiting_low_text);
	return a->low;
}

static const char *doubt_of(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES)
		if (r->binds[i].doubt)
			return doubt_texts[r->binds[i].doubt].text;
	return NULL;
}

static void tell_why_unsure(struct waiting *w, const struct report *r)
{
	const char *doubt = headline_of(r) == HEAD_CLOSED ? NULL : doubt_of(r);
	struct buf b = {0};

	buf_puts(&b, doubt ? waiting_unsure_text : headline_texts[headline_of(r)]);
	buf_puts(&b, doubt ? doubt : "");
	buf_puts(&b, doubt && w->o->probe == PROBE_NEVER ? doubt_untried : "");
	tell(w, r, NULL, b.s);
	buf_free(&b);
}

static bool tell_doubt(struct waiting *w, const struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i]->report.verdict != UNSURE)
			continue;
		tell_why_unsure(w, &a->v[i]->report);
		return true;
	}
	return false;
}

/* Whether the wait is over, and then its exit status. */
static bool is_over(struct waiting *w, int *status)
{
	*status = EXIT_FREE;
	if (worst(w) == FREE)
		return true;
	*status = EXIT_TAKEN;
	for (size_t i = 0; i < w->n; i++)
		if (tell_refusal(w, w->a[i]))
			return true;
	*status = EXIT_UNSURE;
	for (size_t i = 0; i < w->n; i++)
		if (tell_doubt(w, w->a[i]))
			return true;
	return false;
}

/* Whether a ends later than b, as far as is known: never is last. */
static bool is_later(const struct report *a, const struct report *b)
{
	return !b || (b->clears_in_ms >= 0 && (a->clears_in_ms < 0 || a->clears_in_ms > b->clears_in_ms));
}

/* The report that ends last, its inquiry, and how many others are not free. */
static const struct report *last_of(const struct waiting *w, size_t *inquiry, size_t *others)
{
	const struct report *last = NULL;

	*others = 0;
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->a[i]->n; k++) {
			const struct report *r = &w->a[i]->v[k]->report;

			if (r->verdict == FREE)
				continue;
			*others += last != NULL;
			if (!is_later(r, last))
				continue;
			last = r;
			*inquiry = i;
		}
	return last;
}

static uint64_t key_of(const struct report *r, size_t inquiry)
{
	struct sock s = r->nrows ? row_sock(r, 0) : (struct sock){0};

	return (inquiry << 20 ^ (uint64_t)r->request->target.port << 4 ^ (uint64_t)r->verdict) +
	       (s.cookie << 24 ^ (uint64_t)s.inode << 32 ^ s.state);
}

/* Who holds it is looked for only here, once for each holder. */
static void describe(struct subject *s, const struct waiting *w, const struct report *r, size_t inquiry)
{
	const struct style style = options_line_style(w->o);
	uint16_t port = r->request->target.port;
	struct inquiry one = {.request = *r->request, .ports = &port, .nports = 1};
	struct answers full;
	const struct report *told;

	one.request.probe = PROBE_NEVER;
	answers_find(&full, &one, &(struct extent){.details = true, .earlier = w->a[inquiry]});
	told = full.v[0]->report.verdict == FREE ? r : &full.v[0]->report;
	s->words.len = 0;
	progress_subject(&s->words, told, &style);
	s->about = told->clears == CLEARS_ESTIMATE;
	s->ends = told->clears_in_ms < 0 ? -1 : w->looked + told->clears_in_ms;
	s->whole = told->clears_in_ms;
	answers_free(&full);
}

/* Brings the subject up to date after a look. */
static void take_subject(struct waiting *w)
{
	struct subject *s = &w->subject;
	size_t inquiry = 0;
	const struct report *r = last_of(w, &inquiry, &s->more);

	if (!r)
		return;
	if (!s->words.s || s->key != key_of(r, inquiry))
		describe(s, w, r, inquiry);
	else if (r->clears_in_ms >= 0)
		s->ends = w->looked + r->clears_in_ms;
	s->whole = s->ends - w->looked > s->whole ? s->ends - w->looked : s->whole;
	s->key = key_of(r, inquiry);
}

static struct progress progress_of(const struct waiting *w, int64_t now)
{
	const struct subject *s = &w->subject;

	return (struct progress){
	    .subject = s->words.s,
	    .left = s->ends < 0 ? -1 : s->ends > now ? s->ends - now : 0,
	    .whole = s->whole,
	    .about = s->about,
	    .waited = now - w->began,
	    .more = s->more,
	};
}

static void draw(struct waiting *w, int64_t now)
{
	const struct style style = options_line_style(w->o);
	const struct progress p = progress_of(w, now);
	struct buf line = {0};

	buf_puts(&line, "");
	progress_line(&line, &p, &style);
	line_show(&line);
	w->drawn = now;
	buf_free(&line);
}

static void tell_timeout(struct waiting *w)
{
	struct buf b = {0};
	struct progress p;

	if (w->o->quiet)
		return;
	take_subject(w);
	p = progress_of(w, clock_ms());
	p.waited = -1;
	progress_words(&b, &p);
	hide(w);
	msg("timed out: %s", b.s);
	buf_free(&b);
}

/* Sleeps; true if something was heard before the time was over. */
static bool doze(int fd, int64_t ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) > 0;
}

/*
 * Sleeps until that moment, or until the end of a socket was heard that counts.  Of
 * a holder that has ended the next look tells at once, but news of a busy port come
 * by the thousand: they are read and looked into at a measured pace.
 */
static bool sleep_until(struct waiting *w, int64_t until, uint64_t cookie)
{
	bool news = false;

	for (int64_t now = clock_ms(); now < until; now = clock_ms()) {
		int64_t next = until;

		if (w->shown && now >= w->drawn + DRAW_EVERY)
			draw(w, now);
		if (w->shown && w->drawn + DRAW_EVERY < next)
			next = w->drawn + DRAW_EVERY;
		if (!doze(news ? -1 : w->heard.fd, next - now))
			continue;
		news = destroyed_heard(&w->heard, cookie);
		if (news && w->looked + LOOK_EVERY < until)
			until = w->looked + LOOK_EVERY;
		else if (!news)
			doze(-1, READ_EVERY);
	}
	return news;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Waits until another look is worth while. */
static void rest(struct waiting *w)
{
	struct vigil v = {0};
	int64_t ms, last = earlier(w->deadline, w->looked + VIGIL_LONGEST), until;

	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < w->a[i]->n; k++)
			vigil_add(&v, &w->a[i]->v[k]->report);
	ms = vigil_ms(&v, w->heard.fd >= 0);
	until = earlier(last, w->looked + ms);
	while (!sleep_until(w, until, v.cookie) && until < last && v.place && obstacle_stands(v.place))
		until = earlier(last, until + ms);
}

static void end(struct waiting *w)
{
	hide(w);
	destroyed_close(&w->heard);
	for (size_t i = 0; i < w->n; i++)
		forget(w->a[i]);
	free(w->a);
	buf_free(&w->subject.words);
	inquiries_free(w->q, w->n);
	places_free(&w->places);
}

/* Waits until bind() works for all targets.  Returns the exit status of the interface. */
int cmd_wait(const struct options *o)
{
	struct waiting w = {.o = o};
	int status;

	begin(&w);
	for (look(&w); !is_over(&w, &status); look(&w)) {
		status = EXIT_TAKEN;
		if (w.looked >= w.deadline) {
			tell_timeout(&w);
			break;
		}
		if (w.shown)
			take_subject(&w);
		w.drawn = 0;
		rest(&w);
	}
	end(&w);
	return status;
}
