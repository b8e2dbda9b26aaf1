/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: RDP (MS-RDPBCGR, sections 2.2.1.1 and 2.2.1.2): TPKT (RFC 1006) with
 * an X.224 connection request and its confirmation, each with a negotiation.
 *
 *	C: connection request, protocols it can		S: confirmation, the one it chose
 *	C: <ClientHello>
 */
#include "prelude/prelude.h"

#include <string.h>

enum { START, ASKED, OVER };

enum {
	TPKT = 3, TPKT_HEADER = 4, LONGEST = 512,
	X224_REQUEST = 0xe0, X224_CONFIRM = 0xd0,
	NEG_REQUEST = 1, NEG_RESPONSE = 2, NEG_FAILURE = 3, NEG_LENGTH = 8
};

/* One TPKT of that X.224 type; *ret is what follows its fixed part. */
static enum prelude_says packet(struct cursor *c, uint8_t type, struct cursor *ret)
{
	struct cursor look = *c;
	uint8_t version = cur_u8(&look), reserved = cur_u8(&look), indicator;
	uint16_t length = cur_u16(&look);

	if (cur_left(c) > 0 && (version != TPKT || reserved != 0))
		return PRELUDE_NOT_MINE;
	if (!cur_ok(&look))
		return PRELUDE_UNSURE;
	if (length < TPKT_HEADER + 7 || length > LONGEST)
		return PRELUDE_NOT_MINE;
	if (cur_left(&look) < length - (size_t)TPKT_HEADER)
		return PRELUDE_UNSURE;
	*ret = cursor_of(cur_slice(&look, length - (size_t)TPKT_HEADER));
	indicator = cur_u8(ret);
	if (indicator != length - TPKT_HEADER - 1 || cur_u8(ret) != type)
		return PRELUDE_NOT_MINE;
	cur_skip(ret, 2 + 2 + 1);		/* references, class */
	*c = look;
	return PRELUDE_MORE;
}

/* The negotiation ends the packet; a cookie or a routing token may come before it. */
static uint8_t negotiation(struct cursor *c, uint32_t *ret_value)
{
	uint8_t type;

	if (cur_left(c) < NEG_LENGTH)
		return 0;
	cur_skip(c, cur_left(c) - NEG_LENGTH);
	type = cur_u8(c);
	cur_skip(c, 1);				/* flags */
	if (cur_u16(c) != NEG_LENGTH << 8)	/* little-endian, as is what follows */
		return 0;
	*ret_value = cur_u8(c);			/* all values that there are fit a byte */
	return cur_u24(c) == 0 ? type : 0;
}

static enum prelude_says request(struct prelude_state *s, struct cursor *c)
{
	enum prelude_says says;
	struct cursor body;
	uint32_t protocols;

	if (s->step != START)
		return PRELUDE_MORE;
	says = packet(c, X224_REQUEST, &body);
	if (says != PRELUDE_MORE)
		return says;
	if (negotiation(&body, &protocols) != NEG_REQUEST)
		return PRELUDE_NOT_MINE;	/* the encryption of old, or no RDP at all */
	s->step = ASKED;
	return PRELUDE_MORE;
}

static enum prelude_says confirmation(struct prelude_state *s, struct cursor *c)
{
	enum prelude_says says;
	struct cursor body;
	uint32_t value = 0;

	if (s->step == START)
		return PRELUDE_NOT_MINE;
	says = packet(c, X224_CONFIRM, &body);
	if (says != PRELUDE_MORE)
		return says;
	s->step = OVER;
	switch (negotiation(&body, &value)) {
	case NEG_RESPONSE:
		return value != 0 ? PRELUDE_TLS : PRELUDE_NOT_MINE;	/* 0: standard security */
	case NEG_FAILURE:
		s->status = (uint16_t)value;
		return PRELUDE_REFUSED;
	default:
		return PRELUDE_NOT_MINE;
	}
}

static enum prelude_says rdp_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	return side == CLIENT ? request(s, c) : confirmation(s, c);
}

const struct prelude prelude_rdp = {
	.name = "rdp",
	.feed = rdp_feed,
};
