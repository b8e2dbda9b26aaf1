/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: values.  Versions as tokens, code points as numbers, bytes from the
 * wire escaped until they are plain ASCII.
 *
 * This is on the way of every handshake: nothing here formats by template.
 */
#include "out/record.h"

#include "base/text.h"

static void digits(struct buf *b, uint64_t v, unsigned n)
{
	buf_room(b, n);
	for (unsigned i = n; i-- > 0; v /= 10)
		b->p[b->n + i] = (char)('0' + v % 10);
	b->n += n;
}

/*
 * The date of a day since 1970-01-01, by counting in eras of 400 years that
 * begin on the first of March (Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", civil_from_days).
 */
static void put_date(struct buf *b, uint64_t day)
{
	uint64_t z = day + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	uint64_t month = mp < 10 ? mp + 3 : mp - 9;

	digits(b, yoe + era * 400 + (month <= 2), 4);
	buf_putc(b, '-');
	digits(b, month, 2);
	buf_putc(b, '-');
	digits(b, doy - (153 * mp + 2) / 5 + 1, 2);
}

void json_time(struct json *w, uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND;
	struct buf *b = w->to;

	json_raw(w, (struct slice){ (const uint8_t *)"\"", 1 });
	put_date(b, s / 86400);
	buf_putc(b, 'T');
	digits(b, s / 3600 % 24, 2);
	buf_putc(b, ':');
	digits(b, s / 60 % 60, 2);
	buf_putc(b, ':');
	digits(b, s % 60, 2);
	buf_putc(b, '.');
	digits(b, ns % NS_PER_SECOND, 9);
	buf_add(b, "Z\"", 2);
}

/* Milliseconds with at most three decimals: 0.4, 12, 1234.567. */
static void put_ms(struct json *w, uint64_t ns)
{
	uint64_t us = (ns + 500) / 1000;

	json_number(w, us / 1000);
	if (us % 1000 == 0)
		return;
	buf_putc(w->to, '.');
	digits(w->to, us % 1000, 3);
	while (w->to->p[w->to->n - 1] == '0')
		w->to->n--;
}

static void put_version(struct json *w, uint16_t version)
{
	char token[TLS_TOKEN];

	json_text(w, tls_version_token(version, token));
}

static void put_cipher(struct json *w, uint32_t code, unsigned width)
{
	const char *name = tls_cipher_name(code, width == 3 ? HELLO_SSL2 : HELLO_TLS);
	uint8_t bytes[3] = { (uint8_t)(code >> 16), (uint8_t)(code >> 8), (uint8_t)code };
	unsigned n = width < 1 || width > 3 ? 2 : width;

	if (name != NULL) {
		json_text(w, name);
		return;
	}
	json_raw(w, (struct slice){ (const uint8_t *)"\"0x", 3 });
	buf_hex(w->to, (struct slice){ bytes + 3 - n, n });
	buf_putc(w->to, '"');
}

/* Names and tokens are for what has one: GREASE stands in the lists of numbers only. */
static bool is_left_out(const struct value *v, uint32_t code)
{
	return (v->type == VALUE_VERSIONS || (v->type == VALUE_CIPHERS && v->width == 2)) &&
	       tls_is_grease((uint16_t)code);
}

static void put_codes(struct json *w, const struct value *v)
{
	size_t n = value_count(v);

	json_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		uint32_t code = value_code(v, i);

		if (is_left_out(v, code))
			continue;
		if (v->type == VALUE_VERSIONS)
			put_version(w, (uint16_t)code);
		else if (v->type == VALUE_CIPHERS)
			put_cipher(w, code, v->width);
		else
			json_number(w, code);
	}
	json_close(w, ']');
}

static void put_list(struct json *w, const struct value *v)
{
	struct cursor c = cursor_of(v->bytes);
	struct slice s;

	json_open(w, '[');
	if (v->type == VALUE_SET)
		for (unsigned bit = 0; bit < 64 && v->number >> bit != 0; bit++)
			if (v->number >> bit & 1)
				json_text(w, v->names[bit]);
	if (v->type == VALUE_TEXTS)
		while (value_next_text(&c, &s))
			json_wire(w, s);
	if (v->type == VALUE_NUMBERS)
		for (size_t i = 0; i < value_count(v); i++)
			json_number(w, value_number(v, i));
	json_close(w, ']');
}

static void put_hex(struct json *w, struct slice bytes)
{
	json_raw(w, (struct slice){ (const uint8_t *)"\"", 1 });
	buf_hex(w->to, bytes);
	buf_putc(w->to, '"');
}

static void put_none(struct json *w)
{
	json_raw(w, (struct slice){ (const uint8_t *)"null", 4 });
}

void json_value(struct json *w, const struct value *v)
{
	char addr[ADDR_TEXT];

	switch (v->type) {
	case VALUE_NONE:	put_none(w);					break;
	case VALUE_BOOL:	json_bool(w, v->number != 0);			break;
	case VALUE_NUMBER:	json_number(w, v->number);			break;
	case VALUE_MS:		put_ms(w, v->number);				break;
	case VALUE_TIME:	json_time(w, v->number);			break;
	case VALUE_VERSION:	put_version(w, (uint16_t)v->number);		break;
	case VALUE_TEXT:	json_wire(w, v->bytes);				break;
	case VALUE_ADDR:	json_text(w, addr_text(&v->addr, addr));	break;
	case VALUE_HEX:		put_hex(w, v->bytes);				break;
	case VALUE_CODES:
	case VALUE_CIPHERS:
	case VALUE_VERSIONS:	put_codes(w, v);				break;
	case VALUE_SET:
	case VALUE_TEXTS:
	case VALUE_NUMBERS:	put_list(w, v);					break;
	}
}
