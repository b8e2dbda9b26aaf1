/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: FTP with AUTH TLS (RFC 4217), on the control connection.
 *
 *	S: 220 ftp.example.com FTP server ready
 *	C: AUTH TLS				S: 234 Proceed
 *	C: <ClientHello>
 *
 * A greeting that does not say FTP is SMTP's until the client speaks (smtp.c);
 * steps and counting are the same.
 */
#include "prelude/prelude.h"

/* step; note: answers still to come */
enum { START, TALKING, ASKED, DENIED };

static bool has(struct slice line, const char *text)
{
	struct cursor c = cursor_of(line);

	while (cur_left(&c) > 0 && !slice_starts(cur_peek(&c), text))
		cur_skip(&c, 1);
	return cur_left(&c) > 0;
}

static bool is_auth(struct slice line)
{
	return prelude_word(line, "AUTH TLS") || prelude_word(line, "AUTH SSL") ||
	       prelude_word(line, "AUTH TLS-C") || prelude_word(line, "AUTH TLS-P");
}

static enum prelude_says server_line(struct prelude_state *s, struct slice line)
{
	bool last;
	uint16_t code = prelude_code(line, &last);

	if (s->step == START && (code != 220 || !has(line, "FTP")))
		return PRELUDE_NOT_MINE;
	if (s->step == START) {
		s->step = TALKING;
		s->note = 1;		/* the greeting itself is one */
	}
	if (code < 200 || !last)	/* 1yz: the answer proper is still to come (RFC 959) */
		return PRELUDE_MORE;
	s->status = code;
	if (code >= 400)
		prelude_text(s, line, 4);
	if (s->note > 0)
		s->note--;
	if (s->step != ASKED || s->note > 0)
		return PRELUDE_MORE;
	s->step = DENIED;
	return code == 234 ? PRELUDE_TLS : PRELUDE_MORE;
}

static enum prelude_says client_line(struct prelude_state *s, struct slice line)
{
	if (s->step == START && !is_auth(line))
		return PRELUDE_NOT_MINE;
	if (s->step == START)
		s->note = 1;		/* the greeting, not captured or not yet */
	if (s->note < UINT8_MAX)
		s->note++;
	if (is_auth(line)) {		/* perhaps once more, under its other name */
		s->step = ASKED;
		return PRELUDE_MORE;
	}
	return s->step == DENIED ? PRELUDE_REFUSED : PRELUDE_MORE;
}

static enum prelude_says ftp_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	if (s->step == START && !slice_may_start(cur_peek(c), side == SERVER ? "220" : "AUTH "))
		return PRELUDE_NOT_MINE;
	return prelude_lines(s, c, side == SERVER ? server_line : client_line);
}

const struct prelude prelude_ftp = {
	.name = "ftp",
	.feed = ftp_feed,
};
