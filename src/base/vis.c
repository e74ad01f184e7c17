/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The escaper: bytes that somebody else chose (a process name, a path, an
 * argument) become text that a terminal shows and does not obey.  UTF-8 as in
 * RFC 3629: shortest form only, no surrogates, up to U+10FFFF.
 */
#include "base/vis.h"

#include <stdint.h>

/*
 * Decodes one character of s.  Returns its length in bytes (1 to 4) and stores
 * it in *code; 0 where the bytes at s are not UTF-8 (len must be above 0).
 */
size_t utf8_decode(const char *s, size_t len, unsigned int *code)
{
	static const unsigned int least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *u = (const unsigned char *)s;
	unsigned int c = u[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (!n || n > len)
		return 0;
	if (n > 1)
		c &= 0x7fU >> n;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return n;
}

/* Whether all of s is UTF-8. */
bool utf8_valid(const char *s, size_t len)
{
	unsigned int c;

	for (size_t i = 0, n; i < len; i += n)
		if (!(n = utf8_decode(s + i, len - i, &c)))
			return false;
	return true;
}

/* Appends s with U+FFFD in the place of each byte that is not UTF-8. */
void utf8_sanitize(struct buf *out, const char *s, size_t len)
{
	unsigned int c;

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = utf8_decode(s + i, len - i, &c);
		if (n)
			buf_add(out, s + i, n);
		else
			buf_puts(out, "\xef\xbf\xbd");
	}
}

/*
 * Characters that steer a terminal or hide: C0, DEL and C1 controls, soft
 * hyphen, zero-width and bidirectional controls (Unicode Bidi_Control and
 * Default_Ignorable_Code_Point), line separators, private use, tags.
 */
static bool steers(unsigned int c)
{
	static const struct {
		unsigned int first, last;
	} ranges[] = {
	    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
	    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
	    {0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/*
 * Appends s for a terminal: what steers it, what is not UTF-8, a backslash
 * before an x (so that an escape cannot be forged) and, with ascii, all that
 * is not ASCII, as \xHH a byte.
 */
void vis(struct buf *out, const char *s, size_t len, bool ascii)
{
	unsigned int c;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &c);
		if (n && !steers(c) && !(ascii && c > 0x7e) && !(c == '\\' && i + 1 < len && s[i + 1] == 'x')) {
			buf_add(out, s + i, n);
			continue;
		}
		n = n ? n : 1;
		for (size_t k = 0; k < n; k++)
			buf_printf(out, "\\x%02X", (unsigned int)(uint8_t)s[i + k]);
	}
}
