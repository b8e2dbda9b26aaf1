/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: a list of messages, and the nearest name to a misspelt one.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define NAME_MAX_LENGTH 64

void errors_done(struct errors *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->v[i].file);
		free(e->v[i].what);
	}
	free(e->v);
	*e = (struct errors){ 0 };
}

void errors_add(struct errors *e, struct place at, const char *fmt, ...)
{
	struct error *one;
	va_list ap;
	int n;

	if (e->n == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 8;
		e->v = xrealloc(e->v, e->cap * sizeof(*e->v));
	}
	one = &e->v[e->n++];
	*one = (struct error){ .line = at.line, .col = at.col };
	one->file = at.file ? xstrdup(at.file) : NULL;
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	one->what = xcalloc(1, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(one->what, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

/* Within one file by line and column; files stay in the order in which they spoke first. */
static int by_place(const struct error *a, const struct error *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->col < b->col ? -1 : a->col > b->col;
}

static bool same_file(const struct error *a, const struct error *b)
{
	return a->file && b->file && strcmp(a->file, b->file) == 0;
}

/* Insertion sort: lists are short, and it is stable. */
static void sort(struct errors *e)
{
	for (size_t i = 1; i < e->n; i++)
		for (size_t k = i; k > 0 && same_file(&e->v[k - 1], &e->v[k]) &&
		     by_place(&e->v[k - 1], &e->v[k]) > 0; k--) {
			struct error swap = e->v[k];

			e->v[k] = e->v[k - 1];
			e->v[k - 1] = swap;
		}
}

/* Bytes of the printable character at s: ASCII, or UTF-8 (RFC 3629); 0: it is none. */
static size_t printable(const unsigned char *s)
{
	static const unsigned least[] = { 0x20, 0xa0, 0x800, 0x10000 };	/* 0x80 to 0x9f: C1 */
	size_t more = *s < 0x80 ? 0 : *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : 3;
	unsigned c = more == 0 ? *s : *s & (0x3fu >> more);

	if (*s == 0x7f || (*s >= 0x80 && *s < 0xc2) || *s > 0xf4)
		return 0;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c >= least[more] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? more + 1 : 0;
}

static void print_escaped(const char *text, FILE *to)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s != '\0') {
		size_t n = printable(s);

		if (n == 0)
			fprintf(to, "\\x%02x", *s++);
		for (; n > 0; n--)
			putc(*s++, to);
	}
}

void errors_print(struct errors *e, FILE *to)
{
	sort(e);
	for (size_t i = 0; i < e->n; i++) {
		const struct error *one = &e->v[i];

		fputs("hellotap: ", to);
		if (one->file) {
			print_escaped(one->file, to);
			putc(':', to);
		}
		if (one->line)
			fprintf(to, "%u:%u:", one->line, one->col);
		fputs(one->file ? " " : "", to);
		print_escaped(one->what, to);
		putc('\n', to);
	}
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, one row at a time. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[NAME_MAX_LENGTH + 1];
	size_t nb = strlen(b);

	if (nb > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH;
	for (unsigned k = 0; k <= nb; k++)
		row[k] = k;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (size_t k = 1; k <= nb; k++) {
			unsigned change = corner + (a[i - 1] != b[k - 1]);

			corner = row[k];
			row[k] = least(change, least(row[k], row[k - 1]) + 1);
		}
	}
	return row[nb];
}

const char *nearest(const char *text, const char *const *candidates, size_t n)
{
	size_t length = strlen(text);
	unsigned best = length < 4 ? 2 : length < 9 ? 3 : 4;	/* must be less than this */
	const char *found = NULL;

	if (length > NAME_MAX_LENGTH)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(text, candidates[i]);

		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
