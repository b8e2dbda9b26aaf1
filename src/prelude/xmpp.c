/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: XMPP with STARTTLS (RFC 6120, section 5).
 *
 *	C: <stream:stream ...>			S: <stream:stream ...> <stream:features> ...
 *	C: <starttls xmlns='...'/>		S: <proceed xmlns='...'/>
 *	C: <ClientHello>
 *
 * What lies between "<" and ">" is looked at, whatever is around it.
 */
#include "prelude/prelude.h"

#include <string.h>

enum { START, TALKING, ASKED };

/* Up to and with the next ">"; the cursor stays if there is none. */
static bool element(struct cursor *c, struct slice *ret)
{
	const uint8_t *end;

	while (slice_starts(cur_peek(c), " ") || slice_starts(cur_peek(c), "\r") ||
	       slice_starts(cur_peek(c), "\n") || slice_starts(cur_peek(c), "\t"))
		cur_skip(c, 1);
	end = cur_left(c) > 0 && !prelude_is_tls(c) ? memchr(c->p, '>', c->n) : NULL;
	if (end == NULL)
		return false;
	*ret = cur_slice(c, (size_t)(end - c->p) + 1);
	return true;
}

static bool is_element(struct slice s, const char *name)
{
	size_t n = strlen(name);

	return slice_starts(s, name) && s.n > n && strchr(" />\t\r\n", s.p[n]) != NULL;
}

static enum prelude_says hear(struct prelude_state *s, enum side side, struct slice e)
{
	if (s->step == START && slice_starts(e, "<?xml"))
		return PRELUDE_MORE;
	if (s->step == START && !is_element(e, "<stream:stream"))
		return PRELUDE_NOT_MINE;
	if (s->step == START)
		s->step = TALKING;
	if (side == CLIENT && is_element(e, "<auth"))
		return PRELUDE_NOT_MINE;	/* a session in the clear: no TLS will come */
	if (side == CLIENT && is_element(e, "<starttls"))
		s->step = ASKED;
	if (side == CLIENT || s->step != ASKED)
		return PRELUDE_MORE;
	if (is_element(e, "<proceed"))
		return PRELUDE_TLS;
	return is_element(e, "<failure") ? PRELUDE_REFUSED : PRELUDE_MORE;
}

static enum prelude_says xmpp_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	struct slice e;

	if (s->step == START && !slice_may_start(cur_peek(c), "<?xml") &&
	    !slice_may_start(cur_peek(c), "<stream:stream"))
		return PRELUDE_NOT_MINE;
	while (element(c, &e)) {
		enum prelude_says says = hear(s, side, e);

		if (says != PRELUDE_MORE)
			return says;
	}
	return prelude_wait(c, s->step == START ? PRELUDE_UNSURE : PRELUDE_MORE);
}

const struct prelude prelude_xmpp = {
	.name = "xmpp",
	.feed = xmpp_feed,
};
