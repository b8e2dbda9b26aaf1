/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: PostgreSQL (its manual, "SSL Session Encryption" and "Message Formats").
 *
 *	C: SSLRequest, eight bytes		S: 'S', one byte
 *	C: <ClientHello>
 *
 * A client may ask for GSSAPI encryption first, in the same form.
 */
#include "prelude/prelude.h"

enum { START, IDLE, ASKED };		/* step; note: an answer about GSSAPI is to come */

enum { LENGTH = 8, GSSENC_REQUEST = 80877104, SSL_REQUEST = 80877103 };

static enum prelude_says client_feed(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint32_t length, code;

	if (cur_left(c) < LENGTH)
		return cur_u8(&look) == 0 ? PRELUDE_UNSURE : PRELUDE_NOT_MINE;
	length = cur_u32(&look);
	code = cur_u32(&look);
	if (length != LENGTH || (code != SSL_REQUEST && code != GSSENC_REQUEST))
		return PRELUDE_NOT_MINE;	/* a session in the clear */
	s->step = code == SSL_REQUEST ? ASKED : IDLE;
	s->note = s->note || code == GSSENC_REQUEST;
	*c = look;
	return PRELUDE_MORE;
}

/* 'S' or 'G': yes; 'N': no; anything else is an error message. */
static enum prelude_says server_feed(struct prelude_state *s, struct cursor *c)
{
	uint8_t answer;

	if (s->step == START)
		return PRELUDE_NOT_MINE;
	if (cur_left(c) == 0 || (s->step == IDLE && !s->note))
		return PRELUDE_MORE;
	answer = cur_u8(c);
	if (s->note) {
		s->note = 0;
		return answer == 'N' ? PRELUDE_MORE : PRELUDE_NOT_MINE;
	}
	s->step = IDLE;
	return answer == 'S' ? PRELUDE_TLS : PRELUDE_REFUSED;
}

static enum prelude_says postgres_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	return side == CLIENT ? client_feed(s, c) : server_feed(s, c);
}

const struct prelude prelude_postgres = {
	.name = "postgres",
	.feed = postgres_feed,
};
