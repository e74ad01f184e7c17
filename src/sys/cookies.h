/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_COOKIES_H
#define SYS_COOKIES_H

#include "model/idset.h"

enum { BOOT_TEXT = 37 };

int cookies_ask(struct idset *cookies);
int cookies_boot(char boot[static BOOT_TEXT]);

#endif
