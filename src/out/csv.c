/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv: comma-separated values (RFC 4180): a heading, then one line a handshake.
 *
 * Lists are joined by spaces; a space inside an entry is written \x20.  Cells
 * are opened in spreadsheets, which run what looks like a formula: a text that
 * begins with = + - or @ gets an apostrophe before it (OWASP, "CSV Injection").
 * Control characters cannot occur: bytes from the wire are escaped as \xNN.
 */
#include <string.h>

#include "base/text.h"
#include "out/out.h"

static bool may_be_formula(enum value_type type, char first)
{
	return (type == VALUE_TEXT || type == VALUE_TEXTS) && first != '\0' &&
	       strchr("=+-@", first) != NULL;
}

/* Entries from the wire, so that the spaces between them are ours. */
static void print_texts(struct buf *b, const struct value *v)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice s;

	for (bool first = true; value_next_text(&c, &s); first = false) {
		if (!first)
			buf_putc(b, ' ');
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] == ' ')
				buf_puts(b, "\\x20");
			else
				text_wire(b, (struct slice){ s.p + i, 1 });
	}
}

static bool is_list(enum value_type type)
{
	return (type >= VALUE_CODES && type <= VALUE_SET) || type == VALUE_NUMBERS;
}

static void print_value(struct buf *b, const struct value *v)
{
	size_t from = b->n;

	if (v->type == VALUE_TEXTS) {
		print_texts(b, v);
		return;
	}
	value_print(b, v);
	if (is_list(v->type))		/* no entry of these has a comma of its own */
		for (size_t i = from; i < b->n; i++)
			if (b->p[i] == ',')
				b->p[i] = ' ';
}

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

static void print_cell(struct buf *b, const struct value *v)
{
	size_t from;

	buf_putc(b, ',');
	from = b->n;
	print_value(b, v);
	if (b->n > from && may_be_formula(v->type, b->p[from])) {
		buf_putc(b, '\0');
		memmove(b->p + from + 1, b->p + from, b->n - from - 1);
		b->p[from] = '\'';
	}
	quote(b, from);
}

static void csv_begin(struct sink *s)
{
	buf_puts(&s->buf, "time,rules");
	for (size_t i = 0; i < FIELDS; i++) {
		buf_putc(&s->buf, ',');
		buf_puts(&s->buf, fields[i].name);
	}
	buf_puts(&s->buf, "\r\n");
}

static void csv_handshake(struct sink *s, const struct sighting *sighting)
{
	text_time(&s->buf, sighting->ts);
	buf_putc(&s->buf, ',');
	for (unsigned i = 0; i < sighting->nhits; i++) {
		if (i > 0)
			buf_putc(&s->buf, ' ');
		buf_puts(&s->buf, sighting->hits[i]->id);
	}
	for (size_t i = 0; i < FIELDS; i++)
		print_cell(&s->buf, &sighting->values[i]);
	buf_puts(&s->buf, "\r\n");
}

const struct output output_csv = {
	.name = "csv",
	.help = "comma-separated values: one line a handshake, one column a field",
	.wants_handshakes = true,
	.open = csv_begin,
	.handshake = csv_handshake,
};
