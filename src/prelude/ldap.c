/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: LDAP with StartTLS (RFC 4511, section 4.14).
 *
 *	C: ExtendedRequest 1.3.6.1.4.1.1466.20037	S: ExtendedResponse, resultCode 0
 *	C: <ClientHello>
 *
 * BER with definite lengths (section 5.1).  Binds and searches may come first,
 * but not many: whoever has searched so often will not ask for TLS any more.
 */
#include "prelude/prelude.h"

enum { START, TALKING, ASKED };		/* step; note: requests so far; memo: id of StartTLS */

enum {				/* tags of RFC 4511, appendix B */
	SEQUENCE = 0x30, INTEGER = 0x02, ENUMERATED = 0x0a,
	BIND_REQUEST = 0x60, SEARCH_REQUEST = 0x63,
	EXTENDED_REQUEST = 0x77, EXTENDED_RESPONSE = 0x78, REQUEST_NAME = 0x80
};

enum { MOST_REQUESTS = 8 };

static const char start_tls[] = "1.3.6.1.4.1.1466.20037";

/* A BER length of at most four bytes. */
static uint32_t ber_length(struct cursor *c)
{
	uint8_t first = cur_u8(c);
	uint32_t n = 0;

	if (first < 0x80)
		return first;
	if (first == 0x80 || first > 0x84)
		cur_spend(c);
	for (; first > 0x80 && cur_ok(c); first--)
		n = n << 8 | cur_u8(c);
	return n;
}

static uint32_t ber_integer(struct cursor *c)
{
	struct cursor v = cursor_of(cur_slice(c, ber_length(c)));
	uint32_t n = 0;

	while (cur_left(&v) > 0)
		n = n << 8 | cur_u8(&v);
	return n;
}

/* An LDAPMessage's start: how long it is in all, whose id, which operation. */
struct message {
	uint64_t size;
	uint32_t id;
	uint8_t op;
	struct cursor body;		/* of the operation, as much as is there */
};

/* PRELUDE_MORE: it is one. */
static enum prelude_says message(struct slice s, struct message *ret)
{
	struct cursor c = cursor_of(s);
	uint32_t length;

	if (s.n > 0 && cur_u8(&c) != SEQUENCE)
		return PRELUDE_NOT_MINE;
	length = ber_length(&c);
	ret->size = s.n - cur_left(&c) + length;
	if (cur_left(&c) > 0 && cur_u8(&c) != INTEGER)
		return PRELUDE_NOT_MINE;
	ret->id = ber_integer(&c);
	ret->op = cur_u8(&c);
	(void)ber_length(&c);
	ret->body = c;
	return cur_ok(&c) ? PRELUDE_MORE : PRELUDE_UNSURE;
}

static bool is_start_tls(struct cursor name)
{
	return cur_u8(&name) == REQUEST_NAME &&
	       slice_is(cur_slice(&name, ber_length(&name)), start_tls);
}

static enum prelude_says request(struct prelude_state *s, struct cursor *c)
{
	struct message m;
	enum prelude_says says = message(cur_peek(c), &m);

	if (says != PRELUDE_MORE)
		return says;
	if (m.op != BIND_REQUEST && m.op != SEARCH_REQUEST && m.op != EXTENDED_REQUEST)
		return PRELUDE_NOT_MINE;
	if (m.size > PRELUDE_LINE || s->note == MOST_REQUESTS)
		return PRELUDE_NOT_MINE;
	if (m.size > cur_left(c))
		return PRELUDE_UNSURE;
	cur_skip(c, (size_t)m.size);
	s->note++;
	if (s->step == START)
		s->step = TALKING;
	if (m.op == EXTENDED_REQUEST && is_start_tls(m.body)) {
		s->step = ASKED;
		s->memo = m.id;
	}
	return PRELUDE_MORE;
}

/* The whole of the answer to StartTLS, of others only the length. */
static enum prelude_says response(struct prelude_state *s, struct cursor *c)
{
	struct message m;
	enum prelude_says says;

	if (s->step == START)
		return PRELUDE_NOT_MINE;
	says = message(cur_peek(c), &m);
	if (says != PRELUDE_MORE)
		return says;
	if (m.op != EXTENDED_RESPONSE || s->step != ASKED || m.id != s->memo) {
		if (m.size > UINT32_MAX)
			return PRELUDE_NOT_MINE;
		prelude_skip(s, c, (uint32_t)m.size);
		return PRELUDE_MORE;
	}
	if (m.size > PRELUDE_LINE)
		return PRELUDE_NOT_MINE;
	if (m.size > cur_left(c))
		return PRELUDE_MORE;
	if (cur_u8(&m.body) != ENUMERATED)
		return PRELUDE_NOT_MINE;
	s->status = (uint16_t)ber_integer(&m.body);
	s->step = TALKING;
	cur_skip(c, (size_t)m.size);
	return s->status == 0 ? PRELUDE_TLS : PRELUDE_REFUSED;
}

static enum prelude_says ldap_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	return side == CLIENT ? request(s, c) : response(s, c);
}

const struct prelude prelude_ldap = {
	.name = "ldap",
	.feed = ldap_feed,
};
