/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: SMTP with STARTTLS (RFC 3207).
 *
 *	S: 220 mail.example.com ESMTP
 *	C: EHLO ...				S: 250-..., 250 STARTTLS
 *	C: STARTTLS				S: 220 Ready
 *	C: <ClientHello>
 *
 * Answers come in the order of the commands (RFC 2920), so counting tells which
 * one is that to STARTTLS.  A server that demands STARTTLS of a client that did not
 * ask, or says 421, has refused: what it says about it is kept.
 */
#include "prelude/prelude.h"

enum { START, TALKING, ASKED };		/* step; note: answers still to come */

enum { CLOSING = 421 };			/* whatever was asked: RFC 5321, 3.8 */

/* "530 5.7.0 Must issue a STARTTLS command first" (RFC 3207, section 4), 451 at Microsoft's. */
static bool demands_tls(struct slice line)
{
	struct cursor c = cursor_of(line);

	while (cur_left(&c) > 0 && !slice_starts(cur_peek(&c), "STARTTLS"))
		cur_skip(&c, 1);
	return cur_left(&c) > 0;
}

static enum prelude_says server_line(struct prelude_state *s, struct slice line)
{
	bool last;
	uint16_t code = prelude_code(line, &last);

	if (s->step == START && code != 220)
		return PRELUDE_NOT_MINE;
	if (s->step == START) {
		s->step = TALKING;
		s->note = 1;		/* the greeting itself is one */
	}
	if (code == 0 || !last)
		return PRELUDE_MORE;
	s->status = code;
	if (code >= 400)
		prelude_text(s, line, 4);
	if (s->note > 0)
		s->note--;
	if (code == CLOSING || (code >= 400 && s->step != ASKED && demands_tls(line)))
		return PRELUDE_REFUSED;
	if (s->step != ASKED || s->note > 0)
		return PRELUDE_MORE;
	s->step = TALKING;
	return code == 220 ? PRELUDE_TLS : PRELUDE_REFUSED;
}

/* A greeting need not say which of the two it is; the client's first words do. */
static bool is_ftp(const struct prelude_state *s, struct slice said)
{
	return s->step == TALKING && (slice_starts(said, "USER ") || slice_starts(said, "FEAT") ||
	       slice_starts(said, "AUTH TLS") || slice_starts(said, "AUTH SSL"));
}

static enum prelude_says client_line(struct prelude_state *s, struct slice line)
{
	if (s->step == START) {
		if (!prelude_word(line, "EHLO") && !prelude_word(line, "HELO"))
			return PRELUDE_NOT_MINE;
		s->step = TALKING;
		s->note = 1;		/* the greeting, not captured or not yet */
	}
	if (prelude_word(line, "DATA") || prelude_word(line, "BDAT"))
		return PRELUDE_NOT_MINE;	/* a mail in the clear: no TLS will come */
	if (s->note < UINT8_MAX)
		s->note++;
	if (prelude_word(line, "STARTTLS"))
		s->step = ASKED;
	return PRELUDE_MORE;
}

static bool may_be(enum side side, struct slice s)
{
	if (side == SERVER)
		return slice_may_start(s, "220");
	return slice_may_start(s, "EHLO") || slice_may_start(s, "HELO");
}

static enum prelude_says smtp_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	if (s->step == START && !may_be(side, cur_peek(c)))
		return PRELUDE_NOT_MINE;
	if (side == CLIENT && is_ftp(s, cur_peek(c))) {
		s->is = &prelude_ftp;		/* which counts as we do */
		return s->is->feed(s, side, c);
	}
	return prelude_lines(s, c, side == SERVER ? server_line : client_line);
}

const struct prelude prelude_smtp = {
	.name = "smtp",
	.feed = smtp_feed,
};
