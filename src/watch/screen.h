/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the terminal.
 *
 * ncurses is used here alone; without it, or where standard output is no
 * terminal, there is only the plain stream (plain.c).
 */
#ifndef WATCH_SCREEN_H
#define WATCH_SCREEN_H

#include "base/error.h"
#include "watch/canvas.h"

bool screen_open(bool color, struct errors *e);	/* false: *e says why not */
void screen_close(void);			/* the terminal is as it was; may be called twice */

/* "ncurses 6.4.20221231", or "none": built without. */
const char *screen_library_version(void);

void screen_size(unsigned *ret_columns, unsigned *ret_rows);
void screen_show(const struct canvas *c);

/* The next key, waiting ms milliseconds at most: a character, or an enum watch_key. */
int screen_key(unsigned ms);

#endif
