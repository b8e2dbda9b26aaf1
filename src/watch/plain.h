/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the same as a stream of lines, for a log or a screen reader.  Private to the room.
 */
#ifndef WATCH_PLAIN_H
#define WATCH_PLAIN_H

#include "out/out.h"

struct plain;

struct plain *plain_new(void);
void plain_free(struct plain *p);			/* NULL is fine */

/*
 * Prints a line for each finding that is new or was made again, and one for the
 * figures if they changed; flushes.  False: the reader has left.
 */
bool plain_print(struct plain *p, const struct summary *sum, FILE *to);

#endif
