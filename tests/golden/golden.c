/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots written down as literals, judged and rendered: one file for each
 * slug and format.  Run as: golden DIR.  A report is that of 2026-11-20,
 * 12:03:49.123 UTC, uid 1000, HZ 250, on an 80-column terminal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cmd/explain.h"
#include "judge/binder.h"
#include "judge/judge.h"
#include "judge/match.h"
#include "out/json.h"
#include "out/line.h"
#include "out/progress.h"
#include "out/prom.h"
#include "out/term.h"
#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

const struct format term = {"term", {.width = 80}, false, false}, ascii = {"ascii", {.width = 80, .ascii = true}, false, false},
                    narrow = {"term60", {.width = 60}, false, false}, wide = {"term100", {.width = 100}, false, false},
                    color = {"color", {.width = 80, .color = true}, false, false},
                    verbose = {"verbose", {.width = 80, .verbose = true}, false, false},
                    json = {"json", {.width = 80}, true, false}, prom = {"prom", {.width = 80}, false, true};

/* DIR/SLUG.SUFFIX with the text in b; a failure ends the program. */
void write_file(const char *dir, const char *slug, const char *suffix, const struct buf *b)
{
	char *path = xasprintf("%s/%s.%s", dir, slug, suffix);
	FILE *f = fopen(path, "w");

	if (!f || (b->len && fwrite(b->s, 1, b->len, f) != b->len) || fclose(f)) {
		fprintf(stderr, "golden: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	free(path);
}

/* Whether the rule is certain that some socket of the scene stands in the way of that bind(). */
static bool is_blocked(const struct report *r, const struct wanted_probe *w)
{
	struct binder s = binder_make(r, &w->addr, w->mix);

	for (size_t i = 0; i < r->seen->nsocks; i++)
		if (conflict_blocks(&s, &r->seen->socks[i]) == YES)
			return true;
	return false;
}

/*
 * Judges as cmd/answer.c does.  The kernel of the scenes has no quirk, and its
 * ports remember nothing: it refuses what the rule says.  Other trials are the
 * scene's to tell.
 */
static void judge_scene(struct report *r, const struct request *request, struct snapshot *seen)
{
	struct want want;
	size_t known = SIZE_MAX;

	owners_sort(&seen->owners);
	while (judge(r, request, seen, true, &want) && seen->nprobes != known) {
		known = seen->nprobes;
		for (size_t i = 0; i < want.nprobes; i++) {
			if (!is_blocked(r, &want.probes[i]))
				continue;
			seen->probes = xgrow(seen->probes, seen->nprobes, sizeof *seen->probes);
			seen->probes[seen->nprobes++] =
			    (struct probe){want.probes[i].addr, want.probes[i].mix, EADDRINUSE};
		}
		want_free(&want);
		report_free(r);
	}
	want_free(&want);
}

static void write_report(const char *dir, const struct scene *scene, const struct format *format)
{
	struct snapshot seen = {0};
	struct request request = {0};
	struct report report;
	const struct report *only = &report;
	struct buf out = {0};

	scene_start(&seen, &request);
	scene->make(&seen, &request);
	judge_scene(&report, &request, &seen);
	if (format->json)
		json_document(&(struct json_stream){.out = &out}, &(struct document){.reports = &only,
		                                       .n = 1,
		                                       .host = &seen.host,
		                                       .verdict = report.verdict,
		                                       .lang = LANG_GUESS});
	else if (format->prom)
		prom_targets(&out, &(struct range){.about = &report, .reports = &only, .n = 1, .ports = 1}, 1);
	else
		term_report(&out, &report, &format->style);
	write_file(dir, scene->slug, format->suffix, &out);
	buf_free(&out);
	report_free(&report);
	snapshot_free(&seen);
}

/* What a terminal shows after 12 s of waiting for each scene that is not free. */
static void write_progress(const char *dir, const struct format *format)
{
	const struct scene *scene;
	struct buf out = {0};

	for (size_t i = 0; (scene = scene_at(i)); i++) {
		struct snapshot seen = {0};
		struct request request = {0};
		struct report r;
		struct buf subject = {0};

		scene_start(&seen, &request);
		scene->make(&seen, &request);
		judge_scene(&r, &request, &seen);
		if (r.verdict > UNSURE) {
			progress_subject(&subject, &r, &format->style);
			buf_printf(&out, "%s:\n", scene->slug);
			progress_line(&out,
			              &(struct progress){.subject = subject.s, .left = r.clears_in_ms, .whole = r.clears_in_ms + 12000,
			                                 .about = r.clears == CLEARS_ESTIMATE, .waited = 12000},
			              &format->style);
			buf_puts(&out, "\n");
		}
		buf_free(&subject);
		report_free(&r);
		snapshot_free(&seen);
	}
	write_file(dir, "progress", format->suffix, &out);
	buf_free(&out);
}

/* What "portwhy check" prints of a scene; netns: as with --all-netns. */
static void write_lines(const char *dir, const char *slug, const char *netns)
{
	struct snapshot seen;
	struct request request;
	struct report r;
	struct match blocking = {.blocking = true};
	struct buf out = {0};
	bool any = false;

	scene_start(&seen, &request);
	scene_called(slug)->make(&seen, &request);
	judge_scene(&r, &request, &seen);
	match_report(&r, &blocking);
	for (size_t i = 0; i < r.nrows; i++) {
		if (r.rows[i].matches == YES)
			line_row(&out, &r, i, netns);
		any |= r.rows[i].matches == YES;
	}
	if (!any && r.matches == YES)
		line_alone(&out, &r, netns);
	write_file(dir, slug, "line", &out);
	buf_free(&out);
	report_free(&r);
	snapshot_free(&seen);
}

/* A range made of some scenes' answers: that many ports from 9877 on, two of them low. */
static void write_range(const char *dir, const struct format *format)
{
	static const char *const slugs[] = {"listener", "bound-not-listening", "listener-hostile", "time-wait", "unsure"};
	enum { N = sizeof slugs / sizeof *slugs };
	struct snapshot seen[N + 1];
	struct request requests[N + 1];
	struct report reports[N], about = {.request = &requests[N], .seen = &seen[N]};
	const struct report *list[N];
	struct range range = {.about = &about, .reports = list, .n = N, .ports = 101, .not_free = N + 2, .low = 2};
	struct buf out = {0};

	scene_start(&seen[N], &requests[N]);
	requests[N].target.text = "8000-8100";
	requests[N].one_of_many = true;
	for (size_t i = 0; i < N; i++) {
		const struct scene *s = scene_called(slugs[i]);

		scene_start(&seen[i], &requests[i]);
		s->make(&seen[i], &requests[i]);
		judge_scene(&reports[i], &requests[i], &seen[i]);
		list[i] = &reports[i];
	}
	if (format->json)
		json_document(&(struct json_stream){.out = &out}, &(struct document){.reports = list, .n = 1, .ranges = &range, .nranges = 1,
		                                       .host = &seen[N].host, .verdict = TAKEN});
	else if (format->prom)
		prom_targets(&out, &range, 1);
	else
		term_range(&out, &range, &format->style);
	write_file(dir, "range", format->suffix, &out);
	buf_free(&out);
	for (size_t i = 0; i <= N; i++) {
		if (i < N)
			report_free(&reports[i]);
		snapshot_free(&seen[i]);
	}
}

/* The metrics of all ports of two namespaces: some scenes side by side, and one with nothing in it. */
static void write_metrics(const char *dir)
{
	static const char *const slugs[] = {"listener", "time-wait", "close-wait", "bound-not-listening", "udp-socket", "unsure"};
	enum { N = sizeof slugs / sizeof *slugs };
	struct netns named = {.inode = 4026532001, .name = "web\"\\\n\033"}, unnamed = {.inode = 4026532002};
	struct snapshot seen[N + 1];
	struct request requests[N + 1];
	struct report reports[N], about[2];
	struct overview all = {0}, none = {0};
	struct buf out = {0};

	scene_start(&seen[N], &requests[N]);
	requests[N].netns = &named;
	gap_add(&seen[N].gaps, GAP_FD_TABLE, EACCES, "12");
	gap_add(&seen[N].gaps, GAP_FD_TABLE, EACCES, "13");
	for (uint16_t i = 0; i < N; i++) {
		scene_start(&seen[i], &requests[i]);
		scene_called(slugs[i])->make(&seen[i], &requests[i]);
		requests[i].target.port = (uint16_t)(9877 + i);
		for (size_t k = 0; k < seen[i].nsocks; k++)
			seen[i].socks[k].port = requests[i].target.port;
		judge_scene(&reports[i], &requests[i], &seen[i]);
		overview_add(&all, &reports[i]);
	}
	about[0] = about[1] = (struct report){.request = &requests[N], .seen = &seen[N]};
	requests[0].netns = &unnamed;
	about[1].request = &requests[0];
	overview_sort(&all);
	for (int proto = 0; proto < PROTOS; proto++)
		all.asked[proto] = none.asked[proto] = true;
	prom_overview(&out, (struct prom_place[]){{&all, about[0]}, {&none, about[1]}}, 2);
	write_file(dir, "metrics", prom.suffix, &out);
	buf_free(&out);
	overview_free(&all);
	for (size_t i = 0; i <= N; i++) {
		if (i < N)
			report_free(&reports[i]);
		snapshot_free(&seen[i]);
	}
}

/* Two reserved ports, both in TIME_WAIT, and no other was asked about. */
static void write_reserved(const char *dir, const struct format *format)
{
	enum { N = 2 };
	struct snapshot seen[N + 1];
	struct request requests[N + 1];
	struct report reports[N], about = {.request = &requests[N], .seen = &seen[N]};
	const struct report *list[N] = {&reports[0], &reports[1]};
	struct range range = {.about = &about, .reports = list, .n = N, .ports = N, .not_free = N};
	const struct scene *s = scene_called("time-wait");
	struct buf out = {0};

	scene_start(&seen[N], &requests[N]);
	requests[N].target.text = "1022-1023";
	for (uint16_t i = 0; i < N; i++) {
		scene_start(&seen[i], &requests[i]);
		s->make(&seen[i], &requests[i]);
		requests[i].target.port = seen[i].socks[0].port = (uint16_t)(1022 + i);
		seen[i].host.may_bind_low = true;
		judge_scene(&reports[i], &requests[i], &seen[i]);
	}
	term_range(&out, &range, &format->style);
	write_file(dir, "range-reserved", format->suffix, &out);
	buf_free(&out);
	for (size_t i = 0; i <= N; i++) {
		if (i < N)
			report_free(&reports[i]);
		snapshot_free(&seen[i]);
	}
}

/* "portwhy explain": the list (id NULL), or one id. */
static void write_explain(const char *dir, const char *slug, const char *id, const struct format *format)
{
	struct explained e;
	struct buf out = {0};

	if (id && !explain_find(&e, id)) {
		fprintf(stderr, "golden: nothing is called %s\n", id);
		exit(1);
	}
	if (format->json)
		explain_json(&out, &e, 1, LANG_GUESS);
	else if (id)
		explain_term(&out, &e, &format->style);
	else
		explain_list(&out, &format->style);
	write_file(dir, slug, format->suffix, &out);
	buf_free(&out);
}

static void write_explains(const char *dir)
{
	static const struct {
		const char *slug, *id;
	} rows[] = {
	    {"explain-cause", "time-wait"}, {"explain-facet", "owner-lacked-reuseaddr"}, {"explain-fix", "set-reuseaddr"},
	    {"explain-note", "udp-shared"}, {"explain-state", "TIME_WAIT"},
	};

	write_explain(dir, "explain-list", NULL, &term);
	write_explain(dir, "explain-list", NULL, &narrow);
	write_explain(dir, "explain-list", NULL, &color);
	write_explain(dir, "explain-state", "TIME_WAIT", &ascii);
	write_explain(dir, "explain-state", "TIME_WAIT", &color);
	write_explain(dir, "explain-fix", "set-reuseaddr", &color);
	write_explain(dir, "explain-cause", "time-wait", &narrow);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		write_explain(dir, rows[i].slug, rows[i].id, &term);
		write_explain(dir, rows[i].slug, rows[i].id, &json);
	}
}

static void write_all(const char *dir)
{
	static const char *const lines[] = {"listener-hostile", "unix-listener-hostile", "hidden-owner", "kernel-owned-vxlan",
	                                    "fin-wait-2-orphan", "fin-wait-1", "shared-socket", "time-wait-v6", "device-bound",
	                                    "v4-mapped", "listener-and-time-wait", "unix-stale-path", "unix-abstract", "udp-crowd",
	                                    "ephemeral-exhausted", "own-fd-table", "free"};
	const struct scene *s;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		write_lines(dir, lines[i], NULL);
	write_lines(dir, "self-connect", "blue\tsky\x1b\n");
	for (size_t i = 0; (s = scene_at(i)); i++) {
		write_report(dir, s, &term);
		write_report(dir, s, &json);
		if (!s->more)
			continue;
		write_report(dir, s, &ascii);
		write_report(dir, s, &color);
		write_report(dir, s, &narrow);
		write_report(dir, s, &verbose);
		write_report(dir, s, &wide);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || !setlocale(LC_ALL, "C.UTF-8")) {
		fputs("usage: golden DIR (and a C.UTF-8 locale)\n", stderr);
		return 2;
	}
	setenv("TZ", "UTC", 1);
	write_range(argv[1], &term);
	write_range(argv[1], &ascii);
	write_range(argv[1], &narrow);
	write_range(argv[1], &json);
	write_range(argv[1], &prom);
	write_metrics(argv[1]);
	write_report(argv[1], scene_called("time-wait"), &prom);
	write_report(argv[1], scene_called("unsure"), &prom);
	write_reserved(argv[1], &term);
	write_reserved(argv[1], &narrow);
	write_progress(argv[1], &term);
	write_progress(argv[1], &ascii);
	write_explains(argv[1]);
	write_overviews(argv[1]);
	write_all(argv[1]);
	return 0;
}
