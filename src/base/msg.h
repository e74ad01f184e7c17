/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_MSG_H
#define BASE_MSG_H

enum exit_status { EXIT_FREE = 0, EXIT_TAKEN = 1, EXIT_FAILED = 2, EXIT_UNSURE = 3 };

void msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void die_of(const char *what, const char *text, const char *why) __attribute__((noreturn));

#endif
