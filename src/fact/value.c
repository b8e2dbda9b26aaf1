/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fact: values, taken apart and printed.
 */
#include <string.h>

#include "base/text.h"
#include "fact/get.h"

struct value value_words(const char *s)
{
	if (s == NULL || *s == '\0')
		return value_none;
	return value_bytes(VALUE_TEXT, (struct slice){ (const uint8_t *)s, strlen(s) });
}

uint8_t *scratch_take(struct scratch *s, size_t n)
{
	uint8_t *p = s->p;

	if (n > s->n)
		return NULL;
	s->p += n;
	s->n -= n;
	return p;
}

struct value scratch_text(struct scratch *s, const char *text)
{
	size_t n = strlen(text);
	uint8_t *p = scratch_take(s, n);

	if (p == NULL || n == 0)
		return value_none;
	memcpy(p, text, n);
	return value_bytes(VALUE_TEXT, (struct slice){ p, n });
}

char *put_text(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n);
	return to + n;
}

char *put_decimal(char *to, unsigned n)
{
	char digits[10];
	unsigned k = 0;

	do
		digits[k++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	while (k > 0)
		*to++ = digits[--k];
	return to;
}

struct value value_extensions(const struct hello *h, struct scratch *s)
{
	struct slice all = { s->p, 0 };
	struct cursor c = cursor_of(h->extensions);
	struct slice body;
	uint16_t type;

	if (!h->complete && !h->has_extensions)
		return value_none;
	while (hello_ext_next(&c, &type, &body)) {
		uint8_t *p = scratch_take(s, 2);

		if (p == NULL)
			return value_none;
		p[0] = (uint8_t)(type >> 8);
		p[1] = (uint8_t)type;
		all.n += 2;
	}
	return value_codes(VALUE_CODES, all, 2);
}

static size_t code_width(const struct value *v)
{
	return v->type == VALUE_VERSIONS ? 2 : v->width ? v->width : 1;
}

size_t value_count(const struct value *v)
{
	struct cursor c;
	struct slice s;
	size_t n = 0;

	switch (v->type) {
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:
		return v->bytes.n / code_width(v);
	case VALUE_NUMBERS:
		return v->bytes.n / sizeof(uint64_t);
	case VALUE_SET:
		return (size_t)__builtin_popcountll(v->number);
	case VALUE_TEXTS:
		c = cursor_of(v->bytes);
		while (value_next_text(&c, &s))
			n++;
		return n;
	default:
		return v->type != VALUE_NONE;
	}
}

uint32_t value_code(const struct value *v, size_t i)
{
	size_t width = code_width(v);
	uint32_t code = 0;

	for (size_t k = 0; k < width; k++)
		code = code << 8 | v->bytes.p[i * width + k];
	return code;
}

uint64_t value_number(const struct value *v, size_t i)
{
	uint64_t n;

	memcpy(&n, v->bytes.p + i * sizeof(n), sizeof(n));
	return n;
}

bool value_next_text(struct cursor *c, struct slice *ret)
{
	if (cur_left(c) == 0)
		return false;
	*ret = cur_vec8(c);
	return cur_ok(c);
}

static void print_cipher(struct buf *b, const struct value *v, uint32_t code)
{
	const char *name = tls_cipher_name(code, v->width == 3 ? HELLO_SSL2 : HELLO_TLS);

	if (name != NULL)
		buf_puts(b, name);
	else
		buf_printf(b, "0x%0*x", 2 * v->width, code);
}

static void print_codes(struct buf *b, const struct value *v)
{
	char token[TLS_TOKEN];

	for (size_t i = 0; i < value_count(v); i++) {
		uint32_t code = value_code(v, i);

		if (i > 0)
			buf_putc(b, ',');
		if (v->type == VALUE_VERSIONS)
			buf_puts(b, tls_version_token((uint16_t)code, token));
		else if (v->type == VALUE_CIPHERS)
			print_cipher(b, v, code);
		else
			buf_number(b, code);
	}
}

static void print_set(struct buf *b, const struct value *v)
{
	bool first = true;

	for (unsigned bit = 0; bit < 64 && v->names[bit] != NULL; bit++) {
		if (!(v->number >> bit & 1))
			continue;
		if (!first)
			buf_putc(b, ',');
		buf_puts(b, v->names[bit]);
		first = false;
	}
}

static void print_texts(struct buf *b, const struct value *v)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice s;

	for (bool first = true; value_next_text(&c, &s); first = false) {
		if (!first)
			buf_putc(b, ',');
		text_wire(b, s);
	}
}

static void print_numbers(struct buf *b, const struct value *v)
{
	for (size_t i = 0; i < value_count(v); i++) {
		if (i > 0)
			buf_putc(b, ',');
		buf_number(b, value_number(v, i));
	}
}

void value_print(struct buf *b, const struct value *v)
{
	char token[TLS_TOKEN], addr[ADDR_TEXT];

	switch (v->type) {
	case VALUE_NONE:	break;
	case VALUE_BOOL:	buf_puts(b, v->number ? "true" : "false");		break;
	case VALUE_NUMBER:	buf_number(b, v->number);				break;
	case VALUE_MS:		text_ms(b, v->number);					break;
	case VALUE_TIME:	text_time(b, v->number);				break;
	case VALUE_VERSION:
		buf_puts(b, tls_version_token((uint16_t)v->number, token));
		break;
	case VALUE_TEXT:	text_wire(b, v->bytes);					break;
	case VALUE_ADDR:	buf_puts(b, addr_text(&v->addr, addr));			break;
	case VALUE_HEX:		buf_hex(b, v->bytes);					break;
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:	print_codes(b, v);					break;
	case VALUE_SET:		print_set(b, v);					break;
	case VALUE_TEXTS:	print_texts(b, v);					break;
	case VALUE_NUMBERS:	print_numbers(b, v);					break;
	}
}
