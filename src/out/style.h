/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_STYLE_H
#define OUT_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/text.h"

/* The columns of the table of sockets. */
enum column {
	COLUMN_STATE,
	COLUMN_LOCAL,
	COLUMN_PEER,
	COLUMN_LEFT,
	COLUMN_HELD_BY,
	COLUMN_UID,
	COLUMN_USER,
	COLUMN_PID,
	COLUMN_FD,
	COLUMN_INODE,
	COLUMN_COOKIE,
	COLUMN_TIMER,
	COLUMN_RETRANS,
	COLUMN_RECV_Q,
	COLUMN_SEND_Q,
	COLUMN_REUSEADDR,
	COLUMN_REUSEPORT,
	COLUMN_V6ONLY,
	COLUMN_DEVICE,
	COLUMN_CGROUP,
	COLUMN_COUNT,
	COLUMNS
};

enum { COLUMNS_MAX = 32 };

/* Which of them, in order; none: the default ones.  added: behind those. */
struct columns {
	unsigned char v[COLUMNS_MAX];
	size_t n;
	bool added;
};

/* How a report is shown. */
struct style {
	size_t width;    /* columns of the terminal */
	bool ascii;      /* no character outside ASCII */
	bool color;      /* escapes for colours */
	bool numeric;    /* no names of users */
	bool brief;      /* fewer words in the table, so that it fits */
	enum language lang; /* of the code in a fix */
	struct columns columns;
	bool verbose;    /* every port of a range in full, and what was looked at */
};

#endif
