/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs: words into lines no wider than the terminal. */
#define _GNU_SOURCE
#include "out/wrap.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "base/vis.h"

/* The columns that len bytes of s take on a terminal (vis() has removed what has no width of its own). */
size_t wrap_columns(const char *s, size_t len)
{
	size_t columns = 0;
	unsigned int c;

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		int width = 1;

		n = s[i] >= ' ' && s[i] <= '~' ? 1 : utf8_decode(s + i, len - i, &c);
		if (n > 1)
			width = wcwidth((wchar_t)c);
		columns += width < 0 ? 1 : (size_t)width;
	}
	return columns;
}

static void right_aligned(struct buf *out, size_t used, size_t width, const char *tag)
{
	size_t len = strlen(tag) + 2;

	if (used + len + 1 > width) {
		buf_puts(out, "\n");
		used = 0;
	}
	buf_fill(out, ' ', width > used + len ? width - used - len : 0);
	buf_printf(out, "[%s]", tag);
}

/* The length of a word that must be cut because no line can hold it: as much as fits into room columns. */
static size_t fitting(const char *word, size_t len, size_t room)
{
	size_t n = 0, step;
	unsigned int c;

	while (n < len) {
		step = utf8_decode(word + n, len - n, &c);
		step = step ? step : 1;
		if (n && wrap_columns(word, n + step) > room)
			break;
		n += step;
	}
	return n;
}

/* Where a command that no line can hold is continued: its last blank outside quotes with room for " \\"; 0 for none. */
static size_t continued(const char *command, size_t len, size_t room)
{
	size_t at = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (command[i] == '\\' && !quoted) {
			i++;
			continue;
		}
		quoted ^= command[i] == '\'';
		if (command[i] == WRAP_TIE && !quoted && wrap_columns(command, i) + 2 <= room)
			at = i;
	}
	return at;
}

static void add_word(struct buf *out, const char *word, size_t len)
{
	size_t start = out->len;

	buf_add(out, word, len);
	for (char *p = out->s + start; *p; p++)
		if (*p == WRAP_TIE)
			*p = ' ';
}

/*
 * Appends text as a paragraph that ends with a newline.  Lines after the first
 * are indented; on the first, first columns are taken already.  No line is
 * wider than width; a longer word is cut.  A tag (may be NULL) stands in
 * brackets at the right edge of the last line.  WRAP_TIE is a blank at which no
 * line ends, but where it must, as the shell continues one.
 */
void wrap(struct buf *out, const char *text, size_t first, size_t indent, size_t width, const char *tag)
{
	size_t used = first;
	bool empty = true;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " "), columns = wrap_columns(text, len), cut;

		if (!empty && used + 1 + columns > width) {
			buf_puts(out, "\n");
			buf_fill(out, ' ', indent);
			used = indent;
			empty = true;
		}
		cut = empty && used + columns > width && width > used ? continued(text, len, width - used) : 0;
		if (cut) {
			add_word(out, text, cut);
			buf_puts(out, " \\\n");
			buf_fill(out, ' ', indent);
			used = indent;
			text += cut + 1;
			continue;
		}
		if (empty && used + columns > width && width > used) {
			len = fitting(text, len, width - used);
			columns = wrap_columns(text, len);
		}
		if (!empty) {
			buf_puts(out, " ");
			used++;
		}
		add_word(out, text, len);
		used += columns;
		empty = false;
		text += len;
	}
	if (tag)
		right_aligned(out, used, width, tag);
	buf_puts(out, "\n");
}
