/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory with one lifetime, that of the configuration.
 *
 * Everything read from rules and endpoint files lives here and dies at once.
 * Memory comes zeroed and aligned for any type.  Running out of memory while
 * loading a configuration ends the program with a message (xmalloc's way):
 * nothing hostile decides how much is asked for.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/cursor.h"

struct arena_block;

struct arena {			/* zero-initialised is empty and ready */
	struct arena_block *blocks;
};

void arena_done(struct arena *a);
void *arena_alloc(struct arena *a, size_t size);
char *arena_text(struct arena *a, struct slice s);	/* a NUL-terminated copy */

/* malloc, calloc and realloc for start-up and reports: never NULL, exit 3 instead. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

#endif
