/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the ServerHello, RFC 8446 section 4.1.3.
 *
 *	struct {
 *		ProtocolVersion legacy_version = 0x0303;
 *		Random random;
 *		opaque legacy_session_id_echo<0..32>;
 *		CipherSuite cipher_suite;
 *		uint8 legacy_compression_method = 0;
 *		Extension extensions<6..2^16-1>;
 *	} ServerHello;
 *
 * Up to draft 21 of TLS 1.3 it had neither session id nor compression method
 * (draft-ietf-tls-tls13-21 section 4.1.3), and its version was the draft's.
 */
#include "tls/tls.h"

static bool is_early_draft(uint16_t version)
{
	return version >= 0x7f00 && version < 0x7f00 + 22;
}

enum parse server_hello_parse(struct slice body, bool whole, struct hello *ret)
{
	struct cursor c = cursor_of(body);
	struct hello h = { .format = HELLO_TLS, .complete = whole, .size = body.n + 4 };
	bool early;

	h.version = cur_u16(&c);
	early     = is_early_draft(h.version);
	h.random  = cur_slice(&c, 32);
	if (!early)
		h.session_id = cur_vec8(&c);
	h.ciphers = cur_slice(&c, 2);
	if (!early)
		h.compressions = cur_slice(&c, 1);

	if (whole && !cur_ok(&c))
		return PARSE_BAD;
	if (cur_ok(&c))
		hello_extensions_parse(&c, &h);
	if (h.session_id.n > 32)
		h.odd |= HELLO_LONG_SESSION_ID;
	*ret = h;
	return PARSE_OK;
}
