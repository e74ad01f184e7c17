/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

/* A growing string; s is NUL-terminated once anything was added. */
struct buf {
	char *s;
	size_t len, cap;
	void (*drain)(struct buf *b, void *arg); /* takes what is there and empties b; NULL: all of it stays */
	void *arg;
};

void buf_add(struct buf *b, const void *p, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_fill(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_drain(struct buf *b);
void buf_free(struct buf *b);

#endif
