/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: the progress bar on standard error: share of bytes, rate, time left.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>

#include "capture/capture.h"

struct progress;

/* when: "auto" (a terminal, and not quiet), "never", "always".  NULL: no bar. */
struct progress *progress_new(const char *when, bool quiet);
void progress_free(struct progress *p);		/* wipes the bar's line */
void progress_tick(const struct capture_state *st, void *progress);

#endif
