/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: tables.
 *
 * A column is as wide as its widest cell.  When that is more than the page
 * has, mere luxuries go, then cells are wrapped between the entries of their
 * lists, the widest column first; then long cells of the first column take
 * lines of their own; and then more columns go.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "out/page.h"

enum { GAP = 2, SPILL_AT = 15 };	/* an IPv4 address does not spill */

struct layout {
	unsigned width[TABLE_COLUMNS];		/* 0: dropped */
	unsigned natural[TABLE_COLUMNS], least[TABLE_COLUMNS];
};

void table_next(struct table *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->ends = xrealloc(t->ends, t->cap * sizeof(*t->ends));
	}
	t->ends[t->n++] = t->text.n;
}

void table_done(struct table *t)
{
	buf_done(&t->text);
	free(t->ends);
	*t = (struct table){ 0 };
}

static struct slice cell_at(const struct table *t, size_t i)
{
	size_t from = i ? t->ends[i - 1] : 0;

	return (struct slice){ (const uint8_t *)t->text.p + from, t->ends[i] - from };
}

/* The first word, or the first entry of a list with its comma; *rest is what follows. */
static struct slice entry(struct slice cell, bool words, struct slice *rest)
{
	size_t n = 0;

	if (words) {
		n = text_word(cell).n;
		*rest = n == cell.n ? (struct slice){ NULL, 0 }
				    : (struct slice){ cell.p + n + 1, cell.n - n - 1 };
		return (struct slice){ cell.p, n };
	}
	while (n < cell.n && !(cell.p[n] == ',' && n + 1 < cell.n && cell.p[n + 1] == ' '))
		n++;
	if (n == cell.n) {
		*rest = (struct slice){ NULL, 0 };
		return cell;
	}
	*rest = (struct slice){ cell.p + n + 2, cell.n - n - 2 };
	return (struct slice){ cell.p, n + 1 };
}

static unsigned more(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* A column with nothing in it is not shown. */
static void measure(const struct table *t, struct layout *l)
{
	bool filled[TABLE_COLUMNS] = { false };

	for (unsigned c = 0; c < t->ncolumns; c++)
		l->natural[c] = l->least[c] = (unsigned)strlen(t->columns[c].head);
	for (size_t i = 0; i < t->n; i++) {
		unsigned c = (unsigned)(i % t->ncolumns);
		struct slice cell = cell_at(t, i);
		unsigned n = text_width(cell);

		filled[c] |= n > 0;
		l->natural[c] = more(l->natural[c], n);
		if (!t->columns[c].wraps)
			l->least[c] = l->natural[c];
		while (t->columns[c].wraps && cell.n > 0)
			l->least[c] = more(l->least[c], text_width(entry(cell, t->columns[c].words,
									 &cell)));
	}
	for (unsigned c = 0; c < t->ncolumns; c++) {
		if (t->columns[c].most != 0 && l->natural[c] > t->columns[c].most)
			l->natural[c] = more(l->least[c], t->columns[c].most);
		l->width[c] = filled[c] ? l->natural[c] : 0;
	}
}

static unsigned total(const struct table *t, const struct layout *l)
{
	unsigned n = 0;

	for (unsigned c = 0; c < t->ncolumns; c++)
		n += l->width[c] ? l->width[c] + GAP : 0;
	return n - GAP;
}

/* Lets the column go that is needed least, if it ranks at least so; false: none does. */
static bool drop_one(const struct table *t, struct layout *l, unsigned rank)
{
	unsigned worst = t->ncolumns;

	for (unsigned c = 0; c < t->ncolumns; c++)
		if (l->width[c] && t->columns[c].drop >= rank &&
		    (worst == t->ncolumns || t->columns[c].drop > t->columns[worst].drop))
			worst = c;
	if (worst == t->ncolumns)
		return false;
	l->width[worst] = 0;
	return true;
}

/* Takes one character from the widest column that wraps; false: none can give any. */
static bool shrink_one(const struct table *t, struct layout *l)
{
	unsigned widest = t->ncolumns;

	for (unsigned c = 0; c < t->ncolumns; c++)
		if (l->width[c] > l->least[c] &&
		    (widest == t->ncolumns || l->width[c] > l->width[widest]))
			widest = c;
	if (widest == t->ncolumns)
		return false;
	l->width[widest]--;
	return true;
}

/* What is left of the columns as wide as they like, then wrapped as far as need be. */
static void wrap(const struct table *t, struct layout *l, unsigned columns)
{
	for (unsigned c = 0; c < t->ncolumns; c++)
		if (l->width[c])
			l->width[c] = l->natural[c];
	while (total(t, l) > columns && shrink_one(t, l))
		;
}

static void fit(const struct table *t, struct layout *l, unsigned columns)
{
	measure(t, l);
	while (total(t, l) > columns && drop_one(t, l, TABLE_LUXURY))
		;
	wrap(t, l, columns);
	if (total(t, l) > columns && t->columns[0].spills && l->least[0] > SPILL_AT) {
		l->natural[0] = l->least[0] = SPILL_AT;
		wrap(t, l, columns);
	}
	while (total(t, l) > columns && drop_one(t, l, 1))
		wrap(t, l, columns);
}

/* As many entries of *cell as fit into width, at least one; they leave *cell. */
static struct slice take_line(struct slice *cell, bool words, unsigned width)
{
	struct slice line = { cell->p, 0 };
	struct slice rest = *cell;

	while (rest.n > 0) {
		struct slice after;
		struct slice one = entry(rest, words, &after);
		struct slice grown = { line.p, (size_t)(one.p + one.n - line.p) };

		if (line.n > 0 && text_width(grown) > width)
			break;
		line = grown;
		rest = after;
	}
	*cell = rest;
	return line;
}

static void put_padded(const struct page *p, struct slice s, unsigned width, bool right)
{
	unsigned n = text_width(s), pad = width > n ? width - n : 0;

	if (right)
		page_spaces(p, pad);
	buf_add(p->to, s.p, s.n);
	if (!right)
		page_spaces(p, pad);
}

/* A first cell too long for its column, on a line of its own. */
static void put_spilled(const struct table *t, const struct layout *l, const struct page *p,
			struct slice *cells)
{
	if (!t->columns[0].spills || text_width(cells[0]) <= l->width[0])
		return;
	buf_add(p->to, cells[0].p, cells[0].n);
	buf_putc(p->to, '\n');
	cells[0].n = 0;
}

/* One line of a row; what is left of the cells stays in cells[]; true: nothing is. */
static bool put_line(const struct table *t, const struct layout *l, const struct page *p,
		     struct slice *cells)
{
	bool done = true;

	for (unsigned c = 0, first = 1; c < t->ncolumns; c++) {
		struct slice line = cells[c];

		if (l->width[c] == 0)
			continue;
		if (t->columns[c].wraps)
			line = take_line(&cells[c], t->columns[c].words, l->width[c]);
		else
			cells[c].n = 0;
		page_spaces(p, first ? 0 : GAP);
		put_padded(p, line, l->width[c], t->columns[c].right);
		done = done && cells[c].n == 0;
		first = 0;
	}
	while (p->to->n > 0 && p->to->p[p->to->n - 1] == ' ')
		p->to->n--;
	buf_putc(p->to, '\n');
	return done;
}

void table_print(const struct table *t, const struct page *p)
{
	struct slice cells[TABLE_COLUMNS];
	struct layout l = { 0 };

	fit(t, &l, p->columns);
	for (unsigned c = 0; c < t->ncolumns; c++)
		cells[c] = (struct slice){ (const uint8_t *)t->columns[c].head,
					   strlen(t->columns[c].head) };
	page_ink(p, INK_FAINT);
	put_line(t, &l, p, cells);
	page_ink(p, INK_PLAIN);
	for (size_t i = 0; i + t->ncolumns <= t->n; i += t->ncolumns) {
		for (unsigned c = 0; c < t->ncolumns; c++)
			cells[c] = cell_at(t, i + c);
		put_spilled(t, &l, p, cells);
		while (!put_line(t, &l, p, cells))
			;
	}
}
