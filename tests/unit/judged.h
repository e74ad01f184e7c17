/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scene, judged, and judged again after something was learned. */
#ifndef TESTS_UNIT_JUDGED_H
#define TESTS_UNIT_JUDGED_H

#include <check.h>
#include <errno.h>

#include "base/xalloc.h"
#include "judge/judge.h"
#include "tests/golden/scene.h"

struct fixture {
	struct snapshot seen;
	struct request request;
	struct report r;
	struct want want;
};

static inline struct fixture begin(void)
{
	struct fixture f = {0};

	scene_start(&f.seen, &f.request);
	return f;
}

static inline bool again(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	return judge(&f->r, &f->request, &f->seen, true, &f->want);
}

static inline void end(struct fixture *f)
{
	report_free(&f->r);
	want_free(&f->want);
	snapshot_free(&f->seen);
}

/* Answers every trial that is wanted of a mix with SO_REUSEPORT: refused.  Nothing else may be wanted. */
static inline void refuse_reuseport(struct fixture *f)
{
	while (again(f)) {
		ck_assert(f->want.nprobes && !f->want.owners && !f->want.noptions);
		for (size_t i = 0; i < f->want.nprobes; i++) {
			ck_assert(mixes[f->want.probes[i].mix].reuseport);
			f->seen.probes = xgrow(f->seen.probes, f->seen.nprobes, sizeof *f->seen.probes);
			f->seen.probes[f->seen.nprobes++] =
			    (struct probe){f->want.probes[i].addr, f->want.probes[i].mix, EADDRINUSE};
		}
	}
}

static inline int result(const struct fixture *f, size_t addr, unsigned int mix)
{
	return f->r.binds[addr * MIXES + mix].result;
}

#endif
