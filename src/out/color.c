/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Colour by role.  It is put on when the lines are laid out, so that nothing
 * that counts columns ever meets an escape; only the eight colours that every
 * terminal has, in the shades that the user has chosen for them.
 */
#include "out/color.h"

#include <string.h>

static const char *const looks[ROLES] = {
    [ROLE_FREE] = "1;32", [ROLE_TAKEN] = "1;31", [ROLE_UNSURE] = "1;33", [ROLE_HEADING] = "1",
    [ROLE_ID] = "35",     [ROLE_HERE] = "1;33",  [ROLE_CODE] = "36",
};

/* Appends len bytes of text, each line between its blanks in colour. */
static void put_lines(struct buf *out, const char *text, size_t len, enum role role)
{
	for (const char *end = text + len; text < end;) {
		size_t line = strcspn(text, "\n"), blanks = strspn(text, " ");

		line = line > (size_t)(end - text) ? (size_t)(end - text) : line;
		blanks = blanks > line ? line : blanks;
		buf_add(out, text, blanks);
		if (line > blanks) {
			buf_printf(out, "\033[%sm", looks[role]);
			buf_add(out, text + blanks, line - blanks);
			buf_puts(out, "\033[0m");
		}
		text += line;
		if (text < end)
			buf_add(out, text++, 1);
	}
}

/* Colours what stands between two offsets of out (no more than len), where the style has colour. */
void color_span(struct buf *out, size_t start, size_t end, enum role role, const struct style *style)
{
	struct buf old = {0};

	if (!style->color)
		return;
	buf_add(&old, out->s + start, out->len - start);
	out->len = start;
	put_lines(out, old.s, end - start, role);
	buf_puts(out, old.s + (end - start));
	buf_free(&old);
}

/* Colours everything from an offset on. */
void color_from(struct buf *out, size_t start, enum role role, const struct style *style)
{
	color_span(out, start, out->len, role, style);
}
