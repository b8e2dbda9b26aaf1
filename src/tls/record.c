/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the record layer, RFC 8446 section 5 and RFC 5246 section 6.2.
 *
 * A walk along one direction's bytes that can be interrupted anywhere.  Every
 * step either consumes bytes for good or leaves the cursor where it was, so
 * the units are the same however the bytes were cut into segments.
 *
 * A handshake record is entered (its header consumed, record_left set) only
 * together with its first message; until then the cursor stays in front of
 * the header.  A message that ends in a later record is gathered in the room
 * that the caller lends; all others are told where they lie.
 */
#include <string.h>

#include "tls/tls.h"

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23, HEARTBEAT = 24 };
enum { MESSAGE_HEADER = 4, CLIENT_HELLO = 1, SERVER_HELLO = 2, EMPTY_RECORDS_MAX = 255 };

struct header {
	uint8_t type;
	uint16_t version;
	uint16_t length;
};

/* Bad as early as it can be: before the header is whole. */
static enum parse header_read(struct cursor *c, struct header *ret)
{
	struct cursor version;

	ret->type = cur_u8(c);
	if (cur_ok(c) && (ret->type < CHANGE_CIPHER_SPEC || ret->type > HEARTBEAT))
		return PARSE_BAD;
	version = *c;
	if (cur_u8(&version) != 3 && cur_ok(&version))
		return PARSE_BAD;
	ret->version = cur_u16(c);
	ret->length = cur_u16(c);
	if (!cur_ok(c))
		return PARSE_MORE;
	return ret->length > TLS_RECORD_MAX ? PARSE_BAD : PARSE_OK;
}

/* Handshake bytes beyond the limits: from here on they are passed over. */
static enum tls_says let_go(struct tls_reader *r)
{
	r->total = TLS_MESSAGE_MAX + 1;
	r->have = 0;
	r->skip = r->record_left;
	r->record_left = 0;
	return TLS_TOO_LONG;
}

/* Length of the message in the room with its header, as far as it is known. */
static uint32_t room_want(const struct tls_reader *r)
{
	struct cursor c = cursor_of((struct slice){ r->room, r->have });

	cur_skip(&c, 1);
	return MESSAGE_HEADER + cur_u24(&c);
}

/* Moves the rest of a record into the room, up to the end of the message there. */
static enum tls_says gather(struct tls_reader *r, struct cursor *c, struct tls_unit *ret)
{
	uint32_t want;
	struct cursor m;

	while ((want = room_want(r)) > r->have) {
		uint32_t n = want - r->have;
		struct slice part;

		if (want > r->room_size || want > TLS_MESSAGE_MAX - r->total)
			return let_go(r);
		if (r->record_left == 0)
			return TLS_MORE;
		part = cur_slice(c, n < r->record_left ? n : r->record_left);
		memcpy(r->room + r->have, part.p, part.n);
		r->have += (uint32_t)part.n;
		r->record_left -= (uint32_t)part.n;
	}
	r->total += want;
	r->have = 0;
	m = cursor_of((struct slice){ r->room, want });
	ret->type = cur_u8(&m);
	cur_skip(&m, 3);
	ret->body = cur_rest(&m);
	return TLS_MESSAGE;
}

/* One message of the record that the cursor is in. */
static enum tls_says message_read(struct tls_reader *r, struct cursor *c, struct tls_unit *ret)
{
	struct slice here = cur_peek(c);
	struct cursor m;
	uint32_t size;

	if (here.n > r->record_left)
		here.n = r->record_left;
	m = cursor_of(here);
	ret->type = cur_u8(&m);
	size = MESSAGE_HEADER + cur_u24(&m);
	if (r->have == 0 && cur_ok(&m)) {
		if (size > TLS_MESSAGE_MAX - r->total)
			return let_go(r);
		if (size <= r->record_left) {
			ret->body = cur_slice(&m, size - MESSAGE_HEADER);
			if (!cur_ok(&m))
				return TLS_MORE;
			cur_skip(c, size);
			r->record_left -= size;
			r->total += size;
			return TLS_MESSAGE;
		}
	}
	if (here.n < r->record_left)
		return TLS_MORE;
	return r->room ? gather(r, c, ret) : TLS_ROOM;
}

/* Tells of a record by its header alone, or (TLS_MORE) of nothing at all. */
static enum tls_says pass(struct tls_reader *r, struct cursor *c, const struct header *h,
			  enum tls_says says)
{
	cur_skip(c, TLS_RECORD_HEADER);
	r->skip = h->length;
	return says;
}

/* Whether a record is exactly one hello: no ciphertext has such a header but by rare chance. */
static enum parse is_hello(struct cursor in, const struct header *h)
{
	enum { SHORTEST = MESSAGE_HEADER + 38 };	/* version to compression method */
	uint8_t type = cur_u8(&in);

	if (h->length < SHORTEST || (cur_ok(&in) && type != CLIENT_HELLO && type != SERVER_HELLO))
		return PARSE_BAD;
	if (MESSAGE_HEADER + cur_u24(&in) != h->length && cur_ok(&in))
		return PARSE_BAD;
	return cur_ok(&in) ? PARSE_OK : PARSE_MORE;
}

static enum tls_says handshake_read(struct tls_reader *r, struct cursor *c,
				    const struct header *h, struct tls_unit *ret)
{
	struct cursor in = *c;
	enum tls_says says;

	cur_skip(&in, TLS_RECORD_HEADER);
	if (r->encrypted && r->have == 0) {
		enum parse p = is_hello(in, h);

		if (p != PARSE_OK)
			return p == PARSE_MORE ? TLS_MORE : pass(r, c, h, TLS_ENCRYPTED);
	}
	if (r->total > TLS_MESSAGE_MAX)
		return pass(r, c, h, TLS_MORE);
	if (r->have == 0)
		r->record_version = h->version;
	r->record_left = h->length;
	says = message_read(r, &in, ret);
	if (r->record_left == h->length)	/* nothing of it was read: do not enter it yet */
		r->record_left = 0;
	else
		*c = in;
	return says;
}

static enum tls_says alert_read(struct tls_reader *r, struct cursor *c,
				const struct header *h, struct tls_unit *ret)
{
	struct cursor in = *c;

	ret->record_version = h->version;
	if (h->length != 2)
		return pass(r, c, h, TLS_ENCRYPTED);
	cur_skip(&in, TLS_RECORD_HEADER);
	ret->level = cur_u8(&in);
	ret->code = cur_u8(&in);
	if (!cur_ok(&in))
		return TLS_MORE;
	*c = in;
	return r->encrypted && (ret->level < 1 || ret->level > 2) ? TLS_ENCRYPTED : TLS_ALERT;
}

/* SSL 2.0 behind its hello: only the client's CLIENT-MASTER-KEY (type 2) is in the clear. */
static enum tls_says sslv2_go_on(struct tls_reader *r, struct cursor *c)
{
	struct cursor in = *c;
	size_t length, padding;
	bool is_master_key;

	if (!sslv2_header(&in, &length, &padding))
		return TLS_MORE;
	if (length == 0)
		return TLS_NOT_TLS;
	is_master_key = cur_u8(&in) == 2 && !r->encrypted;
	if (!cur_ok(&in))
		return TLS_MORE;
	*c = in;
	r->skip = (uint32_t)(length - 1 + padding);
	r->encrypted = true;
	return is_master_key ? TLS_CHANGE_CIPHER : TLS_ENCRYPTED;
}

static enum tls_says sslv2_read(struct tls_reader *r, struct cursor *c, struct tls_unit *ret)
{
	enum parse client = tls_looks_client(cur_peek(c)), server = tls_looks_server(cur_peek(c));
	struct cursor in = *c;
	size_t length, padding;

	if (client == PARSE_BAD && server == PARSE_BAD)
		return TLS_NOT_TLS;
	if (client != PARSE_OK && server != PARSE_OK)
		return TLS_MORE;
	(void)sslv2_header(&in, &length, &padding);
	ret->body = cur_slice(&in, length);
	cur_skip(&in, padding);
	if (!cur_ok(&in))
		return TLS_MORE;
	*c = in;
	r->started = true;
	r->ssl2 = true;
	r->encrypted = server == PARSE_OK;
	ret->record_version = SSL2;
	return server == PARSE_OK ? TLS_SSL2_SERVER_HELLO : TLS_SSL2_HELLO;
}

static enum tls_says content_read(struct tls_reader *r, struct cursor *c,
				  const struct header *h, struct tls_unit *ret)
{
	ret->record_version = h->version;
	if (h->length == 0) {
		if (r->empty_records == EMPTY_RECORDS_MAX)
			return TLS_NOT_TLS;
		r->empty_records++;
		return pass(r, c, h, TLS_MORE);
	}
	switch (h->type) {
	case HANDSHAKE:
		return handshake_read(r, c, h, ret);
	case ALERT:
		return alert_read(r, c, h, ret);
	case APPLICATION_DATA:
		return pass(r, c, h, TLS_APPLICATION);
	case CHANGE_CIPHER_SPEC:
		if (h->length != 1)
			return pass(r, c, h, TLS_ENCRYPTED);
		r->encrypted = true;
		return pass(r, c, h, TLS_CHANGE_CIPHER);
	default:				/* heartbeat, RFC 6520: nothing to us */
		return pass(r, c, h, TLS_MORE);
	}
}

static enum tls_says record_read(struct tls_reader *r, struct cursor *c, struct tls_unit *ret)
{
	struct cursor in = *c;
	struct header h;
	enum parse p;

	if (r->ssl2 && r->encrypted)
		return sslv2_go_on(r, c);
	p = header_read(&in, &h);
	if (p == PARSE_MORE)
		return TLS_MORE;
	if (p == PARSE_BAD && r->ssl2)
		return sslv2_go_on(r, c);
	if (p == PARSE_BAD)
		return r->started ? TLS_NOT_TLS : sslv2_read(r, c, ret);
	r->started = true;
	r->ssl2 = false;
	return content_read(r, c, &h, ret);
}

enum tls_says tls_read(struct tls_reader *r, struct cursor *c, struct tls_unit *ret)
{
	for (;;) {
		enum tls_says says;
		size_t left;

		if (r->skip > 0) {
			size_t n = cur_left(c) < r->skip ? cur_left(c) : r->skip;

			cur_skip(c, n);
			r->skip -= (uint32_t)n;
		}
		*ret = (struct tls_unit){ 0 };
		left = cur_left(c);
		if (left == 0)
			return TLS_MORE;
		if (r->record_left > 0)
			says = message_read(r, c, ret);
		else
			says = record_read(r, c, ret);
		if (says == TLS_MESSAGE)
			ret->record_version = r->record_version;
		if (says != TLS_MORE || cur_left(c) == left)
			return says;
	}
}

bool tls_partial(const struct tls_reader *r, struct slice s, struct tls_unit *ret,
		 uint32_t *ret_want)
{
	struct cursor c = cursor_of(s);
	size_t limit = r->record_left;
	struct header h = { .version = r->record_version };

	if (r->have > 0) {
		c = cursor_of((struct slice){ r->room, r->have });
		limit = r->have;
	} else if (limit == 0) {
		if (r->encrypted || header_read(&c, &h) != PARSE_OK || h.type != HANDSHAKE)
			return false;
		limit = h.length;
	}
	if (cur_left(&c) > limit)
		cur_clip(&c, limit);
	*ret = (struct tls_unit){ .record_version = h.version };
	ret->type = cur_u8(&c);
	*ret_want = MESSAGE_HEADER + cur_u24(&c);
	if (!cur_ok(&c))
		return false;
	limit = *ret_want - MESSAGE_HEADER;
	ret->body = cur_slice(&c, limit < cur_left(&c) ? limit : cur_left(&c));
	return true;
}
