/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user typed as a target: [tcp:][ADDRESS[%DEVICE]:]PORTS[/tcp] (or udp), also as
 * other programs print it (*:80, :::80), or the name of a unix socket: a path, @NAME.  Only the text is looked at here; names
 * are looked up by sys/resolve.c.
 */
#include "cmd/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"

/* A part of the text. */
struct span {
	const char *s;
	size_t len;
};

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const char bad_port[] = "a port is a number from 1 to 65535 or the name of a service";

static bool all_of(struct span p, const char *set)
{
	for (size_t i = 0; i < p.len; i++)
		if (!strchr(set, p.s[i]))
			return false;
	return p.len > 0;
}

static bool has_any(struct span p, const char *set)
{
	for (size_t i = 0; i < p.len; i++)
		if (strchr(set, p.s[i]))
			return true;
	return false;
}

static struct span until(struct span p, char end)
{
	const char *at = memchr(p.s, end, p.len);

	return (struct span){p.s, at ? (size_t)(at - p.s) : p.len};
}

static struct span after(struct span p, size_t n)
{
	return (struct span){p.s + n, p.len - n};
}

static bool begins(struct span p, const char *with)
{
	size_t n = strlen(with);

	return p.len >= n && !memcmp(p.s, with, n);
}

static bool ends(struct span p, const char *with)
{
	size_t n = strlen(with);

	return p.len >= n && !memcmp(p.s + p.len - n, with, n);
}

/* A copy as a string; false if it does not fit or is empty. */
static bool copy(struct span p, char *to, size_t size)
{
	if (!p.len || p.len >= size)
		return false;
	memcpy(to, p.s, p.len);
	to[p.len] = '\0';
	return true;
}

static bool parse_number(struct span p, uint16_t *port)
{
	unsigned long n = 0;

	if (!all_of(p, DIGITS))
		return false;
	for (size_t i = 0; i < p.len && n <= 65535; i++)
		n = n * 10 + (unsigned long)(p.s[i] - '0');
	*port = (uint16_t)n;
	return n >= 1 && n <= 65535;
}

/* A number, FIRST-LAST, or the name of a service (which may have a hyphen too). */
static bool parse_element(struct span p, struct target_spec *t, struct ports *to, const char **why)
{
	struct span first = until(p, '-');

	*to = (struct ports){0};
	*why = bad_port;
	if (all_of(p, DIGITS)) {
		if (!parse_number(p, &to->first))
			return false;
		to->last = to->first;
		return true;
	}
	if (all_of(p, DIGITS "-")) {
		t->is_many = true;
		*why = "a range is FIRST-LAST, two ports from 1 to 65535";
		if (first.len == p.len || !parse_number(first, &to->first) ||
		    !parse_number(after(p, first.len + 1), &to->last))
			return false;
		*why = "a range goes from the lower port to the higher one";
		return to->first <= to->last;
	}
	return all_of(p, LETTERS DIGITS "-_.+") && has_any(p, LETTERS) && *p.s != '-' && *p.s != '+' &&
	       copy(p, to->service, sizeof to->service);
}

static bool parse_ports(struct span p, struct target_spec *t, const char **why)
{
	bool more = true;

	t->is_many = has_any(p, ",");
	while (more) {
		struct span element = until(p, ',');

		t->ports = xgrow(t->ports, t->nports, sizeof *t->ports);
		if (!parse_element(element, t, &t->ports[t->nports], why))
			return false;
		t->nports++;
		more = element.len < p.len;
		if (more)
			p = after(p, element.len + 1);
	}
	return true;
}

/* Takes %DEVICE off the end of an address. */
static bool parse_device(struct span *p, struct target_spec *t, const char **why)
{
	struct span address = until(*p, '%'), device = after(*p, address.len);

	*why = "a device name of at most 15 characters stands behind the %";
	if (device.len && !copy(after(device, 1), t->device, sizeof t->device))
		return false;
	*p = address;
	return true;
}

static bool parse_v6(struct span p, struct target_spec *t, const char **why)
{
	char text[ADDR_TEXT];

	if (!parse_device(&p, t, why))
		return false;
	*why = "what stands in brackets is no IPv6 address";
	return copy(p, text, sizeof text) && addr_parse(text, &t->addr) && strchr(text, ':');
}

/* The last label tells a name from a bad IPv4 address: inet_aton(3) would take 127.1 or 0x7f000001. */
static bool is_name(struct span p)
{
	struct span label = p;

	while (until(label, '.').len < label.len)
		label = after(label, until(label, '.').len + 1);
	return all_of(p, LETTERS DIGITS "-_.") && *p.s != '-' && *p.s != '.' && !all_of(label, DIGITS) &&
	       !begins(label, "0x") && !begins(label, "0X");
}

/* IPv4 address, "*" or nothing for all of them, or the name of a host. */
static bool parse_host(struct span p, struct target_spec *t, const char **why)
{
	char text[ADDR_TEXT];

	if (!parse_device(&p, t, why))
		return false;
	if (!p.len || (p.len == 1 && *p.s == '*'))
		return true;
	if (copy(p, text, sizeof text) && addr_parse(text, &t->addr))
		return true;
	*why = "what stands before the port is no IPv4 address and no name of a host";
	return is_name(p) && copy(p, t->host, sizeof t->host);
}

static bool parse_address(struct span p, struct target_spec *t, const char **why)
{
	struct span head = until(p, p.len && *p.s == '[' ? ']' : ':'), rest = after(p, head.len);

	if (p.len && *p.s == '[') {
		*why = "[ADDRESS]:PORT wants a closing bracket, a colon and a port";
		return begins(rest, "]:") && parse_v6(after(head, 1), t, why) && parse_ports(after(rest, 2), t, why);
	}
	if (begins(p, ":::")) {
		t->addr = addr_any(AF_INET6);
		return parse_ports(after(p, 3), t, why);
	}
	if (!rest.len) {
		char text[ADDR_TEXT];
		struct addr a;

		*why = "an address wants a port: ADDRESS:PORT";
		return !(copy(p, text, sizeof text) && addr_parse(text, &a)) && parse_ports(p, t, why);
	}
	*why = "an IPv6 address stands in brackets: [ADDRESS]:PORT";
	if (has_any(after(rest, 1), ":"))
		return false;
	return parse_host(head, t, why) && parse_ports(after(rest, 1), t, why);
}

static const char *const prefixes[PROTOS] = {[PROTO_TCP] = "tcp:", [PROTO_UDP] = "udp:"};
static const char *const suffixes[PROTOS] = {[PROTO_TCP] = "/tcp", [PROTO_UDP] = "/udp"};

static bool ends_with_protocol(struct span p)
{
	return ends(p, suffixes[PROTO_TCP]) || ends(p, suffixes[PROTO_UDP]);
}

/* What could be a port, a range or an address. */
static bool looks_like_port(struct span p)
{
	return all_of(p, DIGITS "-,.:*%") || has_any(p, ":[");
}

/* A path begins like one, or has a slash and is no port with a protocol behind it, well spelt or not. */
static bool is_path(struct span p)
{
	static const char *const starts[] = {"/", "./", "../", "unix:", "@"};
	struct span first = until(p, '/'), rest = after(p, first.len);

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (begins(p, starts[i]))
			return true;
	if (!rest.len || looks_like_port(first))
		return false;
	return !(rest.len == 4 && ends_with_protocol(rest));
}

/* The path of a unix socket; its length is for the kernel to judge. */
static bool parse_path(struct span p, struct target_spec *t, const char **why)
{
	if (begins(p, "unix:"))
		p = after(p, 5);
	*why = "a path or @NAME stands behind unix:";
	if (!p.len)
		return false;
	*why = "a name stands behind the @";
	t->path = p.s;
	return p.len > 1 || *p.s != '@';
}

/* Takes "tcp:" or "/tcp" off, or those of UDP; both together only if they agree. */
static bool parse_protocol(struct span *p, struct target_spec *t, const char **why)
{
	int front = -1, behind = -1;

	for (int proto = 0; proto < PROTOS; proto++) {
		front = begins(*p, prefixes[proto]) ? proto : front;
		behind = ends(*p, suffixes[proto]) ? proto : behind;
	}
	if (front >= 0)
		*p = after(*p, 4);
	if (behind >= 0)
		p->len -= 4;
	*why = "it names two protocols";
	if (front >= 0 && behind >= 0 && front != behind)
		return false;
	t->proto = front >= 0 ? front : behind;
	*why = "what stands behind the slash is no protocol: tcp and udp are (a path begins with / or ./)";
	return !has_any(*p, "/");
}

/* 0, alone: the port that the kernel picks. */
static bool parse_any_port(struct span p, struct target_spec *t)
{
	if (p.len != 1 || *p.s != '0')
		return false;
	t->ports = xcalloc(1, sizeof *t->ports);
	t->nports = 1;
	return true;
}

/*
 * Reads one target.  On success t is filled (its text points to the argument;
 * to be released with target_free()) and true is returned; otherwise *why says
 * in words what is wrong.
 */
bool target_parse(const char *text, struct target_spec *t, const char **why)
{
	struct span p = {text, strlen(text)};

	*t = (struct target_spec){.text = text, .proto = -1};
	*why = "a target is PORT, ADDRESS:PORT, [ADDRESS]:PORT, a path or @NAME";
	if (!p.len)
		return false;
	if (is_path(p))
		return parse_path(p, t, why);
	if (parse_protocol(&p, t, why) && (parse_any_port(p, t) || parse_address(p, t, why)))
		return true;
	target_free(t);
	return false;
}

void target_free(struct target_spec *t)
{
	free(t->ports);
	*t = (struct target_spec){0};
}
