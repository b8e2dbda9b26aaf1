/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: writing JSON into a buf.
 */
#include "base/json.h"

#include <string.h>

static void separate(struct json *w)
{
	if (w->comma)
		buf_putc(w->to, ',');
	w->comma = true;
}

void json_open(struct json *w, char bracket)
{
	separate(w);
	buf_putc(w->to, bracket);
	w->comma = false;
}

void json_close(struct json *w, char bracket)
{
	buf_putc(w->to, bracket);
	w->comma = true;
}

void json_key(struct json *w, const char *key)
{
	separate(w);
	buf_putc(w->to, '"');
	buf_puts(w->to, key);
	buf_add(w->to, "\":", 2);
	w->comma = false;
}

void json_number(struct json *w, uint64_t v)
{
	separate(w);
	buf_number(w->to, v);
}

void json_bool(struct json *w, bool v)
{
	separate(w);
	buf_puts(w->to, v ? "true" : "false");
}

void json_raw(struct json *w, struct slice s)
{
	separate(w);
	buf_add(w->to, s.p, s.n);
}

/* One byte that may not stand in a string as it is. */
static void escape(struct buf *b, uint8_t c)
{
	switch (c) {
	case '"':	buf_add(b, "\\\"", 2);			break;
	case '\\':	buf_add(b, "\\\\", 2);			break;
	case '\n':	buf_add(b, "\\n", 2);			break;
	case '\r':	buf_add(b, "\\r", 2);			break;
	case '\t':	buf_add(b, "\\t", 2);			break;
	default:	buf_printf(b, "\\u%04x", c);		break;
	}
}

static bool plain(uint8_t c)
{
	return c >= 0x20 && c != 0x7f && c != '"' && c != '\\';
}

#define EACH UINT64_C(0x0101010101010101)

/* Whether one of eight bytes is that one (they are below 0x80). */
static bool has_byte(uint64_t word, uint8_t c)
{
	uint64_t zero_there = word ^ EACH * c;

	return (zero_there - EACH) & ~zero_there & EACH * 0x80;
}

/* How many bytes from the first on are plain ASCII beyond doubt, eight at a time. */
static size_t surely_plain(struct slice s)
{
	size_t n = 0;

	for (; n + 8 <= s.n; n += 8) {
		uint64_t word;

		memcpy(&word, s.p + n, 8);
		if (word & EACH * 0x80 || (word - EACH * 0x20) & EACH * 0x80 ||
		    has_byte(word, '"') || has_byte(word, '\\') || has_byte(word, 0x7f))
			break;
	}
	return n;
}

static void string(struct json *w, struct slice s, bool ascii)
{
	size_t from = 0;

	separate(w);
	buf_putc(w->to, '"');
	for (size_t i = surely_plain(s); i < s.n; i++) {
		uint8_t c = s.p[i];

		if (plain(c) && !(ascii && c >= 0x80))
			continue;
		buf_add(w->to, s.p + from, i - from);
		from = i + 1;
		if (c >= 0x80)
			buf_printf(w->to, "\\\\x%02x", c);
		else
			escape(w->to, c);
	}
	if (s.n > from)
		buf_add(w->to, s.p + from, s.n - from);
	buf_putc(w->to, '"');
}

void json_text(struct json *w, const char *s)
{
	string(w, (struct slice){ (const uint8_t *)s, strlen(s) }, false);
}

void json_wire(struct json *w, struct slice s)
{
	string(w, s, true);
}
