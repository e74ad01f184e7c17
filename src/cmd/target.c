/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user typed as a target: PORT, ADDRESS:PORT or [ADDRESS]:PORT. */
#include "cmd/target.h"

#include <string.h>

static bool all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

static bool parse_port(const char *s, uint16_t *port, const char **why)
{
	unsigned long n = 0;

	*why = "a port is a number from 1 to 65535";
	if (!all_digits(s))
		return false;
	for (; *s && n <= 65535; s++)
		n = n * 10 + (unsigned long)(*s - '0');
	if (n < 1 || n > 65535)
		return false;
	*port = (uint16_t)n;
	return true;
}

static bool parse_address(const char *s, size_t len, int family, struct addr *a, const char **why)
{
	char text[ADDR_TEXT];

	*why = family ? "what stands in brackets is no IPv6 address" : "what stands before the port is no IPv4 address";
	if (len >= sizeof text)
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	return addr_parse(text, a) && (a->family != 0) && ((strchr(text, ':') != NULL) == (family != 0));
}

/* Forms that the interface knows and this version does not. */
static bool is_of_later_version(const char *s)
{
	static const char *const starts[] = {"unix:", "tcp:", "udp:", ":::"};

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (!strncmp(s, starts[i], strlen(starts[i])))
			return true;
	if (*s == ':' && all_digits(s + 1))
		return true;
	return strpbrk(s, "/@%,*") || !strcmp(s, "0") || (*s >= '0' && *s <= '9' && strchr(s, '-'));
}

static bool parse(const char *text, struct target *t, const char **why)
{
	const char *colon = strrchr(text, ':'), *close;

	if (text[0] == '[') {
		close = strchr(text, ']');
		*why = "[ADDRESS]:PORT wants a closing bracket, a colon and a port";
		if (!close || close[1] != ':')
			return false;
		return parse_address(text + 1, (size_t)(close - text - 1), 6, &t->addr, why) &&
		       parse_port(close + 2, &t->port, why);
	}
	if (!colon)
		return parse_port(text, &t->port, why);
	*why = "an IPv6 address stands in brackets: [ADDRESS]:PORT";
	if (strchr(text, ':') != colon)
		return false;
	return parse_address(text, (size_t)(colon - text), 0, &t->addr, why) && parse_port(colon + 1, &t->port, why);
}

/*
 * Reads one target.  On success t is filled (its text points to the argument)
 * and true is returned; otherwise *why says in words what is wrong.
 */
bool target_parse(const char *text, struct target *t, const char **why)
{
	*t = (struct target){.text = text};
	if (parse(text, t, why))
		return true;
	if (!*text)
		*why = "a target is PORT, ADDRESS:PORT or [ADDRESS]:PORT";
	else if (is_of_later_version(text))
		*why = "this is not a target of this version: PORT, ADDRESS:PORT and [ADDRESS]:PORT are";
	return false;
}
