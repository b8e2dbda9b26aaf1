/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the ClientHello, RFC 8446 section 4.1.2.
 *
 *	struct {
 *		ProtocolVersion legacy_version = 0x0303;
 *		Random random;
 *		opaque legacy_session_id<0..32>;
 *		CipherSuite cipher_suites<2..2^16-2>;
 *		opaque legacy_compression_methods<1..2^8-1>;
 *		Extension extensions<8..2^16-1>;
 *	} ClientHello;
 *
 * Old clients send no extensions at all, so their absence is no fault.
 */
#include "tls/tls.h"

/* What is odd inside the vectors and the extensions. */
static uint8_t inner_odd(const struct hello *h)
{
	struct cursor c = cursor_of(h->extensions);
	struct slice body;
	uint16_t type;
	uint8_t odd = 0;

	if (h->session_id.n > 32)
		odd |= HELLO_LONG_SESSION_ID;
	if (h->ciphers.n % 2 != 0)
		odd |= HELLO_ODD_LENGTH;
	while (hello_ext_next(&c, &type, &body))
		odd |= offer_ext_odd(type, body);
	return odd;
}

/* The list of suites; of a message cut off, what is there of it. */
static struct slice ciphers_read(struct cursor *c, bool whole, uint16_t *ret_said)
{
	uint16_t said = cur_u16(c);
	size_t left = cur_left(c);

	*ret_said = cur_ok(c) ? said : 0;
	return cur_slice(c, !whole && said > left ? left : said);
}

enum parse client_hello_parse(struct slice body, bool whole, struct hello *ret)
{
	struct cursor c = cursor_of(body);
	struct hello h = { .format = HELLO_TLS, .complete = whole, .size = body.n + 4 };

	h.version    = cur_u16(&c);
	h.random     = cur_slice(&c, 32);
	h.session_id = cur_vec8(&c);
	if (whole && !cur_ok(&c))
		return PARSE_BAD;

	h.ciphers      = ciphers_read(&c, whole, &h.ciphers_said);
	h.compressions = cur_vec8(&c);
	if (!cur_ok(&c)) {
		h.odd |= whole ? HELLO_LYING_LENGTH : 0;
		h.complete = false;
	} else {
		if (h.ciphers.n < 2 || h.compressions.n == 0)
			h.odd |= HELLO_EMPTY_LIST;
		hello_extensions_parse(&c, &h);
	}
	h.odd |= inner_odd(&h);
	h.ciphers.n -= h.ciphers.n % 2;
	*ret = h;
	return PARSE_OK;
}
