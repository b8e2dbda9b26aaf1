/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: POP3 with STLS (RFC 2595, section 4).
 *
 *	S: +OK ready
 *	C: CAPA					S: +OK, lines, "."
 *	C: STLS					S: +OK begin TLS
 *	C: <ClientHello>
 */
#include "prelude/prelude.h"

enum { START, TALKING, ASKED };		/* step; note: answers still to come (RFC 2449, 6.6) */

static enum prelude_says server_line(struct prelude_state *s, struct slice line)
{
	bool good = prelude_word(line, "+OK");

	if (s->step == START && !good)
		return PRELUDE_NOT_MINE;
	if (s->step == START) {
		s->step = TALKING;
		s->note = 1;		/* the greeting itself is one */
	}
	if (!good && !prelude_word(line, "-ERR"))
		return PRELUDE_MORE;	/* of a list */
	if (!good)
		prelude_text(s, line, 5);
	if (s->note > 0)
		s->note--;
	if (s->step != ASKED || s->note > 0)
		return PRELUDE_MORE;
	s->step = TALKING;
	return good ? PRELUDE_TLS : PRELUDE_REFUSED;
}

static enum prelude_says client_line(struct prelude_state *s, struct slice line)
{
	if (s->step == START) {
		if (!prelude_word(line, "CAPA") && !prelude_word(line, "STLS"))
			return PRELUDE_NOT_MINE;
		s->step = TALKING;
		s->note = 1;		/* the greeting, not captured or not yet */
	}
	if (prelude_word(line, "STAT") || prelude_word(line, "UIDL") || prelude_word(line, "RETR"))
		return PRELUDE_NOT_MINE;	/* a mailbox in the clear: no TLS will come */
	if (s->note < UINT8_MAX)
		s->note++;
	if (prelude_word(line, "STLS"))
		s->step = ASKED;
	return PRELUDE_MORE;
}

static bool may_be(enum side side, struct slice s)
{
	if (side == SERVER)
		return slice_may_start(s, "+OK");
	return slice_may_start(s, "CAPA") || slice_may_start(s, "STLS");
}

static enum prelude_says pop3_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	if (s->step == START && !may_be(side, cur_peek(c)))
		return PRELUDE_NOT_MINE;
	return prelude_lines(s, c, side == SERVER ? server_line : client_line);
}

const struct prelude prelude_pop3 = {
	.name = "pop3",
	.feed = pop3_feed,
};
