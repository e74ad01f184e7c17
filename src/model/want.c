/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/want.h"

#include <stdlib.h>

void want_free(struct want *w)
{
	free(w->options);
	free(w->told);
	*w = (struct want){0};
}
