/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that ends at a page which may not be touched: a parser that reads
 * past its input crashes.  Where an alignment leaves a few bytes before that
 * page, they are poisoned for AddressSanitizer and 0xff otherwise.
 */
#ifndef TESTS_UNIT_GUARD_H
#define TESTS_UNIT_GUARD_H

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GUARD_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define GUARD_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define GUARD_POISON(p, n) ((void)(p), (void)(n))
#define GUARD_UNPOISON(p, n) ((void)(p), (void)(n))
#endif

struct guard {
	char *start, *end;  /* usable bytes; the page at end has no access */
};

/* Room for at least that many bytes. */
static inline struct guard guard_open(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), usable = (size + page - 1) / page * page;
	char *p = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert(p != MAP_FAILED);
	ck_assert_int_eq(mprotect(p + usable, page, PROT_NONE), 0);
	return (struct guard){.start = p, .end = p + usable};
}

/* Copies the bytes so that they end at the closed page (as near as align allows); returns the copy. */
static inline void *guard_put(struct guard *g, const void *bytes, size_t len, size_t align)
{
	size_t room = (len + align - 1) / align * align;
	char *p = g->end - room;

	GUARD_UNPOISON(g->start, (size_t)(g->end - g->start));
	memset(g->start, 0xff, (size_t)(g->end - g->start));
	if (len)
		memcpy(p, bytes, len);
	GUARD_POISON(p + len, room - len);
	return p;
}

static inline void guard_close(struct guard *g)
{
	GUARD_UNPOISON(g->start, (size_t)(g->end - g->start));
	munmap(g->start, (size_t)(g->end - g->start) + (size_t)sysconf(_SC_PAGESIZE));
}

#endif
