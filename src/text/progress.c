/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "portwhy wait" waits for, in a line. */
#include "text/text.h"

const char *const progress_texts[PROGRESSES] = {
    [PROGRESS_STATE] = "{target}: {state}",
    [PROGRESS_LISTENS] = "{target}: {holder} listens on it",
    [PROGRESS_HOLDS] = "{target}: {holder} holds it",
    [PROGRESS_EXHAUSTED] = "{target}: no port of the range is free",
    [PROGRESS_FILE] = "{target}: {file} has that name",
    [PROGRESS_ADDRESS] = "{target}: this host has no such address",
    [PROGRESS_UNSEEN] = "{target}: nobody can be seen to hold it",
    [PROGRESS_OTHER] = "{target}: {errno}",
};

const char waiting_low_text[] = "{proto} {typed} is refused: bind() fails with EACCES on {low} of its ports, only root may bind those below {lowest}.";
const char waiting_unsure_text[] = "{target}: unsure: ";
