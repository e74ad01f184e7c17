/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUT_WRAP_H
#define OUT_WRAP_H

#include <stddef.h>

#include "base/buf.h"

/* A blank that belongs to what stands around it (a command). */
#define WRAP_TIE '\037'

size_t wrap_columns(const char *s, size_t len);
void wrap(struct buf *out, const char *text, size_t first, size_t indent, size_t width, const char *tag);

#endif
