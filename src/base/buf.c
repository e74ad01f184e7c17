/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing string: what is written is put together in one. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static char *room(struct buf *b, size_t len)
{
	if (b->len + len + 1 > b->cap) {
		b->cap = (b->len + len + 1) * 2;
		b->s = xrealloc(b->s, b->cap, 1);
	}
	return b->s + b->len;
}

/* Appends len bytes. */
void buf_add(struct buf *b, const void *p, size_t len)
{
	char *to = room(b, len);

	if (len)
		memcpy(to, p, len);
	to[len] = '\0';
	b->len += len;
}

/* Appends a string. */
void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

/* Appends n times the byte c. */
void buf_fill(struct buf *b, char c, size_t n)
{
	char *to = room(b, n);

	memset(to, c, n);
	to[n] = '\0';
	b->len += n;
}

/* Appends formatted text. */
void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	buf_puts(b, s);
	free(s);
}

enum { DRAIN_BYTES = 64 << 10 };

/* Says that what is in b may leave it, as that of a long document should. */
void buf_drain(struct buf *b)
{
	if (b->drain && b->len > DRAIN_BYTES)
		b->drain(b, b->arg);
}

/* Releases the memory; the buffer is then empty and may be used again. */
void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){0};
}
