/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: values.  Versions as tokens, code points as numbers, bytes from the
 * wire escaped until they are plain ASCII.
 *
 * This is on the way of every handshake: nothing here formats by template.
 */
#include "out/record.h"

#include "base/text.h"

void json_time(struct json *w, uint64_t ns)
{
	json_raw(w, (struct slice){ (const uint8_t *)"\"", 1 });
	text_time(w->to, ns);
	buf_putc(w->to, '"');
}

static void put_ms(struct json *w, uint64_t ns)
{
	json_raw(w, (struct slice){ NULL, 0 });
	text_ms(w->to, ns);
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
