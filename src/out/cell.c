/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell: one cell of comma-separated values.
 */
#include "out/cell.h"

#include <string.h>

/* Puts quotes around what was printed from `from` on, if it needs them. */
static void quote(struct buf *b, size_t from)
{
	size_t n = b->n - from, quotes = 0, to;
	bool needed = false;

	for (size_t i = from; i < b->n; i++) {
		quotes += b->p[i] == '"';
		needed |= b->p[i] == '"' || b->p[i] == ',';
	}
	needed |= n > 0 && (b->p[from] == ' ' || b->p[b->n - 1] == ' ');
	if (!needed)
		return;
	buf_room(b, quotes + 2);
	to = b->n + quotes + 2;
	b->n = to;
	b->p[--to] = '"';
	for (size_t i = from + n; i-- > from;) {
		b->p[--to] = b->p[i];
		if (b->p[i] == '"')
			b->p[--to] = '"';
	}
	b->p[--to] = '"';
}

void cell_end(struct buf *b, size_t from, bool is_text)
{
	if (is_text && b->n > from && strchr("=+-@", b->p[from]) != NULL && b->p[from] != '\0') {
		buf_putc(b, '\0');
		memmove(b->p + from + 1, b->p + from, b->n - from - 1);
		b->p[from] = '\'';
	}
	quote(b, from);
}
