/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: lines for people, no wider than their terminal.  Private to the room.
 *
 * Text is wrapped at spaces and, where a word is longer than the line, inside
 * it; what must be copied in one piece (a display filter) is not wrapped.
 * Widths count characters of UTF-8.
 */
#ifndef OUT_PAGE_H
#define OUT_PAGE_H

#include "base/buf.h"

enum ink { INK_PLAIN, INK_STRONG, INK_FAINT, INK_RED, INK_YELLOW, INK_CYAN };

struct page {
	struct buf *to;
	unsigned columns;
	bool color;
};

unsigned text_width(struct slice s);
struct slice text_word(struct slice s);	/* the first, up to a space; "TLS 1.2" is one */
void page_ink(const struct page *p, enum ink ink);
void page_spaces(const struct page *p, unsigned n);
void page_heading(const struct page *p, const char *text);

/* Wraps text; the cursor stands at column indent, where further lines begin too. */
void page_wrap(const struct page *p, unsigned indent, struct slice text);

/* "Label        text", the text wrapped beside the label. */
void page_item(const struct page *p, const char *label, const struct buf *text);

#define PAGE_LABEL 13		/* width of a label with the gap behind it */

/* ---- tables -------------------------------------------------------------------------- */

struct column {
	const char *head;
	bool right;		/* numbers */
	bool wraps;		/* at ", " */
	bool words;		/* wraps at spaces too */
	unsigned most;		/* of one that wraps: no wider than that; 0: as wide as it likes */
	bool spills;		/* first column: a long cell may take a line of its own */
	unsigned drop;		/* goes when it is too narrow, the highest first; 0: stays */
};

#define TABLE_COLUMNS 12
#define TABLE_LUXURY 10		/* drop from here up: goes before anything is wrapped */

struct table {			/* columns and ncolumns are the caller's to set; rest zero */
	const struct column *columns;
	unsigned ncolumns;
	struct buf text;	/* print a cell into it, then call table_next */
	size_t *ends;		/* of each cell in text */
	size_t n, cap;
};

void table_next(struct table *t);		/* the cell is over; rows follow by themselves */
void table_print(const struct table *t, const struct page *p);
void table_done(struct table *t);

#endif
