/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What portwhy alone prints: scenes of both protocols, looked at port by port as cmd/overview.c does. */
#include "judge/judge.h"
#include "model/slice.h"
#include "out/column.h"
#include "out/json_overview.h"
#include "out/overview.h"
#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

enum { PROTOCOLS = 2 };

/* The overview of one network namespace, from a look at each protocol. */
struct survey {
	struct snapshot seen[PROTOCOLS];
	struct request requests[PROTOCOLS];
	struct overview o;
};

static void survey_look(struct survey *v, size_t i)
{
	struct snapshot *whole = &v->seen[i];

	owners_sort(&whole->owners);
	slice_order(whole);
	v->o.asked[v->requests[i].target.proto] = true;
	v->requests[i].mix = MIX_REUSEADDR;
	v->requests[i].probe = PROBE_NEVER;
	for (unsigned int port = 1; port <= UINT16_MAX; port++) {
		struct request request = v->requests[i];
		struct snapshot s;
		struct report r;
		struct want want;

		if (!slice_is_busy(whole, (uint16_t)port))
			continue;
		request.target.port = (uint16_t)port;
		slice_of(&s, whole, (uint16_t)port);
		judge(&r, &request, &s, false, &want);
		overview_add(&v->o, &r);
		want_free(&want);
		report_free(&r);
		snapshot_free(&s);
	}
}

static void survey_make(struct survey *v, void (*const make[PROTOCOLS])(struct snapshot *, struct request *))
{
	*v = (struct survey){0};
	for (size_t i = 0; i < PROTOCOLS; i++) {
		scene_start(&v->seen[i], &v->requests[i]);
		if (make[i]) {
			make[i](&v->seen[i], &v->requests[i]);
			survey_look(v, i);
		}
	}
	overview_sort(&v->o);
}

static void survey_free(struct survey *v)
{
	overview_free(&v->o);
	for (size_t i = 0; i < PROTOCOLS; i++)
		snapshot_free(&v->seen[i]);
}

static void quiet_scene(struct snapshot *seen, struct request *request)
{
	(void)seen;
	(void)request;
}

/* One or two network namespaces, the first with what the scenes make, the second scene_called() netns. */
static void write_overview(const char *dir, const char *slug, const struct format *format, bool all, bool other,
                           void (*tcp)(struct snapshot *, struct request *), void (*udp)(struct snapshot *, struct request *))
{
	struct survey v[2];
	struct json_overview j;
	struct buf out = {0};
	struct json_stream st = {.out = &out};

	survey_make(&v[0], (void (*const[])(struct snapshot *, struct request *)){tcp, udp});
	survey_make(&v[1], (void (*const[])(struct snapshot *, struct request *)){scene_called("netns")->make, NULL});
	if (format->json)
		json_overview_begin(&j, &st, &v[0].seen[0].host, v[0].o.worst);
	for (size_t i = 0; i < (other ? 2 : 1); i++) {
		struct report about = {.request = &v[i].requests[0], .seen = &v[i].seen[0]};

		v[i].requests[0].all = all;
		if (format->json)
			json_overview_add(&j, &v[i].o, &about);
		else
			buf_puts(&out, i ? "\n" : "");
		if (!format->json)
			overview_term(&out, &v[i].o, &about, &format->style);
	}
	if (format->json)
		json_overview_end(&j);
	write_file(dir, slug, format->suffix, &out);
	buf_free(&out);
	survey_free(&v[0]);
	survey_free(&v[1]);
}

/* portwhy alone: as it is, with -a, with -o, nothing in use, two namespaces, one that may not be entered. */
void write_overviews(const char *dir)
{
	static const struct format *const formats[] = {&term, &narrow, &wide, &ascii, &color, &json};
	struct format chosen = term, added = term;
	struct buf bad = {0};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		write_overview(dir, "overview", formats[i], false, false, scene_all_tcp, scene_all_udp);
	write_overview(dir, "overview-all", &term, true, false, scene_all_tcp, NULL);
	columns_parse(&chosen.style.columns, "held-by,pids,port,lingering,sockets", overview_column_name, &bad);
	write_overview(dir, "overview-chosen", &chosen, false, false, scene_all_tcp, NULL);
	columns_parse(&added.style.columns, "+pids", overview_column_name, &bad);
	write_overview(dir, "overview-added", &added, false, false, scene_all_tcp, NULL);
	write_overview(dir, "overview-none", &term, false, false, quiet_scene, NULL);
	write_overview(dir, "overview-none", &json, false, false, quiet_scene, NULL);
	write_overview(dir, "overview-netns", &term, false, true, scene_all_tcp, NULL);
	write_overview(dir, "overview-netns", &json, false, true, scene_all_tcp, NULL);
	write_overview(dir, "overview-closed", &term, false, false, scene_called("netns-closed")->make, NULL);
	write_overview(dir, "overview-closed", &json, false, false, scene_called("netns-closed")->make, NULL);
	buf_free(&bad);
}
