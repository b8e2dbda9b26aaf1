/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: what the operator got wrong, where, and what was expected instead.
 *
 * Loaders collect, so that one run names every mistake; only commands print.
 * The peer's bytes are never reported this way: those are counted.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stddef.h>
#include <stdio.h>

struct error {
	char *file;			/* owned; NULL: about no file */
	unsigned line, col;		/* from 1; 0: not known */
	char *what;			/* owned */
};

struct errors {				/* zero-initialised is empty and ready */
	struct error *v;
	size_t n, cap;
};

struct place {				/* where in a file; borrowed */
	const char *file;
	unsigned line, col;
};

void errors_done(struct errors *e);

__attribute__((format(printf, 3, 4)))
void errors_add(struct errors *e, struct place at, const char *fmt, ...);

/*
 * "hellotap: FILE:LINE:COL: what" a line, sorted by file (in order of arrival),
 * line, column.  Control characters and bytes that are no UTF-8 become \xNN:
 * names of files come from anybody, and terminals obey.
 */
void errors_print(struct errors *e, FILE *to);

/* The candidate nearest to `text` if it is near enough to be meant, else NULL. */
const char *nearest(const char *text, const char *const *candidates, size_t n);

#endif
