/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: lines of a screen.
 */
#include "watch/canvas.h"

#include <string.h>

void canvas_clear(struct canvas *c, unsigned columns, unsigned rows)
{
	c->columns = columns;
	c->rows = rows < CANVAS_LINES ? rows : CANVAS_LINES;
	c->text.n = 0;
	c->n = 0;
}

void canvas_done(struct canvas *c)
{
	buf_done(&c->text);
}

/* What no terminal should see, or would show as more or less than one column. */
static void make_printable(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] > '~')
			p[i] = '?';
}

void canvas_line(struct canvas *c, enum shade shade, bool chosen)
{
	size_t from = c->n > 0 ? c->lines[c->n - 1].from + c->lines[c->n - 1].n : 0;

	if (c->n == c->rows) {
		c->text.n = from;
		return;
	}
	if (c->text.n - from > c->columns)
		c->text.n = from + c->columns;
	if (c->text.n > from)
		make_printable(c->text.p + from, c->text.n - from);
	c->lines[c->n++] = (struct canvas_line){ from, c->text.n - from, shade, chosen };
}

void canvas_cell(struct canvas *c, const char *text, unsigned width, bool right)
{
	size_t n = strlen(text), shown = n < width ? n : width;

	for (size_t i = shown; right && i < width; i++)
		buf_putc(&c->text, ' ');
	buf_add(&c->text, text, shown);
	if (n > width && width > 0)
		c->text.p[c->text.n - 1] = '~';
	for (size_t i = shown; !right && i < width; i++)
		buf_putc(&c->text, ' ');
	buf_putc(&c->text, ' ');
}
