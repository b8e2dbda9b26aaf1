/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prelude: the PROXY protocol, by which a load balancer tells who its client is.
 *
 * haproxy.org/download/2.9/doc/proxy-protocol.txt.  Version 1 is a line of text,
 * version 2 is binary; either is all that is said, and any protocol follows.
 */
#include "prelude/prelude.h"

#include <string.h>

enum { V1_LINE = 107, SIGNATURE = 12 };

static const uint8_t signature[] = "\r\n\r\n\0\r\nQUIT\n";

static enum prelude_says version_1(struct cursor *c)
{
	struct slice line;

	if (!cur_line(c, &line))
		return cur_left(c) > V1_LINE ? PRELUDE_NOT_MINE : PRELUDE_UNSURE;
	if (!prelude_word(line, "PROXY TCP4") && !prelude_word(line, "PROXY TCP6") &&
	    !prelude_word(line, "PROXY UNKNOWN"))
		return PRELUDE_NOT_MINE;
	return PRELUDE_NEXT;
}

static enum prelude_says version_2(struct cursor *c)
{
	struct cursor look = *c;
	uint8_t version;

	cur_skip(&look, SIGNATURE);
	version = cur_u8(&look);
	if (cur_ok(&look) && version >> 4 != 2)
		return PRELUDE_NOT_MINE;
	cur_skip(&look, 1);			/* family, transport */
	(void)cur_vec16(&look);			/* addresses, more */
	if (!cur_ok(&look))
		return PRELUDE_UNSURE;
	*c = look;
	return PRELUDE_NEXT;
}

static enum prelude_says proxy_feed(struct prelude_state *s, enum side side, struct cursor *c)
{
	struct cursor look = *c;
	size_t n = cur_left(c) < SIGNATURE ? cur_left(c) : SIGNATURE;

	(void)s;
	if (side != CLIENT || n == 0)
		return PRELUDE_NOT_MINE;
	if (memcmp(cur_take(&look, n), signature, n) == 0)
		return version_2(c);
	return slice_may_start(cur_peek(c), "PROXY ") ? version_1(c) : PRELUDE_NOT_MINE;
}

const struct prelude prelude_proxy_protocol = {
	.name = "proxy-protocol",
	.feed = proxy_feed,
};
