/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printed: what was printed lately, by number.  Private to the room.
 *
 * Values that follow from the same thing (sighting.h: alike) are printed once
 * and copied from then on.  Numbers are never used again, so nothing here grows
 * old; it is bounded in texts and in their length, and what is not here is
 * printed anew.
 */
#ifndef OUT_PRINTED_H
#define OUT_PRINTED_H

#include "base/buf.h"

struct printed;

struct printed *printed_new(void);		/* xcalloc's way */
void printed_free(struct printed *all);		/* NULL is fine */

/* The text of that part of what has this number (not 0), or NULL.  Good until printed_add(). */
const struct buf *printed_find(const struct printed *all, uint64_t number, unsigned part);
void printed_add(struct printed *all, uint64_t number, unsigned part, struct slice text);

#endif
