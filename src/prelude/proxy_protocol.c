/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: the PROXY protocol, by which a load balancer tells who its client is.
 *
 * haproxy.org/download/2.9/doc/proxy-protocol.txt.  Version 1 is a line of text,
 * version 2 is binary; either is all that is said, and any protocol follows.
 */
#include "prelude/prelude.h"
#include "base/addr.h"

#include <string.h>

enum { V1_LINE = 107, SIGNATURE = 12 };

static const uint8_t signature[] = "\r\n\r\n\0\r\nQUIT\n";

/* "PROXY TCP4 source destination port port" */
static void source_1(struct prelude_state *s, struct slice line)
{
	struct cursor c = cursor_of(line);
	struct slice rest, source;
	const uint8_t *blank;

	if (prelude_word(line, "PROXY UNKNOWN"))
		return;
	cur_skip(&c, strlen("PROXY TCP4 "));
	rest = cur_peek(&c);
	blank = rest.n > 0 ? memchr(rest.p, ' ', rest.n) : NULL;
	source = cur_slice(&c, blank ? (size_t)(blank - rest.p) : 0);
	if (source.n > 0 && source.n < ADDR_TEXT)
		prelude_copy(source, sizeof(s->forwarded), s->forwarded);
}

static enum prelude_says version_1(struct prelude_state *s, struct cursor *c)
{
	struct slice line;

	if (!cur_line(c, &line))
		return cur_left(c) > V1_LINE ? PRELUDE_NOT_MINE : PRELUDE_UNSURE;
	if (!prelude_word(line, "PROXY TCP4") && !prelude_word(line, "PROXY TCP6") &&
	    !prelude_word(line, "PROXY UNKNOWN"))
		return PRELUDE_NOT_MINE;
	source_1(s, line);
	return PRELUDE_NEXT;
}

/* The addresses begin with the source's; LOCAL (command 0) has none worth telling. */
static void source_2(struct prelude_state *s, uint8_t command, uint8_t family, struct slice all)
{
	enum { INET = 1, INET6 = 2 };
	struct cursor c = cursor_of(all);
	char text[ADDR_TEXT];
	struct addr a;

	if (family >> 4 == INET)
		a = addr_v4(cur_slice(&c, 4));
	else if (family >> 4 == INET6)
		a = addr_v6(cur_slice(&c, 16));
	else
		return;
	if ((command & 0xf) == 0 || !cur_ok(&c))
		return;
	(void)addr_text(&a, text);
	prelude_copy((struct slice){ (const uint8_t *)text, strlen(text) }, sizeof(s->forwarded),
		     s->forwarded);
}

static enum prelude_says version_2(struct prelude_state *s, struct cursor *c)
{
	struct cursor look = *c;
	uint8_t version, family;
	struct slice addresses;

	cur_skip(&look, SIGNATURE);
	version = cur_u8(&look);
	if (cur_ok(&look) && version >> 4 != 2)
		return PRELUDE_NOT_MINE;
	family = cur_u8(&look);			/* and transport */
	addresses = cur_vec16(&look);		/* and more */
	if (!cur_ok(&look))
		return PRELUDE_UNSURE;
	source_2(s, version, family, addresses);
	*c = look;
	return PRELUDE_NEXT;
}

static enum prelude_says proxy_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	struct cursor look = *c;
	size_t n = cur_left(c) < SIGNATURE ? cur_left(c) : SIGNATURE;

	if (side != CLIENT || n == 0)
		return PRELUDE_NOT_MINE;
	if (memcmp(cur_take(&look, n), signature, n) == 0)
		return version_2(s, c);
	return slice_may_start(cur_peek(c), "PROXY ") ? version_1(s, c) : PRELUDE_NOT_MINE;
}

const struct prelude prelude_proxy_protocol = {
	.name = "proxy-protocol",
	.feed = proxy_feed,
};
