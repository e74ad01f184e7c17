/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was there before a test: the sockets of --save=FILE, by their cookies, or
 * the time at which a process started.  The file: a line that says what it is, one
 * with the boot, for cookies are counted from there, one with their number, and a
 * cookie a line.
 */
#include "cmd/baseline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/xalloc.h"
#include "cmd/print.h"
#include "sys/cookies.h"
#include "sys/process.h"
#include "sys/procfile.h"

static const char title[] = "portwhy sockets 1";

static void read_boot(const char *option, const char *word, char boot[static BOOT_TEXT])
{
	int err = cookies_boot(boot);

	if (err)
		die_of(option, word, "/proc does not tell which boot this is");
}

/* Those of the network namespaces that we are not in.  One that may not be entered now is no surer later. */
static int ask_others(struct idset *cookies, struct places *places)
{
	int err = 0;

	for (size_t i = 1; !err && i < places->n; i++) {
		places_enter(places, i);
		err = places->v[i].err ? 0 : cookies_ask(cookies);
	}
	return err;
}

/*
 * Writes the sockets of all those namespaces (of none: of ours) into the file.
 * What could not be seen, or not be written, ends the program with status 2.
 */
void baseline_save(const char *path, struct places *places)
{
	struct idset cookies = {0};
	struct buf out = {0};
	char boot[BOOT_TEXT];
	int err;

	read_boot("--save", path, boot);
	err = cookies_ask(&cookies);
	if (!err)
		err = ask_others(&cookies, places);
	if (err)
		die_of("--save", path, xasprintf("not all sockets can be seen: %s", strerror(-err)));
	idset_end(&cookies);
	buf_printf(&out, "%s\nboot %s\nsockets %zu\n", title, boot, cookies.n);
	for (size_t i = 0; i < cookies.n; i++)
		buf_printf(&out, "%" PRIu64 "\n", cookies.v[i]);
	print_end(&(struct print){.option = "--save", .path = path}, &out);
	buf_free(&out);
	idset_free(&cookies);
}

/* What follows the word in the next line; NULL where there is no such line, or one that has no end. */
static const char *next_line(FILE *f, char *line, size_t size, const char *word)
{
	char *end;

	if (!fgets(line, (int)size, f) || strncmp(line, word, strlen(word)))
		return NULL;
	end = strchr(line, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	return line + strlen(word);
}

static bool read_number(const char *text, uint64_t *n)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*n = strtoull(text, &end, 10);
	return !errno && !*end;
}

static bool is_whole(FILE *f, const char *path, struct idset *cookies)
{
	char line[64], boot[BOOT_TEXT];
	const char *text = next_line(f, line, sizeof line, title);
	uint64_t n, cookie;

	if (!text || *text)
		return false;
	text = next_line(f, line, sizeof line, "boot ");
	if (!text)
		return false;
	read_boot("--since", path, boot);
	if (strcmp(text, boot) != 0)
		die_of("--since", path, "it was saved on another machine, or before the last boot");
	if (!read_number(next_line(f, line, sizeof line, "sockets "), &n))
		return false;
	for (; n && read_number(next_line(f, line, sizeof line, ""), &cookie); n--)
		idset_add(cookies, cookie);
	return !n && fgetc(f) == EOF && !ferror(f);
}

/* Reads what baseline_save() has written.  Any other file ends the program with status 2. */
void baseline_read(const char *path, struct idset *cookies)
{
	FILE *f = fopen(path, "re");

	if (!f)
		die_of("--since", path, strerror(errno));
	if (!is_whole(f, path, cookies))
		die_of("--since", path, "this is no file of portwhy check --save");
	fclose(f);
	idset_end(cookies);
}

/* When that process started, in clock ticks after the boot.  What is no process ends the program with status 2. */
uint64_t baseline_start(const char *word)
{
	int procfd = procfile_proc();
	unsigned long pid = strtoul(word, NULL, 10);
	struct process p = {0};
	struct gaps gaps = {0};
	uint64_t started = 0;

	if (procfd >= 0 && pid > 0 && pid <= INT32_MAX && !process_read(procfd, (pid_t)pid, 0, &p, &gaps))
		started = p.started;
	if (!started)
		die_of("--since", word, "there is no such process");
	process_free(&p);
	gap_free(&gaps);
	close(procfd);
	return started;
}
