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
#include <sys/socket.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "out/json.h"
#include "out/term.h"
#include "tests/golden/scene.h"

struct format {
	const char *suffix;
	struct style style;
	bool json;
};

static const struct format term = {"term", {.width = 80}, false}, ascii = {"ascii", {.width = 80, .ascii = true}, false},
                           narrow = {"term60", {.width = 60}, false}, wide = {"term100", {.width = 100}, false},
                           color = {"color", {.width = 80, .color = true}, false}, json = {"json", {.width = 80}, true};

static void write_file(const char *dir, const char *slug, const char *suffix, const struct buf *b)
{
	char *path = xasprintf("%s/%s.%s", dir, slug, suffix);
	FILE *f = fopen(path, "w");

	if (!f || fwrite(b->s, 1, b->len, f) != b->len || fclose(f)) {
		fprintf(stderr, "golden: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	free(path);
}

static void write_report(const char *dir, const struct scene *scene, const struct format *format)
{
	struct snapshot seen = {0};
	struct request request = {0};
	struct report report;
	struct want want;
	struct buf out = {0};

	scene_start(&seen, &request);
	scene->make(&seen, &request);
	owners_sort(&seen.owners);
	judge(&report, &request, &seen, true, &want);
	if (format->json)
		json_document(&out, &report, 1, &seen.host, report.verdict, LANG_GUESS);
	else
		term_report(&out, &report, &format->style);
	write_file(dir, scene->slug, format->suffix, &out);
	buf_free(&out);
	want_free(&want);
	report_free(&report);
	snapshot_free(&seen);
}

int main(int argc, char **argv)
{
	if (argc != 2 || !setlocale(LC_ALL, "C.UTF-8")) {
		fputs("usage: golden DIR (and a C.UTF-8 locale)\n", stderr);
		return 2;
	}
	setenv("TZ", "UTC", 1);
	for (const struct scene *s = scenes; s->slug; s++) {
		write_report(argv[1], s, &term);
		write_report(argv[1], s, &json);
		if (!s->more)
			continue;
		write_report(argv[1], s, &ascii);
		write_report(argv[1], s, &color);
		write_report(argv[1], s, &narrow);
		write_report(argv[1], s, &wide);
	}
	return 0;
}
