/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_STYLE_H
#define OUT_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "text/text.h"

/* How a report is shown. */
struct style {
	size_t width;    /* columns of the terminal */
	bool ascii;      /* no character outside ASCII */
	bool color;      /* escapes for colours */
	bool numeric;    /* no names of users */
	enum language lang; /* of the code in a fix */
};

#endif
