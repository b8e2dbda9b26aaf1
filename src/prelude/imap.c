/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: IMAP with STARTTLS (RFC 9051, section 6.2.1).
 *
 *	S: * OK ready
 *	C: a1 CAPABILITY			S: * CAPABILITY ..., a1 OK
 *	C: a2 STARTTLS				S: a2 OK begin TLS
 *	C: <ClientHello>
 */
#include "prelude/prelude.h"

#include <string.h>

enum { START, TALKING, ASKED };		/* step; memo: the tag of STARTTLS, hashed */

enum { TAG = 64 };			/* longer tags are not met */

/* The tag, its blank eaten; n 0: this line has none. */
static struct slice tag_of(struct cursor *line)
{
	const uint8_t *space = cur_left(line) ? memchr(line->p, ' ', line->n) : NULL;
	struct slice tag = { .p = NULL };

	if (space == NULL || space - line->p > TAG)
		return tag;
	tag = cur_slice(line, (size_t)(space - line->p));
	cur_skip(line, 1);
	return tag;
}

/* FNV-1a (RFC 9923): a tag is compared with one other, chosen by the same client. */
static uint32_t hash(struct slice tag)
{
	uint32_t h = 0x811c9dc5;

	for (size_t i = 0; i < tag.n; i++)
		h = (h ^ tag.p[i]) * 0x01000193;
	return h;
}

static enum prelude_says server_line(struct prelude_state *s, struct slice line)
{
	struct cursor c = cursor_of(line);
	struct slice tag = tag_of(&c);

	if (s->step == START && !slice_is(tag, "*"))
		return PRELUDE_NOT_MINE;
	if (s->step == START && !prelude_word(cur_peek(&c), "OK") &&
	    !prelude_word(cur_peek(&c), "PREAUTH"))
		return PRELUDE_NOT_MINE;
	if (s->step == START)
		s->step = TALKING;
	if (slice_is(tag, "*") && prelude_word(cur_peek(&c), "BYE")) {
		prelude_text(s, cur_peek(&c), 4);
		return PRELUDE_REFUSED;
	}
	if (s->step != ASKED || tag.n == 0 || hash(tag) != s->memo)
		return PRELUDE_MORE;
	s->step = TALKING;
	if (prelude_word(cur_peek(&c), "OK"))
		return PRELUDE_TLS;
	prelude_text(s, cur_peek(&c), prelude_word(cur_peek(&c), "NO") ? 3 : 4);
	return PRELUDE_REFUSED;
}

static enum prelude_says client_line(struct prelude_state *s, struct slice line)
{
	struct cursor c = cursor_of(line);
	struct slice tag = tag_of(&c), command = cur_peek(&c);
	bool asks = tag.n > 0 && prelude_word(command, "STARTTLS");

	if (s->step == START && !asks && (tag.n == 0 || !prelude_word(command, "CAPABILITY")))
		return PRELUDE_NOT_MINE;
	if (s->step == START)
		s->step = TALKING;
	if (prelude_word(command, "SELECT") || prelude_word(command, "EXAMINE"))
		return PRELUDE_NOT_MINE;	/* a mailbox in the clear: no TLS will come */
	if (asks) {
		s->step = ASKED;
		s->memo = hash(tag);
	}
	return PRELUDE_MORE;
}

/* A client's first line, perhaps without its end: a tag and a word, or their beginnings. */
static bool may_be_command(struct slice s)
{
	struct cursor c = cursor_of(s);
	struct slice tag = tag_of(&c), command = cur_peek(&c);
	struct slice text = tag.n > 0 ? tag : s;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	if (tag.n == 0)
		return s.n < TAG;
	return slice_may_start(command, "STARTTLS") || slice_may_start(command, "CAPABILITY");
}

static bool may_be(enum side side, struct slice s)
{
	if (side == CLIENT)
		return may_be_command(s);
	return slice_may_start(s, "* OK") || slice_may_start(s, "* PREAUTH");
}

static enum prelude_says imap_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	if (s->step == START && !may_be(side, cur_peek(c)))
		return PRELUDE_NOT_MINE;
	return prelude_lines(s, c, side == SERVER ? server_line : client_line);
}

const struct prelude prelude_imap = {
	.name = "imap",
	.feed = imap_feed,
};
