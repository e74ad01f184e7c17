/* SPDX-License-Identifier: GPL-2.0-or-later */
/* portwhy TARGET...: would bind() work, and if not, why. */
#include "cmd/verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/vis.h"
#include "base/xalloc.h"
#include "cmd/target.h"
#include "judge/judge.h"
#include "out/json.h"
#include "out/term.h"
#include "sys/snapshot.h"

/* Owners, options, probes, probes with SO_REUSEPORT. */
enum { ROUNDS = 4 };

static void bad_target(const char *text, const char *why)
{
	struct buf b = {0};

	vis(&b, text, strlen(text), true);
	die("bad target '%s': %s", b.s ? b.s : "", why);
}

/* Every target is read before anything is asked. */
static struct request *read_requests(const struct options *o)
{
	struct request *requests = xcalloc((size_t)o->ntargets, sizeof *requests);
	const char *why;

	for (int i = 0; i < o->ntargets; i++) {
		requests[i] = (struct request){.mix = MIX_PLAIN, .probe = o->probe};
		if (!target_parse(o->targets[i], &requests[i].target, &why))
			bad_target(o->targets[i], why);
	}
	return requests;
}

/* One look: sockets first, then round by round what the judgement wants. */
static void look(const struct request *request, bool details, struct snapshot *seen, struct report *report)
{
	struct want want;

	snapshot_take(seen, &request->target);
	for (int round = 0; judge(report, request, seen, details, &want) && round < ROUNDS; round++) {
		report_free(report);
		snapshot_fetch(seen, &request->target, &want);
		want_free(&want);
	}
	want_free(&want);
}

/*
 * A dump is not atomic, and the probe comes after it: what was free without a
 * trial, or refused without a reason, is looked at once more.
 */
static bool is_doubtful(const struct report *r)
{
	for (size_t i = r->request->mix; i < r->nbinds; i += MIXES) {
		const struct bind *b = &r->binds[i];

		if (b->result == RESULT_OK ? !b->by_probe : b->result == EADDRINUSE && !b->blocked_by.n)
			return true;
	}
	return false;
}

static void answer(const struct request *request, bool details, struct snapshot *seen, struct report *report)
{
	look(request, details, seen, report);
	if (report->verdict == TAKEN ? report->ncauses && report->causes[0].socks.n : !is_doubtful(report))
		return;
	report_free(report);
	snapshot_free(seen);
	look(request, details, seen, report);
}

static void print(struct buf *out)
{
	for (size_t done = 0; done < out->len;) {
		ssize_t n = write(STDOUT_FILENO, out->s + done, out->len - done);

		if (n < 0 && errno == EPIPE)
			exit(EXIT_FAILED);
		if (n < 0 && errno != EINTR)
			die("standard output: %s", strerror(errno));
		done += n > 0 ? (size_t)n : 0;
	}
	buf_free(out);
}

static int status_of(enum verdict worst)
{
	return worst == FREE ? EXIT_FREE : worst == UNSURE ? EXIT_UNSURE : EXIT_TAKEN;
}

static void render(const struct options *o, const struct report *reports, size_t n, enum verdict worst)
{
	struct style style = options_style(o);
	struct buf out = {0};

	if (o->json)
		json_document(&out, reports, n, &reports[0].seen->host, worst, style.lang);
	for (size_t i = 0; !o->json && i < n; i++) {
		if (i)
			buf_puts(&out, "\n");
		term_report(&out, &reports[i], &style);
	}
	print(&out);
}

/* Answers for each target.  Returns the exit status of the interface. */
int cmd_why(const struct options *o)
{
	size_t n = (size_t)o->ntargets;
	struct request *requests = read_requests(o);
	struct snapshot *seen = xcalloc(n, sizeof *seen);
	struct report *reports = xcalloc(n, sizeof *reports);
	enum verdict worst = FREE;

	for (size_t i = 0; i < n; i++) {
		answer(&requests[i], !o->quiet, &seen[i], &reports[i]);
		worst = reports[i].verdict > worst ? reports[i].verdict : worst;
	}
	if (!o->quiet)
		render(o, reports, n, worst);
	for (size_t i = 0; i < n; i++) {
		report_free(&reports[i]);
		snapshot_free(&seen[i]);
	}
	free(reports);
	free(seen);
	free(requests);
	return status_of(worst);
}
