/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: inks and wrapping.
 */
#include "out/page.h"

#include <string.h>

enum { PROSE_MOST = 110 };	/* longer lines are hard to read */

/* Whether a byte begins a character: UTF-8 goes on with 10xxxxxx. */
static bool begins(uint8_t c)
{
	return (c & 0xc0) != 0x80;
}

unsigned text_width(struct slice s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += begins(s.p[i]);
	return n;
}

void page_ink(const struct page *p, enum ink ink)
{
	static const char *const codes[] = { "0", "1", "2", "1;31", "33", "36" };

	if (p->color)
		buf_printf(p->to, "\033[%sm", codes[ink]);
}

void page_spaces(const struct page *p, unsigned n)
{
	while (n-- > 0)
		buf_putc(p->to, ' ');
}

void page_heading(const struct page *p, const char *text)
{
	buf_putc(p->to, '\n');
	page_ink(p, INK_STRONG);
	buf_puts(p->to, text);
	page_ink(p, INK_PLAIN);
	buf_puts(p->to, "\n");
}

struct slice text_word(struct slice s)
{
	size_t n = 0;

	for (;; n++) {
		if (n == s.n)
			return s;
		if (s.p[n] == ' ' && !(n >= 3 && (memcmp(s.p + n - 3, "TLS", 3) == 0 ||
						  memcmp(s.p + n - 3, "SSL", 3) == 0)))
			return (struct slice){ s.p, n };
	}
}

/* The beginning of a word that is too long, as much as fits into width characters. */
static struct slice piece(struct slice word, unsigned width)
{
	size_t n = 0;

	for (unsigned used = 0; n < word.n; n++) {
		used += begins(word.p[n]);
		if (used > width)
			break;
	}
	return (struct slice){ word.p, n };
}

static void newline(const struct page *p, unsigned indent)
{
	buf_putc(p->to, '\n');
	page_spaces(p, indent);
}

void page_wrap(const struct page *p, unsigned indent, struct slice text)
{
	unsigned columns = p->columns < PROSE_MOST ? p->columns : PROSE_MOST;
	unsigned width = columns > indent + 8 ? columns - indent : 8;
	unsigned used = 0;

	while (text.n > 0) {
		struct slice word = text_word(text);
		unsigned n = text_width(word);

		if (used > 0 && used + 1 + n > width) {
			newline(p, indent);
			used = 0;
		} else if (used > 0) {
			buf_putc(p->to, ' ');
			used++;
		}
		if (n > width) {
			word = piece(word, width);
			n = width;
		}
		buf_add(p->to, word.p, word.n);
		used += n;
		text.p += word.n;
		text.n -= word.n;
		if (text.n > 0 && *text.p == ' ') {
			text.p++;
			text.n--;
		} else if (text.n > 0) {
			newline(p, indent);
			used = 0;
		}
	}
	buf_putc(p->to, '\n');
}

void page_item(const struct page *p, const char *label, const struct buf *text)
{
	page_ink(p, INK_STRONG);
	buf_puts(p->to, label);
	page_ink(p, INK_PLAIN);
	page_spaces(p, PAGE_LABEL - (unsigned)strlen(label));
	page_wrap(p, PAGE_LABEL, buf_slice(text));
}
