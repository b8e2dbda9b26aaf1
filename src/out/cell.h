/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell: one cell of comma-separated values (RFC 4180).  Private to the room.
 *
 * Such files are opened in spreadsheets, which run what looks like a formula: a
 * text that begins with = + - or @ gets an apostrophe before it (OWASP, "CSV
 * Injection").
 */
#ifndef OUT_CELL_H
#define OUT_CELL_H

#include "base/buf.h"

/* What was printed from `from` on becomes a cell: tamed if it is text, quoted if need be. */
void cell_end(struct buf *b, size_t from, bool is_text);

#endif
