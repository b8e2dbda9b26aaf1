/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handshakes: comma-separated values: a heading, then one line a handshake.
 *
 * Lists are joined by spaces; a space inside an entry is written \x20.  Control
 * characters cannot occur: bytes from the wire are escaped as \xNN.
 */
#include <string.h>

#include "base/text.h"
#include "out/cell.h"
#include "out/out.h"

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

static void print_cell(struct buf *b, const struct value *v)
{
	size_t from;

	buf_putc(b, ',');
	from = b->n;
	print_value(b, v);
	cell_end(b, from, v->type == VALUE_TEXT || v->type == VALUE_TEXTS);
}

static void handshakes_begin(struct sink *s)
{
	buf_puts(&s->buf, "time,rules");
	for (size_t i = 0; i < FIELDS; i++) {
		buf_putc(&s->buf, ',');
		buf_puts(&s->buf, fields[i].name);
	}
	buf_puts(&s->buf, "\r\n");
}

static void handshakes_one(struct sink *s, const struct sighting *sighting)
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

const struct output output_handshakes = {
	.name = "handshakes",
	.help = "comma-separated values: one line a handshake, one column a field",
	.wants_handshakes = true,
	.open = handshakes_begin,
	.handshake = handshakes_one,
};
