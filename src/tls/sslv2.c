/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: hellos in SSLv2 format.
 *
 * The client's may ask for any version: RFC 5246 appendix E.2 keeps it alive
 * for TLS, with 3-byte cipher kinds of which those below 0x10000 are TLS
 * suites.  The server's comes only when SSL 2.0 itself was chosen.
 *
 * Source: "The SSL Protocol" (SSL 2.0), Hickman, 1995, sections 2.1.1 and 2.5.
 */
#include "tls/tls.h"

bool sslv2_header(struct cursor *c, size_t *ret_length, size_t *ret_padding)
{
	uint8_t high = cur_u8(c);

	if (high & 0x80) {
		*ret_length = (size_t)(high & 0x7f) << 8 | cur_u8(c);
		*ret_padding = 0;
		return cur_ok(c);
	}
	*ret_length = (size_t)(high & 0x3f) << 8 | cur_u8(c);
	*ret_padding = cur_u8(c);
	if (*ret_padding > *ret_length)
		*ret_padding = *ret_length;
	*ret_length -= *ret_padding;
	return cur_ok(c);
}

static void whole_kinds(struct hello *h)
{
	if (h->ciphers.n % 3 != 0)
		h->odd |= HELLO_ODD_LENGTH;
	h->ciphers.n -= h->ciphers.n % 3;
}

/* Behind the last vector: what is left over, and whether all was there. */
static enum parse finish(const struct cursor *c, bool whole, struct hello *h)
{
	if (whole && !cur_ok(c)) {
		h->odd |= HELLO_LYING_LENGTH;
		h->complete = false;
	}
	if (cur_left(c) > 0)
		h->odd |= HELLO_TRAILING_BYTES;
	whole_kinds(h);
	return PARSE_OK;
}

/* type 1, version, lengths of: cipher kinds, session id, challenge; then these. */
enum parse sslv2_client_hello_parse(struct slice body, bool whole, struct hello *ret)
{
	struct cursor c = cursor_of(body);
	struct hello h = { .format = HELLO_SSL2, .complete = whole, .size = body.n + 2 };
	size_t ciphers, session_id, challenge;

	if (cur_u8(&c) != 1 && cur_ok(&c))
		return PARSE_BAD;
	h.version  = cur_u16(&c);
	ciphers    = cur_u16(&c);
	session_id = cur_u16(&c);
	challenge  = cur_u16(&c);
	if (whole && !cur_ok(&c))
		return PARSE_BAD;

	h.ciphers    = cur_slice(&c, ciphers);
	h.session_id = cur_slice(&c, session_id);
	h.random     = cur_slice(&c, challenge);
	if (cur_ok(&c) && ciphers < 3)
		h.odd |= HELLO_EMPTY_LIST;
	if (h.session_id.n > 32)
		h.odd |= HELLO_LONG_SESSION_ID;
	*ret = h;
	return finish(&c, whole, ret);
}

/*
 * type 4, session id hit, certificate type, version, lengths of: certificate,
 * cipher kinds, connection id; then these.  On a hit the first two are empty.
 */
enum parse sslv2_server_hello_parse(struct slice body, bool whole, struct hello *ret)
{
	struct cursor c = cursor_of(body);
	struct hello h = { .format = HELLO_SSL2, .complete = whole, .size = body.n + 2 };
	size_t certificate, ciphers, connection_id;

	if (cur_u8(&c) != 4 && cur_ok(&c))
		return PARSE_BAD;
	cur_skip(&c, 2);
	h.version     = cur_u16(&c);
	certificate   = cur_u16(&c);
	ciphers       = cur_u16(&c);
	connection_id = cur_u16(&c);
	if (whole && !cur_ok(&c))
		return PARSE_BAD;

	cur_skip(&c, certificate);
	h.ciphers    = cur_slice(&c, ciphers);
	h.session_id = cur_slice(&c, connection_id);
	if (h.session_id.n > 32)
		h.odd |= HELLO_LONG_SESSION_ID;
	*ret = h;
	return finish(&c, whole, ret);
}
